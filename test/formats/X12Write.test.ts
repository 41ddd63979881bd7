/**
 * Writing X12: what is written reads back the same over generated values, and what cannot be read is never
 * written.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Schema } from "effect"
import * as X12 from "../../src/formats/X12.ts"
import { bytes, compose, outgoing, receipt } from "./X12Samples.ts"

const characters = " ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'()+,-./:;<=?@[]_{}|"
const word = (most: number) =>
  Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: characters.length - 1 }))).check(
    Schema.isBetweenLength(1, most)
  )
const textOf = (indexes: ReadonlyArray<number>) => indexes.map((index) => characters[index]).join("")
const Line = Schema.Struct({
  quantity: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9_999_999 })),
  sku: word(48),
  lot: Schema.optionalKey(word(30)),
  serials: Schema.Array(word(30)).check(Schema.isBetweenLength(0, 20))
})
const Sets = Schema.Array(Schema.Array(Line).check(Schema.isBetweenLength(1, 6))).check(Schema.isBetweenLength(1, 4))
const Delimiters = Schema.Literals(["*>~", "^\\\u001C", "\u001D\u001F\u001E", "~*\n"])

describe("X12.compose", () => {
  it.effect.prop("what is written reads back the same", [Sets, Delimiters], ([sets, marks]) =>
    Effect.sync(() => {
      const [element = "*", component = ">", segment = "~"] = marks
      const values = sets.map((lines) => ({
        ...receipt,
        lines: lines.map(({ quantity, sku, lot, serials }) => ({
          item: { quantity: `${quantity}`, unit: "EA", qualifier: "VN", product: textOf(sku) },
          references: [
            ...(lot === undefined ? [] : [{ qualifier: "LT", value: textOf(lot) }]),
            ...serials.map((serial) => ({ qualifier: "SE", value: textOf(serial) }))
          ]
        }))
      }))
      const options = { version: "004010", delimiters: { element, component, segment } }
      const { problems, text } = X12.compose(X12.set944, outgoing(...values), options)
      assert.deepStrictEqual(problems, [])
      const { interchange, issues } = X12.read(bytes(text), X12.set944)
      assert.deepStrictEqual(issues, [])
      const back = interchange?.groups[0]?.sets.map(({ value }) =>
        value.lines.map(({ item, references }) => ({
          quantity: item.quantity,
          sku: item.product,
          references: references.map(({ qualifier, value: found }) => `${qualifier} ${found}`)
        }))
      )
      assert.deepStrictEqual(
        back,
        values.map(({ lines }) =>
          lines.map(({ item, references }) => ({
            quantity: item.quantity,
            sku: item.product,
            references: references.map(({ qualifier, value }) => `${qualifier} ${value}`)
          }))
        )
      )
    })
  )

  it("writes nothing that a partner could not read, and says all of it", () => {
    const { problems, text } = X12.compose(
      X12.set944,
      {
        ...outgoing({
          ...receipt,
          header: { reporting: "F", date: "2026-11-23", receipt: "R".repeat(13) },
          parties: [],
          lines: [
            {
              item: { quantity: "two", unit: "EA", qualifier: "VN" },
              references: [{ qualifier: "LT", value: "L~7" }, { qualifier: "SE", value: "S>1" }, { qualifier: "SE" }]
            }
          ]
        }),
        controlNumber: "1234567890"
      },
      { version: "004010" }
    )
    assert.strictEqual(text, "")
    assert.sameMembers(
      problems.map(({ rule, element }) => `${rule} ${element}`),
      [
        "x12/interchange-element ISA13",
        "x12/element-long W1702",
        "x12/element-long W1703",
        "x12/segment-missing N1",
        "x12/element-character W0701",
        "x12/element-condition W0705",
        "x12/element-character N902",
        "x12/element-character N902",
        "x12/element-condition N902"
      ]
    )
  })

  it("checks lengths by the version it writes", () => {
    const long = { ...receipt, header: { ...receipt.header }, references: [{ qualifier: "LT", value: "L".repeat(50) }] }
    assert.lengthOf(X12.compose(X12.set944, outgoing(long), { version: "004010" }).problems, 1)
    assert.lengthOf(X12.compose(X12.set944, outgoing(long), { version: "004030" }).problems, 0)
  })

  it.effect("fails with every problem in one error", () =>
    Effect.gen(function* () {
      const composed = X12.compose(X12.set944, { ...outgoing(receipt), controlNumber: "x" }, { version: "004010" })
      const exit = yield* Effect.exit(X12.textOf(composed))
      assert.isTrue(Exit.isFailure(exit))
      assert.strictEqual(yield* X12.textOf({ problems: [], text: "ok" }), "ok")
    })
  )

  it("pads the header as the standard has it, and numbers sets and trailers", () => {
    const lines = compose({ lineEnd: "\n" }, receipt, receipt).split("\n")
    assert.lengthOf(lines[0] ?? "", 106)
    assert.deepStrictEqual(lines.slice(-4), ["SE*9*0002~", "GE*2*17~", "IEA*1*000000017~", ""])
  })

  it("derives nine digits from a control number of the engine, the same each time", () => {
    assert.strictEqual(X12.interchangeNumber("20261124090000017"), "000001700")
    assert.strictEqual(X12.interchangeNumber("20261124090000017-3"), "000001703")
    assert.strictEqual(X12.interchangeNumber("2026112409000012345678-99"), "234567899")
  })
})
