/**
 * Shipments as JSON, posted by shipping tools, by hand, or by warehouses that speak JSON.
 */
import * as ShipmentJson from "../mappings/THROUGHLINE_JSON_Shipment_1_0.ts"
import { profile } from "../mappings/Trade.ts"
import * as JsonMessage from "../src/engine/JsonMessage.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import { checks } from "../src/orders/LineChecks.ts"
import { type OrderError, type OrderServices, patience, raises } from "../src/orders/OrderStages.ts"
import type { Outbound } from "../src/orders/Outbound.ts"
import * as Shipments from "../src/orders/Shipments.ts"
import type { Shipment } from "../src/orders/TradeDocument.ts"
import { orderReplies } from "./order-replies.ts"

export const shipment = Pipeline.define<Shipment, Outbound, OrderError, OrderServices>({
  name: "shipment",
  summary: "Takes what was shipped against a sales order, and tells the sales channel.",
  accepts: JsonMessage.accepts({ type: "SHIPMENT", ...ShipmentJson, profile }),
  check: checks,
  raises,
  apply: Shipments.apply,
  reply: orderReplies,
  patience
})
