/**
 * SHIPMENT as CSV: what left against a sales order, one row a serial. Ours: no document prescribes the columns; those of
 * lines are in `TradeCsv`.
 */
import * as Csv from "../src/formats/Csv.ts"
import { type Misfit, type Shipment, shipmentStatuses } from "../src/orders/TradeDocument.ts"
import * as CsvColumns from "../src/partners/CsvColumns.ts"
import * as TradeCsv from "./TradeCsv.ts"

export const file = import.meta.filename

export const layout = Csv.layout("THROUGHLINE_CSV_Shipment_1_0", {
  ...CsvColumns.shared,
  ...CsvColumns.shipments
})

export const canonical = (rows: ReadonlyArray<Csv.RowOf<typeof layout.columns>>, header: TradeCsv.Header): Shipment => {
  const misfits: Array<Misfit> = []
  const { cells, head } = TradeCsv.documentOf(rows, CsvColumns.shipments, misfits)
  return {
    kind: "shipment",
    header,
    ...head,
    status: TradeCsv.oneOf(cells.status, shipmentStatuses, "status", misfits),
    salesOrder: cells.salesOrder ?? "",
    carrier: cells.carrier,
    trackingNumber: cells.trackingNumber
  }
}
