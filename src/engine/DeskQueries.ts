/**
 * What the operator's desk reads of the journal: messages by what one looks for, and everything about one of them.
 * Nothing here changes anything. Ids and counts come as numbers; absent values as null. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** A message as lists show it. */
export interface MessageRow {
  readonly id: number
  readonly direction: "in" | "out"
  /** Inbound: whose channel it came on. Outbound: whom it goes to. */
  readonly company: string
  readonly channel: string
  readonly type: string
  readonly fileName: string
  readonly size: number
  readonly receivedAt: Date
  readonly status: string
  /** Outbound: how its newest delivery stands. */
  readonly delivery: string | null
  readonly reason: string | null
  readonly map: string | null
  readonly sender: string | null
  readonly receiver: string | null
  readonly controlNumber: string | null
  readonly correlationId: string | null
  readonly duplicateOf: number | null
  readonly replyTo: number | null
  readonly retryAt: Date | null
  readonly waitUntil: Date | null
  readonly finishedAt: Date | null
  readonly reconciledAt: Date | null
}

/** One execution of a pipeline over a message. */
export interface RunRow {
  readonly id: number
  readonly attempt: number
  readonly pipeline: string | null
  readonly versions: Readonly<Record<string, string>>
  readonly clock: Date
  readonly durationMs: number
  readonly outcome: string
  readonly reason: string | null
  /** Report lines, as `Report.line` makes them. */
  readonly errors: ReadonlyArray<unknown>
  readonly warnings: ReadonlyArray<unknown>
  readonly totals: Readonly<Record<string, number>>
  readonly given: Readonly<Record<string, string>> | null
}

export interface DeliveryRow {
  readonly id: number
  readonly messageId: number
  readonly destination: string
  readonly status: string
  readonly attempts: number
  readonly createdAt: Date
  readonly nextAt: Date
  readonly deadline: Date
  readonly deliveredAt: Date | null
  readonly lastError: string | null
}

export interface ActRow {
  readonly id: number
  readonly messageId: number
  readonly act: string
  readonly why: string
  readonly actor: string
  readonly input: Readonly<Record<string, string>> | null
  readonly at: Date
}

/** What to look for; what is not given does not matter. */
export interface Filter {
  readonly direction?: "in" | "out" | undefined
  /** Any of these, of the message or of its newest delivery. */
  readonly statuses?: ReadonlyArray<string> | undefined
  readonly type?: string | undefined
  readonly company?: string | undefined
  readonly since?: Date | undefined
  /** Only failures that nobody reconciled. */
  readonly unsettled?: boolean | undefined
  /** Messages older than this one, for the next page. */
  readonly before?: number | undefined
  readonly limit: number
}

/** An ended attempt with what it sent, for whoever watches messages go by. */
export interface EndingRow {
  readonly run: number
  readonly message: number
  readonly company: string
  readonly type: string
  readonly fileName: string
  readonly at: Date
  readonly outcome: string
  readonly reason: string | null
  readonly duplicateOf: number | null
  readonly outputs: ReadonlyArray<{
    readonly company: string
    /** It goes this way. */
    readonly channel: string
    readonly type: string
    readonly map: string | null
    readonly fileName: string
    readonly delivery: string | null
  }>
}

/** More attempts than end between two looks at those that ended lately. */
const recentRuns = 20_000

/** The statements, bound to the client of this context; inside a transaction they join it. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const newestDelivery = sql`(SELECT d.status::text FROM deliveries d WHERE d.message_id = m.id ORDER BY d.id DESC LIMIT 1)`

  const columns = sql`m.id::float8 AS id, m.direction::text AS direction, m.company, m.channel, m.type, m.file_name AS "fileName",
    m.size::float8 AS size, m.received_at AS "receivedAt", m.status::text AS status, ${newestDelivery} AS delivery, m.reason,
    m.map_version AS map, m.sender, m.receiver, m.control_number AS "controlNumber", m.correlation_id AS "correlationId", m.duplicate_of::float8 AS "duplicateOf",
    m.reply_to::float8 AS "replyTo", m.retry_at AS "retryAt", m.wait_until AS "waitUntil", m.finished_at AS "finishedAt",
    m.reconciled_at AS "reconciledAt"`

  /** Newest first. */
  const list = (filter: Filter) => {
    const conditions = [
      ...(filter.direction === undefined ? [] : [sql`m.direction = ${filter.direction}::direction`]),
      ...(filter.statuses === undefined
        ? []
        : [
            sql`(CASE WHEN m.direction = 'in' THEN m.status::text ELSE ${newestDelivery} END) = ANY(${filter.statuses}::text[])`
          ]),
      ...(filter.type === undefined ? [] : [sql`m.type = ${filter.type}`]),
      ...(filter.company === undefined ? [] : [sql`m.company = ${filter.company}`]),
      ...(filter.since === undefined ? [] : [sql`m.received_at >= ${filter.since}`]),
      ...(filter.unsettled === true ? [sql`m.reconciled_at IS NULL`] : []),
      ...(filter.before === undefined ? [] : [sql`m.id < ${filter.before}::int8`])
    ]
    return sql<MessageRow>`
      SELECT ${columns} FROM messages m WHERE ${sql.and(conditions)} ORDER BY m.id DESC LIMIT ${filter.limit}`
  }

  const message = (id: number) =>
    sql<MessageRow>`SELECT ${columns} FROM messages m WHERE m.id = ${id}::int8`.pipe(Effect.map((rows) => rows[0]))

  /** What was sent in answer, in the order it was made. */
  const answers = (id: number) =>
    sql<MessageRow>`SELECT ${columns} FROM messages m WHERE m.reply_to = ${id}::int8 ORDER BY m.id`

  const runs = (id: number) =>
    sql<RunRow>`
      SELECT id::float8 AS id, attempt, pipeline, versions, clock, duration_ms AS "durationMs", outcome::text AS outcome, reason,
        errors, warnings, totals, given
      FROM runs WHERE message_id = ${id}::int8 ORDER BY id`

  /** Deliveries of the message, or of what answered it. */
  const deliveries = (id: number) =>
    sql<DeliveryRow>`
      SELECT d.id::float8 AS id, d.message_id::float8 AS "messageId", d.destination, d.status::text AS status,
        (SELECT count(*) FROM delivery_attempts t WHERE t.delivery_id = d.id)::int4 AS attempts,
        d.created_at AS "createdAt", d.next_at AS "nextAt", d.deadline, d.delivered_at AS "deliveredAt", d.last_error AS "lastError"
      FROM deliveries d JOIN messages m ON m.id = d.message_id WHERE m.id = ${id}::int8 OR m.reply_to = ${id}::int8
      ORDER BY d.id`

  /** What people did to the message, or to what answered it. */
  const acts = (id: number) =>
    sql<ActRow>`
      SELECT a.id::float8 AS id, a.message_id::float8 AS "messageId", a.act, a.why, a.actor, a.input, a.at
      FROM operator_acts a JOIN messages m ON m.id = a.message_id WHERE m.id = ${id}::int8 OR m.reply_to = ${id}::int8
      ORDER BY a.id`

  /** Attempts with an id above this one that have ended; ids are given at the claim, so a slow one may appear late. */
  const endings = (after: number) =>
    sql<EndingRow>`
      SELECT r.id::float8 AS run, m.id::float8 AS message, m.company, m.type, m.file_name AS "fileName", r.clock AS at,
        r.outcome::text AS outcome, r.reason, m.duplicate_of::float8 AS "duplicateOf",
        coalesce((SELECT jsonb_agg(jsonb_build_object('company', o.company, 'channel', o.channel, 'type', o.type,
            'map', o.map_version, 'fileName', o.file_name, 'delivery', (SELECT d.status::text FROM deliveries d WHERE d.message_id = o.id
              ORDER BY d.id DESC LIMIT 1)) ORDER BY o.output_index)
          FROM messages o WHERE o.reply_to = m.id AND o.received_at = r.clock), '[]') AS outputs
      FROM runs r JOIN messages m ON m.id = r.message_id WHERE r.id > ${after}::int8 ORDER BY r.id`

  /** The newest attempt; 0 before the first. */
  const newestRun = sql<{ readonly id: number }>`SELECT coalesce(max(id), 0)::float8 AS id FROM runs`.pipe(
    Effect.map((rows) => rows[0]?.id ?? 0)
  )

  /**
   * Messages of a channel whose file stands elsewhere than where it was put when it was taken: those that failed since
   * then, and those that an operator had processed again. Looks at the newest attempts only, by their key.
   */
  const ended = (channel: string, since: Date) =>
    sql<{
      readonly messageId: number
      readonly company: string
      readonly type: string
      readonly fileName: string
      readonly failed: boolean
    }>`
      SELECT m.id::float8 AS "messageId", m.company, m.type, m.file_name AS "fileName", m.status <> 'processed' AS failed
      FROM messages m WHERE m.channel = ${channel}
        AND m.id IN (SELECT message_id FROM runs WHERE id > (SELECT max(id) FROM runs) - ${recentRuns}::int8 AND clock >= ${since})
        AND (m.status IN ('map_in_failed', 'processing_failed', 'map_out_failed')
          OR (m.status = 'processed' AND EXISTS (SELECT 1 FROM operator_acts a WHERE a.message_id = m.id)))
      ORDER BY m.id`

  return { list, message, answers, runs, deliveries, acts, endings, newestRun, ended }
})
