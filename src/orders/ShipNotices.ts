/**
 * What was shipped, told to the sales channel of the order: the lines of this message, with their lots as far as the
 * channel takes them. Components of a bundle name the line of the order they were sold under.
 *
 * An order that came through no sales channel is told to nobody, which is as it should be and no warning.
 */
import { Effect } from "effect"
import type { RunContext } from "../engine/Pipeline.ts"
import type { PartnerChannel } from "../partners/WorldOrders.ts"
import * as Carried from "./Carried.ts"
import { passagesOf, skippedWarnings, type Taken } from "./Intake.ts"
import { Orders, type StoredDocument } from "./Orders.ts"
import type { OutboundLine } from "./Outbound.ts"
import * as OutboundLines from "./OutboundLines.ts"
import * as PassThrough from "./PassThrough.ts"
import * as Routing from "./Routing.ts"
import type { Shipment } from "./TradeDocument.ts"

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

/** Routes the notice of the lines a shipment brought. */
export const notify = Effect.fnUntraced(function* (
  { owner, index, document }: Taken<Shipment>,
  order: StoredDocument,
  booked: { readonly lineIds: ReadonlyArray<number> },
  context: RunContext
) {
  const orders = yield* Orders
  const salesChannel = order.head["salesChannel"]
  if (salesChannel === undefined) return Routing.nowhere
  const stored = yield* orders.find({ company: owner.id, kind: "shipment", number: document.number })
  const brought = new Set(booked.lineIds)
  const lines = (stored?.lines ?? []).filter(({ id }) => brought.has(id))
  const serials = yield* orders.serialsOf(lines.map(({ id }) => id))
  const sold = new Map(order.lines.map((line) => [line.id, line]))
  const warehouse = stored?.warehouse === undefined ? undefined : index.warehouseByKey(stored.warehouse)
  const channel = index.channel(salesChannel)
  const path = document.places.document
  const outbound = lines.map((line) =>
    OutboundLines.outbound(
      index,
      line,
      serials.get(line.id) ?? [],
      line.orderLineId === undefined ? undefined : sold.get(line.orderLineId)
    )
  )
  const late = tooLate(
    channel,
    outbound.filter(({ quantity }) => quantity === 0),
    path
  )
  const told = outbound.filter(({ quantity }) => quantity > 0)
  if (told.length === 0) return { ...Routing.nowhere, ...late }
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
      date: document.date,
      owner: Routing.partyOf(index, owner),
      warehouse: warehouse === undefined ? undefined : Routing.warehouseParty(index, warehouse),
      salesOrder: order.number,
      customer: Routing.named(index, order.partner),
      customerOrder: order.head["customerOrder"],
      carrier: document.carrier,
      trackingNumber: document.trackingNumber,
      notes: document.notes,
      lines: passed
    })
  })
  return {
    answers: routed.answers,
    passages: [...routed.passages, ...late.passages],
    warnings: [...routed.warnings, ...late.warnings]
  }
})
