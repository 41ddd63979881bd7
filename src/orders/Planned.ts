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

/** Lots and serials of a receipt that its purchase order had not announced, where it had announced any. */
export const differences = Effect.fnUntraced(function* (taken: Taken<Receipt>, order: StoredDocument) {
  const orders = yield* Orders
  if (order.kind !== "purchase_order") return []
  const { document, lines } = taken
  const serials = yield* orders.serialsOf(order.lines.filter((line) => line.serials > 0).map(({ id }) => id))
  const found: Array<Violation> = []
  for (const line of lines) {
    const ofProduct = order.lines.filter((each) => each.product === line.product.id)
    const lots = new Set(ofProduct.flatMap(({ lot }) => lot ?? []))
    const lot = line.line.lotNumber
    if (lot !== undefined && lots.size > 0 && !lots.has(lot))
      found.push(
        Rules.lotNotPlanned.raise(
          { lot, product: line.name, number: order.number },
          { path: document.places.lot(line.index), value: lot }
        )
      )
    const planned = new Set(ofProduct.flatMap(({ id }) => serials.get(id) ?? []))
    const others = line.values.filter((value) => !planned.has(value)).length
    if (planned.size > 0 && others > 0)
      found.push(
        Rules.notPlanned.raise(
          { count: `${others}`, product: line.name, number: order.number },
          { path: document.places.line(line.index) }
        )
      )
  }
  return found
})
