/**
 * What receipts and shipments have in common: the order they fulfil, which has to be there and released, the warehouse
 * where they happen, and that one which does not count yet is noted and nothing more.
 *
 * Runs inside the commit transaction; a document of an order that has not come yet waits for it.
 */
import { Effect } from "effect"
import type { Applied, RunContext } from "../engine/Pipeline.ts"
import * as Moment from "../formats/Moment.ts"
import type { Warehouse } from "../partners/WorldOrders.ts"
import { judged, refusedAtOnce, type Taken, word } from "./Intake.ts"
import * as OrderLines from "./OrderLines.ts"
import { type Head, type NewVersion, Orders, type StoredDocument } from "./Orders.ts"
import type { Receipt, Shipment } from "./TradeDocument.ts"
import * as Rules from "./TradeRules.ts"

type Any = Taken<Receipt | Shipment>

/** Kinds of order that are fulfilled, as people say them. */
export const kindText = {
  purchase_order: "Purchase order",
  credit_memo: "Credit memo",
  sales_order: "Sales order"
} as const
export type OrderKind = keyof typeof kindText

/** The order that is fulfilled, by the kind, number and field that name it. */
export const orderOf = Effect.fnUntraced(function* (
  taken: Any,
  { kind, number, field }: { readonly kind: OrderKind; readonly number: string; readonly field: string }
) {
  const orders = yield* Orders
  const { document, owner, judgement } = taken
  const text = kindText[kind]
  const place = { path: document.places.field(field), value: number }
  const order = yield* orders.find({ company: owner.id, kind, number })
  if (order === undefined) {
    const unknown = Rules.orderUnknown.raise({ kind: text, number }, place)
    return yield* refusedAtOnce(taken, unknown, [word(owner.id, kind, number)])
  }
  if (!order.effective) judgement.add(Rules.orderNotReleased.raise({ kind: text, number, status: order.status }, place))
  return order
})

/** Tells lines of what nobody ordered. */
export const ordered = ({ document, judgement, lines }: Any, order: StoredDocument, kind: OrderKind): void => {
  for (const line of lines) {
    if (OrderLines.match(order, line) !== undefined) continue
    const place = { path: document.places.line(line.index), value: line.name }
    judgement.add(Rules.notOnOrder.raise({ product: line.name, kind: kindText[kind], number: order.number }, place))
  }
}

/** The version a document makes; `counts` where it is in the state that does. */
export const versionOf = (
  taken: Any,
  order: StoredDocument,
  place: Warehouse | undefined,
  counts: boolean,
  head: Head,
  context: RunContext
): Omit<NewVersion, "lines"> => {
  const { document, owner, sender } = taken
  return {
    key: { company: owner.id, kind: document.kind, number: document.number },
    status: document.status,
    effective: counts,
    order: order.id,
    partner: order.partner,
    warehouse: place?.id,
    tool: taken.tool,
    head: {
      ...head,
      notes: document.notes,
      overriddenBy: document.override?.by,
      overrideReason: document.override?.reason
    },
    date: Moment.of(document.date),
    sender: sender.id,
    context
  }
}

/** Notes a document that does not count before it is `wanted`. */
export const note = Effect.fnUntraced(function* (
  taken: Any,
  version: Omit<NewVersion, "lines">,
  self: StoredDocument | undefined,
  wanted: string
) {
  const orders = yield* Orders
  const { document } = taken
  const { warnings } = yield* judged(taken)
  // What counts already does not become open again because an older state comes late.
  if (self?.effective !== true) yield* orders.record({ ...version, lines: [] })
  const kind = document.kind === "receipt" ? "Receipt" : "Shipment"
  const filled = { kind, number: document.number, status: document.status, wanted }
  const notYet = Rules.notYet.raise(filled, { path: document.places.field("status"), value: document.status })
  const noted: Applied<never> = { answers: [], warnings: [...warnings, notYet], touched: [] }
  return noted
})
