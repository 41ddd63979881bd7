/**
 * What leaves for warehouses and shops as JSON: the head and lines that the documents have in common, in the names of the
 * canonical line. A field that has nothing to say is left out.
 */
import * as Money from "../src/formats/Money.ts"
import type { NamedParty, Outbound, OutboundLine } from "../src/orders/Outbound.ts"

const party = (named: NamedParty | undefined) =>
  named === undefined ? undefined : { name: named.name, number: named.number, numberType: named.numberType }

const lineOf = (line: OutboundLine) => ({
  line: line.sourceLineRef,
  parentLine: line.parentLineRef,
  ...(line.soldAs === undefined ? {} : { orderLine: line.soldAs.lineRef, soldAs: line.soldAs.sku }),
  sku: line.sku,
  gtin: line.gtin,
  productName: line.productName,
  quantity: line.quantity,
  uom: line.uom,
  lotNumber: line.lotNumber,
  supplierLotNumber: line.supplierLotNumber,
  warehouseLotNumber: line.warehouseLotNumber,
  expirationDate: line.expirationDate,
  bestBeforeDate: line.bestBeforeDate,
  productionDate: line.productionDate,
  serialNumbers: line.serialNumbers.length === 0 ? undefined : line.serialNumbers,
  lotSource: line.lotSource,
  sscc: line.sscc,
  price: line.price === undefined ? undefined : Money.money(line.price),
  notes: line.notes
})

/** The head and lines of any outbound document. */
export const documentOf = (value: Outbound) => ({
  header: value.header,
  number: value.number,
  date: value.date,
  sentAt: value.at.toISOString(),
  owner: party(value.owner),
  warehouse: party(value.warehouse),
  notes: value.notes,
  lines: value.lines.map(lineOf)
})

export { party }
