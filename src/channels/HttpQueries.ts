/**
 * The statements of the HTTP channel: what an idempotency key was first used for, the outbox that companies fetch from,
 * and the end of both. Each is one statement, committed when it returns. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** What an idempotency key stands for. */
export interface Request {
  readonly company: string
  readonly key: string
  readonly type: string
  readonly sha256: Uint8Array
  readonly at: Date
}

/** A document that waits to be fetched. `id` is that of its message. */
export interface OutboxItem {
  readonly id: number
  readonly type: string
  readonly fileName: string
  /** Bytes. */
  readonly size: number
  /** Hexadecimal. */
  readonly sha256: string
  readonly controlNumber: string | null
  /** The message it answers. */
  readonly replyTo: number | null
  readonly at: Date
}

/** The statements, bound to the client of this context. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /** What the key was first used for: this very request, or the one before it. */
  const reserve = ({ company, key, type, sha256, at }: Request) =>
    sql<{ readonly type: string; readonly sha256: Uint8Array }>`
      INSERT INTO http_requests (company, key, type, sha256, at) VALUES (${company}, ${key}, ${type}, ${sha256}, ${at})
      ON CONFLICT (company, key) DO UPDATE SET key = excluded.key
      RETURNING type, sha256`.pipe(Effect.map((rows) => rows[0]))

  /** Puts a document into the outbox; one that was fetched before is there again. */
  const offer = (company: string, messageId: number, at: Date) =>
    sql`
      INSERT INTO http_outbox (message_id, company, at) VALUES (${messageId}::int8, ${company}, ${at})
      ON CONFLICT (message_id) DO UPDATE SET company = excluded.company, at = excluded.at, acknowledged_at = NULL`.pipe(
      Effect.asVoid
    )

  const columns = sql`m.id::float8 AS id, m.type, m.file_name AS "fileName", m.size::float8 AS size,
    encode(m.sha256, 'hex') AS sha256, m.control_number AS "controlNumber", m.reply_to::float8 AS "replyTo", o.at`

  /** What a company has not acknowledged, oldest first. */
  const list = (
    company: string,
    filter: { readonly type: string | undefined; readonly after: number; readonly limit: number }
  ) =>
    sql<OutboxItem>`
      SELECT ${columns} FROM http_outbox o JOIN messages m ON m.id = o.message_id
      WHERE o.company = ${company} AND o.acknowledged_at IS NULL AND o.message_id > ${filter.after}::int8
        AND ${filter.type === undefined ? sql`true` : sql`m.type = ${filter.type}`}
      ORDER BY o.message_id LIMIT ${filter.limit}`

  /** A document of the company's, acknowledged or not. */
  const item = (company: string, messageId: number) =>
    sql<OutboxItem>`
      SELECT ${columns} FROM http_outbox o JOIN messages m ON m.id = o.message_id
      WHERE o.company = ${company} AND o.message_id = ${messageId}::int8`.pipe(Effect.map((rows) => rows[0]))

  /** Notes that the company has it. False when it never had such a document. */
  const acknowledge = (company: string, messageId: number, at: Date) =>
    sql`
      UPDATE http_outbox SET acknowledged_at = coalesce(acknowledged_at, ${at}::timestamptz)
      WHERE company = ${company} AND message_id = ${messageId}::int8 RETURNING message_id`.pipe(
      Effect.map((rows) => rows.length > 0)
    )

  /**
   * Forgets up to so many of the idempotency keys that were first used before a moment, and of the documents that were
   * acknowledged before it; how many there were of both. Two processes that do so at once share the work.
   */
  const forget = (before: Date, limit: number) =>
    sql<{ readonly forgotten: number }>`
      WITH keys AS (
        SELECT company, key FROM http_requests WHERE at < ${before} ORDER BY at, company, key LIMIT ${limit}
        FOR UPDATE SKIP LOCKED
      ), requests AS (
        DELETE FROM http_requests r USING keys k WHERE r.company = k.company AND r.key = k.key
      ), taken AS (
        DELETE FROM pickups p USING keys k WHERE p.channel = 'http' AND p.path = k.company || '/' || k.key
      ), fetched AS (
        SELECT message_id FROM http_outbox WHERE acknowledged_at < ${before} ORDER BY acknowledged_at, message_id
        LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ), outbox AS (
        DELETE FROM http_outbox o USING fetched f WHERE o.message_id = f.message_id
      )
      SELECT ((SELECT count(*) FROM keys) + (SELECT count(*) FROM fetched))::int4 AS forgotten`.pipe(
      Effect.map((rows) => rows[0]?.forgotten ?? 0)
    )

  return { reserve, offer, list, item, acknowledge, forget }
})
