/**
 * PURCHASE_ORDER as JSON: a draft with planned lots and serials, its release, its end. Ours; lines are as in `Trade`, and
 * an unknown field is an error.
 */
import { Schema } from "effect"
import { type PurchaseOrder, purchaseOrderStatuses } from "../src/orders/TradeDocument.ts"
import * as Trade from "./Trade.ts"

export const map = "THROUGHLINE_JSON_PurchaseOrder_1_0"
export const file = import.meta.filename

export const schema = Schema.Struct({
  ...Trade.fields,
  status: Schema.Literals(purchaseOrderStatuses),
  vendor: Schema.optionalKey(Schema.NonEmptyString),
  expectedOn: Schema.optionalKey(Schema.String)
})

export const canonical = (read: typeof schema.Type): PurchaseOrder => ({
  kind: "purchase_order",
  ...Trade.headOf(read),
  status: read.status,
  vendor: read.vendor,
  expectedOn: read.expectedOn
})
