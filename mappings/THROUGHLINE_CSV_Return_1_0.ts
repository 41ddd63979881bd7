/**
 * RETURN as CSV: what may come back, and what came, one row a serial. Ours: no document prescribes the columns; those of
 * lines are in `TradeCsv`.
 */
import * as Csv from "../src/formats/Csv.ts"
import { type Misfit, type Return, returnStatuses } from "../src/orders/TradeDocument.ts"
import * as CsvColumns from "../src/partners/CsvColumns.ts"
import * as TradeCsv from "./TradeCsv.ts"

export const file = import.meta.filename

export const layout = Csv.layout("THROUGHLINE_CSV_Return_1_0", {
  ...CsvColumns.shared,
  ...CsvColumns.returns
})

export const canonical = (rows: ReadonlyArray<Csv.RowOf<typeof layout.columns>>, header: TradeCsv.Header): Return => {
  const misfits: Array<Misfit> = []
  const { cells, head } = TradeCsv.documentOf(rows, CsvColumns.returns, misfits)
  return {
    kind: "return",
    header,
    ...head,
    status: TradeCsv.oneOf(cells.status, returnStatuses, "status", misfits),
    salesOrder: cells.salesOrder,
    customer: cells.customer,
    creditMemo: cells.creditMemo,
    reason: cells.reason
  }
}
