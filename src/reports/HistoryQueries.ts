/**
 * Movements of single serials: changes in the history, with the document, place and message behind each, oldest first.
 * A change of packaging code is one of them, so the history goes on across SKUs.
 *
 * A company is told what its own documents did. Changes without a document are told to who owns the number, and to others
 * for as long as they held it, what brought it to them and took it away again counted.
 */
import type { SqlClient } from "effect/sql"
import type { Fragment } from "effect/sql/Statement"
import { binOf, warehouseOf } from "./EventQueries.ts"
import { select } from "./ReportQueries.ts"

export interface MovementRow {
  readonly serial: string
  readonly value: string
  readonly code_type: string
  readonly code: string
  readonly happened: Date
  readonly recorded: Date
  readonly kind: string
  readonly document_kind: string | null
  readonly operation: string | null
  readonly number: string | null
  readonly order_kind: string | null
  readonly order_number: string | null
  readonly partner: string | null
  readonly warehouse: string | null
  readonly bin: string | null
  readonly status: string | null
  readonly holder: string | null
  readonly message_id: string | null
  readonly file: string | null
  readonly actor: string | null
}

/** `held`: the companies that had the number before and after change `c`. */
const held = (sql: SqlClient.SqlClient): Fragment => sql`
  CROSS JOIN LATERAL (SELECT ARRAY[
    (SELECT b.company_id FROM serial_history a JOIN serial_changes b ON b.id = a.change_id
      WHERE a.serial_id = s.id AND b.id < c.id AND b.company_id IS NOT NULL ORDER BY b.id DESC LIMIT 1),
    (SELECT b.company_id FROM serial_history a JOIN serial_changes b ON b.id = a.change_id
      WHERE a.serial_id = s.id AND b.id <= c.id AND b.company_id IS NOT NULL ORDER BY b.id DESC LIMIT 1)] AS by) held`

/** What happened to the serials meant. */
export const movements = select<MovementRow>(
  (sql, { serials, prefixes, company }) => sql<MovementRow>`
    SELECT s.serial, p.prefix || s.serial AS value, coalesce(named.code_type, i.code_type) AS code_type,
      coalesce(named.code, i.code) AS code, coalesce(h.event_at, c.event_at, c.recorded_at) AS happened,
      c.recorded_at AS recorded, c.kind, d.kind AS document_kind, v.head ->> 'operation' AS operation, d.number,
      o.kind AS order_kind, o.number AS order_number, v.partner, ${warehouseOf(sql)} AS warehouse,
      ${binOf(sql)} AS bin,
      coalesce(c.item_status::text, c.state::text) AS status, holder.name AS holder, g.id::text AS message_id,
      g.file_name AS file, CASE WHEN c.message_id IS NULL THEN c.actor END AS actor
    FROM serials s JOIN prefixes p ON p.id = s.prefix_id JOIN items i ON i.id = s.item_id
    JOIN serial_history h ON h.serial_id = s.id JOIN serial_changes c ON c.id = h.change_id
    LEFT JOIN items named ON named.id = (SELECT b.item_id FROM serial_history a JOIN serial_changes b ON b.id = a.change_id
      WHERE a.serial_id = s.id AND b.id <= c.id AND b.item_id IS NOT NULL ORDER BY b.id DESC LIMIT 1)
    ${held(sql)} LEFT JOIN names me ON me.name = ${company} LEFT JOIN names holder ON holder.id = c.company_id
    LEFT JOIN trade_lines l ON l.id = c.line_id LEFT JOIN trade_documents d ON d.id = l.document_id
    LEFT JOIN trade_versions v ON v.id = l.version_id LEFT JOIN trade_documents o ON o.id = v.order_id
    LEFT JOIN messages g ON g.id = c.message_id AND g.company = ${company}
    WHERE s.serial = ANY(${serials ?? []}::text[])
      AND (d.company = ${company} OR (d.id IS NULL AND (me.id IN (i.owner, named.owner) OR me.id = ANY(held.by))))
      AND EXISTS (SELECT 1 FROM unnest(${serials ?? []}::text[], ${prefixes}::text[]) AS u(serial, prefix)
        WHERE u.serial = s.serial AND (u.prefix = '' OR u.prefix = p.prefix))
    ORDER BY s.id, c.id`
)
