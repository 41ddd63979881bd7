/**
 * Sales orders. Nobody orders by lot or serial: what a sales order says of them is left out and told. Released, the
 * order goes to the warehouse that will ship it.
 *
 * Class 2; runs inside the commit transaction.
 */
import { Effect } from "effect"
import type { RunContext } from "../engine/Pipeline.ts"
import { begin, type KnownLine, type Taken } from "./Intake.ts"
import * as OrderChange from "./OrderChange.ts"
import * as Ordering from "./Ordering.ts"
import { Orders } from "./Orders.ts"
import * as Routing from "./Routing.ts"
import * as SameDocument from "./SameDocument.ts"
import type { SalesOrder } from "./TradeDocument.ts"
import * as Rules from "./TradeRules.ts"

const kind = "Sales order"

/** Lines without lots and serials; each that had any is told. */
const withoutLots = ({ document, lines, judgement }: Taken<SalesOrder>): ReadonlyArray<KnownLine> =>
  lines.map((known) => {
    const { lotNumber, supplierLotNumber, warehouseLotNumber, serialNumbers, ...line } = known.line
    const lot = lotNumber ?? supplierLotNumber ?? warehouseLotNumber ?? serialNumbers[0]
    if (lot !== undefined)
      judgement.add(
        Rules.lotOnSalesOrder.raise(
          { lot, product: known.name },
          { path: document.places.lot(known.index), value: lot }
        )
      )
    return { ...known, line: { ...line, serialNumbers: [] }, values: [], serials: [], positions: [] }
  })

/** Carries out a sales order; a release sends it to its warehouse, and so does the end of a released one. */
export const apply = Effect.fn("SalesOrders.apply")(function* (document: SalesOrder, context: RunContext) {
  const orders = yield* Orders
  const all = yield* begin(document)
  const taken = { ...all, lines: withoutLots(all) }
  const { owner, index, sender, by, judgement } = taken
  const before = yield* orders.find({ company: owner.id, kind: "sales_order", number: document.number })
  const { salesChannel, customerOrder, notes } = document
  if (salesChannel !== undefined && by.length > 0 && !by.some(({ id }) => id === salesChannel)) {
    const filled = { channel: salesChannel, sender: sender.name, owner: owner.name }
    const place = { path: document.places.field("salesChannel"), value: salesChannel }
    judgement.add(Rules.notTheirChannel.raise(filled, place))
  }
  yield* SameDocument.ordered(taken, before)
  return yield* Ordering.carryOut(
    taken,
    {
      kind,
      way: "salesOrders",
      change: OrderChange.decide(kind, taken, before),
      before,
      partner: document.customer,
      head: { salesChannel, customerOrder, notes },
      outbound: (common, order) => ({
        _tag: "ShippingOrder",
        ...common,
        customer: Routing.named(index, order.partner),
        customerOrder: order.head["customerOrder"]
      })
    },
    context
  )
})
