/**
 * The changes that numbers went through, with names in place of ids, in the order they were committed. What differs from
 * number to number of one change (parent, time) stands in its history row. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { ChangeRow } from "./SerialHistory.ts"

/** The statement of this client. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /** Changes by the id of the number. */
  const of = Effect.fnUntraced(function* (ids: ReadonlyArray<bigint>) {
    const rows = yield* sql<ChangeRow & { readonly serial_id: bigint }>`
      SELECT h.serial_id, c.id AS change_id, c.kind, c.message_id, c.run_id, c.actor, m.file_name,
        coalesce(h.event_at, c.event_at) AS event_at, c.recorded_at, c.attributes, c.state, company.name AS company,
        location.name AS location, owner.name AS owner, i.code_type, i.code, d.po_number, d.po_line,
        d.work_order_number, d.reference_identifier, c.item_status, c.set_attributes, c.clear_attributes, l.lot, l.expiry,
        l.expires::text, l.extended_to::text, l.manufactured, c.line_id, c.document, td.company AS by,
        CASE WHEN h.parent_id = 0 THEN '' ELSE inp.prefix || ins.serial END AS parent
      FROM serial_history h JOIN serial_changes c ON c.id = h.change_id LEFT JOIN messages m ON m.id = c.message_id
      LEFT JOIN names company ON company.id = c.company_id LEFT JOIN names location ON location.id = c.location_id
      LEFT JOIN items i ON i.id = c.item_id LEFT JOIN names owner ON owner.id = i.owner
      LEFT JOIN documents d ON d.id = c.document_id LEFT JOIN lots l ON l.id = c.lot_id
      LEFT JOIN trade_lines tl ON tl.id = c.line_id LEFT JOIN trade_documents td ON td.id = tl.document_id
      LEFT JOIN serials ins ON ins.id = h.parent_id LEFT JOIN prefixes inp ON inp.id = ins.prefix_id
      WHERE h.serial_id = ANY(${ids}::int8[]) ORDER BY h.serial_id, c.id`
    return Map.groupBy(rows, (row) => row.serial_id)
  })

  /** Changes of one number by its text; none when it is not known. */
  const ofNumber = Effect.fnUntraced(function* (prefix: string, serial: string) {
    const [row] = yield* sql<{ readonly id: bigint }>`
      SELECT s.id FROM prefixes p JOIN serials s ON s.serial = ${serial} AND s.prefix_id = p.id WHERE p.prefix = ${prefix}`
    return row === undefined ? [] : ((yield* of([row.id])).get(row.id) ?? [])
  })

  return { of, ofNumber }
})
