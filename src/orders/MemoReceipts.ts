/**
 * Units that come back may be told twice: by the return, when it is received, and by receipts against the credit memo it
 * made. Whichever comes second tells what is there already; only what goes beyond is booked. Serials are known by
 * themselves; units without one by their product, as many as the other way brought and no document of one's own way had
 * for its own. How many that were is kept in the document's head, so that polling it again comes to the same.
 */
import { Effect, Option, Schema } from "effect"
import type { KnownLine, Taken } from "./Intake.ts"
import { type Head, Orders, type StoredDocument } from "./Orders.ts"
import * as Quantity from "./Quantity.ts"
import { part } from "./Repoll.ts"
import type { Receipt, Return } from "./TradeDocument.ts"
import * as Rules from "./TradeRules.ts"

const Units = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Finite))
const unitsOf = Schema.decodeOption(Units)
const textOf = Schema.encodeSync(Units)

/** Units of a document that had come the other way, by product. */
const arrivedOf = ({ head }: StoredDocument): ReadonlyArray<readonly [product: string, units: number]> =>
  Object.entries(Option.getOrElse(unitsOf(head["arrived"] ?? "{}"), () => ({})))

/** What came of a product the other way. */
interface Other {
  readonly units: number
  readonly serials: ReadonlySet<string>
}

/** The part of each line of a product that has not come the other way, and how many units have. */
const ofProduct = (lines: ReadonlyArray<KnownLine>, { units, serials }: Other, hadBefore: number) => {
  const there = lines.map(({ values }) => values.filter((value) => serials.has(value)).length)
  const left = Math.max(0, units - hadBefore - Quantity.sum(there))
  // A unit with another serial is none of those whose serials are known.
  let bare = Math.min(left, Math.max(0, units - serials.size))
  let named = left - bare
  const parts = lines.map((known, at) => {
    const fresh = [...known.values.keys()].filter((position) => !serials.has(known.values[position] ?? ""))
    const without = Math.max(0, known.line.quantity - known.values.length)
    const ofNamed = Math.min(without, named)
    named -= ofNamed
    const ofBare = Math.min(without - ofNamed + fresh.length, bare)
    bare -= ofBare
    const arrived = Math.min(known.line.quantity, (there[at] ?? 0) + ofNamed + ofBare)
    return { known, fresh, arrived, quantity: Quantity.rounded(known.line.quantity - arrived) }
  })
  return {
    arrived: Quantity.sum(parts.map((each) => each.arrived)),
    lines: parts.flatMap(({ known, fresh, arrived, quantity }) => {
      if (arrived === 0 && fresh.length === known.values.length) return [known]
      return quantity > 0 || fresh.length > 0 ? [part(known, fresh, quantity, known.whole)] : []
    })
  }
}

/** What a document brings that has not come the other way. */
export interface Fresh<D extends Receipt | Return> {
  readonly taken: Taken<D>
  /** To be kept in its head. */
  readonly head: Head
  /** It says no more than an earlier version of it did. */
  readonly isKnown: boolean
}

/** Takes of a document what did not come the other way, and tells what did. `own` are documents of its own way. */
export const fresh = Effect.fn("MemoReceipts.fresh")(function* <D extends Receipt | Return>(
  taken: Taken<D>,
  self: StoredDocument | undefined,
  { own, other }: { readonly own: ReadonlyArray<StoredDocument>; readonly other: ReadonlyArray<StoredDocument> }
) {
  const orders = yield* Orders
  const { document, judgement } = taken
  const came = other.filter(({ effective }) => effective)
  const stored = came.flatMap(({ lines }) => lines)
  const listed = stored.length === 0 ? new Map<number, never>() : yield* orders.serialsOf(stored.map(({ id }) => id))
  const others = Map.groupBy(stored, ({ product }) => product)
  const had = Quantity.sums(own.filter(({ id }) => id !== self?.id).flatMap(arrivedOf))
  const arrived = new Map<string, number>()
  const lines = [...Map.groupBy(taken.lines, ({ product }) => product.id)].flatMap(([product, group]) => {
    const there = others.get(product) ?? []
    const units = Quantity.sum(there.map(({ quantity }) => quantity))
    const serials = new Set(there.flatMap(({ id }) => listed.get(id) ?? []))
    const found = ofProduct(group, { units, serials }, had.get(product) ?? 0)
    const [first] = group
    if (found.arrived > 0 && first !== undefined) {
      arrived.set(product, found.arrived)
      const where = came.map(({ kind, number }) => `${kind} ${number}`).join(", ")
      const filled = { quantity: `${found.arrived}`, product: first.name, where }
      judgement.add(Rules.cameAlready.raise(filled, { path: document.places.line(first.index) }))
    }
    return found.lines
  })
  const text = arrived.size === 0 ? undefined : textOf(Object.fromEntries(arrived))
  const result: Fresh<D> = {
    taken: { ...taken, lines: lines.sort((left, right) => left.index - right.index) },
    head: { arrived: text },
    isKnown: self?.effective === true && lines.length === 0 && self.head["arrived"] === text
  }
  return result
})
