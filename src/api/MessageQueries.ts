/** What a company may see of a message, as statements that look at nothing that is not its own. Fails with `SqlError`. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** A message's columns; absent values are null. */
export interface Row {
  readonly id: number
  readonly direction: "in" | "out"
  readonly type: string
  readonly fileName: string
  readonly size: number
  readonly receivedAt: Date
  readonly status: string
  readonly delivery: string | null
  readonly reason: string | null
  readonly mapVersion: string | null
  readonly sender: string | null
  readonly receiver: string | null
  readonly controlNumber: string | null
  readonly correlationId: string | null
  readonly duplicateOf: number | null
  readonly replyTo: number | null
  readonly waitUntil: Date | null
  readonly finishedAt: Date | null
  readonly answers: ReadonlyArray<{
    readonly id: number
    readonly type: string
    readonly fileName: string
    readonly delivery: string | null
  }>
}

/** The newest run of a message. */
export interface RunRow {
  readonly run: number
  readonly at: Date
  readonly outcome: string
  readonly reason: string | null
  readonly errors: unknown
  readonly warnings: unknown
  readonly totals: Readonly<Record<string, number>>
}

/** The statements, bound to the client of this context. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const delivery = (message: string) =>
    sql`(SELECT d.status::text FROM deliveries d WHERE d.message_id = ${sql(message)}.id ORDER BY d.id DESC LIMIT 1)`

  /** Answers are shown where they go to the company itself. */
  const message = (company: string, id: number) =>
    sql<Row>`
      SELECT m.id::float8 AS id, m.direction::text AS direction, m.type, m.file_name AS "fileName", m.size::float8 AS size,
        m.received_at AS "receivedAt", m.status::text AS status, ${delivery("m")} AS delivery, m.reason,
        m.map_version AS "mapVersion", m.sender, m.receiver, m.control_number AS "controlNumber", m.correlation_id AS "correlationId",
        m.duplicate_of::float8 AS "duplicateOf", m.reply_to::float8 AS "replyTo", m.wait_until AS "waitUntil",
        m.finished_at AS "finishedAt",
        coalesce((SELECT jsonb_agg(jsonb_build_object('id', o.id, 'type', o.type, 'fileName', o.file_name,
            'delivery', ${delivery("o")}) ORDER BY o.id)
          FROM messages o WHERE o.reply_to = m.id AND o.company = m.company), '[]') AS answers
      FROM messages m WHERE m.id = ${id}::int8 AND m.company = ${company}`.pipe(Effect.map((rows) => rows[0]))

  const status = (id: number) =>
    sql<{ readonly status: string }>`SELECT status::text AS status FROM messages WHERE id = ${id}::int8`.pipe(
      Effect.map((rows) => rows[0]?.status)
    )

  const newestRun = (company: string, id: number) =>
    sql<RunRow>`
      SELECT r.id::float8 AS run, r.clock AS at, r.outcome::text AS outcome, r.reason, r.errors, r.warnings, r.totals
      FROM runs r JOIN messages m ON m.id = r.message_id
      WHERE m.id = ${id}::int8 AND m.company = ${company} AND m.direction = 'in'
      ORDER BY r.id DESC LIMIT 1`.pipe(Effect.map((rows) => rows[0]))

  return { message, status, newestRun }
})
