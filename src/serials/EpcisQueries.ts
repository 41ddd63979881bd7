/**
 * What the EPCIS export reads: changes in the order they were written down, a page of bounded size at a time, and the
 * numbers of a page by change, moment and parent. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { SerialState } from "./SerialState.ts"
import type { ItemStatus } from "./SerialStatus.ts"

/** Changes looked at together, and the numbers they may have; one larger change is a page of its own. */
const pageChanges = 500
const pageNumbers = 50_000

/** Numbers of one event; more of them become several events. */
export const eventNumbers = 10_000

/** A change, names in place of ids. */
export interface ChangeRow {
  readonly id: bigint
  readonly kind: string
  readonly message_id: bigint | null
  readonly file: string | null
  readonly state: SerialState | null
  readonly item_status: ItemStatus | null
  readonly set_attributes: number | null
  readonly clear_attributes: number | null
  readonly company: string | null
  readonly location: string | null
  /** Of the packaging code it names, else of its numbers where it names reference documents. */
  readonly owner: string | null
  readonly code_type: string | null
  readonly code: string | null
  readonly lot: string | null
  readonly expires: string | null
  /** The trade document behind it: whose it is, what it is, the order it is for, and at which warehouse. */
  readonly document_of: string | null
  readonly document_kind: string | null
  readonly document: string | null
  readonly order_kind: string | null
  readonly order: string | null
  readonly warehouse: string | null
  readonly po_number: string | null
  readonly work_order_number: string | null
  readonly attributes: Readonly<Record<string, string>> | null
  readonly recorded_at: Date
}

/** Numbers of a change to which the same happened at the same moment. */
export interface NumbersRow {
  readonly change_id: bigint
  readonly at: Date
  /** What they were packed in: `""` for taken out, null where the change did not say. */
  readonly parent: string | null
  /** What they were taken out of. */
  readonly former: string | null
  readonly values: ReadonlyArray<string>
}

export interface Span {
  readonly since?: Date | undefined
  readonly until?: Date | undefined
}

/** The statements of this client. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /** Whose the numbers of change `c` are; of several owners the one of the first number. */
  const ownerOfNumbers = sql`(SELECT n.name FROM serial_history h JOIN serials s ON s.id = h.serial_id
    JOIN items own ON own.id = s.item_id JOIN names n ON n.id = own.owner WHERE h.change_id = c.id ORDER BY s.id LIMIT 1)`

  /** The next changes after an id. */
  const changes = (after: bigint, { since, until }: Span) =>
    sql<ChangeRow>`
      SELECT c.id, c.kind, c.message_id, m.file_name AS file, c.state, c.item_status, c.set_attributes,
        c.clear_attributes, company.name AS company, location.name AS location, 
        coalesce(owner.name, CASE WHEN c.document_id IS NOT NULL THEN ${ownerOfNumbers} END) AS owner, i.code_type, i.code,
        l.lot, l.expires::text, td.company AS document_of, td.kind AS document_kind, td.number AS document,
        o.kind AS order_kind, o.number AS order, tv.warehouse, d.po_number, d.work_order_number, c.attributes, c.recorded_at
      FROM (
        SELECT *, sum(quantity) OVER (ORDER BY id) AS numbers, row_number() OVER (ORDER BY id) AS nth
        FROM (SELECT * FROM serial_changes WHERE id > ${after}::int8
          AND ${since === undefined ? sql`true` : sql`recorded_at >= ${since}`}
          AND ${until === undefined ? sql`true` : sql`recorded_at < ${until}`} ORDER BY id LIMIT ${pageChanges}) page
      ) c
      LEFT JOIN messages m ON m.id = c.message_id
      LEFT JOIN names company ON company.id = c.company_id LEFT JOIN names location ON location.id = c.location_id
      LEFT JOIN items i ON i.id = c.item_id LEFT JOIN names owner ON owner.id = i.owner
      LEFT JOIN lots l ON l.id = c.lot_id LEFT JOIN documents d ON d.id = c.document_id
      LEFT JOIN trade_lines tl ON tl.id = c.line_id LEFT JOIN trade_documents td ON td.id = tl.document_id
      LEFT JOIN trade_versions tv ON tv.id = tl.version_id LEFT JOIN trade_documents o ON o.id = tv.order_id
      WHERE c.numbers <= ${pageNumbers} OR c.nth = 1 ORDER BY c.id`

  /** The numbers of changes that stand next to each other. A number taken out tells where it was before. */
  const numbers = (first: bigint, last: bigint) =>
    sql<NumbersRow>`
      SELECT change_id, at, parent, former, array_agg(value ORDER BY value) AS values FROM (
        SELECT n.*, (row_number() OVER (PARTITION BY change_id, at, parent, former ORDER BY value) - 1) / ${eventNumbers} AS part
        FROM (
          SELECT h.change_id, coalesce(h.event_at, c.event_at, c.recorded_at) AS at, p.prefix || s.serial AS value,
            CASE WHEN h.parent_id = 0 THEN '' ELSE inp.prefix || ins.serial END AS parent,
            outp.prefix || outs.serial AS former
          FROM serial_history h JOIN serial_changes c ON c.id = h.change_id
          JOIN serials s ON s.id = h.serial_id JOIN prefixes p ON p.id = s.prefix_id
          LEFT JOIN serials ins ON ins.id = h.parent_id LEFT JOIN prefixes inp ON inp.id = ins.prefix_id
          LEFT JOIN LATERAL (
            SELECT b.parent_id FROM serial_history b
            WHERE h.parent_id = 0 AND b.serial_id = h.serial_id AND b.change_id < h.change_id AND b.parent_id IS NOT NULL
            ORDER BY b.change_id DESC LIMIT 1) before ON true
          LEFT JOIN serials outs ON outs.id = before.parent_id LEFT JOIN prefixes outp ON outp.id = outs.prefix_id
          WHERE h.change_id >= ${first}::int8 AND h.change_id <= ${last}::int8
        ) n
      ) parts GROUP BY change_id, at, parent, former, part ORDER BY change_id, at, parent NULLS FIRST, former NULLS FIRST, part`

  return { changes, numbers }
})
