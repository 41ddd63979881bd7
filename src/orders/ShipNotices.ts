/**
 * What was shipped, told to the sales channel of the order: the lines of this message, with their lots as far as the
 * channel takes them. Components of a bundle name the line of the order they were sold under.
 *
 * Where a notice takes the place of the one before, it tells the order's earlier shipments again.
 *
 * An order that came through no sales channel is told to nobody, which is as it should be and no warning.
 */
import { Effect } from "effect"
import type { RunContext } from "../engine/Pipeline.ts"
import * as Moment from "../formats/Moment.ts"
import type { PartnerChannel } from "../partners/WorldOrders.ts"
import * as Carried from "./Carried.ts"
import { passagesOf, skippedWarnings, type Taken } from "./Intake.ts"
import { Orders, type StoredDocument, type StoredLine } from "./Orders.ts"
import type { OutboundLine, Told } from "./Outbound.ts"
import * as OutboundLines from "./OutboundLines.ts"
import * as PassThrough from "./PassThrough.ts"
import * as Routing from "./Routing.ts"
import type { Shipment } from "./TradeDocument.ts"
import type { TradeIndex } from "./TradeIndex.ts"

/** Serials that came after their units were told. */
const tooLate = (channel: PartnerChannel | undefined, lines: ReadonlyArray<OutboundLine>, path: string) => {
  if (channel === undefined) return { passages: [], warnings: [] }
  const { passings } = PassThrough.pass(channel, "salesOut", lines, Carried.by(channel, "shipNotices"))
  const serials = passings.filter(({ what }) => what === "serial")
  const passages = passagesOf(
    channel,
    "salesOut",
    serials.map((passing) => ({ ...passing, reason: passing.reason ?? "told_before" }))
  )
  return { passages, warnings: skippedWarnings(passages, path) }
}

/** Stored lines of shipments of an order as they leave. */
const leaving = Effect.fnUntraced(function* (
  index: TradeIndex,
  order: StoredDocument,
  lines: ReadonlyArray<StoredLine>
) {
  const orders = yield* Orders
  const serials = yield* orders.serialsOf(lines.map(({ id }) => id))
  const sold = new Map(order.lines.map((line) => [line.id, line]))
  return lines.map((line) =>
    OutboundLines.outbound(
      index,
      line,
      serials.get(line.id) ?? [],
      line.orderLineId === undefined ? undefined : sold.get(line.orderLineId)
    )
  )
})

/** What earlier notices told, as far as it may pass. */
const toldBefore = Effect.fnUntraced(function* (
  index: TradeIndex,
  channel: PartnerChannel,
  order: StoredDocument,
  about: ReadonlyArray<StoredDocument>
) {
  const told = about
    .filter(({ kind, effective }) => kind === "shipment" && effective)
    .flatMap(({ number, head, lines }) =>
      lines.filter(({ quantity }) => quantity > 0).map((line) => ({ number, head, line }))
    )
  const lines = yield* leaving(
    index,
    order,
    told.map(({ line }) => line)
  )
  const passed = PassThrough.pass(channel, "salesOut", lines, Carried.by(channel, "shipNotices"))
  return passed.lines.map((line, at): Told => {
    const { number = "", head = {} } = told[at] ?? {}
    return { shipment: number, trackingNumber: head["trackingNumber"], line }
  })
})

/** Routes the notice of the lines a shipment brought; `about` are the documents about its order before. */
export const notify = Effect.fnUntraced(function* (
  { owner, index, document }: Taken<Shipment>,
  order: StoredDocument,
  about: ReadonlyArray<StoredDocument>,
  booked: { readonly lineIds: ReadonlyArray<number> },
  context: RunContext
) {
  const orders = yield* Orders
  const salesChannel = order.head["salesChannel"]
  if (salesChannel === undefined) return Routing.nowhere
  const stored = yield* orders.find({ company: owner.id, kind: "shipment", number: document.number })
  const brought = new Set(booked.lineIds)
  const lines = (stored?.lines ?? []).filter(({ id }) => brought.has(id))
  const warehouse = stored?.warehouse === undefined ? undefined : index.warehouseByKey(stored.warehouse)
  const named = index.channel(salesChannel)
  // A key of another company's channel is none of this one's.
  const channel = named?.owner === owner.id ? named : undefined
  const path = document.places.document
  const outbound = yield* leaving(index, order, lines)
  const late = tooLate(
    channel,
    outbound.filter(({ quantity }) => quantity === 0),
    path
  )
  const told = outbound.filter(({ quantity }) => quantity > 0)
  if (told.length === 0) return { ...Routing.nowhere, ...late }
  const before =
    channel === undefined || !Carried.replaces(channel) ? undefined : yield* toldBefore(index, channel, order, about)
  const routed = Routing.route({
    index,
    owner,
    kind: "Shipment",
    number: document.number,
    path,
    stage: "salesOut",
    channel,
    otherwise: `there is no sales channel ${salesChannel}`,
    way: "shipNotices",
    lines: told,
    controlNumber: context.controlNumber(0),
    value: (channel, header, passed) => ({
      _tag: "ShipNotice",
      header,
      channel,
      at: context.clock,
      number: document.number,
      date: Moment.text(Moment.of(document.date)),
      owner: Routing.partyOf(index, owner),
      warehouse: warehouse === undefined ? undefined : Routing.warehouseParty(index, warehouse),
      salesOrder: order.number,
      customer: Routing.named(index, order.partner),
      customerOrder: order.head["customerOrder"],
      carrier: document.carrier,
      trackingNumber: document.trackingNumber,
      notes: document.notes,
      lines: passed,
      before
    })
  })
  return {
    answers: routed.answers,
    passages: [...routed.passages, ...late.passages],
    warnings: [...routed.warnings, ...late.warnings]
  }
})
