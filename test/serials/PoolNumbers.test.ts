import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import * as Gs1 from "../../src/formats/Gs1.ts"
import type { Pool } from "../../src/partners/World.ts"
import * as PoolNumbers from "../../src/serials/PoolNumbers.ts"

const pool = (template: Pool["template"], more: Partial<Pool> = {}): Pool => ({
  id: "pool",
  owner: "acme",
  packagingCode: { type: "GTIN-14", value: "00882025010338" },
  encoding: "AI(01)+AI(21)",
  active: true,
  template,
  ...more
})

const numbers = (one: Pool, first: number, count: number) =>
  Result.map(PoolNumbers.numbering(one), (numbering) => numbering.serials(first, count))

describe("PoolNumbers", () => {
  it.effect.prop(
    "a random pool gives every number of its length once",
    [Schema.String, Schema.Literals([1, 2, 3, 4])],
    ([key, digits]) =>
      Effect.sync(() => {
        const all = PoolNumbers.permutation(key, digits)(0, 10 ** digits)
        assert.strictEqual(new Set(all).size, 10 ** digits)
        assert.isTrue(all.every((text) => text.length === digits && Gs1.isDigits(text)))
      })
  )

  it.effect.prop(
    "a number does not depend on how many are made with it",
    [
      Schema.String,
      Schema.Int.check(Schema.isBetween({ minimum: 6, maximum: 20 })),
      Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 900_000 }))
    ],
    ([key, digits, first]) =>
      Effect.sync(() => {
        const permute = PoolNumbers.permutation(key, digits)
        const some = permute(first, 50)
        assert.deepStrictEqual(permute(first + 20, 10), some.slice(20, 30))
        assert.strictEqual(new Set(some).size, 50)
      })
  )

  it("gives every number of five digits once, in an order that the key decides", () => {
    const permute = PoolNumbers.permutation("k", 5)
    assert.strictEqual(new Set(permute(0, 100_000)).size, 100_000)
    assert.notDeepEqual(permute(0, 10), PoolNumbers.permutation("l", 5)(0, 10))
    // Installations rely on these never changing: a pool that gave numbers goes on from its counter.
    assert.deepStrictEqual(permute(0, 3), ["62951", "39940", "28355"])
  })

  it("counts up within first and last", () => {
    const one = pool({ kind: "sequential", digits: 4, first: 8, last: 11 })
    assert.deepStrictEqual(numbers(one, 0, 4), Result.succeed(["0008", "0009", "0010", "0011"]))
    assert.strictEqual(Result.getOrThrow(PoolNumbers.numbering(one)).capacity, 4)
    const open = pool({ kind: "sequential", digits: 4, first: 1 })
    assert.strictEqual(Result.getOrThrow(PoolNumbers.numbering(open)).capacity, 9999)
  })

  it("makes SSCCs with their check digits", () => {
    const one = pool(
      { kind: "sequential", digits: 9, first: 26_000 },
      { packagingCode: { type: "GCP", value: "0882021" }, encoding: "AI(00)", extensionDigit: "3" }
    )
    const made = Result.getOrThrow(numbers(one, 0, 100))
    assert.isTrue(made.every((sscc) => Gs1.isKey("SSCC", sscc) && sscc.startsWith("30882021000026")))
  })

  it("refuses templates that cannot make numbers of their encoding", () => {
    const bad: ReadonlyArray<Pool> = [
      pool({ kind: "sequential", digits: 21, first: 0 }),
      pool({ kind: "random", digits: 20, key: "k", prefix: "A" }),
      pool({ kind: "random", digits: 4, key: "k", prefix: "no spaces" }),
      pool({ kind: "random", digits: 0, key: "k" }),
      pool(
        { kind: "sequential", digits: 10, first: 0 },
        { encoding: "AI(00)", packagingCode: { type: "GCP", value: "8820210" } }
      ),
      pool(
        { kind: "sequential", digits: 10, first: 0 },
        { encoding: "CN-EDMC", packagingCode: { type: "CN-RESCODE", value: "81008" } }
      ),
      pool({ kind: "sequential", digits: 10, first: 0 }, { encoding: "GRAI-96" }),
      pool({ kind: "sequential", digits: 10, first: 0 }, { packagingCode: { type: "GTIN-14", value: "123" } })
    ]
    for (const one of bad) assert.isTrue(Result.isFailure(PoolNumbers.numbering(one)), JSON.stringify(one))
    const china = pool(
      { kind: "random", digits: 15, key: "k" },
      { encoding: "CN-EDMC", packagingCode: { type: "CN-RESCODE", value: "81008" } }
    )
    assert.isTrue(
      Result.getOrThrow(numbers(china, 5, 10)).every((code) => code.length === 20 && code.startsWith("81008"))
    )
  })
})
