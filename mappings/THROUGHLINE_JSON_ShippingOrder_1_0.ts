/**
 * SHIPPING_ORDER as JSON: a released sales order for the warehouse that will ship it, or its
 * cancellation (as X12 940). Ours.
 */
import type { ShippingOrder } from "../src/orders/Outbound.ts"
import { documentOf, party } from "./OutboundJson.ts"

export const map = "THROUGHLINE_JSON_ShippingOrder_1_0"
export const file = import.meta.filename

export const document = (value: ShippingOrder) => ({
  ...documentOf(value),
  status: value.status,
  salesOrder: value.number,
  customer: party(value.customer),
  customerOrder: value.customerOrder
})
