/**
 * Receipts: what came in against a purchase order or a credit memo. Only a confirmed receipt counts; an earlier state is
 * noted. Its serials come into the repository, are bound to lot and expiry, and lie in the warehouse from then on; what
 * was taken before changes nothing.
 *
 * Class 2; runs inside the commit transaction. A receipt of an order that has not come yet waits for it.
 */
import { Effect } from "effect"
import type { Applied, RunContext } from "../engine/Pipeline.ts"
import * as Moment from "../formats/Moment.ts"
import { book, touched } from "./Booking.ts"
import * as Desk from "./Desk.ts"
import * as Fulfilment from "./Fulfilment.ts"
import { begin, judged, type KnownLine, placeOf, settingOf, type Taken, word } from "./Intake.ts"
import * as MemoReceipts from "./MemoReceipts.ts"
import * as News from "./News.ts"
import * as OrderLines from "./OrderLines.ts"
import { Orders, type StoredDocument } from "./Orders.ts"
import * as Planned from "./Planned.ts"
import * as SameDocument from "./SameDocument.ts"
import * as SerialMoves from "./SerialMoves.ts"
import * as Strangers from "./Strangers.ts"
import type { Receipt } from "./TradeDocument.ts"
import * as Rules from "./TradeRules.ts"

/** What the field is called that names the order. */
const fields = { purchase_order: "purchaseOrder", credit_memo: "creditMemo" } as const

/** What is received was ordered; more of it is a warning, because what came is there. */
const againstOrder = (taken: Taken<Receipt>, order: StoredDocument, before: ReadonlyArray<StoredDocument>): void => {
  const { document, judgement, lines, index } = taken
  Fulfilment.ordered(taken, order, document.against.kind)
  for (const { product, quantity, ordered } of OrderLines.excess(order, before, lines)) {
    const first = lines.find((line) => line.product.id === product)
    const name = first?.name ?? index.productByKey(product)?.name ?? product
    const kind = Fulfilment.kindText[document.against.kind].toLowerCase()
    const filled = { product: name, kind, number: order.number, quantity: `${quantity}`, ordered: `${ordered}` }
    judgement.add(Rules.receivedMore.raise(filled, { path: document.places.line(first?.index ?? 0) }))
  }
}

/** Looks of the desk, by what it is received against: returned goods match what was shipped, and are no duplicates. */
const desk = Effect.fnUntraced(function* (
  taken: Taken<Receipt>,
  order: StoredDocument,
  session: string,
  self: number | undefined,
  fresh: ReadonlyArray<KnownLine>
) {
  const knowledge = yield* SerialMoves.know(taken)
  Desk.repeated(taken)
  Desk.lengths(taken)
  Desk.moreThanReceived(taken)
  Desk.requiredToReceive(taken, order.partner, session)
  Desk.flags(taken, "in")
  if (taken.document.against.kind === "credit_memo") {
    const sale = order.head["salesOrderId"]
    const salesOrder = order.head["salesOrder"]
    const text = salesOrder === undefined ? "any order" : `sales order ${salesOrder}`
    Desk.matchShipped(taken, knowledge, { id: sale === undefined ? undefined : Number(sale), text })
    Desk.alreadyReturned({ ...taken, lines: fresh }, knowledge, self)
    Strangers.returned(taken, knowledge, order.partner, "received")
  } else {
    const products = order.lines.flatMap(({ product }) => product ?? [])
    Desk.uniqueInOrder(taken, knowledge, { id: order.id, number: order.number, products }, self)
    Desk.uniqueOfProduct(taken, knowledge, self)
    Strangers.received(taken, knowledge, order)
  }
})

/** Carries out a receipt; nothing is answered. */
export const apply = Effect.fn("Receipts.apply")(function* (document: Receipt, context: RunContext) {
  const orders = yield* Orders
  const taken = yield* begin(document, "receiptIn")
  const { owner, judgement } = taken
  const { kind, number } = document.against
  const order = yield* Fulfilment.orderOf(taken, { kind, number, field: fields[kind] })
  const self = yield* orders.find({ company: owner.id, kind: "receipt", number: document.number })
  yield* SameDocument.fulfils(taken, self, order)
  const place = placeOf(taken, order)
  const session = {
    session: document.session?.id ?? document.number,
    // Reports look receipts up by it: written as a moment, it means the same to every reader.
    receivedOn: Moment.of(document.session?.receivedOn ?? document.date)?.toISOString(),
    receivedBy: document.session?.receivedBy
  }
  const isConfirmed = document.status === "confirmed"
  const head = { ...session, vendorInvoice: document.vendorInvoice }
  const version = Fulfilment.versionOf(taken, order, place, isConfirmed, head, context)
  if (!isConfirmed) return yield* Fulfilment.note(taken, version, self, "confirmed")

  const about = yield* orders.about(order.id)
  const news = yield* News.of(taken, self?.lines ?? [], about)
  const isReturn = kind === "credit_memo"
  const returns = isReturn ? yield* orders.returnsOf(order) : []
  const fresh = yield* MemoReceipts.fresh(news, self, {
    own: about.filter((each) => each.kind === "receipt"),
    other: returns
  })
  const { lines } = fresh.taken
  againstOrder(fresh.taken, order, [...about, ...returns])
  yield* desk(news, order, session.session, self?.id, lines)
  judgement.addAll(yield* Planned.differences(news, order))
  const { warnings, overrides } = yield* judged(taken)
  if (fresh.isKnown) {
    const again: Applied<never> = { answers: [], warnings, touched: [] }
    return again
  }

  const inStock =
    place === undefined
      ? new Map<string, number>()
      : yield* orders.stock(
          owner.id,
          place.id,
          lines.map(({ product }) => product.id)
        )
  yield* book(fresh.taken, {
    version: { ...version, head: { ...version.head, ...fresh.head } },
    lines,
    more: (line) => {
      const orderLine = OrderLines.match(order, line)
      const keepsPrice = settingOf(taken, "profitAndLossBySerial", line)?.on === true
      return {
        orderLineId: orderLine?.id,
        price: line.line.price ?? (keepsPrice ? orderLine?.price : undefined),
        before: inStock.get(line.product.id) ?? 0
      }
    },
    move: {
      verb: "received",
      of: (line) => ({
        operation: isReturn ? "return" : "receive",
        holder: "any",
        to: {
          company: owner.id,
          location: place?.location,
          ...(isReturn ? {} : { documents: { poNumber: order.number } }),
          lot: SerialMoves.lotOf(line)
        },
        create: { owner: line.product.owner, item: SerialMoves.itemOf(line), lot: SerialMoves.lotOf(line) },
        eventAt: Moment.of(session.receivedOn),
        document: `${Fulfilment.kindText[kind]} ${order.number}, receipt ${document.number}`,
        attributes: SerialMoves.attributesOf({
          warehouse: place?.id,
          session: session.session,
          receivedBy: session.receivedBy
        })
      })
    },
    stock: place === undefined ? [] : [{ warehouse: place.id, sign: 1 }],
    overrides,
    warnings,
    context
  })
  const applied: Applied<never> = {
    answers: [],
    warnings,
    touched: touched(word(owner.id, "receipt", document.number), lines)
  }
  return applied
})
