/**
 * Second steps of a movement against the first: a warehouse transfer receives, and an FBA box holds, what was picked
 * under the same reference. A serial that was not picked for it, or was received already, is refused; more units than
 * were picked are told, because what came is there.
 */
import { Effect } from "effect"
import * as Desk from "./Desk.ts"
import type { Taken } from "./Intake.ts"
import * as MovementRules from "./MovementRules.ts"
import type { MovementKind } from "./Movements.ts"
import { Orders, type StoredDocument } from "./Orders.ts"
import * as Quantity from "./Quantity.ts"
import type { StockMovement } from "./TradeDocument.ts"
import * as Rules from "./TradeRules.ts"

/** A line with what counts here: of which product, how many units, which serials. */
interface Part {
  readonly product: string | undefined
  readonly quantity: number
  readonly values: ReadonlyArray<string>
}

const partsOf = Effect.fnUntraced(function* (documents: ReadonlyArray<StoredDocument>) {
  const orders = yield* Orders
  const lines = documents.flatMap((document) => document.lines)
  const listed = lines.length === 0 ? new Map<number, never>() : yield* orders.serialsOf(lines.map(({ id }) => id))
  return lines.map(({ id, product, quantity }): Part => ({ product, quantity, values: listed.get(id) ?? [] }))
})

/** Units by product. What is listed several times, in one box after another, is one unit. */
const unitsOf = (parts: ReadonlyArray<Part>): ReadonlyMap<string, number> =>
  Quantity.sums(
    [...Map.groupBy(parts, ({ product = "" }) => product)].flatMap(([product, group]) => [
      [product, new Set(group.flatMap(({ values }) => values)).size] as const,
      ...group.map(({ quantity, values }) => [product, Math.max(0, quantity - values.length)] as const)
    ])
  )

/** How often each serial is listed. */
const timesOf = (parts: ReadonlyArray<Part>): ReadonlyMap<string, number> =>
  Quantity.sums(parts.flatMap(({ values }) => values.map((value) => [value, 1] as const)))

/** Tells what of a movement was not picked. `self` is the movement as it is stored. */
export const look = Effect.fn("PickedMatch.look")(function* (
  taken: Taken<StockMovement>,
  { of }: MovementKind,
  self: StoredDocument | undefined
) {
  const { document, owner, judgement, lines } = taken
  const { reference, operation } = document
  if (of === undefined || reference === undefined) return
  const orders = yield* Orders
  const picks = yield* partsOf(yield* orders.movementsOf(owner.id, of.picked, reference))
  const stored = yield* orders.movementsOf(owner.id, operation, reference)
  const earlier = yield* partsOf(stored)
  const [picked, done] = [timesOf(picks), timesOf(yield* partsOf(stored.filter(({ id }) => id !== self?.id)))]
  for (const { line, value, serial, path } of Desk.serials(taken)) {
    const filled = { serial, product: line.name, kind: of.kind, number: reference }
    const times = picked.get(value) ?? 0
    if (times === 0) judgement.add(Rules.notListed.raise(filled, { path, value: serial }))
    else if (of.once && (done.get(value) ?? 0) >= times)
      judgement.add(MovementRules.transferReceived.raise(filled, { path, value: serial }))
  }
  const units = unitsOf(picks)
  const own = lines.map(({ product, line, values }): Part => ({ product: product.id, quantity: line.quantity, values }))
  const now = unitsOf([...earlier, ...own])
  for (const [product, [first]] of Map.groupBy(lines, (line) => line.product.id)) {
    const [quantity, wanted] = [now.get(product) ?? 0, units.get(product) ?? 0]
    if (first === undefined || quantity <= wanted) continue
    const filled = {
      quantity: `${quantity}`,
      product: first.name,
      picked: `${wanted}`,
      kind: of.kind,
      number: reference
    }
    judgement.add(MovementRules.moreThanPicked.raise(filled, { path: document.places.line(first.index) }))
  }
})
