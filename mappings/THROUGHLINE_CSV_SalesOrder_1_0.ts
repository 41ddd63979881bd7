/**
 * SALES_ORDER as CSV: what was sold, one row a line. Ours: no document prescribes the columns; those of lines are in
 * `TradeCsv`.
 */
import * as Csv from "../src/formats/Csv.ts"
import { type Misfit, type SalesOrder, salesOrderStatuses } from "../src/orders/TradeDocument.ts"
import * as CsvColumns from "../src/partners/CsvColumns.ts"
import * as TradeCsv from "./TradeCsv.ts"

export const file = import.meta.filename

export const layout = Csv.layout("THROUGHLINE_CSV_SalesOrder_1_0", {
  ...CsvColumns.shared,
  ...CsvColumns.salesOrders
})

export const canonical = (
  rows: ReadonlyArray<Csv.RowOf<typeof layout.columns>>,
  header: TradeCsv.Header
): SalesOrder => {
  const misfits: Array<Misfit> = []
  const { cells, head } = TradeCsv.documentOf(rows, CsvColumns.salesOrders, misfits)
  return {
    kind: "sales_order",
    header,
    ...head,
    status: TradeCsv.oneOf(cells.status, salesOrderStatuses, "status", misfits),
    customer: cells.customer,
    salesChannel: cells.salesChannel,
    customerOrder: cells.customerOrder
  }
}
