/** What the HTTP channel forgets, and what it must not. */
import { assert, layer } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer } from "effect"
import { SqlClient } from "effect/sql"
import * as Http from "../../src/channels/Http.ts"
import * as HttpForgetting from "../../src/channels/HttpForgetting.ts"
import * as HttpIntake from "../../src/channels/HttpIntake.ts"
import * as Journal from "../../src/engine/Journal.ts"
import * as Leadership from "../../src/engine/Leadership.ts"
import { eventually } from "../contracts/ChannelContract.ts"
import * as Database from "../Database.ts"

const services = Layer.mergeAll(HttpIntake.layer, Http.HttpOutbox.layer).pipe(
  Layer.provideMerge(Journal.layer),
  Layer.provideMerge(Database.layer)
)

const count = (table: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(sql.unsafe<{ readonly n: number }>(`SELECT count(*)::int4 AS n FROM ${table}`), (rows) => rows[0]?.n)
  )

const post = (key: string, text: string) =>
  HttpIntake.HttpIntake.use((intake) => {
    const bytes = new TextEncoder().encode(text)
    return intake.take({
      company: "acme",
      type: "TEXT",
      bytes,
      size: bytes.length,
      fileName: `${key}.txt`,
      idempotencyKey: key
    })
  })

/** Makes what there is so many days older. */
const age = (days: number) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.all([
      sql`UPDATE http_requests SET at = at - ${days} * interval '1 day'`,
      sql`UPDATE http_outbox SET at = at - ${days} * interval '1 day', acknowledged_at = acknowledged_at - ${days} * interval '1 day'`
    ])
  )

layer(services, { excludeTestServices: true })("the HTTP channel", (it) => {
  it.effect("forgets old keys and acknowledged documents a few at a time, and nothing else", () =>
    Effect.gen(function* () {
      const outbox = yield* Http.HttpOutbox
      const sql = yield* SqlClient.SqlClient
      const first = yield* post("old-0", "one")
      for (let n = 1; n < 25; n++) yield* post(`old-${n}`, `text ${n}`)
      yield* sql`
        INSERT INTO messages (id, direction, company, channel, lane, type, file_name, size, sha256, received_at, status)
        SELECT n, 'out', 'acme', 'http', '', 'TEXT', 'a', 0, '', now(), 'processed' FROM generate_series(901, 905) n`
      for (const id of [901, 902, 903, 904, 905]) yield* outbox.offer("acme", id)
      for (const id of [901, 902]) yield* outbox.acknowledge("acme", id)
      yield* age(40)
      yield* outbox.acknowledge("acme", 903)
      yield* post("new", "two")

      assert.strictEqual(yield* HttpForgetting.once(Duration.days(50)), 0)
      const both = yield* Effect.all(
        [HttpForgetting.once(Duration.days(30), 4), HttpForgetting.once(Duration.days(30), 4)],
        {
          concurrency: 2
        }
      )
      // Rows that one of them holds the other passes over; what is left then the next turn finds.
      const rest = yield* HttpForgetting.once(Duration.days(30), 4)
      assert.strictEqual(both[0] + both[1] + rest, 27)
      assert.deepStrictEqual([yield* count("http_requests"), yield* count("pickups")], [1, 1])
      const left = yield* sql<{ readonly id: number }>`SELECT message_id::int4 AS id FROM http_outbox ORDER BY 1`
      assert.deepStrictEqual(
        left.map(({ id }) => id),
        [903, 904, 905]
      )
      assert.strictEqual(yield* count("messages WHERE direction = 'in'"), 26)

      // A key that was forgotten is a new one; one that was not is not.
      const again = yield* post("old-0", "one")
      assert.isFalse(again.again)
      assert.notStrictEqual(again.messageId, first.messageId)
      assert.isTrue((yield* post("new", "two")).again)
    })
  )

  it.effect("does so by itself, in the process that leads", () =>
    Effect.gen(function* () {
      yield* post("by-itself", "three")
      yield* age(40)
      const running = yield* Effect.forkChild(HttpForgetting.run(HttpForgetting.defaultKeep))
      yield* eventually(
        "forgotten",
        Effect.map(count("http_requests WHERE key = 'by-itself'"), (n) => n === 0)
      )
      assert.isUndefined(running.pollUnsafe())
      yield* Fiber.interrupt(running)
    }).pipe(Effect.provide(Leadership.layerAlone))
  )
})
