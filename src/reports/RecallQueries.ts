/**
 * Where a lot went: every number of it with where it is and to whom it was shipped, and what documents tell of units of
 * the lot that have no serials: shipped, returned, in stock. The same rows summed up are the customers to be told.
 */
import type { SqlClient } from "effect/sql"
import type { Fragment } from "effect/sql/Statement"
import { isAddition, remaining } from "./ArrivalQueries.ts"
import * as Events from "./EventQueries.ts"
import { among, select } from "./ReportQueries.ts"
import type { Scope } from "./Scope.ts"

type Sql = SqlClient.SqlClient

/** Units of a line `l` that no serial stands for. */
const loose = (sql: Sql): Fragment => sql`
  l.quantity - (SELECT count(*) FROM serial_texts n WHERE n.line_id = l.id AND ${remaining(sql)})`

/** The key of the product of packaging code `i`: looked up in one value, however many codes there are. */
const productOf = (sql: Sql, { codeTypes, codes, codeProducts }: Scope): Fragment => {
  const products = Object.fromEntries(codes.map((code, index) => [`${codeTypes[index]} ${code}`, codeProducts[index]]))
  return sql`(${JSON.stringify(products)}::text::jsonb ->> (i.code_type || ' ' || i.code))`
}

/** Lines of the company that name the lots. */
const lotLines = (sql: Sql, { company, products, lots = [] }: Scope): Fragment => sql`
  trade_lines l JOIN trade_versions v ON v.id = l.version_id JOIN trade_documents d ON d.id = l.document_id
  LEFT JOIN trade_documents o ON o.id = v.order_id
  LEFT JOIN LATERAL (SELECT w.partner FROM trade_versions w WHERE w.document_id = o.id ORDER BY w.id DESC LIMIT 1) w ON true
  WHERE l.lot = ANY(${lots}::text[]) AND d.company = ${company} AND v.effective AND ${among(sql, sql`l.product`, products)}`

/** `rows`: numbers (part 0), shipped and returned units without serials (1), and those in stock (2). */
const recalled = (sql: Sql, scope: Scope): Fragment => sql`
  ${Events.events(sql, scope, Events.byLot(sql, scope))}, rows AS (
    SELECT 0 AS part, s.id AS n, ${productOf(sql, scope)} AS product, i.code, lot.lot, lot.expires::text AS expires, s.serial,
      p.prefix || s.serial AS value, 1::numeric AS quantity, ${Events.holderOf(sql)} AS holder,
      ${Events.statusOf(sql)} AS status, CASE WHEN ${Events.isInStock(sql)} THEN k.warehouse END AS warehouse, x.customer, x.sales_order, x.shipment,
      x.happened, e.shipped IS NOT NULL AS shipped, coalesce(e.returned > e.shipped, false) AS returned
    ${Events.numbers(sql, scope)} ${Events.shipped(sql)} ${Events.placed(sql)}
    JOIN lots lot ON lot.id = s.lot_id JOIN names holder ON holder.id = s.company_id
    WHERE ${Events.ofCompany(sql, scope)}
    UNION ALL
    SELECT 1, l.id, l.product, coalesce(l.sku, l.gtin), l.lot, l.expiration, NULL, NULL, ${loose(sql)}, NULL,
      CASE d.kind WHEN 'shipment' THEN 'shipped' ELSE 'returned' END, v.warehouse, coalesce(w.partner, v.partner), o.number,
      d.number, coalesce(v.document_date, v.recorded_at), d.kind = 'shipment', d.kind <> 'shipment'
    FROM ${lotLines(sql, scope)} AND (d.kind IN ('shipment', 'return') OR (d.kind = 'receipt' AND o.kind = 'credit_memo')) AND ${loose(sql)} > 0
    UNION ALL
    SELECT 2, min(l.id), l.product, min(coalesce(l.sku, l.gtin)), l.lot, min(l.expiration), NULL, NULL,
      sum(sign(b.quantity) * greatest(0, abs(b.quantity) - (SELECT count(*) FROM serial_texts n
        WHERE n.line_id = l.id AND ${remaining(sql)}))), NULL, 'in stock', b.warehouse, NULL, NULL, NULL, NULL, false, false
    FROM stock_entries b JOIN (SELECT l.* FROM ${lotLines(sql, scope)} AND NOT ${isAddition(sql)}) l ON l.id = b.line_id
    GROUP BY l.product, l.lot, b.warehouse
  )`

export interface RecallRow {
  readonly product: string | null
  readonly code: string | null
  readonly lot: string
  readonly expires: string | null
  readonly serial: string | null
  readonly value: string | null
  readonly quantity: string
  readonly status: string
  readonly holder: string | null
  readonly warehouse: string | null
  readonly customer: string | null
  readonly sales_order: string | null
  readonly shipment: string | null
  readonly happened: Date | null
  readonly returned: boolean
}

/** Everything of the lots, numbers first. */
export const recall = select<RecallRow>(
  (sql, scope) => sql<RecallRow>`${recalled(sql, scope)}
    SELECT product, code, lot, expires, serial, value, trim_scale(quantity)::text AS quantity, status, holder, warehouse,
      customer, sales_order, shipment, happened, returned
    FROM rows WHERE quantity <> 0 AND ${among(sql, sql`warehouse`, scope.warehouses)} ORDER BY part, product, n, warehouse`
)

export interface CustomerRow {
  readonly customer: string | null
  readonly product: string | null
  readonly code: string | null
  readonly lot: string
  readonly orders: string
  readonly shipped: string
  readonly returned: string
  readonly out: string
}

/** Whom units of the lots were shipped to, with how many of them came back. */
export const customers = select<CustomerRow>(
  (sql, scope) => sql<CustomerRow>`${recalled(sql, scope)}
    SELECT customer, product, min(code) AS code, lot, string_agg(DISTINCT sales_order, ', ' ORDER BY sales_order) AS orders,
      trim_scale(coalesce(sum(quantity) FILTER (WHERE shipped), 0))::text AS shipped,
      trim_scale(coalesce(sum(quantity) FILTER (WHERE returned), 0))::text AS returned,
      trim_scale(coalesce(sum(quantity) FILTER (WHERE shipped), 0)
        - coalesce(sum(quantity) FILTER (WHERE returned), 0))::text AS out
    FROM rows WHERE shipped OR returned GROUP BY customer, product, lot ORDER BY customer, product, lot`
)
