/**
 * The statements behind a trace: what a number was packed in, what was packed in it, over all levels, and where all of
 * that was handed over to. One statement each, whatever the size of the tree; the contents come as a stream. They read
 * only and fail with `SqlError`.
 *
 * A number is traced through a parent only for the time it was in it: what was packed in a case after the case had left
 * the pallet is not traced to the pallet. Times are changes, whose order is that of their ids.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as SerialLookUpQueries from "./SerialLookUpQueries.ts"

/** A number on the way up or down, with the changes that brought it there and took it away. */
export interface LinkRow extends SerialLookUpQueries.StandingRow {
  readonly level: number
  readonly value: string
  /** The number it is linked through: below it on the way up, its parent on the way down. */
  readonly through: string
  readonly since_change: bigint
  readonly since: Date
  readonly since_message: bigint | null
  readonly since_file: string | null
  readonly until: Date | null
  readonly until_message: bigint | null
}

/** What a change made of numbers of the tree: who has them now, by which document. */
export interface HandoverRow {
  readonly kind: string
  readonly company: string | null
  /** Customer or vendor as the document says it, where that is no company of the world. */
  readonly partner: string | null
  readonly document: string | null
  /** The company whose document it is. */
  readonly by: string | null
  readonly message_id: bigint | null
  readonly file_name: string | null
  readonly first: Date
  readonly last: Date
  readonly numbers: number
}

const later = 9_223_372_036_854_775_807n

/** The statements of this client. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const lookUps = yield* SerialLookUpQueries.make

  /** When a number that history row `h` packed somewhere came out again, or went elsewhere. */
  const until = sql`CROSS JOIN LATERAL (SELECT min(n.change_id) AS change FROM serial_history n
    WHERE n.serial_id = h.serial_id AND n.change_id > h.change_id AND n.parent_id IS NOT NULL) e`

  /** Two links follow one another only where their times meet. */
  const meet = sql`h.change_id < coalesce(t.until, ${later}) AND coalesce(e.change, ${later}) > t.since`

  /** Numbers `t(id, through, level, since, until)` above a number. */
  const above = (id: number) => sql`
    above AS (
      SELECT h.parent_id AS id, h.serial_id AS through, 1 AS level, h.change_id AS since, e.change AS until
      FROM serial_history h ${until} WHERE h.serial_id = ${id}::int8 AND h.parent_id > 0
      UNION ALL
      SELECT h.parent_id, h.serial_id, t.level + 1, greatest(h.change_id, t.since), least(e.change, t.until)
      FROM above t JOIN serial_history h ON h.serial_id = t.id AND h.parent_id > 0 ${until} WHERE ${meet}
    )`

  /** The same below a number. */
  const below = (id: number) => sql`
    below AS (
      SELECT h.serial_id AS id, h.parent_id AS through, 1 AS level, h.change_id AS since, e.change AS until
      FROM serial_history h ${until} WHERE h.parent_id = ${id}::int8
      UNION ALL
      SELECT h.serial_id, h.parent_id, t.level + 1, greatest(h.change_id, t.since), least(e.change, t.until)
      FROM below t JOIN serial_history h ON h.parent_id = t.id ${until} WHERE ${meet}
    )`

  const links = (way: "above" | "below", tree: ReturnType<typeof above>) => sql<LinkRow>`
    WITH RECURSIVE ${tree}
    SELECT t.level, p.prefix || s.serial AS value, tp.prefix || ts.serial AS through, t.since AS since_change,
      coalesce(c.event_at, c.recorded_at) AS since, c.message_id AS since_message, m.file_name AS since_file,
      coalesce(u.event_at, u.recorded_at) AS until, u.message_id AS until_message, ${lookUps.columns}
    FROM ${sql(way)} t JOIN serials s ON s.id = t.id JOIN prefixes p ON p.id = s.prefix_id
    JOIN serials ts ON ts.id = t.through JOIN prefixes tp ON tp.id = ts.prefix_id
    JOIN serial_changes c ON c.id = t.since LEFT JOIN serial_changes u ON u.id = t.until
    LEFT JOIN messages m ON m.id = c.message_id
    ${lookUps.references}
    ORDER BY t.level, p.prefix, s.serial, t.since`

  return {
    /** The id of a number, undefined when it is not known. */
    identify: (prefix: string, serial: string) =>
      sql<{ readonly id: bigint }>`
        SELECT s.id FROM prefixes p JOIN serials s ON s.serial = ${serial} AND s.prefix_id = p.id
        WHERE p.prefix = ${prefix}`.pipe(Effect.map(([row]) => (row === undefined ? undefined : Number(row.id)))),

    up: (id: number) => links("above", above(id)),

    down: (id: number) => links("below", below(id)).stream,

    /** Who got the number, or what was in it at the time, from whom it came, and what it was made of it. */
    handovers: (id: number) =>
      sql<HandoverRow>`
        WITH RECURSIVE ${below(id)}, tree AS (
          SELECT ${id}::int8 AS id, 0::int8 AS since, ${later}::int8 AS until
          UNION ALL SELECT id, since, coalesce(until, ${later}) FROM below
        )
        SELECT c.kind, company.name AS company, coalesce(c.attributes ->> 'customer', c.attributes ->> 'vendor') AS partner,
          c.document, d.company AS by, c.message_id, m.file_name, min(coalesce(h.event_at, c.event_at, c.recorded_at)) AS first,
          max(coalesce(h.event_at, c.event_at, c.recorded_at)) AS last, count(DISTINCT h.serial_id)::int4 AS numbers
        FROM tree t JOIN serial_history h ON h.serial_id = t.id AND h.change_id >= t.since AND h.change_id < t.until
        JOIN serial_changes c ON c.id = h.change_id LEFT JOIN names company ON company.id = c.company_id
        LEFT JOIN messages m ON m.id = c.message_id
        LEFT JOIN trade_lines l ON l.id = c.line_id LEFT JOIN trade_documents d ON d.id = l.document_id
        WHERE c.company_id IS NOT NULL OR c.item_status IN ('shipped', 'received') OR c.prefix_id IS NOT NULL
          OR c.line_id IS NOT NULL
        GROUP BY c.id, 1, 2, 3, 4, 5, 6, 7 ORDER BY c.id, 2, 3`
  }
})
