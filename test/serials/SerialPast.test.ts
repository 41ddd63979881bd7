import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Latch, Layer } from "effect"
import { SqlClient } from "effect/sql"
import type { Pool } from "../../src/partners/World.ts"
import * as SerialPast from "../../src/serials/SerialPast.ts"
import * as SerialState from "../../src/serials/SerialState.ts"
import {
  type ChangeContext,
  type EventRefused,
  Serials,
  type SerialsError,
  type StorageError
} from "../../src/serials/Serials.ts"
import { SerialsLive } from "../../src/serials/SerialsLive.ts"
import * as Throwaway from "../../src/store/Throwaway.ts"
import * as Transaction from "../../src/store/Transaction.ts"
import * as Database from "../Database.ts"

const Repository = Layer.fresh(SerialsLive).pipe(Layer.provideMerge(Layer.fresh(Throwaway.layerDatabase)))

/** Numbers from 0 up to a limit, the same ones for the same seed. */
const dice = (seed: number) => {
  let state = seed
  return (limit: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

const codes = ["00882025010338", "00992326050107"] as const
const orders = [undefined, { workOrderNumber: "W1" }, { workOrderNumber: "W2", poNumber: "P" }] as const
const companies = ["acme", "printer", "packager"] as const
const locations = [undefined, "plant", "line"] as const

const pool: Pool = {
  id: "pool",
  owner: "acme",
  packagingCode: { type: "GTIN-14", value: codes[0] },
  encoding: "AI(01)+AI(21)",
  active: true,
  template: { kind: "random", digits: 8, key: "k" }
}

/** Something that happens to numbers in use: they come in from outside with a lot, are packed, unpacked, marked. */
const use = (roll: (limit: number) => number, serials: Serials["Service"], context: ChangeContext) => {
  const first = roll(6)
  const texts = [0, 1, 2].map((next) => `01${codes[0]}21USED${(first + next) % 6}`)
  const [parent = "", ...children] = texts
  const item = { owner: "acme", codeType: "GTIN-14", code: codes[roll(2)] ?? codes[0] }
  const lot = { item, lot: `L${roll(3)}`, expiry: "271200" }
  const containers = [{ parent, children: children.slice(0, 1 + roll(3)), isPartial: roll(2) === 0 }]
  const change = { holder: "any", context } as const
  const kind = roll(4)
  const event: Effect.Effect<unknown, EventRefused | SerialsError | StorageError> =
    kind === 0
      ? serials.record({ ...change, operation: "adjust", values: texts, create: { owner: "acme", lot } })
      : kind === 1
        ? serials.pack({ ...change, containers })
        : kind === 2
          ? serials.unpack({ ...change, containers: [{ parent }] })
          : serials.record({
              ...change,
              operation: "set-status",
              values: texts.slice(0, 2),
              to: { itemStatus: "available", set: ["damaged"], clear: roll(2) === 0 ? ["recalled", "partial"] : [] }
            })
  return Effect.catchTag(event, "EventRefused", () => Effect.void)
}

/** One random step, in a transaction of its own that ends after `last`; a third of them are rolled back. */
const step = Effect.fnUntraced(function* (
  roll: (limit: number) => number,
  number: number,
  last: Effect.Effect<unknown> = Effect.void
) {
  const serials = yield* Serials
  const context = { messageId: number, runId: number + 1000, clock: new Date(1_700_000_000_000 + number * 1000) }
  const item = { owner: "acme", codeType: "GTIN-14", code: codes[roll(2)] ?? codes[0] }
  const [company, location, documents] = [companies[roll(3)] ?? "acme", locations[roll(3)], orders[roll(3)]]
  const operation = SerialState.operations[roll(SerialState.operations.length)] ?? "encode"
  const texts = Array.from({ length: 12 }, () => `01${codes[roll(2)]}21${roll(40)}`)
  const kind = roll(8)
  const change =
    kind > 4
      ? use(roll, serials, context)
      : kind === 0
        ? serials.load({
            owner: "acme",
            item,
            values: texts,
            state: "reserved",
            company,
            location,
            documents,
            kind: "load",
            context
          })
        : kind === 1
          ? serials.provision({
              pool,
              quantity: 1 + roll(5),
              company,
              location,
              documents,
              requestId: `R${number}`,
              context
            })
          : kind === 2
            ? serials.changeSelected({
                operation,
                holder: "any",
                item,
                documents: orders[1],
                to: { company, location, documents: orders[2] },
                context
              })
            : serials.changeListed({
                operation,
                holder: "any",
                values: texts,
                to: {
                  ...(roll(2) === 0 ? { company } : {}),
                  location,
                  documents,
                  item: roll(2) === 0 ? item : undefined
                },
                attributes: { number: `${number}` },
                context
              })
  const transfer = {
    messageId: number,
    runId: number,
    changeId: number,
    fromCompany: "a",
    toCompany: "b",
    toLocation: "c",
    quantity: 1,
    controlNumber: "N",
    at: context.clock
  }
  const isRolledBack = roll(3) === 0
  yield* Transaction.transaction(
    Effect.gen(function* () {
      yield* change
      yield* serials.recordTransfer(transfer)
      yield* last
      if (isRolledBack) return yield* Effect.fail("back")
    })
  ).pipe(
    Effect.catchIf(
      (error) => error === "back",
      () => Effect.void
    )
  )
})

/** Everything there is to know, as one value. */
const everything = Effect.gen(function* () {
  const serials = yield* Serials
  const sql = yield* SqlClient.SqlClient
  const { rows } = yield* serials.list({}, { limit: 10_000 })
  const found = yield* Effect.forEach(rows.slice(0, 15), ({ value }) => serials.find(value))
  return {
    rows,
    found,
    transfers: yield* serials.transfersOf("N"),
    draws: yield* sql`SELECT pool, first, quantity, request_id, change_id FROM pool_draws ORDER BY first`,
    known: yield* serials.knownDocument({
      item: { codeType: "GTIN-14", code: codes[0] },
      documents: { workOrderNumber: "W2" }
    })
  }
})

const now = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly snapshot: string }>`SELECT pg_current_snapshot()::text AS snapshot`
  return { snapshot: row?.snapshot ?? "", state: yield* everything }
})

describe("SerialPast", () => {
  for (const seed of [1, 2]) {
    it.live(`rebuilds what each of several snapshots saw (${seed})`, () =>
      Effect.gen(function* () {
        const roll = dice(seed)
        const moments = []
        for (let round = 0; round < 3; round++) {
          for (let number = 0; number < 20; number++) yield* step(roll, round * 20 + number)
          // A change that is under way, and committed later, is not part of this moment.
          const [isReady, mayEnd] = [yield* Latch.make(false), yield* Latch.make(false)]
          const underWay = yield* Effect.forkChild(
            step(roll, 900 + round, Effect.andThen(isReady.open, mayEnd.await)).pipe(Effect.ensuring(isReady.open))
          )
          yield* isReady.await
          moments.push(yield* Transaction.transaction(now))
          yield* mayEnd.open
          yield* Fiber.join(underWay)
        }
        assert.isTrue(moments.every(({ state }) => state.rows.length > 0))
        const all = moments.flatMap(({ state }) => state.rows)
        assert.isTrue(all.some(({ lot }) => lot !== undefined) && all.some(({ parent }) => parent !== undefined))
        for (const { snapshot, state } of moments) {
          const past = yield* SerialPast.read(snapshot)
          const rebuilt = yield* Effect.provide(
            Effect.gen(function* () {
              yield* SerialPast.write(past)
              const rebuilt = yield* everything
              // Life goes on in the copy.
              yield* step(dice(7), 5000)
              yield* step(dice(8), 5001)
              return rebuilt
            }),
            Layer.fresh(Repository)
          )
          assert.deepStrictEqual(rebuilt, state)
        }
      }).pipe(Effect.provide(Layer.fresh(Repository).pipe(Layer.provideMerge(Database.layerThrowaway))))
    )
  }
})
