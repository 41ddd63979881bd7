/** SHIP_NOTICE as JSON: what was shipped, for the sales channel it was sold through (as X12 856). Ours. */
import type { ShipNotice } from "../src/orders/Outbound.ts"
import { documentOf, party } from "./OutboundJson.ts"

export const map = "THROUGHLINE_JSON_ShipNotice_1_0"
export const file = import.meta.filename

export const document = (value: ShipNotice) => ({
  ...documentOf(value),
  shipment: value.number,
  salesOrder: value.salesOrder,
  customer: party(value.customer),
  customerOrder: value.customerOrder,
  carrier: value.carrier,
  trackingNumber: value.trackingNumber
})
