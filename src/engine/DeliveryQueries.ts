/**
 * The statements of deliveries: claim the next ones of each destination in order, record how they went, queue one again
 * by hand. A claim is guarded by its fence, so a process that lost its lease records nothing. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { float8s, int8s } from "../store/NumberArrays.ts"

/** Bytes that come with the claim; larger documents are read one at a time, so that a long queue of them fits in memory. */
const inlineBytes = 65_536

/** Deliveries that are committed after later ones were claimed, at most: more than any message has outputs. */
const lateAtMost = 128

/** A delivery this process may hand over. */
export interface ClaimedDelivery {
  readonly id: number
  readonly fence: number
  readonly attempt: number
  readonly destination: string
  readonly company: string
  readonly deadline: Date
  readonly messageId: number
  readonly type: string
  readonly fileName: string
  readonly controlNumber: string
  readonly inReplyTo: string | undefined
  /** Undefined when they have to be read on their own. */
  readonly bytes: Uint8Array | undefined
}

/** How one attempt went. */
export interface Attempted {
  readonly claimed: ClaimedDelivery
  readonly status: "delivered" | "retrying" | "delivery_failed"
  readonly at: Date
  readonly durationMs: number
  readonly nextAt: Date
  readonly error: string | undefined
}

interface Row {
  readonly id: bigint
  readonly fence: bigint
  readonly attempts: number
  readonly destination: string
  readonly company: string
  readonly deadline: Date
  readonly message_id: bigint
  readonly type: string
  readonly file_name: string
  readonly control_number: string | null
  readonly in_reply_to: string | null
  readonly bytes: Uint8Array | null
}

const claimed = (row: Row): ClaimedDelivery => ({
  id: Number(row.id),
  fence: Number(row.fence),
  attempt: row.attempts,
  destination: row.destination,
  company: row.company,
  deadline: row.deadline,
  messageId: Number(row.message_id),
  type: row.type,
  fileName: row.file_name,
  controlNumber: row.control_number ?? "",
  inReplyTo: row.in_reply_to ?? undefined,
  bytes: row.bytes ?? undefined
})

/** The statements, bound to the client of this context; inside a transaction they join it. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /**
   * For up to `destinations` destinations whose oldest open delivery is due: that one and those behind it, `batch` at
   * most, in order. None of a destination of which another process holds any: a delivery may become the oldest after
   * others were claimed, for ids are given before they are committed, and two holders would hand over side by side.
   *
   * Ids go from step to step as arrays: joined, the planner may look at the leases of a destination for every open
   * delivery there is.
   */
  const claim = (destinations: number, batch: number, leaseSeconds: number, clock: Date) =>
    sql<Row>`
      WITH RECURSIVE heads AS (
        (SELECT destination, id, next_at FROM deliveries WHERE status IN ('queued', 'retrying')
          ORDER BY destination, id LIMIT 1)
        UNION ALL
        SELECT n.destination, n.id, n.next_at FROM heads h CROSS JOIN LATERAL (
          SELECT destination, id, next_at FROM deliveries
            WHERE status IN ('queued', 'retrying') AND destination > h.destination ORDER BY destination, id LIMIT 1) n
      ), due AS MATERIALIZED (
        SELECT h.id FROM heads h WHERE h.next_at <= ${clock} AND NOT EXISTS (
          SELECT FROM (SELECT destination, lease_until FROM deliveries
            WHERE status IN ('queued', 'retrying') AND (destination, id) >= (h.destination, h.id)
            ORDER BY destination, id LIMIT ${Math.max(batch, lateAtMost)}) l
          WHERE l.destination = h.destination AND l.lease_until >= now())
      ), free AS (
        SELECT d.id, d.destination FROM deliveries d WHERE d.id = ANY (ARRAY(SELECT id FROM due))
          AND d.status IN ('queued', 'retrying') AND (d.lease_until IS NULL OR d.lease_until < now())
        ORDER BY d.id LIMIT ${destinations} FOR UPDATE OF d SKIP LOCKED
      ), wanted AS (
        SELECT b.id, f.destination FROM free f CROSS JOIN LATERAL (
          SELECT id FROM deliveries WHERE destination = f.destination AND status IN ('queued', 'retrying')
          ORDER BY id LIMIT ${batch}) b
      ), locked AS (
        SELECT d.id FROM deliveries d WHERE d.id = ANY (ARRAY(SELECT id FROM wanted))
          AND d.status IN ('queued', 'retrying') AND (d.lease_until IS NULL OR d.lease_until < now())
        FOR UPDATE OF d SKIP LOCKED
      ), picked AS (
        -- One that is missing was claimed or recorded by another process since this statement began.
        SELECT w.id FROM wanted w WHERE w.destination NOT IN (
          SELECT m.destination FROM wanted m WHERE m.id NOT IN (SELECT id FROM locked))
      )
      UPDATE deliveries d SET fence = d.fence + 1, attempts = d.attempts + 1,
        lease_until = now() + ${leaseSeconds} * interval '1 second'
      FROM messages m
      WHERE d.id = ANY (ARRAY(SELECT id FROM picked)) AND m.id = d.message_id
      RETURNING d.id, d.fence, d.attempts, d.destination, d.company, d.deadline, d.message_id, m.type, m.file_name,
        m.control_number, (SELECT i.correlation_id FROM messages i WHERE i.id = m.reply_to AND i.company = m.company) AS in_reply_to,
        CASE WHEN m.size <= ${inlineBytes} THEN coalesce((SELECT string_agg(bytes, '' ORDER BY chunk)
          FROM message_chunks c WHERE c.message_id = m.id), '') END AS bytes`.pipe(
      Effect.map((rows) => rows.map(claimed).sort((a, b) => a.id - b.id))
    )

  /** Keeps claims alive while a slow partner takes its time. */
  const renew = (claimed: ReadonlyArray<ClaimedDelivery>, leaseSeconds: number) =>
    sql`UPDATE deliveries d SET lease_until = now() + ${leaseSeconds} * interval '1 second'
      FROM unnest(${int8s(claimed.map((c) => c.id))}::int8[], ${int8s(claimed.map((c) => c.fence))}::int8[]) AS c(id, fence)
      WHERE d.id = c.id AND d.fence = c.fence AND d.lease_until IS NOT NULL`.pipe(Effect.asVoid)

  /** Records attempts of one destination, and gives back what was claimed but not tried. Repeatable. */
  const record = (attempted: ReadonlyArray<Attempted>, untried: ReadonlyArray<ClaimedDelivery>) => {
    const column = <A>(of: (one: Attempted) => A) => attempted.map(of)
    return sql`
      WITH tried AS (
        SELECT * FROM unnest(${int8s(column((a) => a.claimed.id))}::int8[], ${int8s(column((a) => a.claimed.fence))}::int8[],
          ${column((a) => a.claimed.attempt)}::int4[], ${column((a) => a.status)}::text[], ${column((a) => a.at)}::timestamptz[],
          ${float8s(column((a) => a.durationMs))}::text[]::float8[], ${column((a) => a.nextAt)}::timestamptz[], ${column((a) => a.error ?? "")}::text[])
          AS t(id, fence, attempt, status, at, duration_ms, next_at, error)
      ), journal AS (
        INSERT INTO delivery_attempts (delivery_id, attempt, at, duration_ms, outcome, error)
        SELECT id, attempt, at, duration_ms, status, nullif(error, '') FROM tried
        ON CONFLICT (delivery_id, attempt) DO NOTHING
      ), back AS (
        UPDATE deliveries d SET lease_until = NULL, attempts = attempts - 1
        FROM unnest(${int8s(untried.map((u) => u.id))}::int8[], ${int8s(untried.map((u) => u.fence))}::int8[]) AS u(id, fence)
        WHERE d.id = u.id AND d.fence = u.fence AND d.lease_until IS NOT NULL
      )
      UPDATE deliveries d SET status = t.status::delivery_status, lease_until = NULL, next_at = t.next_at,
        last_error = nullif(t.error, ''), delivered_at = CASE WHEN t.status = 'delivered' THEN t.at END
      FROM tried t WHERE d.id = t.id AND d.fence = t.fence`.pipe(Effect.asVoid)
  }

  /** Soonest moment at which a delivery becomes due. */
  const nextDue = sql<{ readonly at: Date | null }>`
    SELECT min(next_at) AS at FROM deliveries WHERE status IN ('queued', 'retrying')`.pipe(
    Effect.map((rows) => rows[0]?.at ?? undefined)
  )

  return { claim, renew, record, nextDue }
})
