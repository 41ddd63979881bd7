/**
 * What purchase and sales orders have in common once it is decided how a message changes one: it is written down, and,
 * released, it goes to the warehouse that will receive or ship it, with what of its lots and serials the channel takes.
 * A released order that is cancelled goes there again, for the warehouse has it: as a cancellation, or nowhere with a
 * warning that says why.
 *
 * Runs inside the commit transaction; nothing here refuses an order.
 */
import { Effect } from "effect"
import type { Applied, RunContext } from "../engine/Pipeline.ts"
import * as Moment from "../formats/Moment.ts"
import type { Cancellable } from "../partners/WorldOrders.ts"
import * as Booking from "./Booking.ts"
import { judged, type Taken, word } from "./Intake.ts"
import * as News from "./News.ts"
import type { Change } from "./OrderChange.ts"
import { type Head, Orders, type StoredDocument } from "./Orders.ts"
import type { Outbound } from "./Outbound.ts"
import * as OutboundLines from "./OutboundLines.ts"
import * as Routing from "./Routing.ts"
import type { PurchaseOrder, SalesOrder } from "./TradeDocument.ts"
import * as Rules from "./TradeRules.ts"

/** What an order says at its way out whatever kind it is of. */
type Common = Omit<Extract<Outbound, { readonly _tag: "ShippingOrder" }>, "_tag" | "customer" | "customerOrder">

export interface Ordering {
  /** As people say it. */
  readonly kind: string
  readonly way: Cancellable
  readonly change: Change
  /** The order as it stood. */
  readonly before: StoredDocument | undefined
  /** Vendor or customer, where the document names one. */
  readonly partner: string | undefined
  /** The rest of the head; what is not given stays as it was. */
  readonly head: Head
  /** The order as it leaves. */
  readonly outbound: (common: Common, order: StoredDocument) => Outbound
}

/** The released order, or its cancellation, on its way to its warehouse. */
const toWarehouse = Effect.fnUntraced(function* (
  { owner, index, document }: Taken<PurchaseOrder | SalesOrder>,
  order: StoredDocument,
  { kind, way, before, outbound }: Ordering,
  context: RunContext
) {
  const orders = yield* Orders
  const cancels = order.status === "cancelled"
  const serials = cancels ? undefined : yield* orders.serialsOf(order.lines.map(({ id }) => id))
  // Whatever the cancellation says: the order is where its release went.
  const place = cancels ? before?.warehouse : order.warehouse
  const warehouse = place === undefined ? undefined : index.warehouseByKey(place)
  const common = {
    status: cancels ? ("cancelled" as const) : ("released" as const),
    at: context.clock,
    number: order.number,
    // As it is kept: the release of a draft says the same as that of an order which came with its date.
    date: Moment.text(order.date),
    owner: Routing.partyOf(index, owner),
    warehouse: warehouse === undefined ? undefined : Routing.warehouseParty(index, warehouse),
    notes: order.head["notes"]
  }
  return Routing.route({
    index,
    owner,
    kind: cancels ? `Cancellation of ${kind.toLowerCase()}` : kind,
    number: order.number,
    path: document.places.document,
    stage: "poOut",
    channel: warehouse === undefined ? undefined : index.channelOf(warehouse.id),
    otherwise: warehouse === undefined ? "it names no warehouse" : `no channel runs warehouse ${warehouse.id}`,
    way,
    cancels,
    lines: order.lines.map((line) =>
      serials === undefined
        ? OutboundLines.cancelled(index, line)
        : OutboundLines.outbound(index, line, serials.get(line.id) ?? [])
    ),
    controlNumber: context.controlNumber(0),
    value: (channel, header, lines) => outbound({ ...common, header, channel, lines }, order)
  })
})

/** Ends the judgement of an order and carries out what was decided. */
export const carryOut = Effect.fn("Ordering.carryOut")(function* (
  taken: Taken<PurchaseOrder | SalesOrder>,
  ordering: Ordering,
  context: RunContext
) {
  const orders = yield* Orders
  const { document, owner, sender, warehouse, lines } = taken
  const { change, before, kind } = ordering
  const { number, status } = document
  const key = { company: owner.id, kind: document.kind, number } as const
  // Of lines that are there already only the status counts: what they say otherwise is told. Lots have rules of their own.
  if (change !== "lines" && before !== undefined) {
    const { differences } = yield* News.compare(taken, before.lines)
    News.tellDifferences(
      taken,
      differences.filter(({ what }) => what !== "Lot")
    )
  }
  const { warnings, overrides } = yield* judged(taken)
  if (change === "nothing") {
    const filled = { count: `${lines.length}`, kind: kind.toLowerCase(), number }
    const known = Rules.known.raise(filled, { path: document.places.document })
    const again: Applied<Outbound> = { answers: [], warnings: [...warnings, known], touched: [] }
    return again
  }
  const given = Object.fromEntries(Object.entries(ordering.head).filter(([, value]) => value !== undefined))
  const version = {
    key,
    status,
    effective: status === "released",
    order: undefined,
    partner: ordering.partner ?? before?.partner,
    warehouse: warehouse?.id ?? before?.warehouse,
    tool: taken.tool,
    head: { ...before?.head, ...given },
    date: Moment.of(document.date) ?? before?.date,
    sender: sender.id,
    context
  }
  const booked =
    change === "lines"
      ? yield* Booking.book(taken, { version, lines, overrides, warnings, context })
      : yield* orders.record({ ...version, lines: undefined })
  // A draft is nobody's business yet: nor is its end.
  const leaves = status === "released" || (status === "cancelled" && before?.status === "released")
  const order = leaves ? yield* orders.find(key) : undefined
  const routed = order === undefined ? Routing.nowhere : yield* toWarehouse(taken, order, ordering, context)
  if (routed.passages.length > 0) yield* orders.recordPassages(booked.versionId, routed.passages)
  const applied: Applied<Outbound> = {
    answers: routed.answers,
    warnings: [...warnings, ...routed.warnings],
    touched: [word(owner.id, document.kind, number)]
  }
  return applied
})
