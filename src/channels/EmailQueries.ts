/**
 * The statements of alerts: what happened that nobody was told yet, whom to tell, and that it was told. Everything is in
 * the database, so that any process may go on where another ended. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { Patience } from "../orders/AcknowledgmentPatience.ts"
import { allowed } from "../orders/AcknowledgmentQueries.ts"
import type { Topic } from "./EmailCertificates.ts"

export type Kind = "failed" | "waits_for_operator" | "delivery_failed" | "held_up" | "not_acknowledged" | "rejected"

/** Something people may want to know. */
export interface Event {
  readonly kind: Kind
  readonly messageId: number
  readonly company: string
  /** As the header names them, or that of the message it answers. */
  readonly sender: string | null
  readonly receiver: string | null
  /** The newest of the operator's acts before it, 0 without one: what comes about again after an act is told again. */
  readonly afterAct: number
  readonly at: Date
}

/** An event and one who is to be told. */
export interface Telling {
  readonly kind: Kind | Topic
  /** 0 for what is about no message. */
  readonly messageId: number
  readonly address: string
  readonly afterAct: number
  readonly at: Date
}

/** What a mail says about an event. */
export interface Detail {
  readonly messageId: number
  readonly type: string
  readonly fileName: string
  readonly company: string
  readonly channel: string
  readonly status: string
  readonly reason: string | null
  readonly sender: string | null
  readonly receiver: string | null
  readonly controlNumber: string | null
  readonly receivedAt: Date
  readonly waitUntil: Date | null
  readonly destination: string | null
  readonly attempts: number | null
  readonly lastError: string | null
  /** Documents that wait behind its delivery. */
  readonly behind: number | null
  /** Report documents: id, name, size. */
  readonly reports: ReadonlyArray<{ readonly id: number; readonly fileName: string; readonly size: number }>
}

/** The statements, bound to the client of this context. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /**
   * Events since then without a telling, oldest first. A message waits for an operator when nothing will try it by itself
   * for an hour from its last run: the next try is its deadline. A destination is held up when its oldest document was
   * tried in vain since `heldSince`. An X12 interchange is to be acknowledged in its partner's time.
   */
  const untold = (since: Date, now: Date, heldSince: Date, patience: Patience, limit: number) =>
    sql<Event>`
      SELECT e.kind, m.id::float8 AS "messageId", m.company, coalesce(m.sender, r.sender) AS sender,
        coalesce(m.receiver, r.receiver) AS receiver, o.act::float8 AS "afterAct", e.at
      FROM (
        SELECT 'failed' AS kind, id, finished_at AS at FROM messages
          WHERE direction = 'in' AND status IN ('map_in_failed', 'processing_failed', 'map_out_failed')
            AND finished_at >= ${since} AND reconciled_at IS NULL
        UNION ALL
        SELECT 'waits_for_operator', w.id, l.clock FROM messages w
          CROSS JOIN LATERAL (SELECT clock FROM runs WHERE message_id = w.id ORDER BY id DESC LIMIT 1) l
          WHERE w.status = 'waiting' AND w.retry_at = w.wait_until AND w.retry_at > l.clock + interval '1 hour'
        UNION ALL
        SELECT 'delivery_failed', d.message_id, max(coalesce(t.at, d.next_at)) FROM deliveries d LEFT JOIN LATERAL (
          SELECT at FROM delivery_attempts WHERE delivery_id = d.id ORDER BY attempt DESC LIMIT 1) t ON true
          WHERE d.status = 'delivery_failed' AND d.next_at >= ${since} GROUP BY d.message_id
        UNION ALL
        SELECT 'held_up', h.message_id, t.at + (${now}::timestamptz - ${heldSince}::timestamptz) FROM (
          WITH RECURSIVE heads AS (
            (SELECT destination, id, message_id, status FROM deliveries WHERE status IN ('queued', 'retrying')
              ORDER BY destination, id LIMIT 1)
            UNION ALL
            SELECT n.destination, n.id, n.message_id, n.status FROM heads h CROSS JOIN LATERAL (
              SELECT destination, id, message_id, status FROM deliveries
                WHERE status IN ('queued', 'retrying') AND destination > h.destination ORDER BY destination, id LIMIT 1) n
          ) SELECT id, message_id FROM heads WHERE status = 'retrying') h
          CROSS JOIN LATERAL (SELECT at FROM delivery_attempts WHERE delivery_id = h.id ORDER BY attempt LIMIT 1) t
          WHERE t.at <= ${heldSince}
        UNION ALL
        SELECT 'rejected', message_id, max(at) FROM acknowledgments
          WHERE status IN ('rejected', 'partly') AND at >= ${since} GROUP BY message_id
        UNION ALL
        SELECT 'not_acknowledged', o.id, o.due FROM (
          SELECT x.id, max(d.delivered_at) + ${allowed(sql, patience, sql`x.company`, sql`x.reply_to`)} AS due FROM deliveries d
          JOIN messages x ON x.id = d.message_id
          WHERE d.delivered_at BETWEEN ${since}::timestamptz - make_interval(hours => ${patience.longest}::int4) AND ${now}
            AND x.type = 'X12' AND x.map_version <> 'X12_004010_997'
            AND NOT EXISTS (SELECT 1 FROM acknowledgments a WHERE a.message_id = d.message_id)
          GROUP BY x.id) o
          WHERE o.due BETWEEN ${since} AND ${now}
      ) e
      JOIN messages m ON m.id = e.id LEFT JOIN messages r ON r.id = m.reply_to
      CROSS JOIN LATERAL (
        SELECT coalesce(max(id), 0) AS act FROM operator_acts WHERE message_id = e.id AND at <= e.at) o
      WHERE NOT EXISTS (SELECT 1 FROM alerts a WHERE a.message_id = e.id AND a.kind = e.kind AND a.after_act >= o.act)
      ORDER BY e.at, m.id LIMIT ${limit}`

  /** Which of these topics, about no message, nobody was told of yet. */
  const untoldTopics = (topics: ReadonlyArray<Topic>) =>
    Effect.map(
      sql<{
        readonly kind: Topic
      }>`SELECT DISTINCT kind FROM alerts WHERE message_id = 0 AND kind = ANY(${topics}::text[])`,
      (told) => topics.filter((topic) => !told.some(({ kind }) => kind === topic))
    )

  const record = (tellings: ReadonlyArray<Telling>) =>
    sql`
      INSERT INTO alerts (kind, message_id, address, after_act, at)
      SELECT * FROM unnest(${tellings.map(({ kind }) => kind)}::text[], ${tellings.map(({ messageId }) => messageId)}::int8[],
        ${tellings.map(({ address }) => address)}::text[], ${tellings.map(({ afterAct }) => afterAct)}::int8[],
        ${tellings.map(({ at }) => at)}::timestamptz[])
      ON CONFLICT DO NOTHING`.pipe(Effect.asVoid)

  /**
   * Takes everything that is to be told to addresses that heard nothing since `quietSince`, and nobody else is telling.
   * What could not be told before `leaseSeconds` are over is taken again; what is older than `since` never.
   */
  const claim = (since: Date, quietSince: Date, leaseSeconds: number, addresses: number) =>
    sql<Telling>`
      WITH ready AS (
        SELECT address FROM alerts WHERE sent_at IS NULL AND address <> '' AND at >= ${since}
        GROUP BY address HAVING max(lease_until) IS NULL OR max(lease_until) < now()
      ), picked AS (
        SELECT address FROM ready WHERE NOT EXISTS (
          SELECT 1 FROM alerts s WHERE s.address = ready.address AND s.sent_at > ${quietSince}) ORDER BY address LIMIT ${addresses}
      )
      UPDATE alerts a SET lease_until = now() + ${leaseSeconds} * interval '1 second' FROM picked
      WHERE a.address = picked.address AND a.sent_at IS NULL AND a.at >= ${since}
        AND (a.lease_until IS NULL OR a.lease_until < now())
      RETURNING a.kind, a.message_id::float8 AS "messageId", a.address, a.after_act::float8 AS "afterAct", a.at`.pipe(
      Effect.map((rows) => [...rows].sort((a, b) => a.at.getTime() - b.at.getTime() || a.messageId - b.messageId))
    )

  const sent = (address: string, tellings: ReadonlyArray<Telling>, at: Date) =>
    sql`
      UPDATE alerts a SET sent_at = ${at}, lease_until = NULL
      FROM unnest(${tellings.map(({ kind }) => kind)}::text[], ${tellings.map(({ messageId }) => messageId)}::int8[],
        ${tellings.map(({ afterAct }) => afterAct)}::int8[]) AS t(kind, message_id, after_act)
      WHERE a.address = ${address} AND a.kind = t.kind AND a.message_id = t.message_id AND a.after_act = t.after_act`.pipe(
      Effect.asVoid
    )

  const details = (messageIds: ReadonlyArray<number>) =>
    sql<Detail>`
      SELECT m.id::float8 AS "messageId", m.type, m.file_name AS "fileName", m.company, m.channel, m.status::text AS status, m.reason,
        m.sender, m.receiver, m.control_number AS "controlNumber", m.received_at AS "receivedAt", m.wait_until AS "waitUntil",
        d.destination, d.attempts, d.last_error AS "lastError", d.behind::float8 AS behind,
        coalesce((SELECT jsonb_agg(jsonb_build_object('id', o.id, 'fileName', o.file_name, 'size', o.size) ORDER BY o.id)
          FROM messages o WHERE o.reply_to = m.id AND o.type = 'IE_PROCESSING_RESPONSE' AND o.received_at =
            (SELECT max(clock) FROM runs WHERE message_id = m.id)), '[]') AS reports
      FROM messages m LEFT JOIN LATERAL (
        SELECT destination, attempts, last_error, (SELECT count(*) FROM deliveries b WHERE b.destination = o.destination
            AND b.id > o.id AND b.status IN ('queued', 'retrying')) AS behind
          FROM deliveries o WHERE message_id = m.id ORDER BY id DESC LIMIT 1) d ON true
      WHERE m.id = ANY(${messageIds}::int8[]) ORDER BY m.id`

  return { untold, untoldTopics, record, claim, sent, details }
})
