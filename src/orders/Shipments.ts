/**
 * Shipments: what left against a sales order. Only one that is shipped and closed counts; an earlier state is noted. Its
 * serials leave the stock and are the order's from then on, by which a return is judged later; what was shipped is told
 * to the sales channel, lots only unless it takes more.
 *
 * Class 2; runs inside the commit transaction. A shipment of an order that has not come yet waits for it.
 */
import { Effect } from "effect"
import type { Applied, RunContext } from "../engine/Pipeline.ts"
import * as Moment from "../formats/Moment.ts"
import { book, touched } from "./Booking.ts"
import * as Desk from "./Desk.ts"
import * as Fulfilment from "./Fulfilment.ts"
import * as InStock from "./InStock.ts"
import { begin, judged, placeOf, type Taken, word } from "./Intake.ts"
import * as News from "./News.ts"
import * as OrderLines from "./OrderLines.ts"
import { Orders, type StoredDocument } from "./Orders.ts"
import type { Outbound } from "./Outbound.ts"
import * as SameDocument from "./SameDocument.ts"
import * as SerialMoves from "./SerialMoves.ts"
import * as ShipNotices from "./ShipNotices.ts"
import * as Strangers from "./Strangers.ts"
import type { Shipment } from "./TradeDocument.ts"
import * as Rules from "./TradeRules.ts"

const kind = Fulfilment.kindText.sales_order

/** Nothing leaves that was not ordered, and not more of it: the shop would not know what to make of it. */
const againstOrder = (taken: Taken<Shipment>, order: StoredDocument, before: ReadonlyArray<StoredDocument>): void => {
  const { document, judgement, lines } = taken
  const { number } = order
  Fulfilment.ordered(taken, order, "sales_order")
  const shipments = before.filter((each) => each.kind === "shipment")
  for (const { product, quantity, ordered } of OrderLines.excess(order, shipments, lines)) {
    const first = lines.find((line) => line.product.id === product)
    const filled = { product: first?.name ?? product, kind, number, quantity: `${quantity}`, ordered: `${ordered}` }
    judgement.add(Rules.moreThanOrdered.raise(filled, { path: document.places.line(first?.index ?? 0) }))
  }
}

const desk = Effect.fnUntraced(function* (taken: Taken<Shipment>, order: StoredDocument) {
  const knowledge = yield* SerialMoves.know(taken)
  Desk.repeated(taken)
  Desk.lengths(taken)
  Desk.requiredToShip(taken)
  Desk.flags(taken, "out")
  Desk.matchOrders(taken, knowledge)
  Strangers.shipped(taken, knowledge, order)
})

/** Carries out a shipment; the sales channel is told. */
export const apply = Effect.fn("Shipments.apply")(function* (document: Shipment, context: RunContext) {
  const orders = yield* Orders
  const taken = yield* begin(document, "shipmentIn")
  const { owner, index } = taken
  const order = yield* Fulfilment.orderOf(taken, {
    kind: "sales_order",
    number: document.salesOrder,
    field: "salesOrder"
  })
  const self = yield* orders.find({ company: owner.id, kind: "shipment", number: document.number })
  yield* SameDocument.fulfils(taken, self, order)
  const place = placeOf(taken, order)
  const isClosed = document.status === "closed"
  const head = { carrier: document.carrier, trackingNumber: document.trackingNumber }
  const version = Fulfilment.versionOf(taken, order, place, isClosed, head, context)
  if (!isClosed) return yield* Fulfilment.note(taken, version, self, "shipped and closed")

  const about = yield* orders.about(order.id)
  const news = yield* News.of(taken, self?.lines ?? [], about)
  const { lines } = news
  againstOrder(news, order, about)
  yield* desk(news, order)
  if (place !== undefined) yield* InStock.look(news, place.id)
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
        eventAt: Moment.of(document.date),
        document: `${kind} ${order.number}, shipment ${document.number}`,
        attributes: SerialMoves.attributesOf({ warehouse: place?.id, customer: order.partner })
      })
    },
    stock: place === undefined ? [] : [{ warehouse: place.id, sign: -1 }],
    overrides,
    warnings,
    context
  })
  const told = yield* ShipNotices.notify(news, order, about, booked, context)
  if (told.passages.length > 0) yield* orders.recordPassages(booked.versionId, told.passages)
  const applied: Applied<Outbound> = {
    answers: told.answers,
    warnings: [...warnings, ...told.warnings],
    touched: touched(word(owner.id, "shipment", document.number), lines)
  }
  return applied
})
