/**
 * What a line that comes again says otherwise than it was taken: its product, lot, price, unit of measure, dates. Lots and
 * prices hold once they are taken, so these are things to tell, not to carry out. Pure.
 */
import * as Money from "../formats/Money.ts"
import type { KnownLine } from "./Intake.ts"
import type { StoredLine } from "./OrdersModel.ts"
import { productText } from "./TradeLine.ts"

/** Something of a line that is otherwise than it was taken. */
export interface Difference {
  readonly line: KnownLine
  readonly what: string
  readonly now: string
  readonly before: string
}

/** The lot of a line under the first of its names, empty where it has none. */
export const lotOf = (
  line: Partial<Record<"lot" | "supplierLot" | "warehouseLot", string | undefined>> &
    Partial<Record<"lotNumber" | "supplierLotNumber" | "warehouseLotNumber", string | undefined>>
): string =>
  line.lotNumber ??
  line.lot ??
  line.supplierLotNumber ??
  line.supplierLot ??
  line.warehouseLotNumber ??
  line.warehouseLot ??
  ""

const texts = (all: Iterable<string | undefined>): string => {
  const said = [...new Set(all)].flatMap((text) => (text === undefined || text === "" ? [] : [text]))
  return said.length === 0 ? "none" : said.join(", ")
}

/** `5`, `5.0` and `5.00` are one price. */
const written = (price: string | undefined): string | undefined =>
  price === undefined ? undefined : Money.money(price)

/** What is compared besides lot and units, as people call it. */
const fields: ReadonlyArray<{
  readonly what: string
  readonly now: (line: KnownLine["line"]) => string | undefined
  readonly before: (line: StoredLine) => string | undefined
}> = [
  { what: "Unit of measure", now: ({ uom }) => uom, before: ({ uom }) => uom },
  { what: "Price", now: ({ price }) => written(price), before: ({ price }) => price },
  { what: "Expiration date", now: (line) => line.expirationDate, before: ({ expiration }) => expiration },
  { what: "Best before date", now: (line) => line.bestBeforeDate, before: ({ bestBefore }) => bestBefore },
  { what: "Production date", now: (line) => line.productionDate, before: ({ production }) => production }
]

/** Lines that were taken as another product, which the document has no more: whose serials and units are these? */
export const replaced = (
  lines: ReadonlyArray<KnownLine>,
  stored: ReadonlyArray<StoredLine>
): ReadonlyMap<KnownLine, Difference> => {
  const byRef = Map.groupBy(stored, ({ lineRef }) => lineRef)
  const before = new Set(stored.map(({ product }) => product))
  const now = new Set<string | undefined>(lines.map(({ product }) => product.id))
  return new Map(
    lines.flatMap((line) => {
      const earlier = byRef.get(line.line.sourceLineRef) ?? []
      if (earlier.length === 0 || before.has(line.product.id) || earlier.some(({ product }) => now.has(product)))
        return []
      const was = texts(earlier.map(productText))
      return [[line, { line, what: "Product", now: line.name, before: was }] as const]
    })
  )
}

/**
 * Differences of the lines of one product. `covered` are the units or serials of a line that are taken with its lot now;
 * a line that only adds serials says nothing of what was taken.
 */
export const differences = (
  lines: ReadonlyArray<{ readonly known: KnownLine; readonly adds: boolean; readonly covered: number }>,
  stored: ReadonlyArray<StoredLine>
): ReadonlyArray<Difference> => {
  const refs = new Set(stored.map(({ lineRef }) => lineRef))
  const byLot = Map.groupBy(stored, lotOf)
  const units = new Map([...byLot].map(([lot, each]) => [lot, each.reduce((all, { quantity }) => all + quantity, 0)]))
  const found: Array<Difference> = []
  for (const { known, adds, covered } of lines) {
    const { line } = known
    const lot = lotOf(line)
    const left = line.quantity - covered
    const has = units.get(lot) ?? 0
    units.set(lot, has - left)
    if (lot !== "" && left > 0 && has < left)
      found.push({ line: known, what: "Lot", now: lot, before: texts(byLot.keys()) })
    if (adds || !refs.has(line.sourceLineRef)) continue
    const ofLot = [...(byLot.get(lot) ?? []), ...(byLot.get("") ?? [])]
    const same = lot === "" || ofLot.length === 0 ? stored : ofLot
    for (const { what, now, before } of fields) {
      const said = now(line)
      if (said === undefined || same.some((each) => before(each) === said)) continue
      found.push({ line: known, what, now: said, before: texts(same.map(before)) })
    }
  }
  return found
}
