/**
 * RECEIPT as CSV: what came in, one row a serial, against a purchase order or a credit memo. Ours; the session's columns
 * are called as on Sellercloud's page of a purchase order's serials.
 */
import * as Csv from "../src/formats/Csv.ts"
import { type Misfit, type Receipt, receiptStatuses } from "../src/orders/TradeDocument.ts"
import * as CsvColumns from "../src/partners/CsvColumns.ts"
import * as TradeCsv from "./TradeCsv.ts"

export const file = import.meta.filename

export const layout = Csv.layout("THROUGHLINE_CSV_Receipt_1_0", {
  ...CsvColumns.shared,
  ...CsvColumns.receipts
})

export const canonical = (rows: ReadonlyArray<Csv.RowOf<typeof layout.columns>>, header: TradeCsv.Header): Receipt => {
  const misfits: Array<Misfit> = []
  const { cells, head } = TradeCsv.documentOf(rows, CsvColumns.receipts, misfits)
  return {
    kind: "receipt",
    header,
    ...head,
    status: TradeCsv.oneOf(cells.status, receiptStatuses, "status", misfits),
    against:
      cells.purchaseOrder === undefined && cells.creditMemo !== undefined
        ? { kind: "credit_memo", number: cells.creditMemo }
        : { kind: "purchase_order", number: cells.purchaseOrder ?? "" },
    session:
      cells.session === undefined
        ? undefined
        : { id: cells.session, receivedOn: cells.receivedOn, receivedBy: cells.receivedBy },
    vendorInvoice: cells.vendorInvoice
  }
}
