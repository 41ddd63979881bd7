/**
 * Application identifiers as data, element strings as scanners send them, Digital Links, EPC URIs of parties, batches and
 * patterns, and how dates compare. Keys in generated input have right check digits unless a test says otherwise.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import * as Gs1 from "../../src/formats/Gs1.ts"
import * as Gs1DigitalLink from "../../src/formats/Gs1DigitalLink.ts"
import * as Gs1Elements from "../../src/formats/Gs1Elements.ts"
import * as Gs1Epc from "../../src/formats/Gs1Epc.ts"
import * as Gs1Identifiers from "../../src/formats/Gs1Identifiers.ts"

const digits = (length: number) =>
  Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 }))).check(
    Schema.isBetweenLength(length, length)
  )
const characters = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`
const letters = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: characters.length - 1 }))).check(
  Schema.isBetweenLength(1, 20)
)
const text = (indexes: ReadonlyArray<number>) => indexes.map((index) => characters[index]).join("")
const keyed = (payload: ReadonlyArray<number>) => payload.join("") + Gs1.checkDigit(payload.join(""))
const order = Schema.Literals([0, 1, 2, 3, 4, 5])

describe("application identifiers", () => {
  it("have the formats of the specification", () => {
    const formats = [
      "00 N18",
      "01 N14",
      "10 X..20",
      "17 N6",
      "21 X..20",
      "37 N..8",
      "414 N13",
      "710 X..20",
      "8006 N14+N4"
    ]
    for (const line of formats) {
      const [ai = "", format] = line.split(" ")
      assert.strictEqual(Gs1Identifiers.definitionOf(ai)?.format, format)
    }
  })

  it("say which values end by themselves: the predefined lengths", () => {
    const closed = Gs1Identifiers.definitions.filter((one) => one.closed).map(({ ai }) => ai.slice(0, 2))
    const predefined = ["00", "01", "02", "11", "12", "13", "15", "16", "17", "20", "41"]
    assert.deepStrictEqual([...new Set(closed)], predefined)
  })

  it("are no beginnings of one another, so that a code reads one way only", () => {
    for (const { ai } of Gs1Identifiers.definitions) {
      for (const other of Gs1Identifiers.definitions) assert.isTrue(other.ai === ai || !other.ai.startsWith(ai))
    }
  })

  it("judge compound values part by part", () => {
    const itip = Gs1Identifiers.definitionOf("8006")
    assert.isDefined(itip)
    if (itip === undefined) return
    assert.isUndefined(Gs1Identifiers.wrong(itip, "008820250103380102"))
    assert.strictEqual(Gs1Identifiers.wrong(itip, "008820250103390102"), "bad check digit")
    assert.isUndefined(Gs1Identifiers.wrong(itip, "008820250103390102", { checkDigits: false }))
    assert.strictEqual(Gs1Identifiers.wrong(itip, "0088202501033801"), "bad length")
  })

  it("have character sets 82 and 39", () => {
    assert.isTrue(Gs1.isCset82(characters))
    assert.strictEqual(new Set(characters).size, 82)
    for (const bad of " #$@[\\]^`{|}~é") assert.isFalse(Gs1.isCset82(bad), bad)
    const components = "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert.strictEqual(new Set(components).size, 39)
    assert.isTrue(Gs1.isCset39(components))
    for (const bad of "a_.,+*") assert.isFalse(Gs1.isCset39(bad), bad)
  })
})

describe("element strings", () => {
  it.effect.prop(
    "read the same with every symbology prefix, separator and redundant separator, in any order",
    [digits(13), letters, letters, order, Schema.Literals(["", "]d2", "]C1", "]Q3", "]e0", "]J1"])],
    ([gtin, serial, lot, turn, prefix]) =>
      Effect.sync(() => {
        const elements = [
          { ai: "01", value: keyed(gtin) },
          { ai: "21", value: text(serial) },
          { ai: "10", value: text(lot) },
          { ai: "17", value: "261100" }
        ]
        const turned = elements.map((_, index) => elements[(index + turn) % elements.length] ?? { ai: "", value: "" })
        const wanted = Result.succeed(turned)
        const plain = Gs1Elements.write(turned)
        assert.deepStrictEqual(Gs1Elements.read(`${prefix}${plain}`), wanted)
        for (const separator of ["^", "\u241d", "{GS}", "[gs]", "\\x1D", "~d029", "\u001d\u001d"]) {
          assert.deepStrictEqual(Gs1Elements.read(prefix + plain.replaceAll(Gs1Elements.fnc1, separator)), wanted)
        }
        // A separator behind every element, also where the length says enough, and at both ends.
        const every = turned.map(({ ai, value }) => ai + value).join(Gs1Elements.fnc1)
        assert.deepStrictEqual(Gs1Elements.read(`${prefix}${Gs1Elements.fnc1}${every}${Gs1Elements.fnc1}`), wanted)
        assert.deepStrictEqual(Gs1Elements.read(prefix + Gs1Elements.writeBracketed(turned)), wanted)
      })
  )

  it("take AIs of three and four digits", () => {
    assert.deepStrictEqual(
      Gs1Elements.read("8006008820250103380102^2401\u001d4148888884043540"),
      Result.succeed([
        { ai: "8006", value: "008820250103380102" },
        { ai: "240", value: "1" },
        { ai: "414", value: "8888884043540" }
      ])
    )
  })

  it("stay quick for a code that is nothing but separators", () => {
    assert.deepStrictEqual(Gs1Elements.read("^".repeat(200_000)), Result.succeed([]))
  })

  it("tell which AIs do not go together", () => {
    const ais = (...list: ReadonlyArray<string>) => list.map((ai) => ({ ai, value: "1" }))
    assert.deepStrictEqual(Gs1Elements.misfits(ais("01", "21", "10", "17")), [])
    assert.deepStrictEqual(Gs1Elements.misfits(ais("10")), [
      { ai: "10", reason: "needs", others: ["01", "02", "8006"] }
    ])
    assert.deepStrictEqual(Gs1Elements.misfits(ais("01", "02", "37")), [
      { ai: "01", reason: "excludes", others: ["02"] },
      { ai: "01", reason: "excludes", others: ["37"] },
      { ai: "02", reason: "excludes", others: ["01"] }
    ])
    assert.deepStrictEqual(
      Gs1Elements.misfits(ais("01", "21", "235")).map(({ ai }) => ai),
      ["21"]
    )
    assert.deepStrictEqual(Gs1Elements.misfits(ais("254")), [{ ai: "254", reason: "needs", others: ["414"] }])
  })
})

describe("Digital Links", () => {
  const item = [
    { ai: "01", value: "00882025010338" },
    { ai: "10", value: "A/1" },
    { ai: "21", value: "10%&?" },
    { ai: "17", value: "261100" }
  ]

  it("read with numbers and with short names, from path and query", () => {
    for (const link of [
      "https://id.example.com/01/00882025010338/10/A%2F1/21/10%25%26%3F?17=261100",
      "https://example.com/some/where/gtin/00882025010338/lot/A%2F1/ser/10%25%26%3F?exp=261100&linkType=verificationService",
      "http://example.com/01/882025010338/10/A%2f1/21/10%25%26%3F/?17=261100#scanned",
      "HTTPS://example.com?01=00882025010338&10=A%2F1&21=10%25%26%3F&17=261100"
    ]) {
      assert.deepStrictEqual(Gs1DigitalLink.read(link), Result.succeed(item), link)
    }
    assert.strictEqual(
      Gs1DigitalLink.write("https://id.example.com/", item),
      "https://id.example.com/01/00882025010338/10/A%2F1/21/10%25%26%3F?17=261100"
    )
  })

  it("say what is wrong and where", () => {
    const faults: ReadonlyArray<readonly [string, Gs1Elements.Fault]> = [
      ["ftp://example.com/01/00882025010338", { reason: "bad character", ai: "", at: 0 }],
      ["https://example.com/01/00882025010339", { reason: "bad check digit", ai: "01", at: 20 }],
      ["https://example.com/01/00882025010338/5/x", { reason: "unknown AI", ai: "5", at: 38 }],
      ["https://example.com/01/00882025010338/10/%zz", { reason: "bad character", ai: "10", at: 38 }],
      ["https://example.com/01/00882025010338/10", { reason: "bad length", ai: "10", at: 38 }],
      ["https://example.com/01/00882025010338?17=%", { reason: "bad character", ai: "17", at: 38 }],
      ["https://example.com/01/00882025010338/10/A?10=B", { reason: "contradiction", ai: "10", at: 43 }]
    ]
    for (const [link, fault] of faults) assert.deepStrictEqual(Gs1DigitalLink.read(link), Result.fail(fault), link)
    assert.deepStrictEqual(Gs1DigitalLink.read("https://example.com/products"), Result.succeed([]))
    assert.isUndefined(Gs1DigitalLink.write("https://example.com", [{ ai: "10", value: "A" }]))
  })

  it.effect.prop(
    "round trip, whatever the serial and lot, dots and slashes too",
    [digits(13), letters, letters],
    (of) =>
      Effect.sync(() => {
        const [gtin, serial, lot] = of
        const elements = [
          { ai: "01", value: keyed(gtin) },
          { ai: "10", value: text(lot) },
          { ai: "21", value: text(serial) },
          { ai: "17", value: "270228" },
          { ai: "240", value: text(lot) }
        ]
        const link = Gs1DigitalLink.write("https://id.example.com", elements)
        assert.isTrue(link !== undefined && Gs1DigitalLink.looksLike(link))
        assert.deepStrictEqual(Gs1DigitalLink.read(link ?? ""), Result.succeed(elements))
      })
  )
})

describe("EPC URIs", () => {
  it.effect.prop(
    "of parties, batches and patterns round trip",
    [digits(12), digits(13), letters, Schema.Literals([6, 7, 8, 9, 10, 11, 12])],
    ([gln, gtin, lot, length]) =>
      Effect.sync(() => {
        const [party, trade] = [keyed(gln), keyed(gtin)]
        const companyPrefix = trade.slice(1, 1 + length)
        assert.deepStrictEqual(Gs1Epc.read(Gs1Epc.pgln(party, length)), {
          kind: "pgln",
          companyPrefix: party.slice(0, length),
          gln: party
        })
        const batch = Gs1Epc.read(Gs1Epc.lgtin(trade, text(lot), length))
        assert.deepStrictEqual(batch, { kind: "lgtin", companyPrefix, gtin14: trade, lot: text(lot) })
        const item = Gs1Epc.read(Gs1Epc.item(trade, length))
        assert.deepStrictEqual(item, { kind: "item", companyPrefix, gtin14: trade })
      })
  )

  it("find the company prefix among those that are known, the longest first", () => {
    const prefixes = ["088202", "0882025", "8888884"]
    assert.strictEqual(Gs1Epc.prefixLength("00882025010338", prefixes), 7)
    assert.strictEqual(Gs1Epc.prefixLength("00882021010338", prefixes), 6)
    assert.strictEqual(Gs1Epc.prefixLength("8888884043540", prefixes), 7)
    assert.isUndefined(Gs1Epc.prefixLength("50300694220667", prefixes))
  })

  it("are refused when they have no right form", () => {
    const wrong = [
      "urn:epc:id:pgln:8888884.04354.0",
      "urn:epc:id:pgln:8888884.0435",
      "urn:epc:idpat:sgtin:0882025.001033.1",
      "urn:epc:class:lgtin:0882025.001033.",
      "urn:epc:class:lgtin:0882025.00103.A",
      "urn:epc:id:lgtin:0882025.001033.A"
    ]
    for (const uri of wrong) assert.isUndefined(Gs1Epc.read(uri), uri)
  })
})

describe("dates", () => {
  it("compare as written, as days, or as months", () => {
    const cases: ReadonlyArray<readonly [string, string, boolean, boolean, boolean]> = [
      ["210331", "210331", true, true, true],
      ["210300", "210331", false, true, true],
      ["210330", "210331", false, false, true],
      ["240200", "240229", false, true, true],
      ["230200", "230229", false, false, false],
      ["210331", "220331", false, false, false],
      ["x", "x", true, true, true]
    ]
    for (const [a, b, asWritten, day, month] of cases) {
      assert.strictEqual(Gs1.sameDate(a, b, "asWritten", 2026), asWritten, `${a} ${b}`)
      assert.strictEqual(Gs1.sameDate(a, b, "day", 2026), day, `${a} ${b}`)
      assert.strictEqual(Gs1.sameDate(a, b, "month", 2026), month, `${a} ${b}`)
    }
  })

  it("stand as calendar days, leap years included", () => {
    const day = (yymmdd: string) => {
      const read = Gs1.readDate(yymmdd, 2026)
      return read === undefined ? undefined : Gs1.dayText(read)
    }
    assert.strictEqual(day("240200"), "2024-02-29")
    assert.strictEqual(day("250200"), "2025-02-28")
    assert.strictEqual(day("991231"), "1999-12-31")
    assert.isUndefined(day("250229"))
  })
})
