/**
 * Sales orders as JSON, posted by shops and back offices. A released one goes to the warehouse that ships it; what it says
 * of lots is left out, because nobody orders by lot.
 */
import * as SalesOrderJson from "../mappings/THROUGHLINE_JSON_SalesOrder_1_0.ts"
import { profile } from "../mappings/Trade.ts"
import * as JsonMessage from "../src/engine/JsonMessage.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import { checks } from "../src/orders/LineChecks.ts"
import { type OrderError, type OrderServices, patience, raises } from "../src/orders/OrderStages.ts"
import type { Outbound } from "../src/orders/Outbound.ts"
import * as SalesOrders from "../src/orders/SalesOrders.ts"
import type { SalesOrder } from "../src/orders/TradeDocument.ts"
import { orderReplies } from "./order-replies.ts"

export const salesOrder = Pipeline.define<SalesOrder, Outbound, OrderError, OrderServices>({
  name: "sales-order",
  summary: "Takes sales orders, and sends released ones to their warehouse.",
  accepts: JsonMessage.accepts({ type: "SALES_ORDER", ...SalesOrderJson, profile }),
  check: checks,
  raises,
  apply: SalesOrders.apply,
  reply: orderReplies,
  patience
})
