import { assert, describe, it } from "vitest"
import * as Xml from "../../src/formats/Xml.ts"
import { namespaces } from "./xml/layouts.ts"

const sniff = (text: string) => Xml.sniff(Buffer.from(text))

const header = `<s:ControlFileHeader>
  <c:FileSenderNumber> 7777776067344 </c:FileSenderNumber>
  <!-- <c:FileReceiverNumber>wrong</c:FileReceiverNumber> -->
  <c:FileReceiverNumber type="x">8888884043588</c:FileReceiverNumber>
  <FileControlNumber>A&amp;&#x42;</FileControlNumber>
  <c:FileDate/><c:FileTime>06:30:32Z</c:FileTime>`

const values = {
  fileSenderNumber: "7777776067344",
  fileReceiverNumber: "8888884043588",
  fileControlNumber: "A&B",
  fileDate: undefined,
  fileTime: "06:30:32Z"
}

describe("sniffing", () => {
  it("finds root and header, whatever the prefixes and however broken the rest", () => {
    const start = `<?xml version="1.0"?>\n<!-- <other/> -->\n<s:Message xmlns:s='${namespaces.snx}' xmlns:c="${namespaces.cmn}" a=">">`
    for (const rest of ["", "</wrong>", "<!-- unfinished", "&&&<<<"]) {
      const seen = sniff(start + header + rest)
      assert.strictEqual(seen.kind, "xml")
      assert.deepStrictEqual(seen.root, { namespace: namespaces.snx, local: "Message" })
      assert.deepStrictEqual(seen.header, values)
      assert.isFalse(seen.doctype)
    }
    const wide = Xml.sniff(Buffer.from(`\u{feff}${start}${header}`, "utf16le"))
    assert.strictEqual(wide.encoding, "UTF-16LE")
    assert.deepStrictEqual(wide.header, values)
    const foreign = sniff(`<?xml version="1.0" encoding="EBCDIC-CP-US"?>${start.slice(22)}${header}`)
    assert.deepStrictEqual(foreign.header, values)
    assert.deepStrictEqual(sniff("<a xmlns='urn:a'/>").root, { namespace: "urn:a", local: "a" })
    assert.isTrue(sniff("<!DOCTYPE a [<!ENTITY b 'c'>]><a/>").doctype)
  })

  it("looks at the first 64 KB only and repeats no long values", () => {
    const far = `<a>${" ".repeat(70_000)}<FileSenderNumber>1</FileSenderNumber></a>`
    assert.isUndefined(sniff(far).header.fileSenderNumber)
    assert.strictEqual(
      sniff(`<a><FileSenderNumber>${"9".repeat(500)}</FileSenderNumber></a>`).header.fileSenderNumber?.length,
      200
    )
  })

  it("is linear in what it looks at", () => {
    for (const piece of ["<!--", "<!-- -->", "<a ", "<a b='", "&", "<FileSenderNumber>", "<!DOCTYPE [", "<?"]) {
      const begun = performance.now()
      sniff(piece.repeat(65_536 / piece.length))
      assert.isBelow(performance.now() - begun, 500, piece)
    }
  })
})
