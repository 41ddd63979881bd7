/**
 * Movements of single serials: every change in the history, with the document, place and message behind it, oldest first.
 * A change of packaging code is one of them, so the history goes on across SKUs.
 */
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

/** What happened to the serials meant. */
export const movements = select<MovementRow>(
  (sql, { serials, prefixes, company }) => sql<MovementRow>`
    SELECT s.serial, p.prefix || s.serial AS value, coalesce(named.code_type, i.code_type) AS code_type,
      coalesce(named.code, i.code) AS code, coalesce(h.event_at, c.event_at, c.recorded_at) AS happened,
      c.recorded_at AS recorded, c.kind, d.kind AS document_kind, v.head ->> 'operation' AS operation, d.number,
      o.kind AS order_kind, o.number AS order_number, v.partner, ${warehouseOf(sql)} AS warehouse,
      ${binOf(sql)} AS bin,
      coalesce(c.item_status::text, c.state::text) AS status, holder.name AS holder, c.message_id::text AS message_id,
      g.file_name AS file, c.actor
    FROM serials s JOIN prefixes p ON p.id = s.prefix_id JOIN items i ON i.id = s.item_id
    JOIN serial_history h ON h.serial_id = s.id JOIN serial_changes c ON c.id = h.change_id
    LEFT JOIN items named ON named.id = (SELECT b.item_id FROM serial_history a JOIN serial_changes b ON b.id = a.change_id
      WHERE a.serial_id = s.id AND b.id <= c.id AND b.item_id IS NOT NULL ORDER BY b.id DESC LIMIT 1)
    LEFT JOIN names holder ON holder.id = c.company_id
    LEFT JOIN trade_lines l ON l.id = c.line_id LEFT JOIN trade_documents d ON d.id = l.document_id
    LEFT JOIN trade_versions v ON v.id = l.version_id LEFT JOIN trade_documents o ON o.id = v.order_id
    LEFT JOIN messages g ON g.id = c.message_id
    WHERE s.serial = ANY(${serials ?? []}::text[]) AND (d.company IS NULL OR d.company = ${company})
      AND EXISTS (SELECT 1 FROM unnest(${serials ?? []}::text[], ${prefixes}::text[]) AS u(serial, prefix)
        WHERE u.serial = s.serial AND (u.prefix = '' OR u.prefix = p.prefix))
    ORDER BY s.id, c.id`
)
