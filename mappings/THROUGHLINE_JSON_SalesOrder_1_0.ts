/**
 * SALES_ORDER as JSON: what was sold, to whom and through which channel. Ours; lines are as in `Trade`, and an unknown
 * field is an error.
 */
import { Schema } from "effect"
import { type SalesOrder, salesOrderStatuses } from "../src/orders/TradeDocument.ts"
import * as Trade from "./Trade.ts"

export const map = "THROUGHLINE_JSON_SalesOrder_1_0"
export const file = import.meta.filename

export const schema = Schema.Struct({
  ...Trade.fields,
  status: Schema.Literals(salesOrderStatuses),
  customer: Schema.optionalKey(Schema.NonEmptyString),
  salesChannel: Schema.optionalKey(Schema.NonEmptyString),
  customerOrder: Schema.optionalKey(Schema.String)
})

export const canonical = (read: typeof schema.Type): SalesOrder => ({
  kind: "sales_order",
  ...Trade.headOf(read),
  status: read.status,
  customer: read.customer,
  salesChannel: read.salesChannel,
  customerOrder: read.customerOrder
})
