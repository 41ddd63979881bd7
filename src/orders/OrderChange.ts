/**
 * How a purchase or sales order may change: a draft is written again, released or cancelled; a released order is
 * cancelled; a release that comes again changes nothing. Lines of a released order stay as they are.
 *
 * Pure; what is not allowed goes into the judgement.
 */
import type { KnownLine, Taken } from "./Intake.ts"
import { units } from "./OrderLines.ts"
import type { StoredDocument } from "./OrdersModel.ts"
import type { PurchaseOrder, SalesOrder } from "./TradeDocument.ts"
import { linesAfterRelease, orderClosed } from "./TradeRules.ts"

/** What a message does to the stored order: new lines, its status alone, or nothing. */
export type Change = "lines" | "status" | "nothing"

const next: Readonly<Record<string, ReadonlyArray<string>>> = {
  draft: ["draft", "released", "cancelled"],
  released: ["released", "cancelled"],
  cancelled: ["cancelled"]
}

const quantities = (lines: Parameters<typeof units>[0]): string =>
  JSON.stringify([...units(lines)].sort(([a], [b]) => (a < b ? -1 : 1)))

/** Decides what changes. Lines that come with the release of a draft must be those of the draft. */
export const decide = (
  kind: string,
  { document, lines, judgement }: Taken<PurchaseOrder | SalesOrder>,
  before: StoredDocument | undefined
): Change => {
  if (before === undefined) return "lines"
  const { number, places, status: wanted } = document
  const place = { path: places.field("status"), value: wanted }
  const { status } = before
  if (next[status]?.includes(wanted) !== true) {
    judgement.add(orderClosed.raise({ kind, number, status, wanted }, place))
    return "nothing"
  }
  if (wanted === "draft") return lines.length === 0 ? "status" : "lines"
  const same =
    lines.length === 0 ||
    quantities(lines.map(({ product, line }) => ({ product: product.id, quantity: line.quantity }))) ===
      quantities(before.lines)
  if (status === "draft")
    return same || before.lines.length === 0 ? (before.lines.length === 0 ? "lines" : "status") : "lines"
  if (!same) judgement.add(linesAfterRelease.raise({ kind, number }, { path: places.line(0) }))
  return status === wanted ? "nothing" : "status"
}

/** Lots of a line under all their names. */
const lotsOf = (product: string | undefined, lots: Readonly<Record<string, string | undefined>>) =>
  Object.entries(lots).flatMap(([what, lot]) => (lot === undefined ? [] : [JSON.stringify([product, what, lot])]))

/** The first line that brings a lot or serial the stored order does not have. */
export const addsLots = (
  lines: ReadonlyArray<KnownLine>,
  before: StoredDocument | undefined,
  listed: ReadonlyMap<number, ReadonlyArray<string>>
): number | undefined => {
  const lots = new Set(
    before?.lines.flatMap(({ product, lot, supplierLot, warehouseLot }) =>
      lotsOf(product, { lot, supplierLot, warehouseLot })
    )
  )
  const values = new Set([...listed.values()].flat())
  return lines.find(({ product, line, values: serials }) => {
    const { lotNumber: lot, supplierLotNumber: supplierLot, warehouseLotNumber: warehouseLot } = line
    const isNew = lotsOf(product.id, { lot, supplierLot, warehouseLot }).some((each) => !lots.has(each))
    return isNew || serials.some((value) => !values.has(value))
  })?.index
}
