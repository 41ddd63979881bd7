/**
 * Receipts as JSON, posted by receiving tools, by hand, or by warehouses that speak JSON.
 */
import * as ReceiptJson from "../mappings/THROUGHLINE_JSON_Receipt_1_0.ts"
import { profile } from "../mappings/Trade.ts"
import * as JsonMessage from "../src/engine/JsonMessage.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import { checks } from "../src/orders/LineChecks.ts"
import { type OrderError, type OrderServices, patience, raises } from "../src/orders/OrderStages.ts"

import * as Receipts from "../src/orders/Receipts.ts"
import type { Receipt } from "../src/orders/TradeDocument.ts"

export const receipt = Pipeline.define<Receipt, never, OrderError, OrderServices>({
  name: "receipt",
  summary: "Takes in what was received against a purchase order or credit memo.",
  accepts: JsonMessage.accepts({ type: "RECEIPT", ...ReceiptJson, profile }),
  check: checks,
  raises,
  apply: Receipts.apply,
  reply: undefined,
  patience
})
