/**
 * What leaves a warehouse against what it has by the books. More than that is a warning and nothing else: a back office
 * began with stock that nobody entered here, and what left is gone. For the same reason it is told only where the books
 * know of a product and go below zero by this document, not each time after that.
 */
import { Effect } from "effect"
import type { Taken } from "./Intake.ts"
import * as MovementRules from "./MovementRules.ts"
import { Orders } from "./Orders.ts"
import * as Quantity from "./Quantity.ts"
import type { TradeDocument } from "./TradeDocument.ts"

/** Tells lines of a document that take more out of a warehouse than it has. */
export const look = Effect.fn("InStock.look")(function* (taken: Taken<TradeDocument>, warehouse: string) {
  const { document, owner, judgement, lines } = taken
  const groups = Map.groupBy(lines, ({ product }) => product.id)
  if (groups.size === 0) return
  const orders = yield* Orders
  const there = yield* orders.stock(owner.id, warehouse, [...groups.keys()])
  for (const [product, group] of groups) {
    const [first] = group
    const stock = there.get(product)
    const quantity = Quantity.sum(group.map(({ line }) => line.quantity))
    if (first === undefined || stock === undefined || stock < 0 || quantity <= stock) continue
    const filled = { quantity: `${quantity}`, product: first.name, warehouse, stock: `${stock}` }
    judgement.add(MovementRules.moreThanInStock.raise(filled, { path: document.places.line(first.index) }))
  }
})
