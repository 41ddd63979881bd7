/**
 * Rows about documents and what their lines list: arrivals with and without serials, the serials of purchase orders, and
 * orders as their pages and invoices show them. Only what counts is told: confirmed receipts, and of orders the lines
 * that hold; serials that were taken off a line are left out.
 */
import type { SqlClient } from "effect/sql"
import type { Fragment } from "effect/sql/Statement"
import { among, between, select } from "./ReportQueries.ts"
import type { Scope } from "./Scope.ts"

type Sql = SqlClient.SqlClient

/** Of listed serials `n`: it was not taken off its line. */
export const remaining = (sql: Sql): Fragment => sql`
  NOT EXISTS (SELECT 1 FROM serial_removals x WHERE x.line_id = n.line_id AND x.value = n.value)`

/** A document `d` in version `v` that adds serials to an order by hand. */
export const isAddition = (sql: Sql): Fragment => sql`(d.kind = 'serial_correction' AND v.head ->> 'action' = 'add')`

/**
 * Serials `n` of a receipt's line `a`. A later poll may have brought some for units that were there without: they stand on
 * lines without units, and belong to the line that has them. Those added by hand belong to the newest line for the same
 * line of the order.
 */
const listed = (sql: Sql): Fragment => sql`(
  SELECT n.line_id, n.position, n.value FROM serial_texts n WHERE n.line_id = a.line AND ${remaining(sql)}
  UNION ALL
  SELECT n.line_id, n.position, n.value FROM trade_lines l JOIN serial_texts n ON n.line_id = l.id
  WHERE l.document_id = a.document AND l.quantity = 0 AND ${remaining(sql)} AND a.line = (
    SELECT w.id FROM trade_lines w WHERE w.document_id = l.document_id AND w.product = l.product AND w.quantity > 0 AND w.id < l.id
    ORDER BY w.line_ref = l.line_ref DESC, w.id DESC LIMIT 1)
  UNION ALL
  SELECT n.line_id, n.position, n.value FROM trade_lines l JOIN trade_versions v ON v.id = l.version_id
  JOIN trade_documents d ON d.id = l.document_id JOIN serial_texts n ON n.line_id = l.id
  WHERE l.order_line_id = a.order_line AND ${isAddition(sql)} AND ${remaining(sql)} AND NOT EXISTS (
    SELECT 1 FROM trade_lines w JOIN trade_documents o ON o.id = w.document_id
    WHERE w.order_line_id = a.order_line AND o.kind = 'receipt' AND w.quantity > 0 AND w.id > a.line)) n`

/** The serial of a listed identity, as people know it. */
export const bareSerial = (sql: Sql): Fragment => sql`
  CASE WHEN n.value ~ '^01\\d{14}21' THEN substr(n.value, 19) ELSE regexp_replace(n.value, '^sku:[^:]*:[^:]*:', '') END`

/** When a receipt came in: what its session says, else its date, else when we heard of it. */
const receivedAt = (sql: Sql): Fragment => sql`
  coalesce((v.head ->> 'receivedOn')::timestamptz, v.document_date, v.recorded_at)`

const receipts = (sql: Sql, scope: Scope): Fragment => sql`
  FROM trade_documents d JOIN trade_lines l ON l.document_id = d.id JOIN trade_versions v ON v.id = l.version_id
  JOIN trade_documents o ON o.id = v.order_id LEFT JOIN trade_lines ol ON ol.id = l.order_line_id
  LEFT JOIN LATERAL (SELECT w.document_date, w.partner FROM trade_versions w WHERE w.document_id = o.id
    ORDER BY w.id DESC LIMIT 1) w ON true
  CROSS JOIN LATERAL (SELECT ${receivedAt(sql)} AS received) at
  WHERE d.company = ${scope.company} AND d.kind = 'receipt' AND v.effective AND o.kind = 'purchase_order' AND l.quantity > 0
    AND ${among(sql, sql`l.product`, scope.products)} AND ${among(sql, sql`v.warehouse`, scope.warehouses)}
    AND ${among(sql, sql`coalesce(w.partner, v.partner)`, scope.vendors)}
    AND ${among(sql, sql`o.number`, scope.purchaseOrders)} AND ${among(sql, sql`v.head ->> 'session'`, scope.sessions)}
    AND ${between(sql, sql`at.received`, scope)}`

export interface ArrivalRow {
  readonly po: string
  readonly ordered: Date | null
  readonly vendor: string | null
  readonly product: string | null
  readonly sku: string | null
  readonly price: string | null
  readonly received: Date
  readonly quantity: string
  readonly before: string | null
  readonly invoice: string | null
  readonly serial: string | null
}

const arrival = (sql: Sql): Fragment => sql`
  o.number AS po, w.document_date AS ordered, coalesce(w.partner, v.partner) AS vendor, l.product,
  coalesce(l.sku, l.gtin) AS sku, coalesce(l.price, ol.price)::text AS price, at.received,
  trim_scale(l.quantity)::text AS quantity, trim_scale(l.before)::text AS before, v.head ->> 'vendorInvoice' AS invoice`

/** Lines of confirmed receipts. */
export const arrivals = select<ArrivalRow>(
  (sql, scope) => sql<ArrivalRow>`
    SELECT ${arrival(sql)}, NULL AS serial ${receipts(sql, scope)} ORDER BY at.received, l.id`
)

/** The same, a row for each serial; lines without serials have one row. */
export const arrivalsWithSerials = select<ArrivalRow>(
  (sql, scope) => sql<ArrivalRow>`
    SELECT a.*, ${bareSerial(sql)} AS serial
    FROM (SELECT ${arrival(sql)}, l.id AS line, d.id AS document, l.order_line_id AS order_line ${receipts(sql, scope)}) a
    LEFT JOIN LATERAL ${listed(sql)} ON true
    ORDER BY a.received, a.line, n.line_id, n.position`
)

export interface SessionRow {
  readonly product: string | null
  readonly sku: string | null
  readonly session: string | null
  readonly received: Date
  readonly received_by: string | null
  readonly quantity: string
  readonly required: boolean
  readonly serial: string | null
  readonly notes: string | null
}

/** Units that a line of the grid has to show: its serials, and where each needs one, those without. */
const most = 100_000

/**
 * Serials of purchase orders, entered against receive sessions. A unit that needs a serial and has none is a row too. As
 * a flat list it is in the order of SKUs and serials, else in that of sessions.
 */
export const sessions = select<SessionRow>(
  (sql, scope) => sql<SessionRow>`
    SELECT a.product, a.sku, a.session, a.received, a.received_by, a.quantity, a.required, n.serial, a.notes
    FROM (
      SELECT l.id AS line, d.id AS document, l.order_line_id AS order_line, l.product, coalesce(l.sku, l.gtin) AS sku, v.head ->> 'session' AS session, at.received,
        v.head ->> 'receivedBy' AS received_by, trim_scale(l.quantity)::text AS quantity,
        coalesce(l.product = ANY(${scope.requiring}::text[]), false) AS required, l.quantity AS units,
        coalesce(l.notes, v.head ->> 'notes') AS notes
      ${receipts(sql, scope)}
    ) a
    CROSS JOIN LATERAL (
      SELECT ${bareSerial(sql)} AS serial, n.line_id, n.position FROM ${listed(sql)}
      UNION ALL
      SELECT NULL, NULL, u.n FROM (SELECT count(*)::int4 AS entered FROM ${listed(sql)}) c,
        generate_series(c.entered + 1, least(a.units, ${most}::int4)::int4) AS u(n) WHERE a.required
    ) n
    WHERE ${among(sql, sql`n.serial`, scope.serials)}
    ORDER BY CASE WHEN ${scope.flat}::bool THEN a.sku END, CASE WHEN ${scope.flat}::bool THEN n.serial END,
      a.received, a.session, a.line, n.line_id, n.position`
)
