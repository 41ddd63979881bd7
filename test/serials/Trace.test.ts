/**
 * Traces of packed, repacked, shipped and transferred numbers, on a real database: what a number was in and what was in
 * it at the time, and whom it went to.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { Serials } from "../../src/serials/Serials.ts"
import { SerialsLive } from "../../src/serials/SerialsLive.ts"
import { Trace } from "../../src/serials/Trace.ts"
import * as Transaction from "../../src/store/Transaction.ts"
import * as Database from "../Database.ts"

const carton = (serial: string) => `010088202501033821${serial}`
const pallet = "00008820210000260003"
const other = "00008820210000260010"

const context = (minute: number) => ({ actor: "test", clock: new Date(Date.UTC(2026, 0, 5, 12, minute)) })

const Repository = Layer.mergeAll(Layer.fresh(SerialsLive), Layer.fresh(Trace.layer)).pipe(
  Layer.provide(Database.layer)
)

/** Cartons 1 to 3 in a case on a pallet; carton 3 leaves the case, then the case the pallet, then carton 4 joins the case. */
const story = Effect.gen(function* () {
  const serials = yield* Serials
  const change = (minute: number) => ({ holder: "any", context: context(minute) }) as const
  const create = { owner: "acme", item: { codeType: "GTIN-14", code: "00882025010338" } }
  const values = ["1", "2", "3", "4", "CASE"].map(carton)
  yield* serials.record({ ...change(0), operation: "adjust", values, to: { company: "acme" }, create })
  const palletItem = { owner: "acme", item: { codeType: "GCP", code: "0882021" } }
  const pallets = { ...change(1), operation: "adjust", values: [pallet, other], to: { company: "acme" } } as const
  yield* serials.record({ ...pallets, create: palletItem })
  yield* serials.pack({
    ...change(2),
    containers: [
      { parent: carton("CASE"), children: ["1", "2", "3"].map(carton) },
      { parent: pallet, children: [carton("CASE")] }
    ]
  })
  yield* serials.unpack({ ...change(3), containers: [{ parent: carton("CASE"), children: [carton("3")] }] })
  const ship = { ...change(4), operation: "ship", values: [pallet], to: { company: "dogwood" } } as const
  yield* serials.record({ ...ship, document: "shipment S-1", attributes: { customer: "Dogwood" } })
  yield* serials.record({ ...change(5), operation: "return", values: [pallet], to: { company: "acme" } })
  yield* serials.unpack({ ...change(6), containers: [{ parent: pallet }] })
  yield* serials.pack({ ...change(7), containers: [{ parent: carton("CASE"), children: [carton("4")] }] })
  yield* serials.pack({ ...change(8), containers: [{ parent: other, children: [carton("CASE")] }] })
})

const run = <A, E>(effect: Effect.Effect<A, E, Serials | Trace>) =>
  Effect.provide(Effect.andThen(Transaction.transaction(story), effect), Layer.provideMerge(Repository, Database.layer))

describe("Trace", () => {
  it.live("finds on a pallet what was in it while it was there", () =>
    run(
      Effect.gen(function* () {
        const trace = yield* Trace
        const down = [...(yield* Stream.runCollect(trace.down(pallet)))]
        assert.deepStrictEqual(
          down.map(({ level, value, through, until }) => [level, value, through, until?.getUTCMinutes()]),
          [
            [1, carton("CASE"), pallet, 6],
            [2, carton("1"), carton("CASE"), 6],
            [2, carton("2"), carton("CASE"), 6],
            [2, carton("3"), carton("CASE"), 3]
          ]
        )
        const now = [...(yield* Stream.runCollect(trace.down(other)))]
        assert.deepStrictEqual(
          now.map(({ value, until }) => [value, until]),
          [carton("CASE"), carton("1"), carton("2"), carton("4")].map((value) => [value, undefined])
        )
      })
    )
  )

  it.live("finds above a carton every pallet its case was on with it", () =>
    run(
      Effect.gen(function* () {
        const trace = yield* Trace
        const above = (serial: string) =>
          Effect.map(trace.up(carton(serial)), (links) => links.map(({ level, value }) => [level, value]))
        assert.deepStrictEqual(yield* above("1"), [
          [1, carton("CASE")],
          [2, pallet],
          [2, other]
        ])
        assert.deepStrictEqual(yield* above("3"), [
          [1, carton("CASE")],
          [2, pallet]
        ])
        assert.deepStrictEqual(yield* above("4"), [
          [1, carton("CASE")],
          [2, other]
        ])
      })
    )
  )

  it.live("names whom everything went to, with the document, and counts the numbers", () =>
    run(
      Effect.gen(function* () {
        const trace = yield* Trace
        const handovers = yield* trace.handovers(pallet)
        assert.deepStrictEqual(
          handovers.map(({ kind, company, partner, document, numbers }) => [kind, company, partner, document, numbers]),
          [
            ["create", "acme", undefined, undefined, 1],
            ["adjust", "acme", undefined, undefined, 1],
            ["ship", "dogwood", "Dogwood", "shipment S-1", 4],
            ["return", "acme", undefined, undefined, 4]
          ]
        )
        assert.deepStrictEqual(
          (yield* trace.handovers(carton("3"))).map(({ kind }) => kind),
          ["create", "adjust"]
        )
      })
    )
  )

  it.live("has nothing to say of what is not known", () =>
    run(
      Effect.gen(function* () {
        const trace = yield* Trace
        assert.deepStrictEqual(yield* trace.up(carton("NOBODY")), [])
        assert.deepStrictEqual([...(yield* Stream.runCollect(trace.down("no number")))], [])
        assert.deepStrictEqual(yield* trace.handovers(""), [])
      })
    )
  )
})
