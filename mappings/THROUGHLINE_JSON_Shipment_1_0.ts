/**
 * SHIPMENT as JSON: what left against a sales order, with its parcel. Ours; lines are as in `Trade`, and an unknown field
 * is an error.
 */
import { Schema } from "effect"
import { type Shipment, shipmentStatuses } from "../src/orders/TradeDocument.ts"
import * as Trade from "./Trade.ts"

export const map = "THROUGHLINE_JSON_Shipment_1_0"
export const file = import.meta.filename

export const schema = Schema.Struct({
  ...Trade.fields,
  status: Schema.Literals(shipmentStatuses),
  salesOrder: Schema.NonEmptyString,
  carrier: Schema.optionalKey(Schema.String),
  trackingNumber: Schema.optionalKey(Schema.String)
})

export const canonical = (read: typeof schema.Type): Shipment => ({
  kind: "shipment",
  ...Trade.headOf(read),
  status: read.status,
  salesOrder: read.salesOrder,
  carrier: read.carrier,
  trackingNumber: read.trackingNumber
})
