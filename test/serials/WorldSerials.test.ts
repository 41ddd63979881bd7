import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import * as Gs1 from "../../src/formats/Gs1.ts"
import type { SerialBatch } from "../../src/partners/World.ts"
import * as WorldSerials from "../../src/serials/WorldSerials.ts"

const batch = (type: string, value: string, more: Partial<SerialBatch>): SerialBatch => ({
  owner: "acme",
  packagingCode: { type, value },
  state: "reserved",
  ...more
})
const gtin = "00882025010338"

describe("WorldSerials", () => {
  it("writes bare numbers as messages do, and keeps those in AI format", () => {
    const made: ReadonlyArray<readonly [SerialBatch, ReadonlyArray<string>]> = [
      [
        batch("GTIN-14", "00992326050107", { serials: ["A1", "010088202501033821100011946933"] }),
        ["010099232605010721A1", "010088202501033821100011946933"]
      ],
      // Twenty digits are a serial here, not a China code.
      [batch("gtin-14", gtin, { serials: ["81008721001234567890"] }), [`01${gtin}2181008721001234567890`]],
      [
        batch("GCP", "8820210", { serials: ["008820210000260003", "00008820210000260010"] }),
        ["00008820210000260003", "00008820210000260010"]
      ],
      [batch("CN-ResCode", "81008", { serials: ["81008721001234567890"] }), ["81008721001234567890"]],
      [
        batch("GTIN-14", gtin, { range: { first: "SN098", count: 3 } }),
        ["SN098", "SN099", "SN100"].map((serial) => `01${gtin}21${serial}`)
      ]
    ]
    for (const [one, texts] of made) assert.deepStrictEqual(WorldSerials.texts(one), Result.succeed(texts))
  })

  it.effect.prop(
    "counts SSCCs up with their check digits",
    [Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 99_999_000 }))],
    ([first]) =>
      Effect.sync(() => {
        const sscc = Gs1.sscc({ extensionDigit: "0", companyPrefix: "8820210", reference: String(first) }) ?? ""
        const texts = Result.getOrThrow(
          WorldSerials.texts(batch("GCP", "8820210", { range: { first: sscc, count: 20 } }))
        )
        assert.strictEqual(new Set(texts).size, 20)
        assert.isTrue(texts.every((text) => Gs1.isKey("SSCC", text.slice(2))))
        assert.strictEqual(texts[0], `00${sscc}`)
      })
  )

  it("refuses what is no number of its packaging code", () => {
    const bad = [
      batch("GTIN-14", gtin, { serials: [""] }),
      batch("GTIN-14", "123", { serials: ["1"] }),
      batch("GCP", "8820210", { serials: ["1"] }),
      batch("CN-RESCODE", "81008", { serials: ["1"] }),
      batch("GTIN-14", gtin, { range: { first: "98", count: 3 } }),
      batch("GTIN-14", gtin, { range: { first: "no digits", count: 1 } }),
      batch("GCP", "8820210", { range: { first: "008820210000260004", count: 1 } })
    ]
    for (const one of bad) assert.isTrue(Result.isFailure(WorldSerials.texts(one)), JSON.stringify(one))
  })

  it.effect.prop(
    "writes back what it read",
    [Schema.Literals(["1", "SN098", "81008721001234567890", `01${gtin}211`])],
    ([serial]) =>
      Effect.sync(() => {
        const prefix = `01${gtin}21`
        const text = WorldSerials.written("GTIN-14", gtin, prefix, serial)
        assert.deepStrictEqual(
          WorldSerials.texts(batch("GTIN-14", gtin, { serials: [text] })),
          Result.succeed([prefix + serial])
        )
      })
  )
})
