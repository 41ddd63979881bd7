import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import * as Gs1 from "../../src/formats/Gs1.ts"
import * as Gs1Elements from "../../src/formats/Gs1Elements.ts"
import * as Gs1Epc from "../../src/formats/Gs1Epc.ts"

const digits = (length: number) =>
  Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 }))).check(
    Schema.isBetweenLength(length, length)
  )
const characters = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`
const serial = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: characters.length - 1 }))).check(
  Schema.isBetweenLength(1, 20)
)
const text = (indexes: ReadonlyArray<number>) => indexes.map((index) => characters[index]).join("")
const prefixLength = Schema.Literals([6, 7, 8, 9, 10, 11, 12])

describe("Gs1", () => {
  it("knows the check digits of the documented keys", () => {
    for (const key of ["8888884043540", "8888884043588", "50300694220667", "00992326050107", "00882025010338"]) {
      assert.isTrue(Gs1.hasCheckDigit(key), key)
    }
    for (const sscc of ["008820210000260003", "008820210000260010", "008820210000260027", "008820210000260034"]) {
      assert.isTrue(Gs1.isKey("SSCC", sscc), sscc)
    }
    // These stand in the documents with wrong check digits; nothing may reject them unasked.
    for (const key of ["8779891013658", "7777776067344", "8888882028644", "08888882020006", "70021050441007"]) {
      assert.isFalse(Gs1.hasCheckDigit(key), key)
    }
  })

  it.effect.prop("a check digit tells every single wrong digit", [digits(13), Schema.Int], ([payload, seed]) =>
    Effect.sync(() => {
      const key = payload.join("") + Gs1.checkDigit(payload.join(""))
      assert.isTrue(Gs1.isKey("GTIN-14", key))
      const at = Math.abs(seed) % 14
      const other = String((Number(key[at]) + 1 + (Math.abs(seed) % 9)) % 10)
      assert.isFalse(Gs1.hasCheckDigit(key.slice(0, at) + other + key.slice(at + 1)))
    })
  )

  it.effect.prop(
    "an SSCC is made of its parts",
    [digits(7), Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 999_999_999 }))],
    ([prefix, reference]) =>
      Effect.sync(() => {
        const sscc = Gs1.sscc({ extensionDigit: "3", companyPrefix: prefix.join(""), reference: String(reference) })
        assert.isTrue(sscc !== undefined && Gs1.isKey("SSCC", sscc))
        assert.strictEqual(sscc?.slice(1, 8), prefix.join(""))
        assert.strictEqual(Number(sscc?.slice(8, 17)), reference)
      })
  )

  it("refuses a reference that does not fit its SSCC", () => {
    assert.isUndefined(Gs1.sscc({ extensionDigit: "0", companyPrefix: "8820210", reference: "1234567890" }))
  })

  it("reads dates with the century nearest to now and day 00 as the last day", () => {
    assert.deepStrictEqual(Gs1.readDate("261100", 2026), { year: 2026, month: 11, day: 30, exact: false })
    assert.deepStrictEqual(Gs1.readDate("200200", 2026), { year: 2020, month: 2, day: 29, exact: false })
    assert.strictEqual(Gs1.readDate("760101", 2026)?.year, 2076)
    assert.strictEqual(Gs1.readDate("770101", 2026)?.year, 1977)
    assert.strictEqual(Gs1.readDate("020101", 1998)?.year, 2002)
    for (const bad of ["261301", "260230", "2611", "26110a", "260001"]) assert.isUndefined(Gs1.readDate(bad, 2026), bad)
  })

  it.effect.prop(
    "dates round trip",
    [
      Schema.Int.check(Schema.isBetween({ minimum: 1977, maximum: 2076 })),
      Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 12 })),
      Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 28 }))
    ],
    ([year, month, day]) =>
      Effect.sync(() => {
        assert.deepStrictEqual(Gs1.readDate(Gs1.writeDate({ year, month, day, exact: true }), 2026), {
          year,
          month,
          day,
          exact: true
        })
      })
  )
})

describe("Gs1Elements", () => {
  const barcode = [
    { ai: "01", value: "00882025010338" },
    { ai: "21", value: "100011946933" },
    { ai: "10", value: "A100352" },
    { ai: "17", value: "180300" }
  ]

  it("reads all spellings of one bar code", () => {
    const spellings = [
      `010088202501033821100011946933${Gs1Elements.fnc1}10A100352${Gs1Elements.fnc1}17180300`,
      `]d2${Gs1Elements.fnc1}010088202501033821100011946933${Gs1Elements.fnc1}${Gs1Elements.fnc1}10A100352${Gs1Elements.fnc1}17180300`,
      "(01)00882025010338(21)100011946933(10)A100352(17)180300"
    ]
    for (const spelling of spellings) assert.deepStrictEqual(Gs1Elements.read(spelling), Result.succeed(barcode))
    assert.strictEqual(Gs1Elements.write(barcode), spellings[0])
    assert.strictEqual(Gs1Elements.writeBracketed(barcode), spellings[2])
  })

  it("says what is wrong and where", () => {
    const faults: ReadonlyArray<readonly [string, Gs1Elements.Fault]> = [
      ["0512", { reason: "unknown AI", ai: "05", at: 0 }],
      ["010088202501033821", { reason: "bad length", ai: "21", at: 16 }],
      ["0100882025010339", { reason: "bad check digit", ai: "01", at: 0 }],
      ["010088202501033817261301", { reason: "bad date", ai: "17", at: 16 }],
      ["21a b", { reason: "bad character", ai: "21", at: 0 }],
      [`21A${Gs1Elements.fnc1}21B`, { reason: "contradiction", ai: "21", at: 4 }],
      ["(01)00882025010338 21", { reason: "bad length", ai: "01", at: 0 }],
      ["(21)x(y", { reason: "bad character", ai: "21", at: 5 }]
    ]
    for (const [input, expected] of faults) {
      assert.deepStrictEqual(Gs1Elements.read(input), Result.fail(expected), input)
    }
    assert.isTrue(Result.isSuccess(Gs1Elements.read("0170021050441007", { checkDigits: false })))
  })

  it.effect.prop(
    "element strings round trip, whatever the serial and lot",
    [digits(13), serial, serial],
    ([gtin, one, two]) =>
      Effect.sync(() => {
        const elements = [
          { ai: "01", value: gtin.join("") + Gs1.checkDigit(gtin.join("")) },
          { ai: "21", value: text(one) },
          { ai: "17", value: "261100" },
          { ai: "10", value: text(two) },
          { ai: "240", value: text(one) }
        ]
        assert.deepStrictEqual(Gs1Elements.read(Gs1Elements.write(elements)), Result.succeed(elements))
        assert.deepStrictEqual(Gs1Elements.read(Gs1Elements.writeBracketed(elements)), Result.succeed(elements))
      })
  )
})

describe("Gs1Epc", () => {
  it("reads the documented locations, with and without urn", () => {
    assert.deepStrictEqual(Gs1Epc.read("8888882.02867.0"), {
      kind: "sgln",
      companyPrefix: "8888882",
      gln: "8888882028679",
      extension: "0"
    })
    assert.deepStrictEqual(Gs1Epc.read("urn:epc:id:sgln:8888882.02867.0"), Gs1Epc.read("8888882.02867.0"))
    for (const bad of ["03555555.500.0", "8888882.02867", "urn:epc:id:sgtin:8888882.02867.0", "x", "1.2.3", ""]) {
      assert.isUndefined(Gs1Epc.read(bad), bad)
    }
  })

  it.effect.prop(
    "URIs round trip",
    [digits(12), digits(17), digits(13), serial, prefixLength],
    ([gln, sscc, gtin, letters, length]) =>
      Effect.sync(() => {
        const glnKey = gln.join("") + Gs1.checkDigit(gln.join(""))
        const ssccKey = sscc.join("") + Gs1.checkDigit(sscc.join(""))
        const gtinKey = gtin.join("") + Gs1.checkDigit(gtin.join(""))
        const location = Gs1Epc.read(Gs1Epc.sgln(glnKey, length, text(letters)))
        assert.deepStrictEqual(location, {
          kind: "sgln",
          companyPrefix: glnKey.slice(0, length),
          gln: glnKey,
          extension: text(letters)
        })
        const unit = Gs1Epc.read(Gs1Epc.sscc(ssccKey, length))
        assert.deepStrictEqual(unit, { kind: "sscc", companyPrefix: ssccKey.slice(1, 1 + length), sscc: ssccKey })
        const item = Gs1Epc.read(Gs1Epc.sgtin(gtinKey, text(letters), length))
        assert.deepStrictEqual(item, {
          kind: "sgtin",
          companyPrefix: gtinKey.slice(1, 1 + length),
          gtin14: gtinKey,
          serial: text(letters)
        })
      })
  )
})
