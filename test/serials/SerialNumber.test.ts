import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import * as SerialList from "../../src/serials/SerialList.ts"
import * as SerialNumber from "../../src/serials/SerialNumber.ts"

const characters = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`
const indexes = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: characters.length - 1 })))
const digit = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 }))
const digits = (length: number) => Schema.Array(digit).check(Schema.isBetweenLength(length, length))
const text = (some: ReadonlyArray<number>) => some.map((index) => characters[index]).join("")

const number = Schema.Union([
  Schema.Struct({
    encoding: Schema.Literal("AI(01)+AI(21)"),
    code: digits(14),
    serial: indexes.check(Schema.isBetweenLength(1, 20))
  }),
  Schema.Struct({ encoding: Schema.Literal("AI(00)"), serial: digits(18) }),
  Schema.Struct({ encoding: Schema.Literal("CN-EDMC"), serial: digits(20) })
])

const make = (one: typeof number.Type): SerialNumber.SerialNumber =>
  one.encoding === "AI(01)+AI(21)"
    ? { encoding: one.encoding, code: one.code.join(""), serial: text(one.serial) }
    : { encoding: one.encoding, serial: one.serial.join("") }

describe("SerialNumber", () => {
  it("reads the documented examples", () => {
    assert.deepStrictEqual(
      SerialNumber.parse("010088202501033821100011946933"),
      Result.succeed({ encoding: "AI(01)+AI(21)", code: "00882025010338", serial: "100011946933" })
    )
    assert.deepStrictEqual(
      SerialNumber.parse("00008820210000260003"),
      Result.succeed({ encoding: "AI(00)", serial: "008820210000260003" })
    )
    // The serial begins like other AIs; it is the serial all the same.
    assert.deepStrictEqual(
      SerialNumber.parse("0100882025010338211017A"),
      Result.succeed({ encoding: "AI(01)+AI(21)", code: "00882025010338", serial: "1017A" })
    )
  })

  it("says why a text is none", () => {
    const faults: ReadonlyArray<readonly [string, SerialNumber.Encoding | undefined, SerialNumber.Fault]> = [
      ["", undefined, "empty"],
      ["hello", undefined, "unknown encoding"],
      ["(01)00882025010338(21)1", undefined, "unknown encoding"],
      ["010088202501033821", undefined, "bad serial"],
      ["010088202501033821a b", undefined, "bad serial"],
      ["010088202501033821123456789012345678901", undefined, "bad serial"],
      ["0000882021000026000", undefined, "unknown encoding"],
      ["00008820210000260003", "AI(01)+AI(21)", "not as its format says"],
      ["010088202501033821100011946933", "AI(00)", "not as its format says"],
      ["010088202501033821100011946933", "CN-EDMC", "not as its format says"]
    ]
    for (const [value, format, fault] of faults) {
      assert.deepStrictEqual(SerialNumber.parse(value, format), Result.fail(fault), value)
    }
  })

  it("knows the tokens of encodings in any case", () => {
    for (const [token, encoding] of [
      ["ai(01)+ai(21)", "AI(01)+AI(21)"],
      ["AI(01)(21)", "AI(01)+AI(21)"],
      ["SGTIN-198", "AI(01)+AI(21)"],
      ["SSCC-96", "AI(00)"],
      ["CN-EDMC", "CN-EDMC"],
      ["toString", undefined],
      ["", undefined]
    ] as const) {
      assert.strictEqual(SerialNumber.encodingOf(token), encoding, token)
    }
  })

  it.effect.prop("what is printed is read again", [number], ([one]) =>
    Effect.sync(() => {
      const expected = make(one)
      assert.deepStrictEqual(
        SerialNumber.parse(SerialNumber.print(expected), expected.encoding),
        Result.succeed(expected)
      )
    })
  )

  it.effect.prop(
    "a list says the same as its numbers one by one",
    [Schema.Array(Schema.Union([number, Schema.String]))],
    ([some]) =>
      Effect.sync(() => {
        const values = some.map((one) => (typeof one === "string" ? one : SerialNumber.print(make(one))))
        const { groups, bad } = SerialNumber.parseAll(values)
        const seen = new Map<number, string>()
        for (const { prefix, positions, serials } of groups) {
          positions.forEach((position, index) => {
            seen.set(position, prefix + serials[index])
          })
        }
        values.forEach((value, position) => {
          const one = SerialNumber.parse(value)
          if (Result.isSuccess(one)) assert.strictEqual(seen.get(position), value)
          else assert.strictEqual(bad.faults[bad.positions.indexOf(position)], one.failure)
        })
        assert.strictEqual(seen.size + bad.positions.length, values.length)
        assert.strictEqual(SerialNumber.repeated(values).length, values.length - new Set(values).size)
      })
  )
})

describe("SerialList", () => {
  it.effect.prop(
    "keeps each number once, in one order whatever the order of the list",
    [Schema.Array(number), Schema.Int],
    ([some, seed]) =>
      Effect.sync(() => {
        const values = some.map((one) => SerialNumber.print(make(one)))
        const turned = [...values.slice(Math.abs(seed) % (values.length + 1)), ...values, "?", "?"].reverse()
        const { chunks, distinct } = SerialList.of(turned)
        assert.deepStrictEqual(chunks, SerialList.of(values).chunks)
        assert.strictEqual(distinct, new Set(turned).size)
        const flat = chunks.flatMap(({ prefixes, serials }) =>
          serials.map((serial, index) => (prefixes[index] ?? "") + serial)
        )
        assert.deepStrictEqual([...flat].sort(), [...new Set(values)].filter((value) => value !== "?").sort())
      })
  )

  it("cuts 25,000 numbers in chunks of 10,000", () => {
    const values = Array.from({ length: 25_000 }, (_, index) => `010088202501033821${index}`)
    assert.deepStrictEqual(
      SerialList.of(values).chunks.map(({ serials }) => serials.length),
      [10_000, 10_000, 5_000]
    )
  })
})
