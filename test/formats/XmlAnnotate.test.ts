import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as Xml from "../../src/formats/Xml.ts"
import { make, Recipe } from "./xml/documents.ts"
import { namespaces, transfer } from "./xml/layouts.ts"

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8")

/** Remarks as a run could make them, some about nothing that is there. */
const Remarks = Schema.Array(
  Schema.Struct({
    element: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20 })),
    line: Schema.UndefinedOr(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 30 }))),
    text: Schema.String
  })
)

describe("annotating", () => {
  it.layer(Xml.Xml.layer({ workers: 1 }))((it) => {
    it.effect("puts each remark before its element, on a line of its own where the element has one", () =>
      Effect.gen(function* () {
        const xml = yield* Xml.Xml
        const document = yield* Xml.write(transfer, { eventDateTime: "now", serials: ["1", "2"] })
        const { kind, bytes } = yield* xml.annotate(Buffer.from(document), transfer, [
          { path: Xml.path(transfer, "serials", 1), text: "bad --> serial --" },
          { path: Xml.path(transfer, "eventDateTime"), text: "not a date\nat all" },
          { path: Xml.path(transfer, "packagingItemCode"), text: "absent" },
          { line: 8, text: "by line" }
        ])
        assert.strictEqual(kind, "document")
        assert.strictEqual(
          text(bytes),
          `<?xml version="1.0" encoding="UTF-8"?>
<!-- throughline: 4 remarks are marked in this copy; comments like this one are not part of the original. -->
<!-- throughline: absent -->
<SNXSerialNumberTransferMessage xmlns="${namespaces.snx}" xmlns:cmn="${namespaces.cmn}" xmlns:xsi="${namespaces.xsi}">
  <MessageBody>
    <!-- throughline: not a date at all -->
    <cmn:EventDateTime>now</cmn:EventDateTime>
    <SerialNumbers>
      <cmn:Serial>1</cmn:Serial>
      <!-- throughline: bad - -> serial - - -->
      <!-- throughline: by line -->
      <cmn:Serial>2</cmn:Serial>
    </SerialNumbers>
  </MessageBody>
</SNXSerialNumberTransferMessage>
`
        )
        assert.strictEqual(text(Xml.removeAnnotations(bytes)), document)
      })
    )

    it.effect("writes what the encoding does not have as code points", () =>
      Effect.gen(function* () {
        const xml = yield* Xml.Xml
        const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>\u{fc}</a>', "latin1")
        const { bytes } = yield* xml.annotate(latin, undefined, [{ text: "\u{fc} \u{20ac} \u{1f4a9} \u{1} \u{d800}" }])
        assert.include(
          Buffer.from(bytes).toString("latin1"),
          "<!-- throughline: \u{fc} \\u{20ac} \\u{1f4a9} \\u{1} \\u{d800} --><a>\u{fc}</a>"
        )
        assert.deepStrictEqual(Buffer.from(Xml.removeAnnotations(bytes)), latin)
      })
    )

    it.effect.prop(
      "is taken back exactly, and the annotated document still parses to the same value",
      [Recipe, Remarks],
      Effect.fnUntraced(function* ([recipe, remarks]) {
        const { bytes, elements } = make(recipe)
        const xml = yield* Xml.Xml
        const notes = remarks.map(({ element, line, text }) => ({ path: elements[element]?.path, line, text }))
        const annotated = yield* xml.annotate(bytes, transfer, notes)
        assert.strictEqual(annotated.kind, "document")
        assert.isAbove(annotated.bytes.length, bytes.length)
        assert.deepStrictEqual(Buffer.from(Xml.removeAnnotations(annotated.bytes)), Buffer.from(bytes))
        const { totals } = yield* xml.read(annotated.bytes, transfer, undefined)
        assert.deepStrictEqual(totals, { "xml/unknown-root": 1 })
        // An annotated copy that comes in again can be annotated again, and taken back one step at a time.
        const twice = yield* xml.annotate(annotated.bytes, transfer, notes)
        assert.deepStrictEqual(Buffer.from(Xml.removeAnnotations(twice.bytes)), Buffer.from(annotated.bytes))
      })
    )

    it.effect("lists remarks where the document cannot carry them", () =>
      Effect.gen(function* () {
        const xml = yield* Xml.Xml
        const { kind, bytes } = yield* xml.annotate(Buffer.from("<a><b></a>"), transfer, [
          { line: 1, column: 7, text: "mismatched\n tag" },
          { path: "/snx:A", text: "second" },
          { text: "third" }
        ])
        assert.strictEqual(kind, "listing")
        assert.strictEqual(text(bytes), "line 1, column 7: mismatched tag\n/snx:A: second\ndocument: third\n")
      })
    )

    it.effect("is quick about thousands of remarks, also in one line or deep indentation", () =>
      Effect.gen(function* () {
        const xml = yield* Xml.Xml
        const written = yield* Xml.write(transfer, { serials: Array.from({ length: 100_000 }, (_, at) => `${at}`) })
        const notes = Array.from({ length: 2000 }, (_, at) => ({ path: Xml.path(transfer, "serials", at), text: "x" }))
        const indented = written.replace("<SNX", `${" ".repeat(1_000_000)}<SNX`)
        for (const document of [written, written.replaceAll("\n", " "), indented]) {
          const remarks = document === indented ? notes.map(({ text }) => ({ text })) : notes
          const { bytes } = yield* xml.annotate(Buffer.from(document), transfer, remarks)
          assert.isBelow(bytes.length, document.length + 200_000)
          assert.isTrue(Buffer.from(document).equals(Xml.removeAnnotations(bytes)))
        }
      })
    )
  })

  it("leaves bytes alone that carry no remarks of ours", () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from("<a><!-- throughline --></a>"),
      Buffer.from([0xff, 0xfe, 0, 0, 1])
    ]) {
      assert.deepStrictEqual(Buffer.from(Xml.removeAnnotations(bytes)), bytes)
    }
  })
})
