/**
 * Returns (RMA). Authorized, a return only says what may come, and makes the credit memo that goods are received against;
 * received, its serials are judged against what was shipped and come back into stock. Duplicates are no matter here: what
 * comes back was there before. What a return does not say again, of its order, credit memo or customer, holds as it was
 * said before: who receives goods knows little more than the number.
 *
 * Class 2; runs inside the commit transaction.
 */
import { Effect } from "effect"
import type { Applied, RunContext } from "../engine/Pipeline.ts"
import * as Moment from "../formats/Moment.ts"
import { book, touched } from "./Booking.ts"
import * as Desk from "./Desk.ts"
import { begin, judged, placeOf, refusedAtOnce, type Taken, word } from "./Intake.ts"
import * as MemoReceipts from "./MemoReceipts.ts"
import * as News from "./News.ts"
import * as OrderLines from "./OrderLines.ts"
import { Orders, type StoredDocument } from "./Orders.ts"
import * as SameDocument from "./SameDocument.ts"
import * as SerialMoves from "./SerialMoves.ts"
import * as Strangers from "./Strangers.ts"
import type { Return } from "./TradeDocument.ts"
import * as Rules from "./TradeRules.ts"

/** What a return makes of its credit memo. */
const memoStatuses = { authorized: "open", received: "received", cancelled: "cancelled" } as const

/** The sales order it is about, when it names one or did so before, which must be there. */
const orderOf = Effect.fnUntraced(function* (taken: Taken<Return>, self: StoredDocument | undefined) {
  const orders = yield* Orders
  const { document, owner } = taken
  const number = document.salesOrder ?? self?.head["salesOrder"]
  if (number === undefined) return undefined
  const order = yield* orders.find({ company: owner.id, kind: "sales_order", number })
  if (order !== undefined) return order
  const place = { path: document.places.field("salesOrder"), value: number }
  const unknown = Rules.orderUnknown.raise({ kind: "Sales order", number }, place)
  return yield* refusedAtOnce(taken, unknown, [word(owner.id, "sales_order", number)])
})

/** Serials of a return as the desk looks at them, whether they came or are announced. */
const desk = Effect.fnUntraced(function* (
  taken: Taken<Return>,
  order: StoredDocument | undefined,
  customer: string | undefined,
  self: StoredDocument | undefined,
  fresh: Taken<Return>
) {
  const knowledge = yield* SerialMoves.know(taken)
  Desk.repeated(taken)
  Desk.lengths(taken)
  Desk.moreThanReceived(taken)
  const text = order === undefined ? "any order" : `sales order ${order.number}`
  Desk.matchShipped(taken, knowledge, { id: order?.id, text })
  Strangers.returned(taken, knowledge, order?.partner ?? customer, "returned")
  if (taken.document.status === "received") Desk.alreadyReturned(fresh, knowledge, self?.id)
})

/** What of a received return did not come with receipts against its credit memo. */
const freshOf = Effect.fnUntraced(function* (
  taken: Taken<Return>,
  self: StoredDocument | undefined,
  memo: StoredDocument | undefined
) {
  const orders = yield* Orders
  const counts = memo !== undefined && taken.document.status === "received"
  const own = counts ? yield* orders.returnsOf(memo) : []
  const about = counts ? yield* orders.about(memo.id) : []
  return yield* MemoReceipts.fresh(taken, self, { own, other: about.filter(({ kind }) => kind === "receipt") })
})

/** Carries out a return; nothing is answered. */
export const apply = Effect.fn("Returns.apply")(function* (document: Return, context: RunContext) {
  const orders = yield* Orders
  const taken = yield* begin(document)
  const { owner, sender } = taken
  const key = { company: owner.id, kind: "return", number: document.number } as const
  const self = yield* orders.find(key)
  const order = yield* orderOf(taken, self)
  const place = placeOf(taken, self?.warehouse === undefined ? order : self)
  if (document.status !== "received") yield* SameDocument.ordered(taken, self, order)
  const customer = document.customer ?? self?.partner
  const creditMemo = document.creditMemo ?? self?.head["creditMemo"]
  const memoKey = { company: owner.id, kind: "credit_memo", number: creditMemo ?? "" } as const
  const memo = creditMemo === undefined ? undefined : yield* orders.find(memoKey)
  const news = yield* News.of(taken, self?.lines ?? [])
  const fresh = yield* freshOf(news, self, memo)
  const { lines } = fresh.taken
  yield* desk(news, order, customer, self, fresh.taken)
  const isIn = document.status === "received"
  if (self?.effective === true && document.status === "cancelled") {
    const filled = { kind: "Return", number: document.number, status: self.status, wanted: document.status }
    const place = { path: document.places.field("status"), value: document.status }
    taken.judgement.add(Rules.orderClosed.raise(filled, place))
  }
  const { warnings, overrides } = yield* judged(taken)
  // What came back does not become announced again because an older state comes late.
  if (fresh.isKnown || (self?.effective === true && !isIn)) {
    const again: Applied<never> = { answers: [], warnings, touched: [] }
    return again
  }
  const version = {
    key,
    status: document.status,
    effective: isIn,
    order: order?.id,
    partner: customer ?? order?.partner,
    warehouse: place?.id,
    tool: taken.tool,
    head: {
      ...fresh.head,
      reason: document.reason ?? self?.head["reason"],
      creditMemo,
      salesOrder: order?.number,
      salesOrderId: order === undefined ? undefined : `${order.id}`,
      notes: document.notes ?? self?.head["notes"],
      overriddenBy: document.override?.by,
      overrideReason: document.override?.reason
    },
    date: Moment.of(document.date),
    sender: sender.id,
    context
  }
  const more = (line: (typeof lines)[number]) => ({
    orderLineId: order === undefined ? undefined : OrderLines.match(order, line)?.id
  })
  yield* book(fresh.taken, {
    version,
    // What is announced is not there yet: an authorized return keeps its lines in the credit memo.
    lines: isIn ? lines : [],
    more,
    move: {
      verb: "returned",
      of: (line) => ({
        operation: "return",
        holder: "any",
        to: { company: owner.id, location: place?.location },
        create: { owner: line.product.owner, item: SerialMoves.itemOf(line), lot: SerialMoves.lotOf(line) },
        eventAt: Moment.of(document.date),
        document: `Return ${document.number}${order === undefined ? "" : ` of sales order ${order.number}`}`,
        attributes: SerialMoves.attributesOf({ warehouse: place?.id, reason: version.head.reason })
      })
    },
    stock: place === undefined || !isIn ? [] : [{ warehouse: place.id, sign: 1 }],
    overrides,
    warnings,
    context
  })
  if (creditMemo !== undefined) {
    // Announced once, announced again and received are the same units.
    const credited = yield* News.compare(taken, memo?.lines ?? [])
    yield* book(news, {
      version: {
        ...version,
        key: memoKey,
        status: memoStatuses[document.status],
        // Goods may be received against it after the return too: what has not come with that.
        effective: document.status !== "cancelled",
        head: { ...version.head, arrived: undefined, return: document.number }
      },
      lines: credited.lines,
      more,
      overrides: [],
      warnings,
      context
    })
  }
  const applied: Applied<never> = {
    answers: [],
    warnings,
    touched: [
      ...touched(word(owner.id, "return", document.number), isIn ? lines : []),
      ...(creditMemo === undefined ? [] : [word(owner.id, "credit_memo", creditMemo)])
    ]
  }
  return applied
})
