/**
 * What is recorded about attempts to deliver, on a real database: any durations together, and any ids.
 */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
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
})
