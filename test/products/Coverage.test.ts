/** Coverage over a real repository: what can be verified by product and rule, what keeps the rest, and going on after a stop. */
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { Configuration } from "../../src/partners/Configuration.ts"
import { Partners } from "../../src/partners/Partners.ts"
import { Coverage } from "../../src/products/Coverage.ts"
import { Serials } from "../../src/serials/Serials.ts"
import { SerialsLive } from "../../src/serials/SerialsLive.ts"
import * as Database from "../Database.ts"
import { worldOf } from "../partners/worlds.ts"

const shared = "00300123100107"
const unshared = "00300123100206"

const batch = (gtin: string, state: string, first: number, count: number, itemStatus?: string) => ({
  owner: "maple",
  packagingCode: { type: "GTIN-14", value: gtin },
  state,
  ...(itemStatus === undefined ? {} : { itemStatus }),
  range: { first: String(first), count }
})

const product = (id: string, gtin: string, country: string) => ({
  id,
  owner: "maple",
  name: id,
  packagingLevel: "EA",
  codes: [{ type: "GTIN-14", value: gtin }],
  markets: [{ country }, { country: "PR" }]
})

const world = worldOf({
  companies: [
    {
      id: "maple",
      name: "Maple",
      role: "producer",
      identifiers: [{ type: "GLN", value: "9521234000105" }],
      modules: { masterDataShare: "producer", productVerification: "producer" }
    }
  ],
  products: [product("shared", shared, "US"), { ...product("unshared", unshared, "DE"), markets: [{ country: "DE" }] }],
  dataRules: [
    {
      id: "maple",
      company: "maple",
      masterData: [{ market: "US" }],
      verification: [
        { market: "US", itemStatuses: ["shipped", "received"] },
        { market: "PR", itemStatuses: ["received"] }
      ]
    }
  ],
  serials: [
    batch(shared, "commissioned", 1001, 5, "shipped"),
    batch(shared, "commissioned", 2001, 4, "available"),
    batch(shared, "decommissioned", 3001, 3, "received"),
    batch(shared, "reserved", 4001, 2),
    batch(unshared, "commissioned", 5001, 6, "shipped")
  ]
})

const Live = Layer.mergeAll(Configuration.layer, SerialsLive).pipe(
  Layer.provideMerge(Partners.layer),
  (base) => Layer.provideMerge(Coverage.layer, base),
  Layer.provideMerge(Database.layer)
)

layer(Live, { excludeTestServices: true })("coverage", (it) => {
  it.effect("tells by product and rule what can be verified, and what keeps the rest", () =>
    Effect.gen(function* () {
      const configuration = yield* Configuration
      const serials = yield* Serials
      const coverage = yield* Coverage
      yield* configuration.import(world, { actor: "test" })
      yield* serials.importWorld(world.serials, { clock: new Date("2026-11-01T00:00:00Z") })
      const counted = (after: number) => Effect.map(Stream.runCollect(coverage.count(after)), (all) => all.at(-1))
      const all = yield* counted(0)
      assert.deepStrictEqual(all?.covered, [
        {
          gtin: shared,
          owner: "maple",
          product: "shared",
          numbers: 14,
          verifiable: 8,
          rules: [
            { market: "US", verifiable: 8 },
            { market: "PR", verifiable: 3 }
          ],
          // A number in no rule's status is told so before its state is.
          others: { ItemStatus: 6 }
        },
        {
          gtin: unshared,
          owner: "maple",
          product: "unshared",
          numbers: 6,
          verifiable: 0,
          rules: [],
          others: { NotInDirectory: 6 }
        }
      ])
      assert.strictEqual(all?.upTo, all?.of)
      // Behind the last number there is nothing.
      assert.deepStrictEqual((yield* counted(all?.of ?? 0))?.covered, [])
    })
  )
})
