/**
 * RETURN as JSON: what may come back, and what came. Ours; lines are as in `Trade`, and an unknown field is an error, so
 * that a misspelt one is not lost.
 */
import { Schema } from "effect"
import { type Return, returnStatuses } from "../src/orders/TradeDocument.ts"
import * as Trade from "./Trade.ts"

export const map = "THROUGHLINE_JSON_Return_1_0"
export const file = import.meta.filename

export const schema = Schema.Struct({
  ...Trade.fields,
  status: Schema.Literals(returnStatuses),
  salesOrder: Schema.optionalKey(Schema.NonEmptyString),
  customer: Schema.optionalKey(Schema.NonEmptyString),
  creditMemo: Schema.optionalKey(Schema.NonEmptyString),
  reason: Schema.optionalKey(Schema.String)
})

export const canonical = (read: typeof schema.Type): Return => ({
  kind: "return",
  ...Trade.headOf(read),
  status: read.status,
  salesOrder: read.salesOrder,
  customer: read.customer,
  creditMemo: read.creditMemo,
  reason: read.reason
})
