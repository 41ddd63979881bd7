/**
 * Shipments: what left against a sales order. Only one that is shipped and closed counts; an earlier state is noted. Its
 * serials leave the stock and are the order's from then on, by which a return is judged later; what was shipped is told
 * to the sales channel, lots only unless it takes more.
 *
 * Class 2; runs inside the commit transaction. A shipment of an order that has not come yet waits for it.
 */
import { Effect } from "effect"
import { type Applied, type RunContext, refuse } from "../engine/Pipeline.ts"
import { book, touched } from "./Booking.ts"
import * as Desk from "./Desk.ts"
import { begin, judged, moment, settingOf, type Taken, word } from "./Intake.ts"
import * as News from "./News.ts"
import * as OrderLines from "./OrderLines.ts"
import { Orders, type StoredDocument } from "./Orders.ts"
import type { Outbound } from "./Outbound.ts"
import * as SerialMoves from "./SerialMoves.ts"
import * as ShipNotices from "./ShipNotices.ts"
import type { Shipment } from "./TradeDocument.ts"
import * as Rules from "./TradeRules.ts"

const kind = "Sales order"

const orderOf = Effect.fnUntraced(function* ({ document, owner, judgement }: Taken<Shipment>) {
  const orders = yield* Orders
  const number = document.salesOrder
  const place = { path: document.places.field("salesOrder"), value: number }
  const order = yield* orders.find({ company: owner.id, kind: "sales_order", number })
  if (order === undefined) {
    const unknown = Rules.orderUnknown.raise({ kind, number }, place)
    return yield* Effect.fail(refuse([unknown], { waitFor: [word(owner.id, "sales_order", number)] }))
  }
  if (!order.effective) judgement.add(Rules.orderNotReleased.raise({ kind, number, status: order.status }, place))
  return order
})

/** Nothing leaves that was not ordered, and not more of it: the shop would not know what to make of it. */
const againstOrder = (taken: Taken<Shipment>, order: StoredDocument, before: ReadonlyArray<StoredDocument>): void => {
  const { document, judgement, lines } = taken
  const { number } = order
  for (const line of lines) {
    if (OrderLines.match(order, line) !== undefined) continue
    const place = { path: document.places.line(line.index), value: line.name }
    judgement.add(Rules.notOnOrder.raise({ product: line.name, kind, number }, place))
  }
  const shipments = before.filter((each) => each.kind === "shipment")
  for (const { product, quantity, ordered } of OrderLines.excess(order, shipments, lines)) {
    const first = lines.find((line) => line.product.id === product)
    const filled = { product: first?.name ?? product, kind, number, quantity: `${quantity}`, ordered: `${ordered}` }
    judgement.add(Rules.moreThanOrdered.raise(filled, { path: document.places.line(first?.index ?? 0) }))
  }
}

const desk = Effect.fnUntraced(function* (taken: Taken<Shipment>) {
  const knowledge = yield* SerialMoves.know(taken)
  Desk.repeated(taken)
  Desk.lengths(taken)
  Desk.requiredToShip(taken)
  Desk.flags(taken, "out")
  Desk.matchOrders(taken, knowledge)
  return knowledge
})

/** Numbers that are somebody else's, or on their way out already, unless the desk says by itself what is in stock. */
const strangers = (taken: Taken<Shipment>, knowledge: Desk.Knowledge): void => {
  const { owner, sender, judgement } = taken
  for (const { line, value, serial, path } of Desk.serials(taken)) {
    const standing = knowledge.standing.get(value)
    if (standing === undefined || standing.company === owner.id || standing.company === sender.id) continue
    if (settingOf(taken, "requireSerialsToMatchOrder", line)?.on === true) continue
    const filled = { serial, product: line.name, verb: "shipped", why: `it is with ${standing.company}` }
    judgement.add(Rules.serialObstacle.raise(filled, { path, value: serial }))
  }
}

/** Carries out a shipment; the sales channel is told. */
export const apply = Effect.fn("Shipments.apply")(function* (document: Shipment, context: RunContext) {
  const orders = yield* Orders
  const taken = yield* begin(document, "shipmentIn")
  const { owner, sender, warehouse, index } = taken
  const key = { company: owner.id, kind: "shipment", number: document.number } as const
  const order = yield* orderOf(taken)
  const self = yield* orders.find(key)
  const place = warehouse ?? (order.warehouse === undefined ? undefined : index.warehouseByKey(order.warehouse))
  const version = {
    key,
    status: document.status,
    effective: document.status === "closed",
    order: order.id,
    partner: order.partner,
    warehouse: place?.id,
    tool: document.tool,
    head: {
      carrier: document.carrier,
      trackingNumber: document.trackingNumber,
      notes: document.notes,
      overriddenBy: document.override?.by,
      overrideReason: document.override?.reason
    },
    date: moment(document.date),
    sender: sender.id,
    context
  }

  if (document.status !== "closed") {
    const { warnings } = yield* judged(taken)
    if (self?.effective !== true) yield* orders.record({ ...version, lines: [] })
    const filled = { kind: "Shipment", number: document.number, status: document.status, wanted: "shipped and closed" }
    const notYet = Rules.notYet.raise(filled, { path: document.places.field("status"), value: document.status })
    const noted: Applied<Outbound> = { answers: [], warnings: [...warnings, notYet], touched: [] }
    return noted
  }

  const about = yield* orders.about(order.id)
  const news = yield* News.of(taken, self?.lines ?? [], about)
  const { lines } = news
  againstOrder(news, order, about)
  strangers(news, yield* desk(news))
  const { warnings, overrides } = yield* judged(taken)
  if (lines.length === 0 && self?.effective === true) {
    const again: Applied<Outbound> = { answers: [], warnings, touched: [] }
    return again
  }

  const customer = order.partner === undefined ? undefined : index.party(order.partner)
  const booked = yield* book(news, {
    version,
    lines,
    more: (line) => {
      const orderLine = OrderLines.match(order, line)
      return { orderLineId: orderLine?.id, price: line.line.price ?? orderLine?.price }
    },
    move: {
      verb: "shipped",
      of: (line) => ({
        operation: "ship",
        holder: "any",
        to: customer === undefined ? {} : { company: customer.id },
        create: { owner: line.product.owner, item: SerialMoves.itemOf(line), lot: SerialMoves.lotOf(line) },
        expects: { lot: line.line.lotNumber },
        eventAt: moment(document.date),
        document: `${kind} ${order.number}, shipment ${document.number}`,
        attributes: SerialMoves.attributesOf({ warehouse: place?.id, customer: order.partner })
      })
    },
    stock: place === undefined ? [] : [{ warehouse: place.id, sign: -1 }],
    overrides,
    warnings,
    context
  })
  const told = yield* ShipNotices.notify(news, order, booked, context)
  if (told.passages.length > 0) yield* orders.recordPassages(booked.versionId, told.passages)
  const applied: Applied<Outbound> = {
    answers: told.answers,
    warnings: [...warnings, ...told.warnings],
    touched: touched(word(owner.id, "shipment", document.number), lines)
  }
  return applied
})
