/**
 * Stock movements from CSV files, one row a line or a serial: the same documents as of `stock-movement`, judged by the
 * same rules.
 */
import * as StockMovementCsv from "../mappings/THROUGHLINE_CSV_StockMovement_1_0.ts"
import { profile } from "../mappings/TradeCsv.ts"
import * as CsvMessage from "../src/engine/CsvMessage.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import * as LineChecks from "../src/orders/LineChecks.ts"
import * as MovementChecks from "../src/orders/MovementChecks.ts"
import { type OrderError, type OrderServices, patience, raises } from "../src/orders/OrderStages.ts"
import * as StockMovements from "../src/orders/StockMovements.ts"
import type { StockMovement } from "../src/orders/TradeDocument.ts"

export const stockMovementCsv = Pipeline.define<StockMovement, never, OrderError, OrderServices>({
  name: "stock-movement-csv",
  summary: "Moves stock with its serials, from CSV files.",
  accepts: CsvMessage.accepts({ type: "STOCK_MOVEMENT", ...StockMovementCsv, profile }),
  check: [...LineChecks.checks, ...MovementChecks.checks],
  raises,
  apply: StockMovements.apply,
  reply: undefined,
  patience
})
