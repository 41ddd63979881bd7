/** One process leads under a name; when it ends or loses its database session, another does. On a real database. */
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Fiber, Layer, Logger, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import * as Leadership from "../../src/engine/Leadership.ts"
import * as Database from "../Database.ts"

const settings = { ask: Duration.millis(50), look: Duration.millis(50), patience: Duration.seconds(2) }

/** A process of its own, as far as leading goes. */
const member = Effect.map(Layer.build(Layer.fresh(Leadership.layerWith(settings))), (context) =>
  Effect.provide(Leadership.Leadership, context)
).pipe(Effect.flatten)

const services = Layer.merge(Database.layer, Logger.layer([]))

/** An effect that leads until it is interrupted, and a list of who does. */
const lead = (who: string, leading: Set<string>, seen: Array<string>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      leading.add(who)
      seen.push([...leading].join("+"))
    }),
    () => Effect.never,
    () => Effect.sync(() => leading.delete(who))
  )

const until = (is: () => boolean) =>
  Effect.suspend(() => (is() ? Effect.void : Effect.fail("not yet"))).pipe(
    Effect.retry(Schedule.max([Schedule.spaced("10 millis"), Schedule.recurs(500)]))
  )

/** Ends the sessions that leaders hold, as a broken network does. */
const cut = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'throughline leadership'`
})

describe("the lead", () => {
  it.live("is one process's until it ends, and then another's", () =>
    Effect.gen(function* () {
      const [a, b] = [yield* member, yield* member]
      const leading = new Set<string>()
      const seen: Array<string> = []
      const first = yield* Effect.forkScoped(a.lead("name", lead("a", leading, seen)))
      yield* until(() => leading.has("a"))
      yield* Effect.forkScoped(b.lead("name", lead("b", leading, seen)))
      yield* Effect.sleep("300 millis")
      assert.deepStrictEqual(seen, ["a"])
      yield* Fiber.interrupt(first)
      yield* until(() => leading.has("b"))
      assert.deepStrictEqual(seen, ["a", "b"])
    }).pipe(Effect.provide(services))
  )

  it.live("is had under several names at once, each apart, and once within a process", () =>
    Effect.gen(function* () {
      const [a, b] = [yield* member, yield* member]
      const leading = new Set<string>()
      const seen: Array<string> = []
      yield* Effect.forkScoped(a.lead("one", lead("a one", leading, seen)))
      yield* until(() => leading.size === 1)
      yield* Effect.forkScoped(a.lead("one", lead("a one again", leading, seen)))
      yield* Effect.forkScoped(b.lead("two", lead("b two", leading, seen)))
      yield* Effect.forkScoped(a.lead("three", lead("a three", leading, seen)))
      yield* until(() => leading.size === 3)
      yield* Effect.sleep("200 millis")
      assert.deepStrictEqual([...leading].sort(), ["a one", "a three", "b two"])
    }).pipe(Effect.provide(services))
  )

  it.live("is lost with the session of the database; what ran is interrupted, and somebody leads again", () =>
    Effect.gen(function* () {
      const [a, b] = [yield* member, yield* member]
      const leading = new Set<string>()
      const seen: Array<string> = []
      yield* Effect.forkScoped(a.lead("name", lead("a", leading, seen)))
      yield* until(() => leading.has("a"))
      yield* Effect.forkScoped(b.lead("name", lead("b", leading, seen)))
      for (let turn = 0; turn < 5; turn++) {
        const before = seen.length
        yield* cut
        yield* until(() => seen.length > before && leading.size === 1)
      }
      // For a moment two may believe that they lead; not for longer.
      yield* Effect.sleep("300 millis")
      assert.strictEqual(leading.size, 1)
    }).pipe(Effect.provide(services))
  )

  it.live("gives what the effect gives, and lets the next one in", () =>
    Effect.gen(function* () {
      const [a, b] = [yield* member, yield* member]
      assert.strictEqual(yield* a.lead("name", Effect.succeed(1)), 1)
      assert.strictEqual(yield* Effect.flip(b.lead("name", Effect.fail("no"))), "no")
      assert.strictEqual(yield* a.lead("name", Effect.succeed(2)), 2)
      const done = yield* Deferred.make<void>()
      yield* Effect.forkScoped(b.lead("name", Deferred.succeed(done, undefined)))
      yield* Deferred.await(done)
    }).pipe(Effect.provide(services))
  )

  it.live("takes no connection from the pool, and one a process however many names", () =>
    Effect.gen(function* () {
      const a = yield* member
      const leading = new Set<string>()
      for (const name of ["1", "2", "3", "4"]) yield* Effect.forkScoped(a.lead(name, lead(name, leading, [])))
      yield* until(() => leading.size === 4)
      const sql = yield* SqlClient.SqlClient
      const rows = yield* sql<{ readonly count: bigint }>`SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'throughline leadership'`
      assert.strictEqual(Number(rows[0]?.count), 1)
    }).pipe(Effect.provide(services))
  )
})
