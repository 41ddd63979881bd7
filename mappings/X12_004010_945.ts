/**
 * 945, warehouse shipping advice: X12 to shipments, one a set. It is sent when goods have left, so its shipments are
 * closed. Lines of nothing shipped (back-ordered) are left out; an SSCC of the LX loop (MAN*GM) is that of its lines.
 */
import * as X12 from "../src/formats/X12.ts"
import type { Shipment } from "../src/orders/TradeDocument.ts"
import type { Conflict, Dialect, WarehouseAdvice } from "../src/orders/WarehouseAdvice.ts"
import { isoDate } from "./X12.ts"
import { type LineLoop, lineOf, partyCode, placesOf } from "./X12Lines.ts"

export const map = "X12_004010_945"
export const file = import.meta.filename
export const set = X12.set945

type Value = X12.Read<typeof set>
type Section = Value["sections"][number]

/** The SSCC of a section; some write it with its application identifier. */
const ssccOf = ({ marks }: Section): string | undefined =>
  marks.find(({ qualifier }) => qualifier === "GM")?.value.replace(/^00(?=\d{18}$)/u, "")

const loopOf = ({ item, references, dates, long }: Section["lines"][number], sscc: string | undefined): LineLoop => ({
  segment: "W12",
  at: item.at,
  quantity: item.shipped ?? "",
  unit: item.unit,
  caseCode: item.caseCode,
  pairs: [
    [item.qualifier, item.product, 8],
    [item.qualifier2, item.product2, 18],
    [item.qualifier3, item.product3, 22]
  ],
  warehouseLot: [item.warehouseLot, 9],
  references: [...references, ...long.flatMap(({ items }) => items.flatMap((each) => each.references))],
  dates: [...dates, ...long.flatMap(({ items }) => items.flatMap((each) => each.dates))],
  sscc
})

/** Back-ordered lines say that nothing of them left. */
const leftNothing = ({ item }: Section["lines"][number]): boolean =>
  item.shipped === undefined || Number(item.shipped) === 0

const trackingOf = ({ references, sections }: Value): string | undefined =>
  references.find(({ qualifier }) => qualifier === "CN" || qualifier === "2I")?.value ??
  sections.flatMap(({ marks }) => marks).find(({ qualifier }) => qualifier === "CP")?.value

export const canonical = (
  interchange: X12.Interchange<(typeof set)["fields"]>,
  dialect: Dialect
): WarehouseAdvice<Shipment> => {
  const header = X12.envelopeOf(interchange)
  const conflicts: Array<Conflict> = []
  const documents = interchange.groups
    .flatMap(({ sets }) => sets)
    .map(({ path, value }): Shipment => {
      const loops = value.sections.flatMap((section) =>
        section.lines.filter((line) => !leftNothing(line)).map((line) => loopOf(line, ssccOf(section)))
      )
      const lines = loops.map((loop, index) => lineOf(loop, index, path, dialect, conflicts))
      const { at, shipment, agentShipment, depositorOrder, date } = value.header
      const warehouse = partyCode(value.parties, "WH")
      const head = {
        number: X12.Path.below(path, "W06", at, 4),
        date: X12.Path.below(path, "W06", at, 3),
        salesOrder: X12.Path.below(path, "W06", at, 2),
        warehouse: X12.Path.below(path, "N1", warehouse?.at ?? at, 4)
      }
      return {
        kind: "shipment",
        header,
        number: shipment ?? agentShipment ?? "",
        date: isoDate(date),
        warehouse: warehouse?.text,
        tool: "partner",
        status: "closed",
        salesOrder: depositorOrder ?? "",
        carrier: value.carrier?.carrier ?? value.carrier?.routing,
        trackingNumber: trackingOf(value),
        lines: lines.map(({ line }) => line),
        places: placesOf(path, head, lines)
      }
    })
  return { header, documents, conflicts }
}
