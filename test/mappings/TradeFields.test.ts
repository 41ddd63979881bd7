/** The fields that a partner may name in JSON documents are those that the documents have. */
import { assert, describe, it } from "@effect/vitest"
import * as PurchaseOrder from "../../mappings/THROUGHLINE_JSON_PurchaseOrder_1_0.ts"
import * as Receipt from "../../mappings/THROUGHLINE_JSON_Receipt_1_0.ts"
import * as Return from "../../mappings/THROUGHLINE_JSON_Return_1_0.ts"
import * as SalesOrder from "../../mappings/THROUGHLINE_JSON_SalesOrder_1_0.ts"
import * as SerialCorrection from "../../mappings/THROUGHLINE_JSON_SerialCorrection_1_0.ts"
import * as Shipment from "../../mappings/THROUGHLINE_JSON_Shipment_1_0.ts"
import * as StockMovement from "../../mappings/THROUGHLINE_JSON_StockMovement_1_0.ts"
import { lineFields } from "../../mappings/Trade.ts"
import * as WorldJson from "../../src/partners/WorldJson.ts"

const whole = (fields: ReadonlyArray<string>) => fields.filter((field) => !field.includes(".")).sort()

describe("fields that a partner may name", () => {
  it("are those of documents and lines", () => {
    const mappings = [PurchaseOrder, Receipt, Return, SalesOrder, SerialCorrection, Shipment, StockMovement]
    const fields = new Set(mappings.flatMap(({ schema }) => Object.keys(schema.fields)))
    assert.deepStrictEqual(whole(WorldJson.documentFields), [...fields.difference(new Set(["header", "lines"]))].sort())
    assert.deepStrictEqual(whole(WorldJson.lineFields), Object.keys(lineFields).sort())
  })
})
