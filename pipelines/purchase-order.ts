/**
 * Purchase orders as JSON: drafts with planned lots and serials, and their release.
 */
import * as PurchaseOrderJson from "../mappings/THROUGHLINE_JSON_PurchaseOrder_1_0.ts"
import { profile } from "../mappings/Trade.ts"
import * as JsonMessage from "../src/engine/JsonMessage.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import { checks } from "../src/orders/LineChecks.ts"
import { type OrderError, type OrderServices, patience, raises } from "../src/orders/OrderStages.ts"
import type { Outbound } from "../src/orders/Outbound.ts"
import * as PurchaseOrders from "../src/orders/PurchaseOrders.ts"
import type { PurchaseOrder } from "../src/orders/TradeDocument.ts"
import { orderReplies } from "./order-replies.ts"

export const purchaseOrder = Pipeline.define<PurchaseOrder, Outbound, OrderError, OrderServices>({
  name: "purchase-order",
  summary: "Takes purchase orders, and sends released ones to their warehouse.",
  accepts: JsonMessage.accepts({ type: "PURCHASE_ORDER", ...PurchaseOrderJson, profile }),
  check: checks,
  raises,
  apply: PurchaseOrders.apply,
  reply: orderReplies,
  patience
})
