/**
 * Planned lots and serials of a purchase order against those that came: what was announced and what was received are
 * kept apart, and where they differ the receipt says so as a warning.
 */
import { Effect } from "effect"
import type { Violation } from "../engine/Rule.ts"
import type { Taken } from "./Intake.ts"
import { Orders, type StoredDocument } from "./Orders.ts"
import type { Receipt } from "./TradeDocument.ts"
import * as Rules from "./TradeRules.ts"

const nothing: { readonly lots: ReadonlySet<string>; readonly values: ReadonlySet<string> } = {
  lots: new Set(),
  values: new Set()
}

/** Lots and serials of a receipt that its purchase order had not announced, where it had announced any. */
export const differences = Effect.fnUntraced(function* (taken: Taken<Receipt>, order: StoredDocument) {
  const orders = yield* Orders
  if (order.kind !== "purchase_order") return []
  const { document, lines } = taken
  const serials = yield* orders.serialsOf(order.lines.filter((line) => line.serials > 0).map(({ id }) => id))
  const planned = new Map(
    [...Map.groupBy(order.lines, ({ product }) => product)].map(([product, ofProduct]) => [
      product,
      {
        lots: new Set(ofProduct.flatMap(({ lot }) => lot ?? [])),
        values: new Set(ofProduct.flatMap(({ id }) => serials.get(id) ?? []))
      }
    ])
  )
  const found: Array<Violation> = []
  for (const line of lines) {
    const { lots, values } = planned.get(line.product.id) ?? nothing
    const lot = line.line.lotNumber
    if (lot !== undefined && lots.size > 0 && !lots.has(lot))
      found.push(
        Rules.lotNotPlanned.raise(
          { lot, product: line.name, number: order.number },
          { path: document.places.lot(line.index), value: lot }
        )
      )
    const others = line.values.filter((value) => !values.has(value)).length
    if (values.size > 0 && others > 0)
      found.push(
        Rules.notPlanned.raise(
          { count: `${others}`, product: line.name, number: order.number },
          { path: document.places.line(line.index) }
        )
      )
  }
  return found
})
