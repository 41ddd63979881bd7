/**
 * Data rules at the desk, over a real database: only producers may, what is set counts at once, directory records come
 * and go with it, two who set rules at the same time both get theirs.
 */
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Configuration } from "../../src/partners/Configuration.ts"
import { Partners } from "../../src/partners/Partners.ts"
import * as ProductIndex from "../../src/products/ProductIndex.ts"
import { RuleDesk } from "../../src/products/RuleDesk.ts"
import * as Database from "../Database.ts"
import { worldOf } from "../partners/worlds.ts"

const gtin = "00300123100107"
const world = worldOf({
  companies: [
    {
      id: "maple",
      name: "Maple",
      role: "producer",
      identifiers: [{ type: "GLN", value: "9521234000105" }],
      companyPrefixes: ["030012"],
      modules: { masterDataShare: "producer", productVerification: "both" }
    },
    { id: "nettle", name: "Nettle", role: "consumer", modules: { productVerification: "consumer" } },
    { id: "oak", name: "Oak", role: "both", modules: { productVerification: "consumer" } },
    { id: "pine", name: "Pine", role: "both" }
  ],
  products: [
    {
      id: "p",
      owner: "maple",
      name: "P",
      packagingLevel: "EA",
      codes: [{ type: "GTIN-14", value: gtin }],
      markets: [{ country: "US" }]
    }
  ]
})

const Live = Layer.mergeAll(Configuration.layer, Partners.layer).pipe(
  (base) => Layer.provideMerge(RuleDesk.layer, base),
  Layer.provideMerge(Database.layer)
)
const by = { actor: "test", why: "because" }
const fresh = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`TRUNCATE configuration`
  const configuration = yield* Configuration
  yield* configuration.import(world, { actor: "test" })
  return yield* RuleDesk
})
const index = Effect.map(
  Effect.flatMap(Partners, ({ current }) => current),
  ProductIndex.of
)
const us = [{ targetMarketCountryCode: "US", itemStatuses: ["Shipped"] }]

layer(Live, { excludeTestServices: true })("the rule desk", (it) => {
  it.effect("says which products of the market get no directory record", () =>
    Effect.gen(function* () {
      const desk = yield* fresh
      const squat = { id: "x", gtin, owner: "pine", responder: "9521234000112", source: "manual" }
      yield* Effect.flatMap(Configuration, ({ import: load }) => load(worldOf({ directory: [squat] }), by))
      assert.deepStrictEqual(yield* desk.setMasterData("maple", [{ targetMarketCountryCode: "ALL" }], by), [
        { market: "ALL", did: "created", withoutRecord: [{ gtin, message: `${gtin} already exists in LD` }] }
      ])
    })
  )

  it.effect("sets rules that count at once, and takes them away", () =>
    Effect.gen(function* () {
      const desk = yield* fresh
      assert.deepStrictEqual(yield* desk.setMasterData("maple", [{ targetMarketCountryCode: "US" }], by), [
        { market: "US", did: "created" }
      ])
      assert.deepStrictEqual((yield* index).records(gtin), [
        {
          id: `${gtin}-maple`,
          gtin,
          owner: "maple",
          responder: "9521234000105",
          description: "P",
          companyPrefix: "030012",
          source: "sync"
        }
      ])
      const number = { state: "commissioned", itemStatus: "shipped" }
      assert.deepStrictEqual((yield* index).verifiable(gtin, "2027-01-31", number), {
        _tag: "NotVerifiable",
        because: "NoRule"
      })
      yield* desk.setVerification("maple", us, by)
      assert.strictEqual((yield* index).verifiable(gtin, "2027-01-31", number)._tag, "Verifiable")
      assert.deepStrictEqual((yield* desk.query("maple")).verification, [{ market: "US", itemStatuses: ["shipped"] }])
      yield* desk.remove("maple", "verification", "US", by)
      yield* desk.remove("maple", "masterData", "US", by)
      assert.deepStrictEqual((yield* index).records(gtin), [])
    })
  )

  it.effect("refuses everybody but producers, and says why", () =>
    Effect.gen(function* () {
      const desk = yield* fresh
      const why = (company: string) =>
        Effect.map(Effect.flip(desk.setVerification(company, us, by)), ({ message, reason }) => [
          message,
          reason.status
        ])
      assert.deepStrictEqual(yield* why("nettle"), [
        "Only Producers can set these data rules: nettle is a consumer.",
        403
      ])
      assert.deepStrictEqual(yield* why("oak"), [
        "Only Producers can set these data rules: oak is a consumer in the module Product Verification.",
        403
      ])
      assert.deepStrictEqual(yield* why("pine"), [
        "Only Producers can set these data rules: the module Product Verification is not enabled for pine.",
        403
      ])
      assert.deepStrictEqual(yield* why("birch"), ["There is no company birch.", 404])
    })
  )

  it.effect("answers conflicts with 400 and changes nothing", () =>
    Effect.gen(function* () {
      const desk = yield* fresh
      yield* desk.setVerification("maple", us, by)
      const all = { targetMarketCountryCode: "ALL", itemStatuses: ["All"] }
      const error = yield* Effect.flip(desk.setVerification("maple", [...us, all], by))
      assert.deepStrictEqual(
        [error.reason.status, error.message],
        [
          400,
          "records[1].targetMarketCountryCode: Multiple sync rules cannot apply to the same target market: ALL cannot be set while there are rules for US"
        ]
      )
      assert.deepStrictEqual((yield* desk.query("maple")).verification, [{ market: "US", itemStatuses: ["shipped"] }])
      const gone = yield* Effect.flip(desk.remove("maple", "verification", "GU", by))
      assert.strictEqual(gone.reason.status, 404)
    })
  )

  it.effect("keeps both rules of two who set at once", () =>
    Effect.gen(function* () {
      const desk = yield* fresh
      const markets = ["AS", "GU", "MP", "PR", "US", "UM", "VI"]
      yield* Effect.forEach(
        markets,
        (market) => desk.setVerification("maple", [{ targetMarketCountryCode: market, itemStatuses: ["All"] }], by),
        { concurrency: "unbounded", discard: true }
      )
      const { verification } = yield* desk.query("maple")
      assert.deepStrictEqual(verification.map(({ market }) => market).sort(), [...markets].sort())
    })
  )

  it.effect("refuses a world file with the same conflicts", () =>
    Effect.gen(function* () {
      yield* fresh
      const configuration = yield* Configuration
      const rules = (company: string, ...verification: ReadonlyArray<string>) => ({
        id: company,
        company,
        verification: verification.map((market) => ({ market, itemStatuses: ["all"] }))
      })
      const wrong = worldOf({
        dataRules: [rules("maple", "US", "US", "ALL"), rules("nettle", "US"), rules("elm", "ALL", "US")]
      })
      const error = yield* Effect.flip(configuration.import(wrong, { actor: "test" }))
      assert.deepStrictEqual(error.message.split("\n"), [
        "dataRules[maple].verification[1].market: Multiple sync rules cannot apply to the same target market: there is a rule for US already",
        "dataRules[maple].verification[2].market: Multiple sync rules cannot apply to the same target market: ALL stands beside US",
        "dataRules[nettle].verification: Only Producers can set these data rules: nettle is a consumer",
        "dataRules[elm].company: there is no company elm",
        "dataRules[elm].verification[1].market: Multiple sync rules cannot apply to the same target market: US stands beside ALL"
      ])
    })
  )
})
