/**
 * STOCK_MOVEMENT as CSV: what moved from where to where, one row a serial. Ours: no document prescribes the columns;
 * those of lines are in `TradeCsv`.
 */
import * as Csv from "../src/formats/Csv.ts"
import { type Misfit, movementOperations, type StockMovement } from "../src/orders/TradeDocument.ts"
import * as CsvColumns from "../src/partners/CsvColumns.ts"
import * as TradeCsv from "./TradeCsv.ts"

export const file = import.meta.filename

export const layout = Csv.layout("THROUGHLINE_CSV_StockMovement_1_0", {
  ...CsvColumns.shared,
  ...CsvColumns.stockMovements
})

export const canonical = (
  rows: ReadonlyArray<Csv.RowOf<typeof layout.columns>>,
  header: TradeCsv.Header
): StockMovement => {
  const misfits: Array<Misfit> = []
  const { cells, head } = TradeCsv.documentOf(rows, CsvColumns.stockMovements, misfits)
  return {
    kind: "stock_movement",
    header,
    ...head,
    operation: TradeCsv.oneOf(cells.operation, movementOperations, "operation", misfits),
    from:
      cells.fromWarehouse === undefined && cells.fromBin === undefined
        ? undefined
        : { warehouse: cells.fromWarehouse, bin: cells.fromBin },
    to:
      cells.toWarehouse === undefined && cells.toBin === undefined
        ? undefined
        : { warehouse: cells.toWarehouse, bin: cells.toBin },
    toProduct: cells.toSku === undefined ? undefined : { sku: cells.toSku },
    direction:
      cells.direction === undefined ? undefined : TradeCsv.oneOf(cells.direction, ["in", "out"], "direction", misfits),
    reference: cells.reference,
    box: cells.box,
    reason: cells.reason
  }
}
