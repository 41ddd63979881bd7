/**
 * Stock movements as JSON, posted by warehouse tools: bins, warehouses, adjustments, SKU to SKU, kits, counts, put-away
 * and FBA, with the serials that go along.
 */
import * as StockMovementJson from "../mappings/THROUGHLINE_JSON_StockMovement_1_0.ts"
import { profile } from "../mappings/Trade.ts"
import * as JsonMessage from "../src/engine/JsonMessage.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import * as LineChecks from "../src/orders/LineChecks.ts"
import * as MovementChecks from "../src/orders/MovementChecks.ts"
import { type OrderError, type OrderServices, patience, raises } from "../src/orders/OrderStages.ts"
import * as StockMovements from "../src/orders/StockMovements.ts"
import type { StockMovement } from "../src/orders/TradeDocument.ts"

export const stockMovement = Pipeline.define<StockMovement, never, OrderError, OrderServices>({
  name: "stock-movement",
  summary: "Moves stock with its serials: bins, warehouses, adjustments, SKU to SKU, kits, counts, FBA.",
  accepts: JsonMessage.accepts({ type: "STOCK_MOVEMENT", ...StockMovementJson, profile }),
  check: [...LineChecks.checks, ...MovementChecks.checks],
  raises,
  apply: StockMovements.apply,
  reply: undefined,
  patience
})
