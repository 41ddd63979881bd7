/**
 * What journal replay reads of a recorded past: runs with what they decided and sent, and which messages held their
 * numbers at that moment. Writes only into the throw-away database. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** A run as the journal has it, with the message it was over. */
export interface Recorded {
  readonly run: number
  readonly message: number
  readonly attempt: number
  readonly company: string
  readonly channel: string
  readonly lane: string
  readonly type: string
  readonly fileName: string
  readonly size: number
  readonly receivedAt: Date
  readonly clock: Date
  readonly given: Readonly<Record<string, string>>
  readonly outcome: string
  readonly reason: string | null
  readonly errors: unknown
  readonly warnings: unknown
  readonly totals: unknown
  readonly versions: unknown
  readonly snapshot: string
  /** Deadline of a message that waited already when this run began. */
  readonly waitUntil: Date | null
}

/** What a run sent. */
export interface Sent {
  readonly type: string
  readonly company: string
  readonly fileName: string
  readonly sha256: string
  readonly message: number
}

/** A message that held its number and bytes when the run began. */
export interface Holder {
  readonly id: number
  readonly company: string
  readonly type: string
  readonly fileName: string
  readonly receivedAt: Date
  readonly status: string
  readonly controlNumber: string | null
  readonly sha256: Uint8Array
  readonly run: number | null
}

/** Which runs to repeat. */
export interface Choice {
  readonly message?: number | undefined
  readonly since?: Date | undefined
  readonly company?: string | undefined
  readonly type?: string | undefined
}

/** The statements, bound to the client of this context. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /** Recorded runs in the order they committed; of one message, its last. */
  const recorded = (choice: Choice) =>
    sql<Recorded>`
      SELECT r.id::int4 AS run, r.message_id::int4 AS message, r.attempt, m.company, m.channel, m.lane, m.type,
        m.file_name AS "fileName", m.size::int4 AS size, m.received_at AS "receivedAt", r.clock, coalesce(r.given, '{}') AS given,
        r.outcome::text, r.reason, r.errors, r.warnings, r.totals, r.versions, r.snapshot::text,
        r.wait_until AS "waitUntil"
      FROM runs r JOIN messages m ON m.id = r.message_id
      WHERE ${
        choice.message === undefined
          ? sql`true`
          : sql`r.message_id = ${choice.message}
          AND r.id = (SELECT max(l.id) FROM runs l WHERE l.message_id = r.message_id)`
      }
        AND ${choice.since === undefined ? sql`true` : sql`r.clock >= ${choice.since}`}
        AND ${choice.company === undefined ? sql`true` : sql`m.company = ${choice.company}`}
        AND ${choice.type === undefined ? sql`true` : sql`m.type = ${choice.type}`}
      ORDER BY r.xid, r.id`

  /** What a run sent, in order. A run's outputs are those of its message that carry its clock. */
  const sent = (run: Recorded) =>
    sql<Sent>`
      SELECT type, company, file_name AS "fileName", encode(sha256, 'hex') AS sha256, id::int4 AS message FROM messages
      WHERE reply_to = ${run.message} AND received_at = ${run.clock} ORDER BY output_index, id`

  /** Messages of the same company and type that held the same bytes or number when the run began. */
  const holders = (run: Recorded) =>
    sql<Holder>`
      SELECT d.id::int4, d.company, d.type, d.file_name AS "fileName", d.received_at AS "receivedAt", seen.outcome::text AS status,
        d.control_number AS "controlNumber", d.sha256, seen.id::int4 AS run
      FROM messages m
      JOIN messages d ON d.direction = 'in' AND d.company = m.company AND d.type = m.type AND d.id <> m.id
        AND (d.sha256 = m.sha256 OR d.control_number = m.control_number) AND d.duplicate_of IS NULL
      JOIN LATERAL (
        SELECT r.id, r.outcome FROM runs r
        WHERE r.message_id = d.id AND pg_visible_in_snapshot(r.xid, ${run.snapshot}::pg_snapshot)
        ORDER BY r.id DESC LIMIT 1) seen ON true
      WHERE m.id = ${run.message} AND seen.outcome IN ('processed', 'waiting')
      ORDER BY d.id`

  /** Puts a holder where the flow of the repeated run will look for it. */
  const place = (holder: Holder) =>
    sql`
      WITH m AS (
        INSERT INTO messages (id, direction, company, channel, lane, type, file_name, size, sha256, received_at, status, control_number)
        VALUES (${holder.id}::int8, 'in', ${holder.company}, 'past', 'past', ${holder.type}, ${holder.fileName}, 0, ${holder.sha256},
          ${holder.receivedAt}, ${holder.status}::message_status, ${holder.controlNumber})
        ON CONFLICT DO NOTHING RETURNING id
      )
      INSERT INTO runs (id, message_id, attempt, versions, clock, duration_ms, outcome, errors, warnings, totals, snapshot)
      SELECT ${holder.run}::int8, m.id, 1, '{}', ${holder.receivedAt}, 0, ${holder.status}::message_status, '[]', '[]', '{}',
        pg_current_snapshot() FROM m WHERE ${holder.run}::int8 IS NOT NULL
      ON CONFLICT DO NOTHING`.pipe(Effect.asVoid)

  /** Gives the repeated message what it had when the run began. */
  const restore = (run: Recorded) =>
    sql`UPDATE messages SET given = ${JSON.stringify(run.given)}::jsonb, attempts = ${run.attempt - 1},
      wait_until = ${run.waitUntil}::timestamptz WHERE id = ${run.message}`.pipe(Effect.asVoid)

  return { recorded, sent, holders, place, restore }
})
