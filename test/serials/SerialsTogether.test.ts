import { assert, describe, it } from "@effect/vitest"
import { Effect, Latch, Layer, Result } from "effect"
import { SqlClient } from "effect/sql"
import { isSqlError } from "effect/sql/SqlError"
import type { Pool } from "../../src/partners/World.ts"
import { Serials } from "../../src/serials/Serials.ts"
import { SerialsLive } from "../../src/serials/SerialsLive.ts"
import * as Transaction from "../../src/store/Transaction.ts"
import * as Database from "../Database.ts"

const run = <A, E>(effect: Effect.Effect<A, E, Serials | SqlClient.SqlClient>) =>
  Effect.provide(effect, Layer.fresh(SerialsLive.pipe(Layer.provideMerge(Database.layer))))

const context = { clock: new Date("2026-11-23T10:00:00Z") }
const gtin = "00882025010338"
const packagingCode = { type: "GTIN-14", value: gtin }
const text = (serial: number) => `01${gtin}21${String(serial).padStart(12, "0")}`

/** One transaction as the flow runs it, without another try. */
const once = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const body = sql.withTransaction(effect)
    return yield* Effect.provideService(body, SqlClient.BeginTransaction, "BEGIN ISOLATION LEVEL REPEATABLE READ")
  })

/** Loads numbers in batches from the end to the beginning, so that the table is not in the order of the numbers. */
const fill = (count: number) =>
  Serials.use((serials) =>
    serials.importWorld(
      Array.from({ length: count / 100 }, (_, batch) => ({
        owner: "acme",
        packagingCode,
        state: "reserved",
        serials: Array.from({ length: 100 }, (_, index) => text(count - 100 * batch - index))
      })),
      context
    )
  )

const move = (values: ReadonlyArray<string>, company: string) =>
  Serials.use((serials) =>
    serials.changeListed({ operation: "transfer", holder: "any", values, to: { company }, context })
  )

describe("transactions that want the same numbers", () => {
  it.live("wait in one order and never deadlock, whatever the order of their lists", () =>
    run(
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* fill(3000)
        yield* sql`ANALYZE`
        const up = Array.from({ length: 3000 }, (_, index) => text(index + 1))
        const down = [...up].reverse()
        const few = up.filter((_, index) => index % 100 === 7)
        const tags: Array<string> = []
        for (let round = 0; round < 15; round++) {
          const ends = yield* Effect.all(
            [up, few, down, few].map((values, index) => Effect.result(once(move(values, `c${index}`)))),
            { concurrency: "unbounded" }
          )
          const failures = ends.flatMap((end) => (Result.isFailure(end) ? [end.failure] : []))
          assert.isTrue(failures.length < 4)
          for (const failure of failures) {
            assert.isTrue(isSqlError(failure) && failure.isRetryable)
            tags.push(failure.reason._tag)
          }
        }
        assert.deepStrictEqual([...new Set(tags)], ["SerializationError"])
      })
    )
  )

  it.live("lock in the order of the numbers, which is not that of the table", () =>
    run(
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* fill(3000)
        yield* sql`ANALYZE`
        // A hundred of three thousand: left to itself the planner takes them in the order of the table.
        const list = Array.from({ length: 100 }, (_, index) => text(15 + 30 * (99 - index)))
        const [isHeld, mayEnd] = [yield* Latch.make(false), yield* Latch.make(false)]
        const inTheWay = once(
          Effect.gen(function* () {
            yield* move([text(1515)], "acme")
            yield* isHeld.open
            yield* mayEnd.await
            return yield* Effect.fail("back")
          })
        )
        const look = Effect.gen(function* () {
          const waiting = sql`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
          while ((yield* waiting).length === 0) yield* Effect.sleep("10 millis")
          const free = yield* sql<{
            readonly serial: string
          }>`SELECT serial FROM serials ORDER BY serial FOR UPDATE SKIP LOCKED`
          yield* mayEnd.open
          return free.map(({ serial }) => Number(serial)).filter((serial) => serial % 30 === 15)
        })
        const [, , free] = yield* Effect.all(
          [
            Effect.ignore(inTheWay),
            Effect.andThen(isHeld.await, once(move(list, "acme"))),
            Effect.andThen(isHeld.await, look)
          ],
          { concurrency: 3 }
        )
        assert.deepStrictEqual(
          free,
          Array.from({ length: 49 }, (_, index) => 1545 + 30 * index)
        )
      })
    )
  )

  it.live("end a real deadlock in an error that says try again", () =>
    run(
      Effect.gen(function* () {
        yield* fill(100)
        const [a, b] = [yield* Latch.make(false), yield* Latch.make(false)]
        const crossing = (first: number, second: number, mine: Latch.Latch, other: Latch.Latch) =>
          once(
            Effect.gen(function* () {
              yield* move([text(first)], "acme")
              yield* mine.open
              yield* other.await
              yield* move([text(second)], "acme")
            })
          ).pipe(Effect.result)
        const ends = yield* Effect.all([crossing(1, 2, a, b), crossing(2, 1, b, a)], { concurrency: 2 })
        const failures = ends.flatMap((end) => (Result.isFailure(end) ? [end.failure] : []))
        assert.isTrue(failures.length > 0)
        for (const failure of failures) {
          assert.isTrue(
            isSqlError(failure) && failure.isRetryable && /Deadlock|Serialization/u.test(failure.reason._tag)
          )
        }
      })
    )
  )

  it.live("all happen when they are tried again", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        yield* fill(200)
        const values = Array.from({ length: 200 }, (_, index) => text(index + 1))
        const moves = Array.from({ length: 6 }, (_, index) =>
          Transaction.transaction(move(index % 2 === 0 ? values : [...values].reverse(), `new company ${index}`))
        )
        const changes = yield* Effect.all(moves, { concurrency: "unbounded" })
        assert.isTrue(changes.every(({ changed }) => changed === 200))
        const [found] = yield* serials.find(text(1))
        const chain = found?.history.map(({ from, to }) => [from.company, to.company]) ?? []
        assert.strictEqual(chain.length, 7)
        chain.slice(1).forEach(([from], index) => {
          assert.strictEqual(from, chain[index]?.[1])
        })
        assert.strictEqual(found?.company, chain.at(-1)?.[1])
      })
    )
  )
})

describe("pools", () => {
  it.live("give no number twice when many draw at once", () =>
    run(
      Effect.gen(function* () {
        const pool: Pool = {
          id: "pool",
          owner: "acme",
          packagingCode,
          encoding: "AI(01)+AI(21)",
          active: true,
          template: { kind: "random", digits: 9, key: "k" }
        }
        const draw = Serials.use((serials) => serials.provision({ pool, quantity: 40, company: "printer", context }))
        const drawn = yield* Effect.all(
          Array.from({ length: 6 }, () => Transaction.transaction(draw)),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(new Set(drawn.flatMap(({ values }) => values)).size, 240)
      })
    )
  )
})

describe("numbers loaded twice at once", () => {
  it.live("are loaded by one, and the other is told to try again", () =>
    run(
      Effect.gen(function* () {
        const load = (company: string, wait: Effect.Effect<unknown>) =>
          Serials.use((serials) =>
            Effect.tap(
              serials.load({
                owner: "acme",
                values: [text(1), text(2)],
                state: "reserved",
                company,
                kind: "test",
                context
              }),
              () => wait
            )
          )
        // Everything they name is there already, so that only the numbers themselves are new.
        yield* Transaction.transaction(
          Serials.use((serials) =>
            serials.load({
              owner: "acme",
              values: [text(9)],
              state: "reserved",
              company: "acme",
              kind: "test",
              context
            })
          )
        )
        const sql = yield* SqlClient.SqlClient
        const [isSeen, isDone] = [yield* Latch.make(false), yield* Latch.make(false)]
        const late = Effect.gen(function* () {
          yield* sql`SELECT 1 FROM serials`
          yield* isSeen.open
          yield* isDone.await
          return yield* load("acme", Effect.void)
        })
        const early = Effect.gen(function* () {
          yield* isSeen.await
          yield* Transaction.transaction(load("acme", Effect.void))
          yield* isDone.open
        })
        const [end] = yield* Effect.all([Effect.result(once(late)), early], { concurrency: 2 })
        assert.isTrue(Result.isFailure(end) && end.failure.isRetryable)
        const again = yield* Transaction.transaction(load("acme", Effect.void))
        assert.deepInclude(again, { loaded: 0, existing: [0, 1], changeIds: [] })
      })
    )
  )
})

describe("words that a transaction rolls back", () => {
  it.live("leave no id behind", () =>
    run(
      Effect.gen(function* () {
        const serials = yield* Serials
        const sql = yield* SqlClient.SqlClient
        yield* fill(100)
        const back = (effect: Effect.Effect<unknown, unknown, Serials | SqlClient.SqlClient>) =>
          Effect.ignore(once(Effect.andThen(effect, Effect.fail("back"))))
        // New words, read again in the same transaction, in it and in a savepoint of it.
        const twice = Effect.andThen(move([text(1)], "brand new"), move([text(1)], "brand new"))
        yield* back(twice)
        yield* back(sql.withTransaction(twice))
        yield* once(
          Effect.gen(function* () {
            yield* Effect.ignore(sql.withTransaction(Effect.andThen(twice, Effect.fail("back"))))
            yield* move([text(1)], "other")
          })
        )
        yield* once(move([text(1)], "brand new"))
        const [found] = yield* serials.find(text(1))
        assert.deepStrictEqual(
          found?.history.map(({ to }) => to.company),
          ["acme", "other", "brand new"]
        )
        const dangling =
          yield* sql`SELECT 1 FROM serial_changes c WHERE NOT EXISTS (SELECT 1 FROM names n WHERE n.id = c.company_id)`
        assert.deepStrictEqual(dangling, [])
      })
    )
  )

  it.live("that another committed meanwhile, unseen, are a reason to try again", () =>
    run(
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* fill(100)
        const [isSeen, isDone] = [yield* Latch.make(false), yield* Latch.make(false)]
        const late = Effect.gen(function* () {
          yield* sql`SELECT 1 FROM names`
          yield* isSeen.open
          yield* isDone.await
          return yield* move([text(2)], "both name this")
        })
        const early = Effect.gen(function* () {
          yield* isSeen.await
          yield* once(move([text(1)], "both name this"))
          // Forget it, as another process would not know it.
          yield* isDone.open
        })
        const separate = Effect.provide(late, Layer.fresh(SerialsLive))
        const [end] = yield* Effect.all([Effect.result(once(separate)), early], { concurrency: 2 })
        assert.isTrue(Result.isFailure(end) && isSqlError(end.failure) && end.failure.isRetryable)
        assert.deepInclude(yield* once(move([text(2)], "both name this")), { changed: 1 })
      })
    )
  )
})
