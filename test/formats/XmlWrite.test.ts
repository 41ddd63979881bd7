import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as Xml from "../../src/formats/Xml.ts"
import { namespaces, transfer } from "./xml/layouts.ts"

const write = (value: Xml.Write<typeof transfer>) => Effect.runSync(Xml.write(transfer, value))

describe("writing XML", () => {
  it("follows the documented examples in form: default namespace, declared prefixes, field order", () => {
    assert.strictEqual(
      write({
        serials: { values: ["0001", "a<b"], attributes: { format: "AI(00)" } },
        referenceDocuments: { poLine: "001" },
        packagingItemCode: { value: "5 & 6", attributes: { type: 'GTIN-"14"' } },
        header: { fileSenderNumber: "7777776067344" }
      }),
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        `<SNXSerialNumberTransferMessage xmlns="${namespaces.snx}" xmlns:cmn="${namespaces.cmn}" xmlns:xsi="${namespaces.xsi}">`,
        "  <ControlFileHeader>",
        "    <cmn:FileSenderNumber>7777776067344</cmn:FileSenderNumber>",
        "  </ControlFileHeader>",
        "  <MessageBody>",
        '    <cmn:PackagingItemCode type="GTIN-&quot;14&quot;">5 &amp; 6</cmn:PackagingItemCode>',
        "    <cmn:ReferenceDocuments>",
        "      <cmn:POLine>001</cmn:POLine>",
        "    </cmn:ReferenceDocuments>",
        "    <SerialNumbers>",
        '      <cmn:Serial format="AI(00)">0001</cmn:Serial>',
        '      <cmn:Serial format="AI(00)">a&lt;b</cmn:Serial>',
        "    </SerialNumbers>",
        "  </MessageBody>",
        "</SNXSerialNumberTransferMessage>",
        ""
      ].join("\n")
    )
  })

  it("writes an absent value as nothing and an empty one as an empty element", () => {
    assert.notInclude(write({}), "MessageBody")
    assert.include(write({ eventDateTime: "" }), "<cmn:EventDateTime/>")
    assert.include(write({ referenceDocuments: {} }), "<cmn:ReferenceDocuments/>")
    assert.include(write({ serialNumbersPresent: true }), "<SerialNumbers/>")
    assert.notInclude(write({ serialNumbersPresent: false, serials: [] }), "SerialNumbers")
  })

  it("refuses characters that XML cannot carry and says where", () => {
    const errors = [
      Xml.write(transfer, { serials: ["good", "b\u{0}ad"] }),
      Xml.write(transfer, { packagingItemCode: { value: "", attributes: { type: "\u{ffff}" } } }),
      Xml.write(transfer, { header: { fileSenderNumber: "\u{d800}" } }),
      Xml.write(transfer, { results: [{ id: "1" }, { code: "\u{b}" }] })
    ].map((effect) => Effect.runSync(Effect.flip(effect)))
    const root = "/snx:SNXSerialNumberTransferMessage/snx:MessageBody"
    assert.deepStrictEqual(
      errors.map(({ message }) => message),
      [
        `${root}/snx:SerialNumbers/cmn:Serial[2] cannot be written: XML has no place for the character U+0000`,
        `${root}/cmn:PackagingItemCode cannot be written: XML has no place for the character U+FFFF`,
        "/snx:SNXSerialNumberTransferMessage/snx:ControlFileHeader/cmn:FileSenderNumber cannot be written: XML has no place for the character U+D800",
        `${root}/snx:Result[2] cannot be written: XML has no place for the character U+000B`
      ]
    )
    assert.isFalse(errors.some(({ isRetryable }) => isRetryable))
  })
})

/** Strings as bad as they may come, but of characters that XML has. */
const text = Schema.String.pipe(
  Schema.check(
    Schema.makeFilter((value: string) => !/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(value))
  )
)
const collapsed = (value: string): string => value.replace(/[\t\n\r ]+/gu, " ").replace(/^ | $/gu, "")
const tidy = (value: string | undefined): string | undefined => (value === undefined ? undefined : collapsed(value))
const optional = Schema.UndefinedOr(text)

/** Values that can be written with the test layout. */
const Values = Schema.Struct({
  sender: optional,
  code: optional,
  type: optional,
  reference: Schema.UndefinedOr(Schema.Struct({ poNumber: optional, poLine: optional })),
  serials: Schema.Array(Schema.Struct({ value: text, format: optional })),
  present: Schema.Boolean,
  remark: optional,
  results: Schema.Array(Schema.Struct({ id: optional, code: optional }))
})

describe("what is written", () => {
  it.layer(Xml.Xml.layer({ workers: 1 }))((it) => {
    it.effect.prop(
      "is read back the same",
      [Values],
      Effect.fnUntraced(function* ([given]) {
        const { sender, code, type, reference, serials, present, remark, results } = given
        const xml = yield* Xml.Xml
        const written = yield* Xml.write(transfer, {
          header: { fileSenderNumber: sender },
          packagingItemCode: code === undefined ? undefined : { value: code, attributes: { type } },
          referenceDocuments: reference,
          serials: {
            values: serials.map(({ value }) => value),
            attributes: { format: serials.map(({ format }) => format) }
          },
          serialNumbersPresent: present,
          remark,
          results
        })
        const { document, issues } = yield* xml.read(Buffer.from(written), transfer, undefined)
        assert.deepStrictEqual(issues, [])
        const read = (value: string | undefined, attributes: object = {}) =>
          value === undefined ? undefined : { value: collapsed(value), occurrences: 1, attributes }
        assert.deepStrictEqual(document?.header.fileSenderNumber, read(sender))
        assert.deepStrictEqual(document?.packagingItemCode, read(code, { type: tidy(type) }))
        assert.deepStrictEqual(
          document?.referenceDocuments,
          reference === undefined ? undefined : { poNumber: read(reference.poNumber), poLine: read(reference.poLine) }
        )
        assert.deepStrictEqual(
          document?.serials.values,
          serials.map(({ value }) => collapsed(value))
        )
        const formats = serials.map(({ format }) => tidy(format))
        assert.deepStrictEqual(
          document?.serials.attributes.format,
          formats.every((format) => format === undefined) ? undefined : formats
        )
        assert.strictEqual(document?.serialNumbersPresent, present || serials.length > 0)
        assert.strictEqual(document?.remark?.value, remark)
        assert.deepStrictEqual(
          document?.results,
          results.map(({ id, code }) => ({
            id: tidy(id),
            code: code === undefined ? undefined : collapsed(code),
            kind: undefined
          }))
        )
        // What was read can be written again, and is the same document.
        if (document === undefined) return
        const again = yield* Xml.write(transfer, document)
        const second = yield* xml.read(Buffer.from(again), transfer, undefined)
        assert.deepStrictEqual(second.document, document)
      })
    )
  })
})
