/**
 * What belongs to a lot: parts of a statement that begin it. Documents name a lot by three numbers, the company's own, the
 * supplier's and the warehouse's, and any of them may be asked for; the units then go on under the company's own.
 *
 * `named` are lines that name what was asked for (`asked`), `aliases` the products and lots such units go by since, SKU
 * transfers followed, `lines` all lines by those, and `found` the numbers: bound to the lot once, or on a line that
 * names it. Where a company puts two supplier's lots under one number of its own, units without serials cannot be told
 * apart, and all of them are meant.
 */
import type { SqlClient } from "effect/sql"
import type { Fragment } from "effect/sql/Statement"
import { among } from "./ReportQueries.ts"
import type { Scope } from "./Scope.ts"

type Sql = SqlClient.SqlClient

/** Lines `l` of the company's documents that count. */
const counting = (sql: Sql, { company }: Scope): Fragment => sql`
  JOIN trade_versions v ON v.id = l.version_id AND v.effective
  JOIN trade_documents d ON d.id = l.document_id AND d.company = ${company}`

/** `named`, `aliases`, `lines` and `found`; to stand behind WITH RECURSIVE. */
export const lots = (sql: Sql, scope: Scope): Fragment => {
  const { codeTypes, codes, codeProducts, products, lots: asked = [] } = scope
  const isAsked = (column: Fragment) => sql`${column} = ANY(${asked}::text[])`
  return sql`
  named AS MATERIALIZED (
    SELECT l.id, l.product, l.lot, CASE WHEN ${isAsked(sql`l.lot`)} THEN l.lot
      WHEN ${isAsked(sql`l.supplier_lot`)} THEN l.supplier_lot ELSE l.warehouse_lot END AS asked
    FROM trade_lines l ${counting(sql, scope)}
    WHERE (${isAsked(sql`l.lot`)} OR ${isAsked(sql`l.supplier_lot`)} OR ${isAsked(sql`l.warehouse_lot`)})
      AND ${among(sql, sql`l.product`, products)}
  ), aliases AS (
    SELECT product AS root, product, lot, asked FROM named WHERE lot IS NOT NULL
    UNION
    SELECT t.root, a.product, a.lot, t.asked FROM aliases t JOIN trade_lines l ON l.lot = t.lot AND l.product = t.product
    ${counting(sql, scope)} AND v.head ->> 'operation' = 'sku_transfer'
    JOIN trade_lines a ON a.version_id = l.version_id AND a.lot = l.lot AND a.id > l.id AND a.product <> l.product
  ), lines AS MATERIALIZED (
    SELECT id, product AS root, asked FROM named
    UNION ALL
    SELECT l.id, min(t.root), min(t.asked) FROM aliases t JOIN trade_lines l ON l.lot = t.lot AND l.product = t.product
    ${counting(sql, scope)}
    WHERE l.id NOT IN (SELECT id FROM named) GROUP BY l.id
  ), found AS MATERIALIZED (
    SELECT DISTINCT ON (serial_id) serial_id, product, asked FROM (
      SELECT h.serial_id, u.product, lot.lot AS asked
      FROM lots lot JOIN items known ON known.id = lot.item_id
      JOIN unnest(${codeTypes}::text[], ${codes}::text[], ${codeProducts}::text[]) AS u(type, code, product)
        ON known.code_type = u.type AND known.code = u.code
      JOIN serial_changes c ON c.lot_id = lot.id JOIN serial_history h ON h.change_id = c.id
      WHERE ${isAsked(sql`lot.lot`)}
      UNION ALL
      SELECT h.serial_id, l.product, l.asked
      FROM named l JOIN serial_changes c ON c.line_id = l.id JOIN serial_history h ON h.change_id = c.id
      JOIN serials s ON s.id = h.serial_id JOIN prefixes p ON p.id = s.prefix_id
      WHERE NOT EXISTS (SELECT 1 FROM serial_removals x WHERE x.line_id = l.id AND x.value = p.prefix || s.serial)
    ) bound ORDER BY serial_id, asked, product
  )`
}
