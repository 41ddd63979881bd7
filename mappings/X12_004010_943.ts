/**
 * 943, stock transfer shipment advice: a released purchase order to X12, or its cancellation. More serials than a loop
 * holds go on in the next.
 */
import * as X12 from "../src/formats/X12.ts"
import type { StockTransferAdvice } from "../src/orders/Outbound.ts"
import * as Common from "./X12.ts"

export const map = "X12_004010_943"
export const file = import.meta.filename
export const set = X12.set943

/** Action (data element 306) "cancel entire order": the reporting code in W0601 knows no cancellation. */
const cancelled = "G"

export const written = (value: StockTransferAdvice) => {
  const profile = value.channel.x12
  const lines = value.lines.flatMap((line) => {
    const references = Common.lineReferences(line, profile, "N9")
    const [first, second] = Common.productPairs(line, profile)
    return Common.pieces(line, X12.lineReferences - references.length).map(({ quantity, serials }) => ({
      item: {
        quantity: Common.quantityText(quantity),
        unit: line.uom,
        ...(first === undefined ? {} : { qualifier: first[0], product: first[1] }),
        ...(second === undefined ? {} : { qualifier2: second[0], product2: second[1] })
      },
      descriptions: Common.descriptions(line),
      references: [...references, ...Common.serialReferences(serials, profile)]
    }))
  })
  const expected = Common.compactDate(value.expectedOn)
  const set943: X12.Write<typeof X12.set943> = {
    header: {
      reporting: "F",
      depositorOrder: value.number,
      date: Common.compactDate(value.date) ?? Common.compactDate(value.at.toISOString()),
      purchaseOrder: value.number,
      ...(value.status === "cancelled" ? { action: cancelled } : {})
    },
    parties: [
      ...Common.party("DE", value.owner),
      ...Common.party("WH", value.warehouse),
      ...Common.party("SF", value.vendor)
    ],
    dates: expected === undefined ? [] : [{ qualifier: "17", date: expected }],
    notes: Common.notes(value.notes),
    // Who carries the goods is not known before they leave: mutually defined.
    carrier: { method: "ZZ" },
    lines,
    totals: { units: Common.quantityText(value.lines.reduce((sum, { quantity }) => sum + quantity, 0)) }
  }
  return Common.interchange<(typeof X12.set943)["fields"]>(value, set943)
}
