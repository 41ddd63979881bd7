import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Xml from "../../src/formats/Xml.ts"
import { namespaces, transfer } from "./xml/layouts.ts"

const schema = fileURLToPath(new URL("./xml/transfer.xsd", import.meta.url))
const root = "/snx:SNXSerialNumberTransferMessage"

const read = (document: string | Uint8Array, validate = true) =>
  Xml.Xml.use((xml) =>
    xml.read(typeof document === "string" ? Buffer.from(document) : document, transfer, validate ? schema : undefined)
  )

/** A message in the documented form, with this in its body. */
const message = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<SNXSerialNumberTransferMessage xmlns="${namespaces.snx}" xmlns:cmn="${namespaces.cmn}">
  <MessageBody>${body}</MessageBody>
</SNXSerialNumberTransferMessage>`

describe("reading XML", () => {
  it.layer(Xml.Xml.layer({ workers: 1 }))((it) => {
    it.effect("does not care which prefixes the sender uses", () =>
      Effect.gen(function* () {
        const documents = [
          `<SNXSerialNumberTransferMessage xmlns="${namespaces.snx}" xmlns:cmn="${namespaces.cmn}"><MessageBody><SerialNumbers><cmn:Serial>1</cmn:Serial><cmn:Serial>2</cmn:Serial></SerialNumbers></MessageBody></SNXSerialNumberTransferMessage>`,
          `<snx:SNXSerialNumberTransferMessage xmlns:snx="${namespaces.snx}" xmlns:cmn="${namespaces.cmn}"><snx:MessageBody><snx:SerialNumbers><cmn:Serial>1</cmn:Serial><cmn:Serial>2</cmn:Serial></snx:SerialNumbers></snx:MessageBody></snx:SNXSerialNumberTransferMessage>`,
          `<SNXSerialNumberTransferMessage xmlns="${namespaces.snx}" xmlns:snx="${namespaces.snx}" xmlns:cmn="${namespaces.cmn}"><snx:MessageBody><SerialNumbers><cmn:Serial>1</cmn:Serial><x:Serial xmlns:x="${namespaces.cmn}">2</x:Serial></SerialNumbers></snx:MessageBody></SNXSerialNumberTransferMessage>`,
          `<q:SNXSerialNumberTransferMessage xmlns:q="${namespaces.snx}"><q:MessageBody><q:SerialNumbers><Serial xmlns="${namespaces.cmn}">1</Serial><Serial xmlns="${namespaces.cmn}">2</Serial></q:SerialNumbers></q:MessageBody></q:SNXSerialNumberTransferMessage>`
        ]
        for (const document of documents) {
          const { document: value, issues } = yield* read(document)
          assert.deepStrictEqual(issues, [])
          assert.deepStrictEqual(value?.serials, { values: ["1", "2"], attributes: { format: undefined } })
        }
      })
    )

    it.effect("tells names of other namespaces apart, though they look the same", () =>
      Effect.gen(function* () {
        const { document } = yield* read(
          message(
            '<EventDateTime>a</EventDateTime><cmn:PackagingItemCode xmlns:t="urn:t" t:type="b">c</cmn:PackagingItemCode>'
          ),
          false
        )
        assert.strictEqual(document?.eventDateTime, undefined)
        assert.deepStrictEqual(document?.packagingItemCode, {
          value: "c",
          occurrences: 1,
          attributes: { type: undefined }
        })
      })
    )

    it.effect("tells absent from empty, and counts what occurs too often", () =>
      Effect.gen(function* () {
        const absent = yield* read(message(""))
        assert.strictEqual(absent.document?.eventDateTime, undefined)
        assert.strictEqual(absent.document?.referenceDocuments, undefined)
        assert.isFalse(absent.document?.serialNumbersPresent)
        const empty = yield* read(
          message(
            "<cmn:EventDateTime/><cmn:ReferenceDocuments><cmn:PONumber> \n </cmn:PONumber></cmn:ReferenceDocuments><SerialNumbers/>"
          )
        )
        assert.deepStrictEqual(empty.document?.eventDateTime, { value: "", occurrences: 1, attributes: {} })
        assert.deepStrictEqual(empty.document?.referenceDocuments, {
          poNumber: { value: "", occurrences: 1, attributes: {} },
          poLine: undefined
        })
        assert.isTrue(empty.document?.serialNumbersPresent)
        assert.deepStrictEqual(empty.document?.serials, { values: [], attributes: { format: undefined } })
        const twice = yield* read(
          message("<cmn:EventDateTime>a</cmn:EventDateTime><cmn:EventDateTime>b</cmn:EventDateTime>")
        )
        assert.deepStrictEqual(twice.document?.eventDateTime, { value: "a", occurrences: 2, attributes: {} })
        assert.deepStrictEqual(twice.totals, { "xml/schema-element": 1 })
      })
    )

    it.effect("reads list items however their text is written", () =>
      Effect.gen(function* () {
        const { document } = yield* read(
          message(`<SerialNumbers>
            <cmn:Serial>one</cmn:Serial> stray text
            <cmn:Serial/><cmn:Serial></cmn:Serial>
            <cmn:Serial format="AI(00)"><![CDATA[<two>]]></cmn:Serial>
            <cmn:Serial>th<!-- split -->r<?pi x?>ee</cmn:Serial>
            <cmn:Serial format="">
              fo&#117;r &amp;
              more
            </cmn:Serial>
            <!-- <cmn:Serial>not one</cmn:Serial> -->
            <Serial>other namespace</Serial>
            <cmn:Serial>f\u{fc}nf \u{1f4a9}</cmn:Serial>
          </SerialNumbers><SerialNumbers><cmn:Serial>second list</cmn:Serial></SerialNumbers>`),
          false
        )
        assert.deepStrictEqual(document?.serials.values, [
          "one",
          "",
          "",
          "<two>",
          "three",
          "four & more",
          "f\u{fc}nf \u{1f4a9}",
          "second list"
        ])
        const none = undefined
        assert.deepStrictEqual(document?.serials.attributes.format, [none, none, none, "AI(00)", none, "", none, none])
      })
    )

    it.effect("accepts every root name of the layout and no other", () =>
      Effect.gen(function* () {
        const second = yield* read(`<TransferMessage xmlns="${namespaces.snx}"><MessageBody/></TransferMessage>`)
        assert.deepStrictEqual(second.issues, [])
        assert.isDefined(second.document)
        const other = yield* read(`<a:TransferMessage xmlns:a="urn:other"/>`)
        assert.isUndefined(other.document)
        assert.deepStrictEqual(other.issues, [
          {
            rule: "xml/unknown-root",
            element: "TransferMessage",
            path: "/Q{urn:other}TransferMessage",
            line: 1,
            column: 1,
            value: undefined,
            message:
              "The root element Q{urn:other}TransferMessage is not known here; expected is snx:SNXSerialNumberTransferMessage or snx:TransferMessage."
          }
        ])
      })
    )

    it.effect("reads the encodings it promises, with and without byte order mark", () =>
      Effect.gen(function* () {
        const text = (encoding: string) =>
          message("<cmn:EventDateTime>\u{e9}</cmn:EventDateTime>").replace("UTF-8", encoding)
        const utf16 = Buffer.from(text("UTF-16"), "utf16le")
        const utf16be = Buffer.from(utf16).swap16()
        const bom = Buffer.from("\u{feff}", "utf16le")
        const documents: ReadonlyArray<readonly [string, Uint8Array]> = [
          ["UTF-8", Buffer.from(text("UTF-8"))],
          ["UTF-8", Buffer.from(text("UTF-8").replace(/<\?.*\?>\s*/u, ""))],
          ["UTF-8", Buffer.from(`\u{feff}${text("utf-8")}`)],
          ["UTF-16LE", Buffer.concat([bom, utf16])],
          ["UTF-16BE", Buffer.concat([Buffer.from(bom).swap16(), utf16be])],
          ["UTF-16LE", utf16],
          ["UTF-16BE", utf16be],
          ["UTF-16LE", Buffer.from(`\u{feff}${text("UTF-8")}`, "utf16le")],
          ["ISO-8859-1", Buffer.from(text("ISO-8859-1"), "latin1")],
          ["windows-1252", Buffer.from(text("windows-1252"), "latin1")],
          ["US-ASCII", Buffer.from(text("US-ASCII").replace("\u{e9}", "&#233;"))]
        ]
        for (const [encoding, bytes] of documents) {
          const reading = yield* read(bytes)
          assert.deepStrictEqual(reading.issues, [], encoding)
          assert.strictEqual(reading.encoding, encoding)
          assert.strictEqual(reading.document?.eventDateTime?.value, "\u{e9}", encoding)
        }
        const euro = yield* read(Buffer.from(text("windows-1252").replace("\u{e9}", "\u{80}"), "latin1"))
        assert.strictEqual(euro.document?.eventDateTime?.value, "\u{20ac}")
      })
    )

    it.effect("gives the document and its schema issues together, each with its place", () =>
      Effect.gen(function* () {
        const { document, issues, totals } = yield* read(
          message(`
    <cmn:PackagingItemCode tpye="x">1</cmn:PackagingItemCode>
    <SerialNumbers>
      <cmn:Serial format="AI(00)">1</cmn:Serial>
      <cmn:Serial format="AI(99)">2</cmn:Serial><cmn:Seriel>3</cmn:Seriel>
    </SerialNumbers>
  `).replace(
            "<MessageBody>",
            "<ControlFileHeader><cmn:FileSenderNumber>123456789012345678901</cmn:FileSenderNumber></ControlFileHeader>\n  <MessageBody>"
          )
        )
        assert.deepStrictEqual(document?.serials.values, ["1", "2"])
        assert.deepStrictEqual(totals, { "xml/schema-value": 1, "xml/schema-attribute": 2, "xml/schema-element": 1 })
        assert.deepStrictEqual(
          issues.map(({ rule, element, path, line, column, value }) => ({ rule, element, path, line, column, value })),
          [
            {
              rule: "xml/schema-value",
              element: "FileSenderNumber",
              path: `${root}/snx:ControlFileHeader/cmn:FileSenderNumber`,
              line: 3,
              column: 22,
              value: "123456789012345678901"
            },
            {
              rule: "xml/schema-attribute",
              element: "PackagingItemCode|@tpye",
              path: `${root}/snx:MessageBody/cmn:PackagingItemCode/@tpye`,
              line: 5,
              column: 5,
              value: "x"
            },
            {
              rule: "xml/schema-attribute",
              element: "Serial|@format",
              path: `${root}/snx:MessageBody/snx:SerialNumbers/cmn:Serial[2]/@format`,
              line: 8,
              column: 7,
              value: "AI(99)"
            },
            {
              rule: "xml/schema-element",
              element: "Seriel",
              path: `${root}/snx:MessageBody/snx:SerialNumbers/cmn:Seriel`,
              line: 8,
              column: 49,
              value: undefined
            }
          ]
        )
        assert.include(
          issues[3]?.message,
          "Element 'cmn:Seriel': This element is not expected. Expected is ( cmn:Serial )"
        )
      })
    )

    it.effect("counts 100,000 invalid serials exactly and details the first thousand", () =>
      Effect.gen(function* () {
        const serials = Array.from(
          { length: 100_000 },
          (_, at) => `\n<cmn:Serial format="AI(99)">${at}</cmn:Serial>`
        ).join("")
        const { document, issues, totals } = yield* read(
          message(`<SerialNumbers>${serials}</SerialNumbers><cmn:Nonsense/>`)
        )
        assert.strictEqual(document?.serials.values.length, 100_000)
        assert.deepStrictEqual(totals, { "xml/schema-attribute": 100_000, "xml/schema-element": 1 })
        assert.strictEqual(issues.length, 1001)
        assert.strictEqual(issues[999]?.path, `${root}/snx:MessageBody/snx:SerialNumbers/cmn:Serial[1000]/@format`)
        assert.strictEqual(issues[999]?.line, 1003)
        assert.strictEqual(issues[1000]?.element, "Nonsense")
        assert.strictEqual(issues[1000]?.line, 100_003)
      })
    )

    it.effect("knows lines beyond 65,535, also of elements without text", () =>
      Effect.gen(function* () {
        const blank = "\n".repeat(70_000)
        const { issues } = yield* read(
          message(
            `<SerialNumbers>${blank}<cmn:Serial format="x"/>\n\n<cmn:Serial format="x"/>\n<cmn:Serial format="x"> <!-- c --></cmn:Serial></SerialNumbers>`
          )
        )
        assert.deepStrictEqual(
          issues.map(({ line, column }) => [line, column]),
          [
            [70_003, 1],
            [70_005, 1],
            [70_006, 1]
          ]
        )
      })
    )

    it.effect("fails for a schema that is missing or broken, and says who has to act", () =>
      Effect.gen(function* () {
        const xml = yield* Xml.Xml
        for (const path of ["/nowhere/none.xsd", fileURLToPath(new URL("./xml/layouts.ts", import.meta.url))]) {
          const error = yield* Effect.flip(xml.read(Buffer.from(message("")), transfer, path))
          assert.strictEqual(error.reason._tag, "SchemaUnusable")
          assert.isFalse(error.isRetryable)
          assert.strictEqual(error.whoActs, "operator")
          assert.include(error.message, path)
        }
      })
    )
  })
})
