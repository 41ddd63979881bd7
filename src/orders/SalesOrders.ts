/**
 * Sales orders. Nobody orders by lot or serial: what a sales order says of them is left out and told. Released, the
 * order goes to the warehouse that will ship it.
 *
 * Class 2; runs inside the commit transaction.
 */
import { Effect } from "effect"
import type { Applied, RunContext } from "../engine/Pipeline.ts"
import * as Booking from "./Booking.ts"
import { begin, judged, type KnownLine, moment, type Taken, word } from "./Intake.ts"
import * as OrderChange from "./OrderChange.ts"
import { Orders, type StoredDocument } from "./Orders.ts"
import type { Outbound } from "./Outbound.ts"
import * as OutboundLines from "./OutboundLines.ts"
import * as Routing from "./Routing.ts"
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

const toWarehouse = (
  { owner, index, document }: Taken<SalesOrder>,
  order: StoredDocument,
  context: RunContext
): Routing.Routed => {
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
    format: (channel) => channel.salesOrders,
    lines: order.lines.map((line) => OutboundLines.outbound(index, line, [])),
    controlNumber: context.controlNumber(0),
    value: (channel, header, lines) => ({
      _tag: "ShippingOrder",
      header,
      channel,
      at: context.clock,
      number: order.number,
      date: document.date ?? order.date?.toISOString(),
      owner: Routing.partyOf(index, owner),
      warehouse: warehouse === undefined ? undefined : Routing.warehouseParty(index, warehouse),
      customer: Routing.named(index, order.partner),
      customerOrder: order.head["customerOrder"],
      notes: order.head["notes"],
      lines
    })
  })
}

/** Carries out a sales order; a release sends it to its warehouse. */
export const apply = Effect.fn("SalesOrders.apply")(function* (document: SalesOrder, context: RunContext) {
  const orders = yield* Orders
  const all = yield* begin(document)
  const taken = { ...all, lines: withoutLots(all) }
  const { owner, sender, warehouse, lines } = taken
  const key = { company: owner.id, kind: "sales_order", number: document.number } as const
  const before = yield* orders.find(key)
  const change = OrderChange.decide(kind, taken, before)
  const { warnings, overrides } = yield* judged(taken)
  if (change === "nothing") {
    const filled = { count: `${lines.length}`, kind: "sales order", number: document.number }
    const known = Rules.known.raise(filled, { path: document.places.document })
    const again: Applied<Outbound> = { answers: [], warnings: [...warnings, known], touched: [] }
    return again
  }
  const given = {
    salesChannel: document.salesChannel,
    customerOrder: document.customerOrder,
    notes: document.notes
  }
  const version = {
    key,
    status: document.status,
    effective: document.status === "released",
    order: undefined,
    partner: document.customer ?? before?.partner,
    warehouse: warehouse?.id ?? before?.warehouse,
    tool: document.tool,
    head: {
      ...before?.head,
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
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
  const routed = order === undefined ? Routing.nowhere : toWarehouse(taken, order, context)
  if (routed.passages.length > 0) yield* orders.recordPassages(booked.versionId, routed.passages)
  const applied: Applied<Outbound> = {
    answers: routed.answers,
    warnings: [...warnings, ...routed.warnings],
    touched: [word(owner.id, "sales_order", document.number)]
  }
  return applied
})
