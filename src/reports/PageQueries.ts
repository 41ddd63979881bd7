/**
 * Rows about orders and their serials: which orders a serial is on, and an order as its page and its invoice show it. Of
 * orders the lines that hold are told; serials are those that were received or shipped for them and not taken off again.
 */
import type { SqlClient } from "effect/sql"
import type { Fragment } from "effect/sql/Statement"
import { bareSerial, isAddition, remaining } from "./ArrivalQueries.ts"
import { among, select } from "./ReportQueries.ts"
import type { Scope } from "./Scope.ts"

export interface OnOrderRow {
  readonly serial: string
  readonly product: string | null
  readonly number: string
  readonly item: string
  readonly ordered: Date | null
  readonly partner: string | null
  readonly status: string
  readonly document: string | null
  readonly happened: Date | null
  readonly warehouse: string | null
  readonly price: string | null
}

/** Orders of a kind that list the serials meant, by themselves or through a document that fulfils them. */
const ordersBySerial = (order: "purchase_order" | "sales_order", fulfilment: "receipt" | "shipment") =>
  select<OnOrderRow>(
    (sql, { company, serials, heads }) => sql<OnOrderRow>`
      SELECT ${bareSerial(sql)} AS serial, l.product, o.number, coalesce(ol.line_ref, l.line_ref) AS item,
        w.document_date AS ordered, w.partner, w.status, CASE WHEN d.id <> o.id THEN d.number END AS document,
        CASE WHEN d.id <> o.id THEN coalesce(v.document_date, v.recorded_at) END AS happened, v.warehouse,
        coalesce(l.price, CASE WHEN l.parent_ref IS NULL THEN ol.price END)::text AS price
      FROM (
        SELECT DISTINCT head || serial AS value FROM unnest(${heads}::text[]) AS h(head), unnest(${serials ?? []}::text[]) AS u(serial)
        UNION SELECT unnest(${serials ?? []}::text[])
      ) asked
      JOIN serial_texts n ON n.value = asked.value
      JOIN trade_lines l ON l.id = n.line_id JOIN trade_versions v ON v.id = l.version_id
      JOIN trade_documents d ON d.id = l.document_id
      JOIN trade_documents o ON o.id = CASE WHEN d.kind = ${order} THEN d.id ELSE v.order_id END
      JOIN LATERAL (SELECT n.* FROM trade_versions n WHERE n.document_id = o.id ORDER BY n.id DESC LIMIT 1) w ON true
      LEFT JOIN trade_lines ol ON ol.id = l.order_line_id
      WHERE d.company = ${company} AND o.kind = ${order} AND ${remaining(sql)}
        AND (d.kind = ${fulfilment} AND v.effective OR ${isAddition(sql)}
          OR d.kind = ${order} AND l.version_id = w.lines_of)
      ORDER BY n.value, o.id, l.id`
  )

export const salesOrders = ordersBySerial("sales_order", "shipment")
export const purchaseOrders = ordersBySerial("purchase_order", "receipt")

/** Lines of the orders meant, as they hold. */
const lines = (
  sql: SqlClient.SqlClient,
  { company, salesOrders: sales, purchaseOrders: bought }: Scope
): Fragment => sql`
  trade_documents d
  JOIN LATERAL (SELECT n.* FROM trade_versions n WHERE n.document_id = d.id ORDER BY n.id DESC LIMIT 1) w ON true
  JOIN trade_lines l ON l.document_id = d.id AND l.version_id = w.lines_of
  WHERE d.company = ${company} AND (
    (d.kind = 'sales_order' AND ${sales === undefined ? sql`${bought === undefined}::bool` : among(sql, sql`d.number`, sales)})
    OR (d.kind = 'purchase_order' AND ${bought === undefined ? sql`false` : among(sql, sql`d.number`, bought)}))`

/** Serials received or shipped for a line `a` of an order, whichever version of the order they came for. */
const fulfilled = (sql: SqlClient.SqlClient, shown: boolean): Fragment => sql`
  (SELECT ${bareSerial(sql)} AS serial, l.id AS line, n.position
    FROM trade_lines same JOIN trade_lines l ON l.order_line_id = same.id JOIN trade_versions v ON v.id = l.version_id
    JOIN trade_documents d ON d.id = l.document_id JOIN serial_texts n ON n.line_id = l.id
    WHERE ${shown}::bool AND same.document_id = a.document AND same.line_ref = a.item AND v.effective
      AND (d.kind IN ('receipt', 'shipment') OR ${isAddition(sql)}) AND ${remaining(sql)})`

export interface OrderLineRow {
  readonly number: string
  readonly item: string
  readonly product: string | null
  readonly sku: string | null
  readonly quantity: string
  readonly price: string | null
  readonly total: string | null
  readonly serials: string | null
}

const line = (sql: SqlClient.SqlClient): Fragment => sql`
  d.id AS document, d.number, l.line_ref AS item, l.position, l.product, coalesce(l.sku, l.gtin) AS sku,
  trim_scale(l.quantity)::text AS quantity, l.price::text AS price, (l.quantity * l.price)::numeric(20, 6)::text AS total`

/** An order's page: a row for each serial where the company shows them, else one for each line. */
export const details = select<OrderLineRow>(
  (sql, scope) => sql<OrderLineRow>`
    SELECT a.*, n.serial AS serials FROM (SELECT ${line(sql)} FROM ${lines(sql, scope)}) a
    LEFT JOIN LATERAL ${fulfilled(sql, scope.onOrders)} n ON true
    ORDER BY a.document, a.position, n.line, n.position`
)

/** An invoice's lines: the serials of each in one text, where the company prints them. */
export const invoice = select<OrderLineRow>(
  (sql, scope) => sql<OrderLineRow>`
    SELECT a.*, n.serials FROM (SELECT ${line(sql)} FROM ${lines(sql, scope)}) a
    LEFT JOIN LATERAL (SELECT string_agg(f.serial, ', ' ORDER BY f.line, f.position) AS serials
      FROM ${fulfilled(sql, scope.onInvoices)} f) n ON true
    ORDER BY a.document, a.position`
)
