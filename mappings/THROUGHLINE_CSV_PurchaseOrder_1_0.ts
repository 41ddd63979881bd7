/**
 * PURCHASE_ORDER as CSV: a draft with planned lots and serials, one row a serial, or its release in one row. Ours: no
 * document prescribes the columns.
 */
import * as Csv from "../src/formats/Csv.ts"
import { type Misfit, type PurchaseOrder, purchaseOrderStatuses } from "../src/orders/TradeDocument.ts"
import * as CsvColumns from "../src/partners/CsvColumns.ts"
import * as TradeCsv from "./TradeCsv.ts"

export const file = import.meta.filename

export const layout = Csv.layout("THROUGHLINE_CSV_PurchaseOrder_1_0", {
  ...CsvColumns.shared,
  ...CsvColumns.purchaseOrders
})

export const canonical = (
  rows: ReadonlyArray<Csv.RowOf<typeof layout.columns>>,
  header: TradeCsv.Header
): PurchaseOrder => {
  const misfits: Array<Misfit> = []
  const { cells, head } = TradeCsv.documentOf(rows, CsvColumns.purchaseOrders, misfits)
  return {
    kind: "purchase_order",
    header,
    ...head,
    status: TradeCsv.oneOf(cells.status, purchaseOrderStatuses, "status", misfits),
    vendor: cells.vendor,
    expectedOn: cells.expectedOn
  }
}
