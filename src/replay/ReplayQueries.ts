/**
 * What replay reads of a database: the changes a run made to the repository and where everything stands, both small
 * enough to be read and compared; and what was recorded of runs, to run them again. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Serials shown of a change; a digest stands for all of them. */
const shown = 20

/** One change of the repository, in words that do not depend on ids. */
export interface RepositoryChange {
  readonly kind: string
  readonly message: number | null
  readonly state: string | null
  readonly company: string | null
  readonly location: string | null
  readonly item: string | null
  readonly documents: string | null
  readonly attributes: unknown
  readonly count: number
  /** First serials in order, and the MD5 of all of them. */
  readonly serials: ReadonlyArray<string>
  readonly digest: string
}

/** A version of something configured that a message wrote; without a value it was removed. */
export interface Configured {
  readonly kind: string
  readonly key: string
  readonly value: unknown
  readonly actor: string
}

/** How many serials stand where. */
export interface Standing {
  readonly item: string
  readonly state: string
  readonly company: string
  readonly location: string | null
  readonly documents: string | null
  readonly count: number
}

/** A message of the journal as it was run. */
export interface Recorded {
  readonly run: number
  readonly message: number
  readonly company: string
  readonly channel: string
  readonly lane: string
  readonly type: string
  readonly fileName: string
  readonly receivedAt: Date
  readonly clock: Date
  readonly waitUntil: Date | null
  readonly given: Readonly<Record<string, string>> | null
  readonly outcome: string
  readonly errors: unknown
  readonly warnings: unknown
  readonly totals: unknown
  readonly snapshot: string
}

const documents = `nullif(concat_ws(' ', nullif('PO ' || d.po_number, 'PO '), nullif('line ' || d.po_line, 'line '),
  nullif('WO ' || d.work_order_number, 'WO '), nullif('ref ' || d.reference_identifier, 'ref ')), '')`

/** The statements, bound to the client of this context. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const documentText = sql.literal(documents)

  /** Changes since the beginning, or of one run, in the order they were made. */
  const changes = (runId?: number) =>
    sql<RepositoryChange>`
      SELECT c.kind, c.message_id::int4 AS message, c.state::text, company.name AS company, location.name AS location,
        i.code_type || ' ' || i.code AS item, ${documentText} AS documents, c.attributes,
        coalesce(h.count, 0)::int4 AS count, coalesce(h.serials, '{}') AS serials, coalesce(h.digest, '') AS digest
      FROM serial_changes c
      LEFT JOIN names company ON company.id = c.company_id
      LEFT JOIN names location ON location.id = c.location_id
      LEFT JOIN items i ON i.id = c.item_id
      LEFT JOIN documents d ON d.id = c.document_id
      LEFT JOIN LATERAL (
        SELECT count(*) AS count, (array_agg(t.text ORDER BY t.text))[1:${shown}] AS serials,
          md5(string_agg(t.text, ',' ORDER BY t.text)) AS digest
        FROM (SELECT si.code || ' ' || s.serial AS text FROM serial_history sh JOIN serials s ON s.id = sh.serial_id
          JOIN items si ON si.id = s.item_id WHERE sh.change_id = c.id) t) h ON true
      WHERE c.kind <> 'world' AND ${runId === undefined ? sql`true` : sql`c.run_id = ${runId}`}
      ORDER BY c.id`

  /** The whole repository, counted. */
  const standing = sql<Standing>`
    SELECT i.code_type || ' ' || i.code AS item, s.state::text, company.name AS company, location.name AS location,
      ${documentText} AS documents, count(*)::int4 AS count
    FROM serials s JOIN items i ON i.id = s.item_id JOIN names company ON company.id = s.company_id
    LEFT JOIN names location ON location.id = s.location_id LEFT JOIN documents d ON d.id = s.document_id
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`

  /** What messages changed of the configuration, in the order they did. */
  const configured = sql<Configured>`
    SELECT kind, key, value, actor FROM configuration WHERE actor LIKE 'message %' ORDER BY id`

  /** Where the next message id starts; cases may ask for one. */
  const startMessagesAt = (id: number) =>
    sql`SELECT setval(pg_get_serial_sequence('messages', 'id'), ${id}::int8, false)`.pipe(Effect.asVoid)

  /** Soonest due time of a waiting message. */
  const nextDue = sql<{
    readonly at: Date | null
  }>`SELECT min(retry_at) AS at FROM messages WHERE status = 'waiting'`.pipe(
    Effect.map((rows) => rows[0]?.at ?? undefined)
  )

  /** Ids of messages that may run now, oldest first. */
  const open = (clock: Date) =>
    sql<{ readonly id: number }>`
      SELECT id::int4 FROM messages WHERE direction = 'in' AND (status = 'received' OR (status = 'waiting' AND retry_at <= ${clock}))
      ORDER BY id`.pipe(Effect.map((rows) => rows.map(({ id }) => id)))

  /** As the flow commits: one consistent view. */
  const transaction = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    sql
      .withTransaction(effect)
      .pipe(Effect.provideService(SqlClient.BeginTransaction, "BEGIN ISOLATION LEVEL REPEATABLE READ"))

  return { transaction, changes, standing, configured, startMessagesAt, nextDue, open }
})
