/**
 * The statements of the flow: claim, open, finish, wait, release. A claim is one short statement of its own; `open` and
 * `finish` stand at both ends of the commit transaction and are guarded by the fence, so that a process that lost its
 * lease can change nothing. Fails with `SqlError`.
 *
 * Leases run on the database's clock, which all machines share; waiting runs on the engine's.
 *
 * A value in a sub-select is one the planner does not look at: a connection then keeps the plan it has, where planning
 * anew for every value took longer than the statement.
 */
import { PgClient } from "@effect/sql-pg/PgClient"
import { Effect } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import * as SqlErrors from "../store/SqlErrors.ts"
import * as Transaction from "../store/Transaction.ts"
import * as Failure from "./Failure.ts"

/** Worth another try: what says so of itself, and a server that restarts or has no connection left. */
export const isRetryable = (error: unknown): boolean => Failure.isRetryable(error) || SqlErrors.isRetryable(error)

/** The database's trouble, not the message's: trying again does not count against it. */
export const isOutage = SqlErrors.isRetryable

/** Bytes that come with the claim, so that a small message costs no second look-up. */
const inlineBytes = 65_536

/** Runs that may still be under way when one is claimed, with much to spare. */
const lookBack = 1000

/** A message that this process may work on until its lease ends. */
export interface Claimed {
  readonly id: number
  readonly fence: number
  readonly runId: number
  /** Claims since the last orderly end, this one included. */
  readonly attempts: number
  readonly company: string
  readonly channel: string
  readonly lane: string
  readonly type: string
  readonly fileName: string
  readonly size: number
  readonly receivedAt: Date
  readonly waitUntil: Date | undefined
  readonly given: Readonly<Record<string, string>>
  /** Newest version of the configuration when it was claimed. */
  readonly configuration: number
  /** Undefined when they have to be read on their own. */
  readonly bytes: Uint8Array | undefined
}

interface ClaimedRow {
  readonly id: bigint
  readonly fence: bigint
  readonly run_id: bigint
  readonly attempts: number
  readonly company: string
  readonly channel: string
  readonly lane: string
  readonly type: string
  readonly file_name: string
  readonly size: bigint
  readonly received_at: Date
  readonly wait_until: Date | null
  readonly given: Readonly<Record<string, string>> | null
  readonly configuration: number
  readonly bytes: Uint8Array | null
}

const claimed = (row: ClaimedRow): Claimed => ({
  id: Number(row.id),
  fence: Number(row.fence),
  runId: Number(row.run_id),
  attempts: row.attempts,
  company: row.company,
  channel: row.channel,
  lane: row.lane,
  type: row.type,
  fileName: row.file_name,
  size: Number(row.size),
  receivedAt: row.received_at,
  waitUntil: row.wait_until ?? undefined,
  given: row.given ?? {},
  configuration: row.configuration,
  bytes: row.bytes ?? undefined
})

/** A message that holds the same bytes or control number. */
export interface Holder {
  readonly id: number
  readonly fileName: string
  readonly company: string
  readonly receivedAt: string
  readonly status: string
  readonly run: number | undefined
}

/** What the commit transaction sees first. */
export interface Opened {
  readonly snapshot: string
  /** Newest version of the configuration in this transaction. */
  readonly configuration: number
  readonly sameBytes: Holder | undefined
  readonly sameNumber: Holder | undefined
}

/** One outbound document to be journaled and queued. */
export interface Outbound {
  readonly company: string
  readonly destination: string
  readonly type: string
  readonly map: string
  readonly fileName: string
  readonly controlNumber: string
  readonly sha256: Uint8Array
  readonly bytes: Uint8Array
}

/** How an attempt ended, in the columns that say so. */
export interface Ending {
  readonly claimed: Claimed
  readonly clock: Date
  readonly durationMs: number
  readonly outcome: "waiting" | "processed" | "map_in_failed" | "processing_failed" | "map_out_failed"
  readonly reason: string | undefined
  readonly pipeline: string | undefined
  readonly map: string | undefined
  readonly versions: Readonly<Record<string, string>>
  readonly envelope: {
    readonly sender: string | undefined
    readonly receiver: string | undefined
    readonly controlNumber: string | undefined
  }
  readonly errors: unknown
  readonly warnings: unknown
  readonly totals: unknown
  readonly duplicateOf: number | undefined
  /** Whether it keeps its control number and bytes against duplicates from now on. */
  readonly holds: boolean
  readonly retryAt: Date | undefined
  readonly waitUntil: Date | undefined
  /** What a waiting message waits for; what a processed one touched. */
  readonly waitKeys: ReadonlyArray<string>
  readonly snapshot: string | undefined
  readonly outputs: ReadonlyArray<Outbound>
  readonly deliverUntil: Date
}

/** The statements, bound to the client of this context; inside a transaction they join it. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const pg = yield* PgClient
  const configuration = sql`(SELECT coalesce(max(id), 0)::float8 FROM configuration) AS configuration`

  /**
   * Up to `limit` messages that may run now: heads of their lanes, and waiting ones whose time has come. Of those that
   * were claimed before without an orderly end, one at most: it has to run alone.
   */
  const claim = (limit: number, leaseSeconds: number, clock: Date) =>
    sql<ClaimedRow>`
      WITH RECURSIVE heads AS (
        (SELECT lane, id, status, lease_until FROM messages
          WHERE direction = 'in' AND status IN ('received', 'processing') ORDER BY lane, id LIMIT 1)
        UNION ALL
        SELECT n.lane, n.id, n.status, n.lease_until FROM heads h CROSS JOIN LATERAL (
          SELECT lane, id, status, lease_until FROM messages
            WHERE direction = 'in' AND status IN ('received', 'processing') AND lane > h.lane ORDER BY lane, id LIMIT 1) n
      ), due AS (
        SELECT id FROM heads WHERE status = 'received' OR lease_until < now()
        UNION ALL
        (SELECT id FROM messages WHERE status = 'waiting' AND retry_at <= ${clock} ORDER BY retry_at, id LIMIT ${limit})
      ), picked AS (
        SELECT id, attempts FROM messages WHERE id IN (SELECT id FROM due)
          AND (status = 'received' OR (status = 'processing' AND lease_until < now())
            OR (status = 'waiting' AND retry_at <= ${clock}))
        ORDER BY id LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ), chosen AS (
        SELECT id FROM picked WHERE attempts = 0
        UNION ALL
        (SELECT id FROM picked WHERE attempts > 0 ORDER BY id LIMIT 1)
      )
      UPDATE messages m SET status = 'processing', attempts = attempts + 1, fence = fence + 1,
        lease_until = now() + ${leaseSeconds} * interval '1 second', retry_at = NULL
      FROM chosen WHERE m.id = chosen.id
      RETURNING m.id, m.fence, nextval(pg_get_serial_sequence('runs', 'id')) AS run_id, m.attempts, m.company, m.channel,
        m.lane, m.type, m.file_name, m.size, m.received_at, m.wait_until, m.given, ${configuration},
        CASE WHEN m.size <= ${inlineBytes} THEN coalesce((SELECT string_agg(bytes, '' ORDER BY chunk)
          FROM message_chunks c WHERE c.message_id = m.id), '') END AS bytes`.pipe(
      Effect.map((rows) => rows.map(claimed).sort((a, b) => a.id - b.id))
    )

  /** Claims one message whatever its place in the lane: for replay and trials, which choose themselves. */
  const take = (id: number, leaseSeconds: number, runId: number | undefined) =>
    sql<ClaimedRow>`
      UPDATE messages m SET status = 'processing', attempts = attempts + 1, fence = fence + 1,
        lease_until = now() + ${leaseSeconds} * interval '1 second', retry_at = NULL
      WHERE m.id = ${id} AND m.status IN ('received', 'waiting')
      RETURNING m.id, m.fence, ${runId === undefined ? sql`nextval(pg_get_serial_sequence('runs', 'id'))` : sql`${runId}::int8`} AS run_id,
        m.attempts, m.company, m.channel, m.lane, m.type, m.file_name, m.size, m.received_at, m.wait_until, m.given, ${configuration},
        NULL::bytea AS bytes`.pipe(Effect.map((rows) => rows.map(claimed)[0]))

  /** Keeps a claim alive; false when it was lost. */
  const renew = (message: Claimed, leaseSeconds: number) =>
    sql`UPDATE messages SET lease_until = now() + ${leaseSeconds} * interval '1 second'
      WHERE id = ${message.id} AND fence = ${message.fence} AND status = 'processing' RETURNING id`.pipe(
      Effect.map((rows) => rows.length > 0)
    )

  /** Gives a claim back untouched; it will be tried again. `counted` claims add up to the three that make it fail. */
  const release = (message: Claimed, counted: boolean) =>
    sql`UPDATE messages SET status = 'received', fence = fence + 1, lease_until = NULL,
        attempts = attempts - ${counted ? 0 : 1}
      WHERE id = ${message.id} AND fence = ${message.fence} AND status = 'processing'`.pipe(Effect.asVoid)

  /** First statement of the commit transaction: locks the message and looks for duplicates. None when the claim was lost. */
  const open = Effect.fnUntraced(function* (message: Claimed, controlNumber: string | undefined) {
    const holder = (condition: Statement.Fragment) => sql`(
      SELECT jsonb_build_object('id', d.id, 'fileName', d.file_name, 'company', d.company,
        'receivedAt', to_char(d.received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'status', d.status,
        'run', (SELECT max(r.id) FROM runs r WHERE r.message_id = d.id))
      FROM messages d WHERE d.direction = 'in' AND d.company = m.company AND d.type = m.type AND d.holds
        AND (d.id < m.id OR d.status IN ('processed', 'waiting')) AND d.id <> m.id AND ${condition}
      ORDER BY d.id LIMIT 1)`
    const rows = yield* sql<{
      readonly snapshot: string
      readonly configuration: number
      readonly same_bytes: Holder | null
      readonly same_number: Holder | null
    }>`
      SELECT pg_current_snapshot()::text AS snapshot, ${configuration}, ${holder(sql`d.sha256 = m.sha256`)} AS same_bytes,
        ${controlNumber === undefined ? sql`NULL::jsonb` : holder(sql`d.control_number = (SELECT ${controlNumber}::text)`)} AS same_number
      FROM messages m WHERE m.id = ${message.id} AND m.fence = ${message.fence} AND m.status = 'processing'
      FOR UPDATE OF m`
    const row = rows[0]
    if (row === undefined) return undefined
    const opened: Opened = {
      snapshot: row.snapshot,
      configuration: row.configuration,
      sameBytes: row.same_bytes ?? undefined,
      sameNumber: row.same_number ?? undefined
    }
    return opened
  })

  /** Last statement of the commit transaction: run, outputs, deliveries and status in one. */
  const finish = (ending: Ending) => {
    const { claimed: message, outputs } = ending
    const chunks = outputs.flatMap((output, index) => {
      const parts: Array<{ readonly index: number; readonly chunk: number; readonly bytes: Uint8Array }> = []
      for (let start = 0; start < output.bytes.length; start += 1_048_576) {
        parts.push({ index, chunk: parts.length, bytes: output.bytes.subarray(start, start + 1_048_576) })
      }
      return parts
    })
    const column = <A>(of: (output: Outbound) => A) => outputs.map(of)
    return sql`
      WITH run AS (
        INSERT INTO runs (id, message_id, attempt, pipeline, versions, clock, duration_ms, outcome, reason, errors, warnings,
          totals, given, wait_until, snapshot)
        VALUES (${message.runId}::int8, ${message.id}::int8, ${message.attempts}, ${ending.pipeline ?? null}, ${pg.json(ending.versions)},
          ${ending.clock}, ${ending.durationMs}::float8, ${ending.outcome}::message_status, ${ending.reason ?? null},
          ${pg.json(ending.errors)}, ${pg.json(ending.warnings)}, ${pg.json(ending.totals)}, ${pg.json(message.given)},
          ${message.waitUntil ?? null}::timestamptz, coalesce(${ending.snapshot ?? null}::pg_snapshot, pg_current_snapshot()))
      ), sent AS (
        INSERT INTO messages (direction, company, channel, lane, type, file_name, size, sha256, received_at, status, map_version,
          control_number, reply_to, output_index, finished_at)
        SELECT 'out', o.company, split_part(o.destination, ':', 1), '', o.type, o.file_name, o.size, o.sha256, ${ending.clock},
          'processed', o.map, o.control_number, ${message.id}::int8, o.n - 1, ${ending.clock}
        FROM unnest(${column((o) => o.company)}::text[], ${column((o) => o.destination)}::text[], ${column((o) => o.type)}::text[],
          ${column((o) => o.fileName)}::text[], ${column((o) => o.bytes.length)}::int8[], ${column((o) => o.sha256)}::bytea[],
          ${column((o) => o.map)}::text[], ${column((o) => o.controlNumber)}::text[])
          WITH ORDINALITY AS o(company, destination, type, file_name, size, sha256, map, control_number, n)
        ORDER BY o.n
        RETURNING id, output_index, company
      ), chunks AS (
        INSERT INTO message_chunks (message_id, chunk, bytes)
        SELECT sent.id, c.chunk, c.bytes
        FROM unnest(${chunks.map((c) => c.index)}::int4[], ${chunks.map((c) => c.chunk)}::int4[], ${chunks.map((c) => c.bytes)}::bytea[])
          AS c(output_index, chunk, bytes) JOIN sent USING (output_index)
      ), queued AS (
        INSERT INTO deliveries (message_id, company, destination, status, created_at, next_at, deadline)
        SELECT sent.id, sent.company, d.destination, 'queued', ${ending.clock}, ${ending.clock}, ${ending.deliverUntil}
        FROM sent JOIN unnest(${column((o) => o.destination)}::text[]) WITH ORDINALITY AS d(destination, n)
          ON d.n - 1 = sent.output_index
        ORDER BY sent.output_index
      )
      UPDATE messages SET status = ${ending.outcome}::message_status, reason = ${ending.reason ?? null}, attempts = 0, lease_until = NULL,
        map_version = ${ending.map ?? null}, sender = ${ending.envelope.sender ?? null}, receiver = ${ending.envelope.receiver ?? null},
        control_number = ${ending.envelope.controlNumber ?? null}, holds = ${ending.holds},
        duplicate_of = ${ending.duplicateOf ?? null}::int8, retry_at = ${ending.retryAt ?? null}::timestamptz,
        wait_until = ${ending.waitUntil ?? null}::timestamptz, wait_keys = ${ending.waitKeys}::text[],
        finished_at = ${ending.outcome === "waiting" ? null : ending.clock}::timestamptz
      WHERE id = ${message.id}::int8 AND fence = ${message.fence}::int8`.pipe(Effect.asVoid)
  }

  /** Lets messages that wait for any of these be tried at once. */
  const wake = (touched: ReadonlyArray<string>, clock: Date) =>
    sql`UPDATE messages SET retry_at = ${clock} WHERE status = 'waiting' AND wait_keys && (SELECT ${touched}::text[]) AND retry_at > ${clock}
      RETURNING id`.pipe(Effect.map((rows) => rows.length))

  /**
   * Lets a message that has come to wait be tried at once when what it waits for was touched while it was looking:
   * committed after its snapshot and, as `wake` did not see it waiting yet, said to nobody. Looks at runs claimed a
   * while before it and later; missing an older one costs time only.
   */
  const wakeIfMissed = (message: Claimed, clock: Date) =>
    sql`UPDATE messages w SET retry_at = ${clock} FROM runs mine
      WHERE w.id = ${message.id}::int8 AND w.fence = ${message.fence}::int8 AND w.status = 'waiting' AND mine.id = ${message.runId}::int8
        AND EXISTS (SELECT FROM runs r JOIN messages o ON o.id = r.message_id
          WHERE r.id > mine.id - ${lookBack}::int8 AND r.outcome = 'processed'
            AND NOT pg_visible_in_snapshot(r.xid, mine.snapshot) AND o.wait_keys && w.wait_keys)`.pipe(Effect.asVoid)

  /** Lets everything that waits for other messages be tried at once; what waits for a person stays until its deadline. */
  const rouse = (clock: Date) =>
    sql`UPDATE messages SET retry_at = ${clock} WHERE status = 'waiting' AND retry_at > ${clock} AND retry_at < wait_until`.pipe(
      Effect.asVoid
    )

  /** Soonest moment at which a waiting message becomes due; none when nothing waits. */
  const nextDue = sql<{
    readonly at: Date | null
  }>`SELECT min(retry_at) AS at FROM messages WHERE status = 'waiting'`.pipe(
    Effect.map((rows) => rows[0]?.at ?? undefined)
  )

  const transaction = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Transaction.hopeful(effect).pipe(Effect.provideService(SqlClient.SqlClient, sql))

  return {
    claim,
    take,
    renew,
    release,
    open,
    finish,
    wake,
    wakeIfMissed,
    rouse,
    nextDue,
    transaction,
    savepoint: <A, E>(effect: Effect.Effect<A, E>) =>
      Transaction.savepoint(effect).pipe(Effect.provideService(SqlClient.SqlClient, sql))
  }
})
