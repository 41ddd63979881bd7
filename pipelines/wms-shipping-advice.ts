/**
 * Shipments from warehouses as X12 945: lots and serials of what left, against sales orders, told to the sales channel.
 * The 997 goes back in any case.
 */
import * as ShippingAdvice from "../mappings/X12_004010_945.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import { acknowledged } from "../src/engine/X12Acknowledge.ts"
import * as X12Message from "../src/engine/X12Message.ts"
import { type OrderError, type OrderServices, patience, raises } from "../src/orders/OrderStages.ts"
import type { Outbound } from "../src/orders/Outbound.ts"
import * as Shipments from "../src/orders/Shipments.ts"
import type { Shipment } from "../src/orders/TradeDocument.ts"
import { applyAll, checks, dialect, type WarehouseAdvice } from "../src/orders/WarehouseAdvice.ts"
import { orderReplies } from "./order-replies.ts"

export const wmsShippingAdvice = Pipeline.define<WarehouseAdvice<Shipment>, Outbound, OrderError, OrderServices>({
  name: "wms-shipping-advice",
  summary: "Takes what a warehouse says it shipped (X12 945), and tells the sales channel.",
  accepts: X12Message.accepts({ ...ShippingAdvice, dialect }),
  check: checks,
  raises,
  apply: applyAll(Shipments.apply),
  reply: orderReplies,
  acknowledge: acknowledged(ShippingAdvice.set),
  patience
})
