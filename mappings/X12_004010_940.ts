/**
 * 940, warehouse shipping order: a released sales order to X12, or its cancellation by W0501. More than 200 references go
 * into the LS loop.
 */
import * as X12 from "../src/formats/X12.ts"
import type { ShippingOrder } from "../src/orders/Outbound.ts"
import * as Common from "./X12.ts"

export const map = "X12_004010_940"
export const file = import.meta.filename
export const set = X12.set940

/** Order status (data element 473): original, cancel. */
const statuses = { released: "N", cancelled: "F" } as const

/** The LS loop around a long list. */
const long = (references: ReadonlyArray<{ readonly qualifier: string; readonly value: string }>) => [
  {
    start: { loop: X12.longListLoop },
    items: [{ number: { number: "1" }, references }],
    end: { loop: X12.longListLoop }
  }
]

export const written = (value: ShippingOrder) => {
  const profile = value.channel.x12
  const lines = value.lines.map((line) => {
    const references = Common.lineReferences(line, profile, "G62")
    const serials = Common.serialReferences(line.serialNumbers, profile)
    const [first, second] = Common.productPairs(line, profile)
    const expiry = Common.codes(profile).expiry === undefined ? Common.compactDate(line.expirationDate) : undefined
    const fits = references.length + serials.length <= X12.lineReferences
    return {
      item: {
        quantity: Common.quantityText(line.quantity),
        unit: line.uom,
        ...(first === undefined ? {} : { qualifier: first[0], product: first[1] }),
        ...(second === undefined ? {} : { qualifier2: second[0], product2: second[1] }),
        warehouseLot: line.warehouseLotNumber
      },
      descriptions: Common.descriptions(line),
      references: fits ? [...references, ...serials] : references,
      notes: Common.notes(line.notes),
      dates: expiry === undefined ? [] : [{ qualifier: "36", date: expiry }],
      long: fits ? [] : long(serials)
    }
  })
  const date = Common.compactDate(value.date)
  const set940: X12.Write<typeof X12.set940> = {
    header: { status: statuses[value.status], depositorOrder: value.number, purchaseOrder: value.customerOrder },
    parties: [
      ...Common.party("DE", value.owner),
      ...Common.party("WH", value.warehouse),
      ...Common.party("ST", value.customer)
    ],
    dates: date === undefined ? [] : [{ qualifier: "04", date }],
    notes: Common.notes(value.notes),
    sections: [{ number: { number: "1" }, lines }],
    totals: { quantity: Common.quantityText(value.lines.reduce((sum, { quantity }) => sum + quantity, 0)) }
  }
  return Common.interchange<(typeof X12.set940)["fields"]>(value, set940)
}
