/**
 * Moments of the past: by what had happened and by what was known, with messages that came late, on a real database.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SerialMoments } from "../../src/serials/SerialMoments.ts"
import { Serials } from "../../src/serials/Serials.ts"
import { SerialsLive } from "../../src/serials/SerialsLive.ts"
import * as Transaction from "../../src/store/Transaction.ts"
import * as Database from "../Database.ts"

const carton = "0100882025010338211"
const box = "010088202501033821BOX"
const day = (number: number) => new Date(Date.UTC(2026, 4, number))

const Repository = Layer.mergeAll(Layer.fresh(SerialsLive), Layer.fresh(SerialMoments.layer)).pipe(
  Layer.provide(Database.layer)
)

/**
 * Made on the 2nd (told on the 2nd), packed on the 3rd, returned on the 8th, and only on the 9th comes the message that it
 * was shipped on the 5th.
 */
const story = Effect.gen(function* () {
  const serials = yield* Serials
  const change = (happened: number, recorded: number) =>
    ({ holder: "any", eventAt: day(happened), context: { actor: "test", clock: day(recorded) } }) as const
  const create = { owner: "acme", item: { codeType: "GTIN-14", code: "00882025010338" } }
  const to = { company: "acme" }
  yield* serials.record({ ...change(2, 2), operation: "adjust", values: [carton, box], to, create })
  yield* serials.pack({ ...change(3, 3), containers: [{ parent: box, children: [carton] }] })
  yield* serials.record({ ...change(8, 8), operation: "set-status", values: [box], to: { itemStatus: "received" } })
  yield* serials.record({ ...change(5, 9), operation: "ship", values: [box], to: { company: "dogwood" } })
})

const run = <A, E>(effect: Effect.Effect<A, E, Serials | SerialMoments>) =>
  Effect.provide(Effect.andThen(Transaction.transaction(story), effect), Layer.provideMerge(Repository, Database.layer))

const stood = (value: string, at: number, knownAt?: number) =>
  Effect.flatMap(
    SerialMoments.use((moments) =>
      moments.stood(value, { at: day(at), ...(knownAt === undefined ? {} : { knownAt: day(knownAt) }) })
    ),
    Effect.fromNullishOr
  )

describe("SerialMoments", () => {
  it.live("tells what had happened, whenever it was told", () =>
    run(
      Effect.gen(function* () {
        assert.isUndefined((yield* stood(carton, 1)).standing)
        const second = yield* stood(carton, 2)
        assert.deepStrictEqual([second.standing?.state, second.standing?.parent], ["commissioned", undefined])
        assert.strictEqual((yield* stood(carton, 4)).standing?.parent, box)
        const sixth = yield* stood(carton, 6)
        assert.deepStrictEqual([sixth.standing?.itemStatus, sixth.standing?.company], ["shipped", "dogwood"])
        const ninth = yield* stood(carton, 9)
        assert.deepStrictEqual([ninth.standing?.itemStatus, ninth.later], ["received", 0])
      })
    )
  )

  it.live("tells what was known at a time", () =>
    run(
      Effect.gen(function* () {
        const believed = yield* stood(carton, 6, 6)
        assert.deepStrictEqual([believed.standing?.itemStatus, believed.notKnown], ["available", 2])
        assert.isUndefined((yield* stood(carton, 6, 1)).standing)
      })
    )
  )

  it.live("follows what it was packed in, by the same moment", () =>
    run(
      Effect.gen(function* () {
        const sixth = yield* stood(carton, 6)
        assert.deepStrictEqual(
          [sixth.parent?.value, sixth.parent?.standing?.itemStatus, sixth.parent?.parent],
          [box, "shipped", undefined]
        )
        assert.isUndefined((yield* stood(carton, 2)).parent)
      })
    )
  )

  it.live("differs from the present only where messages came late", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        const [now] = yield* serials.find(carton)
        assert.deepStrictEqual([now?.itemStatus, now?.parent], ["shipped", box])
        const { standing } = yield* stood(carton, 30)
        assert.deepStrictEqual([standing?.itemStatus, standing?.parent, standing?.lot], ["received", box, undefined])
      })
    )
  )

  it.live("knows nothing of a number that never was", () =>
    run(
      Effect.gen(function* () {
        const moments = yield* SerialMoments
        assert.isUndefined(yield* moments.stood("010088202501033821NEVER", { at: day(30) }))
        assert.isUndefined(yield* moments.stood("no number", { at: day(30) }))
      })
    )
  )
})
