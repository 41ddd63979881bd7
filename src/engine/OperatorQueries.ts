/**
 * The statements of the operator's acts. Each act and its record in `operator_acts` are one statement, so neither is
 * ever there without the other; each checks the status it starts from itself, so a worker that holds the message or
 * takes it at the same moment is never disturbed. Fails with `SqlError`.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { int8s } from "../store/NumberArrays.ts"

/** Who does what to which message, why and when. */
export interface Act {
  readonly messageId: number
  readonly why: string
  readonly actor: string
  readonly at: Date
}

/** What decides whether an act is possible. */
export interface State {
  readonly id: number
  readonly direction: "in" | "out"
  readonly status: string
  readonly duplicateOf: number | undefined
  readonly reconciled: boolean
  /** Of an outbound message: how its newest delivery stands. */
  readonly delivery: string | undefined
}

/** An outbound message that is to be delivered again. */
export interface Target {
  readonly id: number
  readonly company: string
  readonly type: string
  /** The company of the message it answers, and what that one names in its header. */
  readonly from: string | null
  readonly sender: string | null
  readonly receiver: string | null
}

/** A delivery that was queued, or brought forward because it was on its way already; `held`: to where it no longer goes. */
export interface Queued {
  readonly delivery: number
  readonly message: number
  readonly destination: string
  readonly fileName: string
  readonly kind: "queued" | "hurried" | "held"
}

interface QueuedRow extends Omit<Queued, "delivery" | "message"> {
  readonly delivery: bigint
  readonly message: bigint
}

/** The statements, bound to the client of this context; inside a transaction they join it. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const pg = yield* PgClient

  /** Where a message stands, which stays so until this transaction changes it; none when there is no such message. */
  const hold = (messageId: number) =>
    sql<{
      readonly status: string
    }>`SELECT status::text AS status FROM messages WHERE id = ${messageId}::int8 FOR UPDATE`.pipe(
      Effect.map((rows) => rows[0]?.status)
    )

  /** All of the effect or nothing of it; joins the transaction it is called in. */
  const together = <A, E>(effect: Effect.Effect<A, E>) => sql.withTransaction(effect)

  /** Has a waiting or failed message received once more. False when it is in no such status. */
  const reprocess = (act: Act, given: Readonly<Record<string, string>>, acceptDuplicate: boolean) =>
    sql`
      WITH m AS (
        UPDATE messages SET status = 'received', attempts = 0, fence = fence + 1, lease_until = NULL, retry_at = NULL,
          wait_until = NULL, wait_keys = '{}', reason = NULL, control_number = NULL, holds = true, duplicate_of = NULL,
          finished_at = NULL, reconciled_at = NULL, given = coalesce(given, '{}'::jsonb) || ${pg.json(given)}::jsonb
        WHERE id = ${act.messageId}::int8 AND direction = 'in' AND (
          status IN ('waiting', 'map_in_failed', 'processing_failed', 'map_out_failed')
          OR (${acceptDuplicate}::bool AND status = 'processed' AND duplicate_of IS NOT NULL))
        RETURNING id
      )
      INSERT INTO operator_acts (message_id, act, why, actor, input, at)
      SELECT id, 'reprocess', ${act.why}, ${act.actor}, ${pg.json(given)}::jsonb, ${act.at} FROM m
      RETURNING id`.pipe(Effect.map((rows) => rows.length > 0))

  /** Notes that a failure is settled. False when there is none, or it was settled before. */
  const reconcile = (act: Act) =>
    sql`
      WITH m AS (
        UPDATE messages m SET reconciled_at = ${act.at}
        WHERE id = ${act.messageId}::int8 AND reconciled_at IS NULL AND (
          (direction = 'in' AND status IN ('map_in_failed', 'processing_failed', 'map_out_failed'))
          OR (direction = 'out' AND (SELECT d.status FROM deliveries d WHERE d.message_id = m.id ORDER BY d.id DESC LIMIT 1)
            = 'delivery_failed'))
        RETURNING id
      )
      INSERT INTO operator_acts (message_id, act, why, actor, at)
      SELECT id, 'reconcile', ${act.why}, ${act.actor}, ${act.at} FROM m
      RETURNING id`.pipe(Effect.map((rows) => rows.length > 0))

  /** What went out: the message itself when it is outbound, or everything that answered it. */
  const targets = (messageId: number) =>
    sql<Omit<Target, "id"> & { readonly id: bigint }>`
      SELECT o.id, o.company, o.type, i.company AS "from", i.sender, i.receiver
      FROM messages o LEFT JOIN messages i ON i.id = o.reply_to
      WHERE o.direction = 'out' AND (o.id = ${messageId}::int8 OR o.reply_to = ${messageId}::int8)
      ORDER BY o.output_index, o.id`.pipe(
      Effect.map((rows) => rows.map((row): Target => ({ ...row, id: Number(row.id) })))
    )

  /** The outbound message of a delivery; none when there is no such delivery. */
  const messageOfDelivery = (deliveryId: number) =>
    sql<{ readonly message_id: bigint }>`SELECT message_id FROM deliveries WHERE id = ${deliveryId}::int8`.pipe(
      Effect.map((rows) => (rows[0] === undefined ? undefined : Number(rows[0].message_id)))
    )

  /**
   * Queues outbound messages once more, unchanged. One that is on its way already is only brought forward; on its way
   * elsewhere it is queued anew and the old delivery ended, unless a process is handing it over at this moment.
   */
  const redeliver = (
    outbound: ReadonlyArray<{ readonly id: number; readonly destination: string }>,
    act: Omit<Act, "messageId">,
    deadline: Date
  ) =>
    sql<QueuedRow>`
      WITH wanted AS (
        SELECT m.id, m.company, m.file_name, w.destination, w.n FROM
          unnest(${int8s(outbound.map(({ id }) => id))}::int8[], ${outbound.map(({ destination }) => destination)}::text[])
          WITH ORDINALITY AS w(id, destination, n) JOIN messages m ON m.id = w.id
      ), open AS (
        SELECT d.id, d.message_id, d.destination <> w.destination AS elsewhere, d.lease_until IS NOT NULL AND d.lease_until >= now() AS leased
        FROM deliveries d JOIN wanted w ON w.id = d.message_id WHERE d.status IN ('queued', 'retrying') FOR UPDATE OF d
      ), moved AS (
        UPDATE deliveries d SET status = 'rerouted', fence = d.fence + 1, lease_until = NULL
        FROM open o WHERE d.id = o.id AND o.elsewhere AND NOT o.leased
        RETURNING d.message_id
      ), hurried AS (
        UPDATE deliveries d SET next_at = ${act.at}, deadline = greatest(d.deadline, ${deadline}::timestamptz)
        FROM open o WHERE d.id = o.id AND NOT (o.elsewhere AND NOT o.leased)
        RETURNING d.id, d.message_id, d.destination, CASE WHEN o.elsewhere THEN 'held' ELSE 'hurried' END AS kind
      ), queued AS (
        INSERT INTO deliveries (message_id, company, destination, status, created_at, next_at, deadline)
        SELECT id, company, destination, 'queued', ${act.at}, ${act.at}, ${deadline} FROM wanted
        WHERE id NOT IN (SELECT message_id FROM open) OR id IN (SELECT message_id FROM moved)
        ORDER BY n
        RETURNING id, message_id, destination
      ), acts AS (
        INSERT INTO operator_acts (message_id, act, why, actor, at)
        SELECT id, 'redeliver', ${act.why}, ${act.actor}, ${act.at} FROM wanted ORDER BY n
      ), settled AS (
        UPDATE messages SET reconciled_at = NULL WHERE id IN (SELECT message_id FROM queued)
      )
      SELECT d.id AS delivery, d.message_id AS message, d.destination, w.file_name AS "fileName", d.kind
      FROM (SELECT *, 'queued' AS kind FROM queued UNION ALL SELECT * FROM hurried) d
      JOIN wanted w ON w.id = d.message_id ORDER BY w.n, d.id`.pipe(
      Effect.map((rows) =>
        rows.map((row): Queued => ({ ...row, delivery: Number(row.delivery), message: Number(row.message) }))
      )
    )

  /** Where a message stands; none when there is no such message. */
  const state = (messageId: number) =>
    sql<{
      readonly direction: "in" | "out"
      readonly status: string
      readonly duplicate_of: bigint | null
      readonly reconciled: boolean
      readonly delivery: string | null
    }>`
      SELECT direction::text, status::text, duplicate_of, reconciled_at IS NOT NULL AS reconciled,
        (SELECT d.status::text FROM deliveries d WHERE d.message_id = m.id ORDER BY d.id DESC LIMIT 1) AS delivery
      FROM messages m WHERE id = ${messageId}::int8`.pipe(
      Effect.map((rows): State | undefined => {
        const [row] = rows
        if (row === undefined) return undefined
        return {
          id: messageId,
          direction: row.direction,
          status: row.status,
          duplicateOf: row.duplicate_of === null ? undefined : Number(row.duplicate_of),
          reconciled: row.reconciled,
          delivery: row.delivery ?? undefined
        }
      })
    )

  return { hold, together, reprocess, reconcile, redeliver, targets, messageOfDelivery, state }
})
