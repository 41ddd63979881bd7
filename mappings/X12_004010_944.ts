/**
 * 944, stock transfer receipt advice: X12 to receipts, one a set. W1704 is the purchase order it is against; a return
 * authorization (N9*RZ in the head) makes it a receipt against that credit memo. Units under W13 are part of W0701.
 */
import * as X12 from "../src/formats/X12.ts"
import type { Receipt } from "../src/orders/TradeDocument.ts"
import type { Conflict, Dialect, WarehouseAdvice } from "../src/orders/WarehouseAdvice.ts"
import { isoDate } from "./X12.ts"
import { type LineLoop, lineOf, partyCode, placesOf } from "./X12Lines.ts"

export const map = "X12_004010_944"
export const file = import.meta.filename
export const set = X12.set944

type Value = X12.Read<typeof set>

const loopOf = ({ item, references }: Value["lines"][number]): LineLoop => ({
  segment: "W07",
  at: item.at,
  quantity: item.quantity,
  unit: item.unit,
  caseCode: item.caseCode,
  pairs: [
    [item.qualifier, item.product, 5],
    [item.qualifier2, item.product2, 7],
    [item.qualifier3, item.product3, 11]
  ],
  warehouseLot: [item.warehouseLot, 8],
  references,
  dates: []
})

export const canonical = (
  interchange: X12.Interchange<(typeof set)["fields"]>,
  dialect: Dialect
): WarehouseAdvice<Receipt> => {
  const header = X12.envelopeOf(interchange)
  const conflicts: Array<Conflict> = []
  const documents = interchange.groups
    .flatMap(({ sets }) => sets)
    .map(({ path, value }): Receipt => {
      const lines = value.lines.map((loop, index) => lineOf(loopOf(loop), index, path, dialect, conflicts))
      const { at, receipt, depositorOrder, date, shipment } = value.header
      const returned = value.references.find(({ qualifier }) => qualifier === "RZ")
      const warehouse = partyCode(value.parties, "WH")
      const head = {
        number: X12.Path.below(path, "W17", at, 3),
        date: X12.Path.below(path, "W17", at, 2),
        purchaseOrder: X12.Path.below(path, "W17", at, 4),
        creditMemo: X12.Path.below(path, "N9", returned?.at ?? at, 2),
        warehouse: X12.Path.below(path, "N1", warehouse?.at ?? at, 4)
      }
      return {
        kind: "receipt",
        header,
        number: receipt,
        date: isoDate(date),
        warehouse: warehouse?.text,
        tool: "partner",
        status: "confirmed",
        against:
          returned?.value === undefined
            ? { kind: "purchase_order", number: depositorOrder ?? "" }
            : { kind: "credit_memo", number: returned.value },
        session: { id: receipt, receivedOn: isoDate(date) },
        vendorInvoice: shipment,
        lines: lines.map(({ line }) => line),
        places: placesOf(path, head, lines)
      }
    })
  return { header, documents, conflicts }
}
