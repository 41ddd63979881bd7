/**
 * RECEIPT as JSON: what came in, against a purchase order or a credit memo, in a receiving session. Ours; lines are as in
 * `Trade`, and an unknown field is an error.
 */
import { Schema } from "effect"
import { type Receipt, receiptStatuses } from "../src/orders/TradeDocument.ts"
import * as Trade from "./Trade.ts"

export const map = "THROUGHLINE_JSON_Receipt_1_0"
export const file = import.meta.filename

export const schema = Schema.Struct({
  ...Trade.fields,
  status: Schema.Literals(receiptStatuses),
  /** One of the two. */
  purchaseOrder: Schema.optionalKey(Schema.NonEmptyString),
  creditMemo: Schema.optionalKey(Schema.NonEmptyString),
  session: Schema.optionalKey(
    Schema.Struct({
      id: Schema.NonEmptyString,
      receivedOn: Schema.optionalKey(Schema.String),
      receivedBy: Schema.optionalKey(Schema.String)
    })
  ),
  vendorInvoice: Schema.optionalKey(Schema.String)
}).check(
  Schema.makeFilter(
    ({ purchaseOrder, creditMemo }) =>
      (purchaseOrder === undefined) !== (creditMemo === undefined) ||
      "needs either `purchaseOrder` or `creditMemo`, and not both"
  )
)

export const canonical = (read: typeof schema.Type): Receipt => ({
  kind: "receipt",
  ...Trade.headOf(read),
  status: read.status,
  against:
    read.purchaseOrder === undefined
      ? { kind: "credit_memo", number: read.creditMemo ?? "" }
      : { kind: "purchase_order", number: read.purchaseOrder },
  session: read.session,
  vendorInvoice: read.vendorInvoice
})
