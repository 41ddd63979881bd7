/**
 * The statements of acknowledgments: which sent interchanges a partner can mean, what it said about them, and which were
 * delivered and never acknowledged. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { Fragment } from "effect/sql/Statement"
import { type Patience, usualHours } from "./AcknowledgmentPatience.ts"

export type { SqlClient } from "effect/sql/SqlClient"
export type { SqlError } from "effect/sql/SqlError"

/** A sent interchange that a partner may speak of. */
export interface SentInterchange {
  readonly id: number
  readonly map: string
  readonly controlNumber: string
}

/** A sent interchange as a later run could find it, for a repetition of that run. */
export interface PastInterchange extends SentInterchange {
  readonly fileName: string
  readonly receivedAt: Date
  readonly replyTo: number
}

/** What a partner said of one. */
export interface Said {
  readonly messageId: number
  readonly status: string
  readonly detail: string | undefined
}

/** A sent interchange with what is known of its acknowledgment. */
export interface Standing {
  readonly messageId: number
  readonly company: string
  readonly map: string
  readonly controlNumber: string
  readonly fileName: string
  readonly deliveredAt: Date | null
  /** When its acknowledgment is overdue. */
  readonly dueAt: Date | null
  /** Null where nothing came. */
  readonly status: string | null
  readonly detail: string | null
  readonly at: Date | null
  readonly byMessage: number | null
}

/**
 * How long the company that a message went to may take to acknowledge it. The message it answers names whose it is; where
 * that number is of no company, any channel of the partner tells.
 */
export const allowed = (
  sql: SqlClient.SqlClient,
  { partners, numbers, hours }: Patience,
  company: Fragment,
  replyTo: Fragment
): Fragment => sql`
  make_interval(hours => coalesce((
    SELECT p.hours FROM unnest(${partners}::text[], ${numbers}::text[], ${hours}::int4[]) AS p(partner, number, hours)
    WHERE p.partner = ${company}
    ORDER BY p.number = (SELECT receiver FROM messages WHERE id = ${replyTo}) DESC NULLS LAST, p.hours LIMIT 1), ${usualHours}::int4))`

/** The statements, bound to the client of this context. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /** Interchanges sent to a company in answer to these messages, newest first. */
  const sent = (company: string, replyTo: ReadonlyArray<number>) =>
    sql<SentInterchange>`
      SELECT id::float8 AS id, map_version AS map, control_number AS "controlNumber" FROM messages
      WHERE reply_to = ANY(${replyTo.map(String)}::text[]::int8[]) AND direction = 'out' AND type = 'X12' AND company = ${company}
        AND map_version IS NOT NULL AND control_number IS NOT NULL
      ORDER BY id DESC`

  /** The same as a run with this snapshot saw them: those whose own run had been committed. */
  const sentBefore = (company: string, replyTo: ReadonlyArray<number>, snapshot: string) =>
    sql<PastInterchange>`
      SELECT m.id::float8 AS id, m.map_version AS map, m.control_number AS "controlNumber", m.file_name AS "fileName",
        m.received_at AS "receivedAt", m.reply_to::float8 AS "replyTo"
      FROM messages m
      WHERE m.reply_to = ANY(${replyTo.map(String)}::text[]::int8[]) AND m.direction = 'out' AND m.type = 'X12' AND m.company = ${company}
        AND m.map_version IS NOT NULL AND m.control_number IS NOT NULL
        AND EXISTS (SELECT 1 FROM runs r WHERE r.message_id = m.reply_to AND pg_visible_in_snapshot(r.xid, ${snapshot}::pg_snapshot))
      ORDER BY m.id`

  /** Puts such an interchange where a repeated run will look for it. */
  const place = (company: string, past: PastInterchange) =>
    sql`
      INSERT INTO messages (id, direction, company, channel, lane, type, file_name, size, sha256, received_at, status, map_version,
        control_number, reply_to)
      VALUES (${past.id}::int8, 'out', ${company}, 'past', 'past', 'X12', ${past.fileName}, 0, ''::bytea, ${past.receivedAt}, 'processed',
        ${past.map}, ${past.controlNumber}, ${past.replyTo}::int8) ON CONFLICT DO NOTHING`.pipe(Effect.asVoid)

  const record = (said: ReadonlyArray<Said>, byMessage: number, at: Date) =>
    sql`
      INSERT INTO acknowledgments (message_id, by_message, status, detail, at)
      SELECT s.message_id, ${byMessage}::int8, s.status, nullif(s.detail, ''), ${at} FROM unnest(
        ${said.map(({ messageId }) => `${messageId}`)}::text[]::int8[], ${said.map(({ status }) => status)}::text[],
        ${said.map(({ detail }) => detail ?? "")}::text[]) AS s(message_id, status, detail)
      ON CONFLICT (message_id, by_message) DO NOTHING`.pipe(Effect.asVoid)

  /**
   * Interchanges that ask for an acknowledgment, newest first; with `overdueAt` those whose time was over then and for
   * which nothing came.
   */
  const standing = (options: {
    readonly overdueAt: Date | undefined
    readonly patience: Patience
    readonly maps: ReadonlyArray<string>
    readonly limit: number
  }) =>
    sql<Standing>`
      SELECT m.id::float8 AS "messageId", m.company, m.map_version AS map, m.control_number AS "controlNumber",
        m.file_name AS "fileName", d.delivered_at AS "deliveredAt", d.due_at AS "dueAt", a.status, a.detail, a.at, a.by_message::float8 AS "byMessage"
      FROM messages m
      LEFT JOIN LATERAL (
        SELECT max(delivered_at) AS delivered_at, max(delivered_at) + ${allowed(sql, options.patience, sql`m.company`, sql`m.reply_to`)} AS due_at
        FROM deliveries WHERE message_id = m.id) d ON true
      LEFT JOIN LATERAL (
        SELECT status, detail, at, by_message FROM acknowledgments WHERE message_id = m.id
        ORDER BY by_message DESC LIMIT 1) a ON true
      WHERE m.direction = 'out' AND m.type = 'X12' AND m.map_version = ANY(${options.maps}::text[])
        AND (${options.overdueAt ?? null}::timestamptz IS NULL
          OR (d.due_at < ${options.overdueAt ?? null}::timestamptz AND a.status IS NULL))
      ORDER BY m.id DESC LIMIT ${options.limit}`

  return { sent, sentBefore, place, record, standing }
})
