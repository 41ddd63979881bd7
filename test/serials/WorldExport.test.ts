/**
 * Worlds of numbers in use: what a world says of lot, expiry, status, attributes and packing is there after its import,
 * and comes out again as it went in. On a real database.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import type { SerialBatch } from "../../src/partners/World.ts"
import { Serials } from "../../src/serials/Serials.ts"
import { SerialsLive } from "../../src/serials/SerialsLive.ts"
import * as Database from "../Database.ts"

const gtin = "00882025010338"
const context = { actor: "test", clock: new Date("2026-01-05T12:00:00Z") }
const text = (serial: string) => `01${gtin}21${serial}`

const carton = (more: Partial<SerialBatch>): SerialBatch => ({
  owner: "acme",
  packagingCode: { type: "GTIN-14", value: gtin },
  state: "commissioned",
  company: "acme",
  ...more
})

/** The pallet stands behind the case it holds, and the case behind its carton. */
const world: ReadonlyArray<SerialBatch> = [
  carton({ lot: "L1", expiry: "271200", parent: text("CASE"), serials: ["1", "2"] }),
  carton({ lot: "L1", expiry: "271231", expiryExtendedTo: "280331", manufactured: "2026-01-02", serials: ["3"] }),
  carton({ itemStatus: "blocked", attributes: ["sampled", "damaged"], serials: ["4"] }),
  carton({ parent: "00008820210000260003", serials: ["CASE"] }),
  carton({ packagingCode: { type: "GCP", value: "0882021" }, serials: ["008820210000260003"] })
]

const run = <A, E>(effect: Effect.Effect<A, E, Serials>) =>
  Effect.provide(effect, Layer.fresh(SerialsLive).pipe(Layer.provide(Database.layer)))

describe("Worlds of numbers in use", () => {
  it.live("come out as they went in", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        assert.deepStrictEqual(yield* serials.importWorld(world, context), { loaded: 6, existing: 0 })
        const sorted = (attributes: SerialBatch["attributes"]) => [...(attributes ?? [])].sort()
        const out = [...(yield* Stream.runCollect(serials.exportWorld))]
        assert.deepStrictEqual(
          out.map((batch) => ({ ...batch, attributes: sorted(batch.attributes) })),
          world.map((batch) => ({ ...batch, attributes: sorted(batch.attributes) }))
        )
        assert.deepStrictEqual(yield* serials.importWorld(out, context), { loaded: 0, existing: 6 })
      })
    )
  )

  it.live("say of each number what holds", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        yield* serials.importWorld(world, context)
        const [one, three, four, none] = yield* serials.lookUpAll([text("1"), text("3"), text("4"), text("5")])
        assert.deepStrictEqual(
          [one?.parent, one?.lot?.expiry, one?.lot?.expires, one?.itemStatus],
          [text("CASE"), "271200", "2027-12-31", "available"]
        )
        assert.deepStrictEqual([three?.lot?.extendedTo, three?.lot?.manufactured], ["2028-03-31", "2026-01-02"])
        assert.deepStrictEqual([four?.itemStatus, four?.attributes], ["blocked", ["sampled", "damaged"]])
        assert.isUndefined(none)
        assert.deepStrictEqual(yield* serials.lookUp(text("1")), one)
      })
    )
  )

  it.live("with a number packed in one that is not there are refused, and nothing is kept", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        const error = yield* Effect.flip(
          serials.importWorld([carton({ parent: text("NOWHERE"), serials: ["1"] })], context)
        )
        assert.strictEqual(error._tag === "SerialsError" ? error.reason._tag : error._tag, "Unreadable")
        assert.isUndefined(yield* serials.lookUp(text("1")))
      })
    )
  )
})
