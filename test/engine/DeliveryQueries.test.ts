/**
 * What is recorded about attempts to deliver, on a real database: any durations together, and any ids.
 */
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import * as DeliveryQueries from "../../src/engine/DeliveryQueries.ts"
import * as Database from "../Database.ts"

const at = new Date("2026-01-05T12:00:00Z")

const queued = (id: number) =>
  SqlClient.SqlClient.use(
    (sql) => sql`
      INSERT INTO deliveries (id, message_id, company, destination, status, created_at, next_at, deadline)
      VALUES (${id}, ${id}, 'acme', 'folder:acme', 'queued', ${at}, ${at}, ${at})`
  )

/** The message of a delivery, for claims. */
const written = (id: number) =>
  SqlClient.SqlClient.use(
    (sql) => sql`
      INSERT INTO messages (id, direction, company, channel, lane, type, file_name, size, sha256, received_at, status)
      VALUES (${id}, 'out', 'acme', 'folder', '', 'TEXT', 'a', 0, '', ${at}, 'processed')`
  )

const idsOf = (claims: ReadonlyArray<DeliveryQueries.ClaimedDelivery>) => claims.map(({ id }) => id)

const claimed = (id: number): DeliveryQueries.ClaimedDelivery => ({
  id,
  fence: 0,
  attempt: 1,
  destination: "folder:acme",
  company: "acme",
  deadline: at,
  messageId: id,
  type: "TEXT",
  fileName: "document.txt",
  controlNumber: "1",
  inReplyTo: undefined,
  bytes: undefined
})

const attempted = (id: number, durationMs: number): DeliveryQueries.Attempted => ({
  claimed: claimed(id),
  status: "delivered",
  at,
  durationMs,
  nextAt: at,
  error: undefined
})

layer(Database.layer, { excludeTestServices: true })("DeliveryQueries", (it) => {
  it.effect("whole and broken milliseconds, small and large ids are recorded in one statement", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const queries = yield* DeliveryQueries.make
      const large = 3_000_000_000
      yield* Effect.forEach([1, 2, large], queued)
      yield* queries.record([attempted(1, 2), attempted(large, 3.5)], [claimed(2)])
      const rows = yield* sql`
        SELECT d.id::float8 AS id, d.status::text AS status, a.duration_ms AS ms FROM deliveries d
        LEFT JOIN delivery_attempts a ON a.delivery_id = d.id ORDER BY d.id`
      assert.deepStrictEqual(rows, [
        { id: 1, status: "delivered", ms: 2 },
        { id: 2, status: "queued", ms: null },
        { id: large, status: "delivered", ms: 3.5 }
      ])
    })
  )

  it.effect("a correlation id goes back to the company that said it, and to no other", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const queries = yield* DeliveryQueries.make
      yield* sql`TRUNCATE deliveries`
      const rows = [
        [10, "in", "acme", null, "order 7"],
        [11, "out", "acme", 10, null],
        [12, "out", "other", 10, null]
      ] as const
      for (const [id, direction, company, replyTo, correlation] of rows) {
        yield* sql`
          INSERT INTO messages (id, direction, company, channel, lane, type, file_name, size, sha256, received_at, status,
            reply_to, correlation_id)
          VALUES (${id}, ${direction}::direction, ${company}, 'amqp', '', 'TEXT', 'a', 0, '', ${at}, 'processed',
            ${replyTo}::int8, ${correlation}::text)`
        if (direction === "out") {
          yield* sql`
            INSERT INTO deliveries (message_id, company, destination, status, created_at, next_at, deadline)
            VALUES (${id}, ${company}, ${`amqp:${company}`}, 'queued', ${at}, ${at}, ${at})`
        }
      }
      const claims = yield* queries.claim(8, 8, 60, at)
      assert.deepStrictEqual(
        claims.map(({ company, inReplyTo }) => [company, inReplyTo]),
        [
          ["acme", "order 7"],
          ["other", undefined]
        ]
      )
    })
  )

  it.effect("one that becomes the oldest late waits while another process holds those behind it", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const queries = yield* DeliveryQueries.make
      yield* sql`TRUNCATE deliveries, messages`
      yield* Effect.forEach([24, 25, 26], written)
      yield* Effect.forEach([25, 26], queued)
      const held = yield* queries.claim(8, 8, 60, at)
      assert.deepStrictEqual(idsOf(held), [25, 26])
      yield* queued(24)
      assert.deepStrictEqual(yield* queries.claim(8, 8, 60, at), [])
      yield* queries.record(
        held.slice(0, 1).map((one) => ({ ...attempted(one.id, 1), claimed: one })),
        held.slice(1)
      )
      assert.deepStrictEqual(idsOf(yield* queries.claim(8, 8, 60, at)), [24, 26])
      // Its process died: after the lease, and not before, another holds all of them.
      assert.deepStrictEqual(yield* queries.claim(8, 8, 60, at), [])
      yield* sql`UPDATE deliveries SET lease_until = now() - interval '1 second' WHERE id = 24`
      assert.deepStrictEqual(yield* queries.claim(8, 8, 60, at), [])
      yield* sql`UPDATE deliveries SET lease_until = now() - interval '1 second' WHERE id = 26`
      assert.deepStrictEqual(idsOf(yield* queries.claim(8, 8, 60, at)), [24, 26])
    })
  )

  it.effect("two claims at once give a destination to one of them, though each sees another oldest", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const queries = yield* DeliveryQueries.make
      yield* sql`TRUNCATE deliveries, messages`
      yield* Effect.forEach([34, 35, 36], written)
      yield* Effect.forEach([35, 36], queued)
      const claimed = yield* Deferred.make<void>()
      const looked = yield* Deferred.make<void>()
      const first = yield* sql
        .withTransaction(
          Effect.gen(function* () {
            const held = yield* queries.claim(8, 8, 60, at)
            yield* Deferred.succeed(claimed, undefined)
            yield* Deferred.await(looked)
            return idsOf(held)
          })
        )
        .pipe(Effect.forkChild)
      yield* Deferred.await(claimed)
      yield* queued(34)
      assert.deepStrictEqual(yield* queries.claim(8, 8, 60, at), [])
      yield* Deferred.succeed(looked, undefined)
      assert.deepStrictEqual(yield* Fiber.join(first), [35, 36])
      assert.deepStrictEqual(yield* queries.claim(8, 8, 60, at), [])
    })
  )
})
