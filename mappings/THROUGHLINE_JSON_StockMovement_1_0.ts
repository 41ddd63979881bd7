/**
 * STOCK_MOVEMENT as JSON: bins, warehouses, SKU to SKU, kits, counts, put-away, FBA. Ours; lines are as in `Trade`, and an
 * unknown field is an error.
 */
import { Schema } from "effect"
import { movementOperations, type StockMovement } from "../src/orders/TradeDocument.ts"
import * as Trade from "./Trade.ts"

export const map = "THROUGHLINE_JSON_StockMovement_1_0"
export const file = import.meta.filename

const Bin = Schema.Struct({ warehouse: Schema.optionalKey(Schema.String), bin: Schema.optionalKey(Schema.String) })

export const schema = Schema.Struct({
  ...Trade.fields,
  operation: Schema.Literals(movementOperations),
  from: Schema.optionalKey(Bin),
  to: Schema.optionalKey(Bin),
  toProduct: Schema.optionalKey(
    Schema.Struct({ gtin: Schema.optionalKey(Schema.String), sku: Schema.optionalKey(Schema.String) })
  ),
  direction: Schema.optionalKey(Schema.Literals(["in", "out"])),
  /** Number of the warehouse transfer, FBA shipment, kit order or credit memo. */
  reference: Schema.optionalKey(Schema.String),
  box: Schema.optionalKey(Schema.String),
  reason: Schema.optionalKey(Schema.String)
})

export const canonical = (read: typeof schema.Type): StockMovement => ({
  kind: "stock_movement",
  ...Trade.headOf(read),
  operation: read.operation,
  from: read.from,
  to: read.to,
  toProduct: read.toProduct,
  direction: read.direction,
  reference: read.reference,
  box: read.box,
  reason: read.reason
})
