/**
 * Purchase orders. A draft may carry planned lots and serials and may be written again; released, it goes to the
 * warehouse that will receive it, with what of them the channel takes; from then on no lot or serial is added.
 *
 * Class 2; runs inside the commit transaction.
 */
import { Effect } from "effect"
import type { Applied, RunContext } from "../engine/Pipeline.ts"
import * as Booking from "./Booking.ts"
import * as Desk from "./Desk.ts"
import { begin, judged, moment, type Taken, word } from "./Intake.ts"
import * as OrderChange from "./OrderChange.ts"
import { Orders, type StoredDocument } from "./Orders.ts"
import type { Outbound } from "./Outbound.ts"
import * as OutboundLines from "./OutboundLines.ts"
import * as Routing from "./Routing.ts"
import type { PurchaseOrder } from "./TradeDocument.ts"
import * as Rules from "./TradeRules.ts"

const kind = "Purchase order"

/** The released order on its way to its warehouse. */
const toWarehouse = Effect.fnUntraced(function* (
  { owner, index, document }: Taken<PurchaseOrder>,
  order: StoredDocument,
  context: RunContext
) {
  const orders = yield* Orders
  const serials = yield* orders.serialsOf(order.lines.map(({ id }) => id))
  const warehouse = order.warehouse === undefined ? undefined : index.warehouseByKey(order.warehouse)
  return Routing.route({
    index,
    owner,
    kind,
    number: order.number,
    path: document.places.document,
    stage: "poOut",
    channel: warehouse === undefined ? undefined : index.channelOf(warehouse.id),
    otherwise: warehouse === undefined ? "it names no warehouse" : `no channel runs warehouse ${warehouse.id}`,
    format: (channel) => channel.purchaseOrders,
    lines: order.lines.map((line) => OutboundLines.outbound(index, line, serials.get(line.id) ?? [])),
    controlNumber: context.controlNumber(0),
    value: (channel, header, lines) => ({
      _tag: "StockTransferAdvice",
      header,
      channel,
      at: context.clock,
      number: order.number,
      date: document.date ?? order.date?.toISOString(),
      owner: Routing.partyOf(index, owner),
      warehouse: warehouse === undefined ? undefined : Routing.warehouseParty(index, warehouse),
      vendor: Routing.named(index, order.partner),
      expectedOn: order.head["expectedOn"],
      notes: order.head["notes"],
      lines
    })
  })
})

/** Carries out a purchase order; a release sends it to its warehouse. */
export const apply = Effect.fn("PurchaseOrders.apply")(function* (document: PurchaseOrder, context: RunContext) {
  const orders = yield* Orders
  const taken = yield* begin(document)
  const { owner, sender, warehouse, judgement, lines } = taken
  const key = { company: owner.id, kind: "purchase_order", number: document.number } as const
  const before = yield* orders.find(key)
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
  const { warnings, overrides } = yield* judged(taken)
  if (change === "nothing") {
    const filled = { count: `${lines.length}`, kind: "purchase order", number: document.number }
    const known = Rules.known.raise(filled, { path: document.places.document })
    const again: Applied<Outbound> = { answers: [], warnings: [...warnings, known], touched: [] }
    return again
  }
  const version = {
    key,
    status: document.status,
    effective: document.status === "released",
    order: undefined,
    partner: document.vendor ?? before?.partner,
    warehouse: warehouse?.id ?? before?.warehouse,
    tool: document.tool,
    head: {
      ...before?.head,
      ...(document.expectedOn === undefined ? {} : { expectedOn: document.expectedOn }),
      ...(document.notes === undefined ? {} : { notes: document.notes })
    },
    date: moment(document.date) ?? before?.date,
    sender: sender.id,
    context
  }
  const booked =
    change === "lines"
      ? yield* Booking.book(taken, { version, lines, overrides, warnings, context })
      : yield* orders.record({ ...version, lines: undefined })
  const order = document.status === "released" ? yield* orders.find(key) : undefined
  const routed = order === undefined ? Routing.nowhere : yield* toWarehouse(taken, order, context)
  if (routed.passages.length > 0) yield* orders.recordPassages(booked.versionId, routed.passages)
  const applied: Applied<Outbound> = {
    answers: routed.answers,
    warnings: [...warnings, ...routed.warnings],
    touched: [word(owner.id, "purchase_order", document.number)]
  }
  return applied
})
