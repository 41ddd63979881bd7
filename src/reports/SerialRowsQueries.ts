/**
 * Rows of the reports that have a row for each serial of a product: the panel, the product serial report, the export and
 * profit and loss. In the order of products and of when the repository first knew them.
 */
import * as Events from "./EventQueries.ts"
import { among, between, select } from "./ReportQueries.ts"

/** What every one of these rows has. */
interface Numbered {
  readonly serial: string
  /** The number as the repository writes it. */
  readonly value: string
  readonly code_type: string
  readonly code: string
}

export interface PanelRow extends Numbered {
  readonly po: string | null
  readonly sales_order: string | null
  readonly item: string | null
  readonly memo: string | null
  readonly reason: string | null
  readonly warehouse: string | null
  readonly bin: string | null
  readonly fba: string | null
  readonly transfer: string | null
  readonly expires: string | null
}

/** The serials panel of a product. The bin is told while the unit lies there, the warehouse also after it left. */
export const panel = select<PanelRow>(
  (sql, scope) => sql<PanelRow>`${Events.events(sql, scope)}
    SELECT s.serial, p.prefix || s.serial AS value, i.code_type, i.code, r.po, x.sales_order, x.item, m.memo, m.reason,
      k.warehouse, CASE WHEN ${Events.isInStock(sql)} THEN k.bin END AS bin, b.number AS fba, t.number AS transfer,
      coalesce(lot.expires::text, r.expiration) AS expires
    ${Events.numbers(sql, scope)} ${Events.received(sql)} ${Events.shipped(sql)} ${Events.returned(sql)}
    ${Events.moved(sql)} ${Events.placed(sql)} LEFT JOIN lots lot ON lot.id = s.lot_id
    WHERE ${Events.ofCompany(sql, scope)} AND ${among(sql, sql`k.warehouse`, scope.warehouses)}
    ORDER BY s.item_id, s.id`
)

export interface ProductSerialRow extends Numbered {
  readonly po: string | null
  readonly ordered: Date | null
  readonly vendor: string | null
  readonly price: string | null
  readonly sales_order: string | null
  readonly sold: Date | null
  readonly sale_price: string | null
  readonly received_at: string | null
  readonly shipped_from: string | null
}

/** The product serial report. */
export const productSerials = select<ProductSerialRow>(
  (sql, scope) => sql<ProductSerialRow>`${Events.events(sql, scope)}
    SELECT s.serial, p.prefix || s.serial AS value, i.code_type, i.code, r.po, r.ordered, r.vendor, r.price,
      x.sales_order, x.ordered AS sold, x.price::text AS sale_price, r.warehouse AS received_at,
      x.warehouse AS shipped_from
    ${Events.numbers(sql, scope)} ${Events.received(sql)} ${Events.shipped(sql)}
    WHERE ${Events.ofCompany(sql, scope)}
    ORDER BY s.item_id, s.id`
)

export interface ExportRow extends Numbered {
  readonly lot: string | null
  readonly expires: string | null
  readonly status: string
  readonly in_stock: boolean
  readonly warehouse: string | null
  readonly bin: string | null
  readonly po: string | null
  readonly sales_order: string | null
}

/** Serials of any number of products. */
export const serials = select<ExportRow>(
  (sql, scope) => sql<ExportRow>`${Events.events(sql, scope)}
    SELECT s.serial, p.prefix || s.serial AS value, i.code_type, i.code, lot.lot,
      coalesce(lot.expires::text, r.expiration) AS expires, ${Events.isInStock(sql)} AS in_stock,
      ${Events.statusOf(sql)} AS status,
      k.warehouse, CASE WHEN ${Events.isInStock(sql)} THEN k.bin END AS bin, r.po, x.sales_order
    ${Events.numbers(sql, scope)} ${Events.received(sql)} ${Events.shipped(sql)} ${Events.placed(sql)}
    LEFT JOIN lots lot ON lot.id = s.lot_id
    WHERE ${Events.ofCompany(sql, scope)} AND ${among(sql, sql`k.warehouse`, scope.warehouses)}
    ORDER BY s.item_id, s.id`
)

export interface ProfitRow extends Numbered {
  readonly po: string | null
  readonly vendor: string | null
  readonly cost: string | null
  readonly sales_order: string | null
  readonly sold: Date | null
  readonly sale_price: string | null
  readonly came_back: boolean
  readonly profit: string | null
}

/** Profit and loss of sold units: the price kept at receipt is the cost. A unit that came back is not sold. */
export const profit = select<ProfitRow>(
  (sql, scope) => sql<ProfitRow>`${Events.events(sql, scope)}
    SELECT s.serial, p.prefix || s.serial AS value, i.code_type, i.code, r.po, r.vendor, r.kept::text AS cost,
      x.sales_order, x.ordered AS sold, x.price::text AS sale_price, coalesce(e.returned > e.shipped, false) AS came_back,
      CASE WHEN e.returned > e.shipped THEN NULL ELSE (x.price - r.kept)::text END AS profit
    ${Events.numbers(sql, scope)} ${Events.received(sql)} ${Events.shipped(sql)}
    WHERE ${Events.ofCompany(sql, scope)} AND e.shipped IS NOT NULL AND ${among(sql, sql`x.sales_order`, scope.salesOrders)}
      AND ${between(sql, sql`x.ordered`, scope)}
    ORDER BY s.item_id, s.id`
)
