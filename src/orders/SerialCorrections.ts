/**
 * Serials added or taken off by hand: on a purchase order, on a sales order, on the product's page. Each page has its own
 * settings; what was taken off stays in the history and is listed nowhere any more.
 *
 * Class 2; runs inside the commit transaction.
 */
import { Effect } from "effect"
import type { Applied, RunContext } from "../engine/Pipeline.ts"
import * as Moment from "../formats/Moment.ts"
import type { Warehouse } from "../partners/WorldOrders.ts"
import { book, touched } from "./Booking.ts"
import * as Desk from "./Desk.ts"
import * as DeskRules from "./DeskRules.ts"
import { begin, judged, type KnownLine, placeOf, refusedAtOnce, settingOf, type Taken, word } from "./Intake.ts"
import { type Listing, Orders, type StoredDocument } from "./Orders.ts"
import * as SerialMoves from "./SerialMoves.ts"
import * as Strangers from "./Strangers.ts"
import type { SerialCorrection } from "./TradeDocument.ts"
import * as Rules from "./TradeRules.ts"

const kinds = { purchase_order: "Purchase order", sales_order: "Sales order", product: "product" } as const

/** The order of the page, which must be there. */
const orderOf = Effect.fnUntraced(function* (taken: Taken<SerialCorrection>) {
  const orders = yield* Orders
  const { document, owner } = taken
  const { page, order: number } = document
  if (page === "product" || number === undefined) return undefined
  const order = yield* orders.find({ company: owner.id, kind: page, number })
  if (order !== undefined) return order
  const place = { path: document.places.field("order"), value: number }
  return yield* refusedAtOnce(taken, Rules.orderUnknown.raise({ kind: kinds[page], number }, place))
})

/** Whether the page lets serials be changed at all. */
const allowed = (taken: Taken<SerialCorrection>): void => {
  const { document, judgement } = taken
  const place = { path: document.places.field("page"), value: document.page }
  const validation = settingOf(taken, "serialNumberValidation")
  if (document.page === "product" && document.action === "remove" && validation?.on === true)
    judgement.desk(DeskRules.deletionBlocked.raise(place), validation)
  if (document.page === "sales_order" && settingOf(taken, "serialNumberManagement")?.on !== true)
    judgement.desk(DeskRules.managementOff.raise(place))
}

/** Lines on which the page's order lists the serials: receipts of the purchase order, shipments of the sales order. */
const onPage = (listings: ReadonlyArray<Listing>, order: StoredDocument | undefined): ReadonlyArray<Listing> =>
  listings.filter(
    ({ kind, effective, orderId }) =>
      effective && (kind === "receipt" || kind === "shipment") && (order === undefined || orderId === order.id)
  )

/** Lines to which a page adds serials: the newest of each product on a receipt or shipment of the order. */
const sessionLines = (about: ReadonlyArray<StoredDocument>) =>
  new Map(
    about.flatMap(({ effective, lines }) => (effective ? lines.map((line) => [line.product, line] as const) : []))
  )

/**
 * A line of a correction changes serials, not units; but serials taken off a purchase order count as units that did not
 * come, where that is set.
 */
const counted = (taken: Taken<SerialCorrection>, known: KnownLine, order: StoredDocument | undefined): KnownLine => {
  const resets =
    taken.document.action === "remove" &&
    order?.kind === "purchase_order" &&
    settingOf(taken, "resetReceiveCount", known)?.on === true
  return { ...known, line: { ...known.line, quantity: resets ? -known.values.length : 0 } }
}

/**
 * Serials added are received or shipped. Taken off a sales order they are in stock again; taken off elsewhere they may
 * come once more, and cannot be shipped before. Where the page names no warehouse, what the company holds already stays
 * where it lies.
 */
const becomes = (
  { document, owner, index }: Taken<SerialCorrection>,
  order: StoredDocument | undefined,
  place: Warehouse | undefined,
  standing: Desk.Knowledge["standing"],
  line: KnownLine
): SerialMoves.Becomes => {
  const isSale = order?.kind === "sales_order"
  const isOurs = line.values.every((value) => (standing.get(value)?.company ?? owner.id) === owner.id)
  const here = place === undefined && isOurs ? {} : { company: owner.id, location: place?.location }
  if (document.action === "remove")
    return isSale ? { ...here, itemStatus: "available" } : { itemStatus: "pending_receipt" }
  const customer = isSale && order.partner !== undefined ? index.party(order.partner) : undefined
  return isSale ? (customer === undefined ? {} : { company: customer.id }) : { ...here, lot: SerialMoves.lotOf(line) }
}

/** Carries out a correction; nothing is answered. */
export const apply = Effect.fn("SerialCorrections.apply")(function* (document: SerialCorrection, context: RunContext) {
  const orders = yield* Orders
  const taken = yield* begin(document)
  const { owner, sender, judgement, lines } = taken
  const key = { company: owner.id, kind: "serial_correction", number: document.number } as const
  const order = yield* orderOf(taken)
  const place = placeOf(taken, order)
  allowed(taken)
  const knowledge = yield* SerialMoves.know(taken)
  Desk.repeated(taken)
  Strangers.corrected(taken, knowledge, order)
  const isAdding = document.action === "add"
  const removals: Array<{ readonly lineId: number; readonly value: string }> = []
  if (isAdding) {
    Desk.lengths(taken)
    if (order?.kind === "purchase_order") {
      const products = order.lines.flatMap(({ product }) => product ?? [])
      Desk.uniqueInOrder(taken, knowledge, { id: order.id, number: order.number, products }, undefined)
      Desk.uniqueOfProduct(taken, knowledge, undefined)
    } else Desk.matchOrders(taken, knowledge)
  } else {
    for (const { line, value, serial, path } of Desk.serials(taken)) {
      const found = onPage(knowledge.listings.get(value) ?? [], order)
      const kind = kinds[document.page]
      if (found.length === 0)
        judgement.add(
          Rules.notListed.raise(
            { serial, product: line.name, kind, number: order?.number ?? line.name },
            { path, value: serial }
          )
        )
      for (const { lineId } of found) removals.push({ lineId, value })
    }
  }
  const { warnings, overrides } = yield* judged(taken)
  const about = order === undefined ? [] : yield* orders.about(order.id)
  const newest = sessionLines(about)
  const booked = yield* book(taken, {
    version: {
      key,
      status: "done",
      effective: true,
      order: order?.id,
      partner: order?.partner,
      warehouse: place?.id,
      tool: taken.tool,
      head: { page: document.page, action: document.action, notes: document.notes },
      date: Moment.of(document.date),
      sender: sender.id,
      context
    },
    lines: lines.map((line) => counted(taken, line, order)),
    more: (line) => ({ orderLineId: newest.get(line.product.id)?.orderLineId }),
    move: {
      verb: isAdding ? "added" : "taken off",
      of: (line) => ({
        operation: isAdding && order?.kind === "sales_order" ? "ship" : isAdding ? "receive" : "adjust",
        kind: isAdding ? undefined : "take-off",
        holder: "any",
        to: becomes(taken, order, place, knowledge.standing, line),
        ...(isAdding
          ? { create: { owner: line.product.owner, item: SerialMoves.itemOf(line), lot: SerialMoves.lotOf(line) } }
          : {}),
        eventAt: Moment.of(document.date),
        document: `Correction ${document.number}`,
        attributes: SerialMoves.attributesOf({ page: document.page, notes: document.notes })
      })
    },
    // Only what is taken off a purchase order changes how many there are.
    stock: order === undefined || place === undefined ? [] : [{ warehouse: place.id, sign: 1 }],
    overrides,
    warnings,
    context
  })
  if (removals.length > 0) yield* orders.remove(booked.versionId, removals)
  const applied: Applied<never> = {
    answers: [],
    warnings,
    touched: touched(word(owner.id, "serial_correction", document.number), lines)
  }
  return applied
})
