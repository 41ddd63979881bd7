import { assert, layer } from "@effect/vitest"
import { sql as fragment } from "drizzle-orm"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Drizzle } from "../../src/store/Drizzle.ts"
import * as SqlErrors from "../../src/store/SqlErrors.ts"
import { names } from "../../src/store/schema.ts"
import { hopeful, readCommitted, readOnly, savepoint, transaction } from "../../src/store/Transaction.ts"
import * as Database from "../Database.ts"

const isolation = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ level: string }>`SELECT current_setting('transaction_isolation') AS level`
  return row?.level
})

const count = (name: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<{ n: bigint }>`SELECT count(*) AS n FROM names WHERE name = ${name}`
    return Number(row?.n)
  })

const add = (name: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => sql`INSERT INTO names (name) VALUES (${name})`)

layer(Layer.provideMerge(Drizzle.layer, Database.layer))("a transaction", (it) => {
  it.effect("sees one snapshot; read committed sees what is newest", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* transaction(isolation), "repeatable read")
      assert.strictEqual(yield* readCommitted(isolation), "read committed")
      assert.strictEqual(yield* transaction(readCommitted(isolation)), "repeatable read")
      assert.strictEqual(yield* isolation, "read committed")
    })
  )

  it.effect("is rolled back as a whole; inside another, alone", () =>
    Effect.gen(function* () {
      yield* Effect.flip(transaction(Effect.andThen(add("whole"), Effect.fail("no"))))
      assert.strictEqual(yield* count("whole"), 0)
      yield* transaction(
        Effect.gen(function* () {
          yield* add("outer")
          yield* Effect.flip(transaction(Effect.andThen(add("inner"), Effect.fail("no"))))
        })
      )
      assert.deepStrictEqual([yield* count("outer"), yield* count("inner")], [1, 0])
    })
  )

  it.effect("that is hopeful makes no savepoints, and begins again with them when one is needed", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const isOwn = (name: string) =>
        Effect.map(
          sql<{
            own: boolean
          }>`SELECT xmin::text::int8 = pg_current_xact_id()::text::int8 AS own FROM names WHERE name = ${name}`,
          ([row]) => row?.own
        )
      // A row that a savepoint wrote bears the savepoint's transaction id.
      assert.isTrue(yield* hopeful(Effect.andThen(savepoint(add("well")), isOwn("well"))))
      assert.isFalse(yield* transaction(Effect.andThen(savepoint(add("careful")), isOwn("careful"))))

      let attempts = 0
      const tried = (name: string, failing: Effect.Effect<unknown, unknown>) =>
        hopeful(
          Effect.gen(function* () {
            attempts++
            yield* add(`${name} before`)
            const exit = yield* Effect.exit(savepoint(Effect.andThen(add(`${name} inside`), failing)))
            yield* add(`${name} after`)
            return exit._tag
          })
        )
      const left = (name: string) => Effect.forEach(["before", "inside", "after"], (place) => count(`${name} ${place}`))
      // `well` is there already: a statement that fails ends a transaction, and a savepoint alone where there is one.
      const failures: ReadonlyArray<Effect.Effect<unknown, unknown, SqlClient.SqlClient>> = [
        Effect.fail("no"),
        Effect.die("broken"),
        add("well")
      ]
      for (const [at, failing] of failures.entries()) {
        attempts = 0
        const name = `hope ${at}`
        const inside = Effect.provideService(failing, SqlClient.SqlClient, sql)
        assert.strictEqual(yield* tried(name, inside), "Failure")
        assert.strictEqual(attempts, 2)
        assert.deepStrictEqual(yield* left(name), [1, 0, 1])
      }
      attempts = 0
      assert.strictEqual(yield* tried("good", Effect.void), "Success")
      assert.strictEqual(attempts, 1)
      assert.deepStrictEqual(yield* left("good"), [1, 1, 1])
    })
  )

  it.effect("that changes what another changed meanwhile begins again, also under a test's clock", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TABLE counter AS SELECT 0 AS n`
      let attempts = 0
      const increment = transaction(
        Effect.gen(function* () {
          attempts++
          const [row] = yield* sql<{ n: number }>`SELECT n FROM counter`
          yield* sql`SELECT pg_sleep(0.01)`
          yield* sql`UPDATE counter SET n = ${Number(row?.n) + 1}`
        })
      )
      yield* Effect.all(
        Array.from({ length: 4 }, () => increment),
        { concurrency: 4 }
      )
      assert.deepStrictEqual(yield* sql`SELECT n FROM counter`, [{ n: 4 }])
      assert.isAbove(attempts, 4)
    })
  )

  it.effect("that waits for one that waits for it begins again", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TABLE pair AS SELECT i, 0 AS n FROM generate_series(1, 2) AS i`
      const bothHoldOne = [yield* Deferred.make<void>(), yield* Deferred.make<void>()] as const
      const cross = (mine: 0 | 1, theirs: 0 | 1) =>
        readCommitted(
          Effect.gen(function* () {
            yield* sql`UPDATE pair SET n = n + 1 WHERE i = ${mine + 1}`
            yield* Deferred.succeed(bothHoldOne[mine], undefined)
            yield* Deferred.await(bothHoldOne[theirs])
            yield* sql`UPDATE pair SET n = n + 1 WHERE i = ${theirs + 1}`
          })
        )
      yield* Effect.all([cross(0, 1), cross(1, 0)], { concurrency: 2 })
      assert.deepStrictEqual(yield* sql`SELECT sum(n)::int AS n FROM pair`, [{ n: 4 }])
    })
  )

  it.effect("gives up on any other error at once, and on a conflict that never ends", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      let attempts = 0
      const failing = (state: string) =>
        transaction(
          Effect.suspend(() => {
            attempts++
            return sql`DO ${sql.literal(`$$ BEGIN RAISE EXCEPTION 'made' USING ERRCODE = '${state}'; END $$`)}`
          })
        )
      const unique = yield* Effect.flip(failing("23505"))
      assert.deepStrictEqual(
        [attempts, SqlErrors.isRetryable(unique), SqlErrors.whoActs(unique)],
        [1, false, "operator"]
      )
      attempts = 0
      const conflict = yield* Effect.flip(failing("40001"))
      assert.deepStrictEqual(
        [attempts, SqlErrors.isRetryable(conflict), SqlErrors.whoActs(conflict)],
        [10, true, "nobody"]
      )
      const shutdown = yield* Effect.flip(failing("57P01"))
      assert.deepStrictEqual([SqlErrors.isConflict(shutdown), SqlErrors.isRetryable(shutdown)], [false, true])
    })
  )

  it.effect("that may only read does not write", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(readOnly(add("read only")))
      assert.strictEqual(SqlErrors.sqlState(error), "25006")
    })
  )

  it.effect("is rolled back when it is interrupted", () =>
    Effect.gen(function* () {
      const added = yield* Deferred.make<void>()
      const work = Effect.andThen(add("interrupted"), Effect.andThen(Deferred.succeed(added, undefined), Effect.never))
      const fiber = yield* Effect.forkChild(transaction(work))
      yield* Deferred.await(added)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(yield* count("interrupted"), 0)
    })
  )

  it.effect("holds drizzle's statements too", () =>
    Effect.gen(function* () {
      const db = yield* Drizzle
      yield* Effect.flip(
        transaction(Effect.andThen(db.insert(names).values({ name: "drizzle" }), Effect.fail("rolled back")))
      )
      assert.strictEqual(yield* count("drizzle"), 0)
      const error = yield* Effect.flip(db.execute(fragment`SELECT 1 / 0`))
      assert.strictEqual(SqlErrors.sqlState(error), "22012")
    })
  )
})
