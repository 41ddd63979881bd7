/**
 * Purchase orders. A draft may carry planned lots and serials and may be written again; released, it goes to the
 * warehouse that will receive it, with what of them the channel takes; from then on no lot or serial is added. The
 * warehouse is told of its cancellation too.
 *
 * Class 2; runs inside the commit transaction.
 */
import { Effect } from "effect"
import type { RunContext } from "../engine/Pipeline.ts"
import * as Desk from "./Desk.ts"
import { begin } from "./Intake.ts"
import * as OrderChange from "./OrderChange.ts"
import * as Ordering from "./Ordering.ts"
import { Orders } from "./Orders.ts"
import * as Routing from "./Routing.ts"
import * as SameDocument from "./SameDocument.ts"
import type { PurchaseOrder } from "./TradeDocument.ts"
import * as Rules from "./TradeRules.ts"

const kind = "Purchase order"

/** Carries out a purchase order; a release sends it to its warehouse, and so does the end of a released one. */
export const apply = Effect.fn("PurchaseOrders.apply")(function* (document: PurchaseOrder, context: RunContext) {
  const orders = yield* Orders
  const taken = yield* begin(document)
  const { owner, index, judgement, lines } = taken
  const before = yield* orders.find({ company: owner.id, kind: "purchase_order", number: document.number })
  yield* SameDocument.ordered(taken, before)
  const listed = before === undefined ? new Map() : yield* orders.serialsOf(before.lines.map(({ id }) => id))
  const change = OrderChange.decide(kind, taken, before)
  const added = OrderChange.addsLots(lines, before, listed)
  if (added !== undefined && document.status !== "draft") {
    const status = before === undefined || before.status === "draft" ? document.status : before.status
    const path = document.places.line(added)
    judgement.add(Rules.lotsAfterDraft.raise({ number: document.number, status }, { path }))
  }
  Desk.repeated(taken)
  Desk.lengths(taken)
  return yield* Ordering.carryOut(
    taken,
    {
      kind,
      way: "purchaseOrders",
      change,
      before,
      partner: document.vendor,
      head: { expectedOn: document.expectedOn, notes: document.notes },
      outbound: (common, order) => ({
        _tag: "StockTransferAdvice",
        ...common,
        vendor: Routing.named(index, order.partner),
        expectedOn: order.head["expectedOn"]
      })
    },
    context
  )
})
