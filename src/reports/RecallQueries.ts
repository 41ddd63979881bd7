/**
 * Where a lot went: every number of it with where it is and to whom it was shipped, and what documents tell of units of
 * the lot that have no serials: shipped, returned, in stock, in kits. The same rows summed up are the customers to be told.
 *
 * What became another product or got another lot is told with what it is now. A kit assembly says what went into kits and
 * not into which one: all kits of that product shipped from the day of the assembly on are told as kits that may hold
 * units of the lot. A kit that is put into another kit is not followed further.
 */
import type { SqlClient } from "effect/sql"
import type { Fragment } from "effect/sql/Statement"
import { isAddition, remaining } from "./ArrivalQueries.ts"
import * as Events from "./EventQueries.ts"
import * as Lots from "./LotQueries.ts"
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

/** `w`: whom the order `o` is for. */
const orderOf = (sql: Sql): Fragment => sql`
  LEFT JOIN LATERAL (SELECT w.partner FROM trade_versions w WHERE w.document_id = o.id ORDER BY w.id DESC LIMIT 1) w ON true`

/** A number of ours that another company has. */
const isElsewhere = (sql: Sql): Fragment => sql`
  (i.owner = me.id AND s.company_id <> me.id AND s.state = 'commissioned')`

/** What units of line `l` go by, where that is not what was asked for, and whether they became another product. */
const nowOf = (sql: Sql): Fragment => sql`
  NULL, NULL, CASE WHEN l.product <> k.root THEN l.product END, CASE WHEN l.lot <> k.asked THEN l.lot END,
  coalesce(l.product <> k.root, false)`

/** Lines that belong to the lots (`k`), with their documents and whom they are for. */
const lotLines = (sql: Sql): Fragment => sql`
  lines k JOIN trade_lines l ON l.id = k.id JOIN trade_versions v ON v.id = l.version_id
  JOIN trade_documents d ON d.id = l.document_id LEFT JOIN trade_documents o ON o.id = v.order_id
  ${orderOf(sql)}`

/**
 * `rows`: numbers (part 0), shipped and returned units without serials (1), those in stock (2), those put into kits (3),
 * and kits shipped since that may hold some (4). A number that another company has without a document of ours was handed
 * over to that company.
 */
const recalled = (sql: Sql, scope: Scope): Fragment => sql`
  WITH RECURSIVE ${Lots.lots(sql, scope)},
  ${Events.eventsOf(sql, scope, sql`SELECT serial_id AS id FROM found`)},
  numbers AS MATERIALIZED (
    SELECT s.id AS n, f.product, i.code, f.asked, lot.expires::text AS expires, s.serial, p.prefix || s.serial AS value,
      ${Events.holderOf(sql)} AS holder, ${Events.statusOf(sql)} AS status,
      CASE WHEN ${Events.isInStock(sql)} THEN k.warehouse END AS warehouse,
      coalesce(x.customer, CASE WHEN ${isElsewhere(sql)} THEN holder.name END) AS customer, x.sales_order, x.shipment,
      x.happened, e.shipped IS NOT NULL OR ${isElsewhere(sql)} AS shipped, coalesce(e.returned > e.shipped, false) AS returned,
      CASE WHEN ${productOf(sql, scope)} IS DISTINCT FROM f.product THEN i.code_type END AS now_type,
      CASE WHEN ${productOf(sql, scope)} IS DISTINCT FROM f.product THEN i.code END AS now_code,
      CASE WHEN lot.lot <> f.asked THEN lot.lot END AS now_lot,
      lot.lot <> f.asked AND NOT EXISTS (SELECT 1 FROM aliases t WHERE t.lot = lot.lot AND t.asked = f.asked) AS other_lot,
      q.assembly, q.number AS assembled_by, q.kit, q.assembled
    ${Events.numbers(sql, scope)} JOIN found f ON f.serial_id = s.id
    ${Events.shipped(sql)} ${Events.placed(sql)} ${Events.kitted(sql)}
    LEFT JOIN lots lot ON lot.id = s.lot_id JOIN names holder ON holder.id = s.company_id
    WHERE ${Events.ofCompany(sql, scope)}
  ), components AS MATERIALIZED (
    SELECT l.id AS n, k.root AS product, coalesce(l.sku, l.gtin) AS code, k.asked, l.lot, l.expiration,
      ${loose(sql)} AS quantity, d.number AS assembled_by, a.kit, coalesce(v.document_date, v.recorded_at) AS assembled
    FROM ${lotLines(sql)} CROSS JOIN LATERAL (SELECT ${Events.kitOf(sql)} AS kit) a
    WHERE v.head ->> 'operation' = ${Events.kitting} AND l.product IS DISTINCT FROM a.kit
  ), kits AS MATERIALIZED (
    SELECT product, asked, kit, min(assembled) AS since FROM (
      SELECT product, asked, kit, assembled FROM numbers UNION ALL SELECT product, asked, kit, assembled FROM components
    ) put WHERE kit IS NOT NULL GROUP BY 1, 2, 3
  ), rows AS (
    SELECT 0 AS part, n, product, code, asked AS lot, expires, serial, value, 1::numeric AS quantity, holder, status, warehouse,
      customer, sales_order, shipment, happened, shipped, returned, now_type, now_code, NULL AS now_product, now_lot,
      coalesce(other_lot, false) OR now_code IS NOT NULL AS relabelled, assembled_by, kit
    FROM numbers
    UNION ALL
    SELECT 1, l.id, k.root, coalesce(l.sku, l.gtin), k.asked, l.expiration, NULL, NULL, ${loose(sql)}, NULL,
      CASE d.kind WHEN 'shipment' THEN 'shipped' ELSE 'returned' END, v.warehouse, coalesce(w.partner, v.partner), o.number,
      d.number, coalesce(v.document_date, v.recorded_at), d.kind = 'shipment', d.kind <> 'shipment', ${nowOf(sql)}, NULL, NULL
    FROM ${lotLines(sql)}
    WHERE (d.kind IN ('shipment', 'return') OR (d.kind = 'receipt' AND o.kind = 'credit_memo')) AND ${loose(sql)} > 0
    UNION ALL
    SELECT 2, min(l.id), k.root, min(coalesce(l.sku, l.gtin)), k.asked, min(l.expiration), NULL, NULL,
      sum(sign(b.quantity) * greatest(0, abs(b.quantity) - (SELECT count(*) FROM serial_texts n
        WHERE n.line_id = l.id AND ${remaining(sql)}))), NULL, 'in stock', b.warehouse, NULL, NULL, NULL, NULL, false, false,
      ${nowOf(sql)}, NULL, NULL
    FROM stock_entries b JOIN ${lotLines(sql)} ON l.id = b.line_id WHERE NOT ${isAddition(sql)}
    GROUP BY k.root, l.product, l.lot, k.asked, b.warehouse
    UNION ALL
    SELECT 3, n, product, code, asked, expiration, NULL, NULL, quantity, NULL, 'in a kit', NULL, NULL, NULL, NULL, NULL, false,
      false, NULL, NULL, NULL, CASE WHEN lot <> asked THEN lot END, false, assembled_by, kit
    FROM components WHERE quantity > 0
    UNION ALL
    SELECT 4, l.id, kits.product, coalesce(l.sku, l.gtin), kits.asked, NULL, NULL, NULL, l.quantity, NULL, 'kit shipped',
      v.warehouse, coalesce(w.partner, v.partner), o.number, d.number, coalesce(v.document_date, v.recorded_at), false, false,
      NULL, NULL, NULL, NULL, false, NULL, kits.kit
    FROM kits JOIN trade_lines l ON l.product = kits.kit JOIN trade_versions v ON v.id = l.version_id AND v.effective
    JOIN trade_documents d ON d.id = l.document_id AND d.company = ${scope.company} AND d.kind = 'shipment'
    LEFT JOIN trade_documents o ON o.id = v.order_id ${orderOf(sql)}
    WHERE coalesce(v.document_date, v.recorded_at) >= date_trunc('day', kits.since) AND l.id NOT IN (SELECT id FROM lines)
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
  /** What it goes by now, where that is not what was asked for: packaging code or product, lot. */
  readonly now_type: string | null
  readonly now_code: string | null
  readonly now_product: string | null
  readonly now_lot: string | null
  /** The assembly that put it into a kit, and the product of the kit where that is told. */
  readonly assembled_by: string | null
  readonly kit: string | null
}

/** Everything of the lots, numbers first. */
export const recall = select<RecallRow>(
  (sql, scope) => sql<RecallRow>`${recalled(sql, scope)}
    SELECT product, code, lot, expires, serial, value, trim_scale(quantity)::text AS quantity, status, holder, warehouse,
      customer, sales_order, shipment, happened, returned, now_type, now_code, now_product, now_lot, assembled_by, kit
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
  readonly relabelled: string
  readonly kits: string
}

/** Units among the rows: of the lots still, unless they were relabelled, and kits not counted. */
const sumOf = (sql: Sql, which: Fragment): Fragment =>
  sql`coalesce(sum(quantity) FILTER (WHERE NOT relabelled AND ${which}), 0)`

/** Whom units of the lots were shipped to, with how many of them came back. */
export const customers = select<CustomerRow>(
  (sql, scope) => sql<CustomerRow>`${recalled(sql, scope)}
    SELECT customer, product, min(code) AS code, lot, string_agg(DISTINCT sales_order, ', ' ORDER BY sales_order) AS orders,
      trim_scale(${sumOf(sql, sql`shipped`)})::text AS shipped,
      trim_scale(${sumOf(sql, sql`returned`)})::text AS returned,
      trim_scale(${sumOf(sql, sql`shipped`)} - ${sumOf(sql, sql`returned`)})::text AS out,
      trim_scale(coalesce(sum(quantity) FILTER (WHERE relabelled AND shipped AND NOT returned), 0))::text AS relabelled,
      trim_scale(coalesce(sum(quantity) FILTER (WHERE part = 4), 0))::text AS kits
    FROM rows WHERE shipped OR returned OR part = 4 GROUP BY customer, product, lot ORDER BY customer, product, lot`
)
