/**
 * SERIAL_CORRECTION as JSON: serials added or taken off by hand, on the page of a product or order. Ours; lines are as in
 * `Trade`, and an unknown field is an error.
 */
import { Schema } from "effect"
import { correctionPages, type SerialCorrection } from "../src/orders/TradeDocument.ts"
import * as Trade from "./Trade.ts"

export const map = "THROUGHLINE_JSON_SerialCorrection_1_0"
export const file = import.meta.filename

export const schema = Schema.Struct({
  ...Trade.fields,
  page: Schema.Literals(correctionPages),
  action: Schema.Literals(["add", "remove"]),
  order: Schema.optionalKey(Schema.NonEmptyString)
})

export const canonical = (read: typeof schema.Type): SerialCorrection => ({
  kind: "serial_correction",
  ...Trade.headOf(read),
  page: read.page,
  action: read.action,
  order: read.order
})
