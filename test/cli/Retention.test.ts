/** What is forgotten after a time, by itself and a few rows at a time, and what must not be. */
import { assert, layer } from "@effect/vitest"
import { ConfigProvider, Effect, Fiber, Layer, Metric } from "effect"
import { SqlClient } from "effect/sql"
import * as Http from "../../src/channels/Http.ts"
import * as HttpIntake from "../../src/channels/HttpIntake.ts"
import * as Retention from "../../src/cli/Retention.ts"
import * as Forgetting from "../../src/engine/Forgetting.ts"
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

/** Forgets one kind of thing. */
const forget = (what: string, retention: Partial<Retention.Retention> = {}, size?: number) =>
  Effect.gen(function* () {
    const subjects = yield* Retention.subjects({ ...Retention.defaults, ...retention })
    const [subject] = subjects.filter((one) => one.what.startsWith(what))
    return subject === undefined ? assert.fail(what) : yield* Forgetting.once(subject, size)
  })

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

      assert.strictEqual(yield* forget("idempotency", { rememberDays: 50 }), 0)
      const both = yield* Effect.all([forget("idempotency", {}, 4), forget("idempotency", {}, 4)], {
        concurrency: 2
      })
      // Rows that one of them holds the other passes over; what is left then the next turn finds.
      const rest = yield* forget("idempotency", {}, 4)
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
      const running = yield* Effect.forkChild(Retention.run)
      yield* eventually(
        "forgotten",
        Effect.map(count("http_requests WHERE key = 'by-itself'"), (n) => n === 0)
      )
      assert.isUndefined(running.pollUnsafe())
      yield* Fiber.interrupt(running)
    }).pipe(Effect.provide(Leadership.layerAlone))
  )

  it.effect("keeps the history for twelve years to the day, and takes away what is older", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`
        INSERT INTO verifications (at, latency_micros, outcome, in_network, gtin, serial, lot, expiry, context,
          requester_gln, scenario, corr_uuid)
        SELECT date_trunc('day', now(), 'UTC') - interval '12 years' + n * interval '6 hours', 1, 'valid', true, '', n::text, '', '', '',
          '', '', ''
        FROM generate_series(-25, 5) AS n`
      assert.strictEqual(yield* forget("verifications", { historyYears: 13 }), 0)
      assert.strictEqual(yield* forget("verifications", {}, 10), 25)
      const [oldest] = yield* sql<{ readonly serial: string }>`SELECT serial FROM verifications ORDER BY at LIMIT 1`
      assert.strictEqual(oldest?.serial, "0")
      const counted = yield* Metric.snapshot
      assert.isTrue(
        counted.some(
          ({ id, attributes }) => id === "throughline_forgotten_total" && attributes?.["what"] === "verifications"
        )
      )
    })
  )

  it.effect("takes results away a month after they were ready, and nothing that is not done", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const ended = sql`CASE WHEN n < 20 THEN now() - n * interval '10 days' END`
      yield* sql`INSERT INTO event_requests (id, company, caller, event, at, outcomes, finished_at)
        SELECT n::text, 'a', '', '{}', now() - interval '1 year', '[]', ${ended} FROM generate_series(1, 30) AS n`
      yield* sql`INSERT INTO verification_reports (id, company, requested_by, first_day, last_day, filter, status,
          submitted_at, finished_at)
        SELECT n::text, 'a', '', now(), now(), 'All', CASE WHEN n < 20 THEN 'done' ELSE 'submitted' END::verification_report_status,
          now() - interval '1 year', ${ended} FROM generate_series(1, 30) AS n`
      yield* sql`INSERT INTO verification_report_parts (report, part, bytes)
        SELECT n::text, p, '' FROM generate_series(1, 30) AS n, generate_series(0, 1) AS p`
      yield* sql`INSERT INTO product_jobs (id, kind, company, actor, status, request, submitted_at, finished_at)
        SELECT n::text, 'download', 'a', '', CASE WHEN n < 20 THEN 'Failed' ELSE 'Pending' END::product_job_status, '{}',
          now() - interval '1 year', ${ended} FROM generate_series(1, 30) AS n`
      const kinds = ["Set Event requests", "verification reports", "jobs of product information"]
      assert.deepStrictEqual(yield* Effect.forEach(kinds, (kind) => forget(kind, { resultDays: 175 })), [2, 2, 2])
      assert.deepStrictEqual(yield* Effect.forEach(kinds, (kind) => forget(kind, {}, 3)), [15, 15, 15])
      const tables = ["event_requests", "verification_reports", "product_jobs"]
      assert.deepStrictEqual(yield* Effect.forEach(tables, count), [13, 13, 13])
      assert.strictEqual(yield* count("verification_report_parts"), 26)
    })
  )

  it.effect("goes by the environment, which may not shorten the history", () =>
    Effect.gen(function* () {
      const said = (env: Record<string, string>) =>
        Effect.provide(Retention.configured, ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
      assert.deepStrictEqual(yield* said({}), { rememberDays: 30, historyYears: 12, resultDays: 30 })
      assert.deepStrictEqual(
        yield* said({ THROUGHLINE_HISTORY_YEARS: "20", THROUGHLINE_RESULT_DAYS: "7", THROUGHLINE_REMEMBER_DAYS: "1" }),
        { rememberDays: 1, historyYears: 20, resultDays: 7 }
      )
      assert.include(String(yield* Effect.flip(said({ THROUGHLINE_HISTORY_YEARS: "11" }))), "12")
    })
  )
})
