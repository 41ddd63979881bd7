import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as Xml from "../../src/formats/Xml.ts"
import { namespaces, transfer } from "./xml/layouts.ts"

const schema = fileURLToPath(new URL("./xml/transfer.xsd", import.meta.url))
const megabyte = 1024 * 1024

const open = `<SNXSerialNumberTransferMessage xmlns="${namespaces.snx}" xmlns:cmn="${namespaces.cmn}">`
const close = "</SNXSerialNumberTransferMessage>"
const message = (body: string) => `${open}<MessageBody>${body}</MessageBody>${close}`

const damage = [
  "",
  "<",
  ">",
  "&",
  '"',
  "<!--",
  "-->",
  "<![CDATA[",
  "]]>",
  "<!DOCTYPE a>",
  'xmlns=""',
  "</",
  "/>",
  "\u{0}",
  "\u{ff}",
  "<a/>"
]

/** A file that must not be read and a server that must not be called. */
const traps = Effect.acquireRelease(
  Effect.callback<{
    readonly folder: string
    readonly file: string
    readonly url: string
    readonly calls: () => number
  }>((resume) => {
    let calls = 0
    const server = createServer((_, response) => {
      calls++
      response.end("<!ENTITY secret 'SECRET'>")
    })
    const folder = mkdtempSync(join(tmpdir(), "xml-trap-"))
    writeFileSync(join(folder, "secret.txt"), "SECRET")
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      server.unref()
      resume(
        Effect.succeed({
          folder,
          file: pathToFileURL(join(folder, "secret.txt")).href,
          url: `http://127.0.0.1:${port}`,
          calls: () => calls
        })
      )
    })
  }),
  ({ folder }) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

/** What a file ends as: its rule, and that nothing of a document came out. */
const refuses = Effect.fnUntraced(function* (file: string | Uint8Array, rule: Xml.RuleId) {
  const xml = yield* Xml.Xml
  const bytes = typeof file === "string" ? Buffer.from(file) : file
  const { document, issues, totals } = yield* xml.read(bytes, transfer, schema)
  assert.isUndefined(document)
  assert.deepStrictEqual(Object.keys(totals), [rule])
  assert.deepStrictEqual([...new Set(issues.map((found) => found.rule))], [rule])
  assert.notInclude(JSON.stringify(issues), "SECRET")
  // Such files cannot be annotated; they get a listing, without the file in it.
  const annotated = yield* xml.annotate(bytes, transfer, [{ line: 1, text: "remark" }])
  assert.strictEqual(annotated.kind, "listing")
  assert.strictEqual(Buffer.from(annotated.bytes).toString(), "line 1: remark\n")
  return issues[0]
})

describe("hostile and broken files", () => {
  it.layer(Xml.Xml.layer({ workers: 1 }))((it) => {
    it.effect("external entities are refused; no file is read and no server called", () =>
      Effect.gen(function* () {
        const trap = yield* traps
        const doctypes = [
          `<!DOCTYPE a [<!ENTITY e SYSTEM "${trap.file}">]>`,
          `<!DOCTYPE a [<!ENTITY e SYSTEM "${trap.url}/e">]>`,
          `<!DOCTYPE a SYSTEM "${trap.url}/a.dtd">`,
          `<!DOCTYPE a PUBLIC "-//x" "${trap.file}">`,
          `<!DOCTYPE a [<!ENTITY % p SYSTEM "${trap.url}/p.dtd"> %p;]>`,
          `<!-- ${"x".repeat(100_000)} --><!DOCTYPE a [<!ENTITY e SYSTEM "${trap.file}">]>`,
          `<?p ${"x".repeat(100_000)}?>\n<!DOCTYPE a [<!ENTITY e SYSTEM "${trap.file}">]>`
        ]
        for (const doctype of doctypes) {
          yield* refuses(`${doctype}${message("<cmn:EventDateTime>&e;</cmn:EventDateTime>")}`, "xml/doctype")
          const wide = `\u{feff}${doctype}${message("<cmn:EventDateTime>&e;</cmn:EventDateTime>")}`
          yield* refuses(Buffer.from(wide, "utf16le"), "xml/doctype")
        }
        assert.strictEqual(trap.calls(), 0)
      })
    )

    it.effect("foreign schema locations, stylesheets and XInclude are not looked at", () =>
      Effect.gen(function* () {
        const trap = yield* traps
        const xml = yield* Xml.Xml
        const asking = `xmlns:xsi="${namespaces.xsi}" xsi:schemaLocation="${namespaces.snx} ${trap.url}/a.xsd urn:x ${trap.file}" xsi:noNamespaceSchemaLocation="${trap.url}/b.xsd"`
        const { document, issues } = yield* xml.read(
          Buffer.from(
            `<?xml-stylesheet href="${trap.url}/s.xsl"?>${message("<cmn:EventDateTime>1</cmn:EventDateTime>").replace("<SNX", `<SNX`).replace(" xmlns=", ` ${asking} xmlns=`)}`
          ),
          transfer,
          schema
        )
        assert.deepStrictEqual(issues, [])
        assert.strictEqual(document?.eventDateTime?.value, "1")
        const include = `<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="${trap.file}" parse="text"/>`
        const included = yield* xml.read(Buffer.from(message(include)), transfer, schema)
        assert.deepStrictEqual(included.totals, { "xml/schema-element": 1 })
        assert.notInclude(JSON.stringify(included), "SECRET")
        assert.strictEqual(trap.calls(), 0)
      })
    )

    it.effect("entity bombs are refused before anything is expanded", () =>
      Effect.gen(function* () {
        const lol = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join("")
        yield* refuses(
          `<!DOCTYPE a [<!ENTITY l0 "lol">${lol}]>${message("<cmn:Remark>&l9;</cmn:Remark>")}`,
          "xml/doctype"
        )
        const quadratic = `<!DOCTYPE a [<!ENTITY q "${"q".repeat(50_000)}">]>${message(`<cmn:Remark>${"&q;".repeat(50_000)}</cmn:Remark>`)}`
        yield* refuses(quadratic, "xml/doctype")
      })
    )

    it.effect("nesting is limited, long before the parser could suffer", () =>
      Effect.gen(function* () {
        yield* refuses("<a>".repeat(100_000), "xml/too-deep")
        yield* refuses(`${"<a>".repeat(100_000)}${"</a>".repeat(100_000)}`, "xml/too-deep")
        const inside = (levels: number) => message(`${"<a>".repeat(levels)}${"</a>".repeat(levels)}`)
        const xml = yield* Xml.Xml
        const deepest = yield* xml.read(Buffer.from(inside(198)), transfer, undefined)
        assert.deepStrictEqual(deepest.issues, [])
        const deeper = yield* xml.read(Buffer.from(inside(199)), transfer, undefined)
        assert.deepStrictEqual(deeper.totals, { "xml/too-deep": 1 })
        assert.isUndefined(deeper.document)
        assert.strictEqual(deeper.issues[0]?.message, "Elements are nested deeper than 200 levels.")
      })
    )

    it.effect("attributes and texts are limited", () =>
      Effect.gen(function* () {
        const long = (size: number) => message(`\n<cmn:PackagingItemCode type="${"x".repeat(size)}"/>`)
        const huge = yield* refuses(long(10 * megabyte), "xml/attribute-too-long")
        assert.strictEqual(huge?.element, "PackagingItemCode")
        assert.strictEqual(huge?.line, 2)
        const xml = yield* Xml.Xml
        for (const size of [65_537, 9 * megabyte]) {
          const { issues, document } = yield* xml.read(Buffer.from(long(size)), transfer, schema)
          assert.isUndefined(document)
          assert.deepStrictEqual(
            issues.map(({ rule, element, line, column }) => [rule, element, line, column]),
            [["xml/attribute-too-long", "PackagingItemCode", 2, 1]]
          )
        }
        const allowed = yield* xml.read(Buffer.from(long(65_536)), transfer, schema)
        assert.strictEqual(allowed.document?.packagingItemCode?.attributes.type?.length, 65_536)
        const text = (size: number) => message(`<cmn:Remark>${"x".repeat(size)}</cmn:Remark>`)
        yield* refuses(text(11 * megabyte), "xml/text-too-long")
        const middle = yield* xml.read(Buffer.from(text(2_000_000)), transfer, schema)
        assert.deepStrictEqual(middle.totals, { "xml/text-too-long": 1 })
      })
    )

    it.effect("many attributes and many namespaces cost no more than their size", () =>
      Effect.gen(function* () {
        const xml = yield* Xml.Xml
        const attributes = Array.from({ length: 100_000 }, (_, at) => `a${at}=""`).join(" ")
        const many = yield* xml.read(Buffer.from(message(`<cmn:Remark ${attributes}/>`)), transfer, schema)
        assert.deepStrictEqual(many.totals, { "xml/schema-attribute": 100_000 })
        const declared = Array.from({ length: 5000 }, (_, at) => `<a xmlns:n${at}="urn:${at}"/>`).join("")
        const scopes = yield* xml.read(Buffer.from(message(declared)), transfer, schema)
        assert.isDefined(scopes.document)
      })
    )

    it.effect("a file over the size limit is refused unread", () =>
      Effect.gen(function* () {
        const issue = yield* refuses(Buffer.alloc(64 * megabyte + 1, "<"), "xml/too-large")
        assert.strictEqual(issue?.message, "The file has 67108865 bytes; at most 67108864 are accepted.")
      })
    )

    it.effect("bytes that do not fit the encoding are reported with their place", () =>
      Effect.gen(function* () {
        const bad = Buffer.concat([
          Buffer.from(`${open}\n<MessageBody>\u{fc}`),
          Buffer.from([0xc3, 0x28]),
          Buffer.from(`</MessageBody>${close}`)
        ])
        const utf8 = yield* refuses(bad, "xml/encoding")
        assert.deepStrictEqual([utf8?.line, utf8?.column], [2, 15])
        assert.include(utf8?.message, "byte C3 at offset")
        yield* refuses(Buffer.concat([Buffer.from(message("")), Buffer.from([0xe2, 0x82])]), "xml/encoding")
        const wide = Buffer.from(`\u{feff}${message("\u{d800}")}`, "utf16le")
        yield* refuses(wide, "xml/encoding")
        yield* refuses(wide.subarray(0, -1), "xml/encoding")
        yield* refuses(`<?xml version="1.0" encoding="EBCDIC-CP-US"?>${message("")}`, "xml/encoding")
        const claimed = yield* refuses(`<?xml version="1.0" encoding="UTF-16"?>${message("")}`, "xml/encoding")
        assert.include(claimed?.message, "declared as UTF-16 but is not")
        yield* refuses(`<?xml version="1.0" encoding="UTF-7"?>${message("")}`, "xml/encoding")
        yield* refuses(
          Buffer.from(`<?xml version="1.0" encoding="US-ASCII"?>${message("\u{e9}")}`, "latin1"),
          "xml/encoding"
        )
        yield* refuses(Buffer.from([0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0]), "xml/encoding")
      })
    )

    it.effect("half a file and other files that are not well-formed say what and where", () =>
      Effect.gen(function* () {
        const whole = message("\n<SerialNumbers>\n<cmn:Serial>1</cmn:Serial>\n</SerialNumbers>")
        for (let length = 1; length < whole.length; length++)
          yield* refuses(whole.slice(0, length), "xml/not-well-formed")
        const samples = [
          message("<a></b>"),
          message("&undeclared;"),
          message("<p:a/>"),
          message('<a b="1" b="2"/>'),
          message("a & b"),
          message("\u{1}"),
          message("&#0;"),
          `${message("")}${message("")}`,
          `${message("")}text`,
          `<?xml version="1.0"?><?xml version="1.0"?>${message("")}`,
          ` <?xml version="1.0"?>${message("")}`,
          "<",
          "<>",
          "<!-- only a comment -->"
        ]
        for (const sample of samples) yield* refuses(sample, "xml/not-well-formed")
        const crossed = yield* refuses(`${open}\n\n  <MessageBody></Message>`, "xml/not-well-formed")
        assert.strictEqual(crossed?.line, 3)
        const prefixes = yield* Xml.Xml.use((xml) =>
          xml.read(Buffer.from(message("<p:a/>".repeat(50_000))), transfer, schema)
        )
        assert.deepStrictEqual(prefixes.totals, { "xml/not-well-formed": 1 })
      })
    )

    it.effect("what is not XML at all is called by its name", () =>
      Effect.gen(function* () {
        for (const nothing of ["", " \n\t ", "\u{feff}", "\u{feff}\n"]) yield* refuses(nothing, "xml/empty")
        const zip = yield* refuses(Buffer.from("PK\u{3}\u{4}\u{14}\u{0}"), "xml/zip")
        assert.include(zip?.message, "ZIP")
        yield* refuses(gzipSync(message("")), "xml/zip")
        const html = yield* refuses("<!doctype html>\n<html><body>502 Bad Gateway</body></html>", "xml/not-xml")
        assert.include(html?.message, "HTML")
        yield* refuses("\n<!-- x --><html><head/></html>", "xml/not-xml")
        yield* refuses('{"a":1}', "xml/not-xml")
        yield* refuses("ISA*00*          *", "xml/not-xml")
        yield* refuses("%PDF-1.7", "xml/not-xml")
        yield* refuses(Buffer.from([0, 1, 2, 3, 4, 0xff, 0xfe]), "xml/not-xml")
        yield* refuses(Buffer.from("MZ\u{90}\u{0}\u{3}", "latin1"), "xml/not-xml")
      })
    )

    it.effect.prop(
      "random damage ends as issues with a place, or as a document, and never as a failure",
      [Schema.Array(Schema.Struct({ at: Schema.Int, cut: Schema.Boolean, put: Schema.Literals(damage) }))],
      Effect.fnUntraced(function* ([blows]) {
        const xml = yield* Xml.Xml
        let bytes = Buffer.from(
          message('<cmn:PackagingItemCode type="a">b</cmn:PackagingItemCode><!-- c --><cmn:Remark/>')
        )
        for (const { at, cut, put } of blows) {
          const place = Math.abs(at) % (bytes.length + 1)
          bytes = Buffer.concat([
            bytes.subarray(0, place),
            Buffer.from(put, "latin1"),
            bytes.subarray(place + (cut ? 3 : 0))
          ])
        }
        const { document, issues, totals } = yield* xml.read(bytes, transfer, schema)
        assert.isTrue(document !== undefined || issues.length > 0)
        assert.isFalse(
          issues.some(({ path, line, column }) => path !== undefined && (line === undefined || column === undefined))
        )
        const notes = issues.map(({ path, line, message: text }) => ({ path, line, text }))
        const annotated = yield* xml.annotate(bytes, transfer, notes)
        if (annotated.kind === "listing") return
        assert.isTrue(bytes.equals(Xml.removeAnnotations(annotated.bytes)))
        assert.deepStrictEqual((yield* xml.read(annotated.bytes, transfer, schema)).totals, totals)
      })
    )
  })

  it("every rule of the format names the test that breaks it", () => {
    assert.strictEqual(new Set(Xml.xmlRules.map(({ id }) => id)).size, Xml.xmlRules.length)
    for (const { example } of Xml.xmlRules) assert.match(example.test, /^test\/formats\/Xml\w+\.test\.ts$/u)
  })
})
