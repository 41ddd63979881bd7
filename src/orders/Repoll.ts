/**
 * What of a document that comes again is new. Warehouses are polled, so the same receipt or shipment comes many times,
 * perhaps with more lines or serials than before; a line is known by document, line, lot and serials. Pure.
 */
import type { KnownLine } from "./Intake.ts"
import type { StoredLine } from "./OrdersModel.ts"

export interface Fresh {
  readonly lines: ReadonlyArray<KnownLine>
  /** Lines that change nothing. */
  readonly known: number
}

const keyOf = (lineRef: string, lot: string | undefined): string => JSON.stringify([lineRef, lot ?? ""])

/** Lines and serials that are not among those stored. A line with new serials counts for as many units. */
export const fresh = (
  stored: ReadonlyArray<StoredLine>,
  values: ReadonlySet<string>,
  lines: ReadonlyArray<KnownLine>
): Fresh => {
  const keys = new Set(stored.map(({ lineRef, lot }) => keyOf(lineRef, lot)))
  const left = lines.flatMap((known): ReadonlyArray<KnownLine> => {
    const { line } = known
    const isKnown = keys.has(keyOf(line.sourceLineRef, line.lotNumber))
    if (!isKnown && !known.values.some((value) => values.has(value))) return [known]
    const places = known.values.flatMap((value, at) => (values.has(value) ? [] : [at]))
    if (places.length === 0) return []
    const pick = <A>(all: ReadonlyArray<A>): ReadonlyArray<A> =>
      places.flatMap((at) => {
        const item = all[at]
        return item === undefined ? [] : [item]
      })
    return [
      {
        ...known,
        line: { ...line, quantity: places.length, serialNumbers: pick(known.serials) },
        values: pick(known.values),
        serials: pick(known.serials),
        positions: pick(known.positions)
      }
    ]
  })
  return { lines: left, known: lines.length - left.length }
}
