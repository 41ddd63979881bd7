/**
 * Order documents as they are kept: purchase orders, receipts, sales orders, shipments, returns, credit memos, stock
 * movements. Messages write them through the stages of this room; everyone may ask what a document says, where a serial
 * stands in documents, and what passed to which channel.
 *
 * Writing joins the caller's transaction and fails as a whole with it. All that fails is a statement (`SqlError`, or
 * `AuditError` around one), which says whether another try may help; that there is no such document is a result.
 */
import { Context, Effect, Layer } from "effect"
import * as Audit from "../audit/Audit.ts"
import * as OrderQueries from "./OrderQueries.ts"
import * as OrderReadQueries from "./OrderReadQueries.ts"
import type { OverrideRecord } from "./OrdersModel.ts"

export type * from "./OrdersModel.ts"

const make = Effect.gen(function* () {
  const writes = yield* OrderQueries.make
  const reads = yield* OrderReadQueries.make
  const audit = yield* Audit.make
  return {
    /** Writes down what a message makes of a document: a new version, its lines and serials. */
    record: writes.record,
    /** Takes serials off lines, for a correction. */
    remove: writes.remove,
    /** Writes down what passed to or from a channel, and what did not. */
    recordPassages: writes.passages,
    /** Findings somebody let pass: with the document, and in the audit trail. */
    recordOverrides: Effect.fn("Orders.recordOverrides")(function* (
      versionId: number,
      subject: string,
      all: ReadonlyArray<OverrideRecord>,
      at: Date
    ) {
      yield* writes.overrides(versionId, all, at)
      for (const { rule, findings, actor, reason } of all)
        yield* audit.record([{ act: "serial.override", subject, after: { rule, findings } }], {
          actor,
          why: reason,
          at
        })
    }),
    /** Units that came into or left a warehouse. */
    enterStock: writes.enter,
    /** The document as it stands, with its lines; undefined when there is none. */
    find: reads.find,
    byId: reads.byId,
    /** Documents in the order they were first heard of. */
    list: reads.list,
    /** Documents about an order: receipts of a purchase order, shipments and returns of a sales order. */
    about: reads.about,
    /** The returns that made a credit memo. */
    returnsOf: reads.returnsOf,
    /** Stock movements of an operation with a reference. */
    movementsOf: reads.movementsOf,
    /** Serials by line, in the order they were listed. */
    serialsOf: reads.serialsOf,
    /** Serials taken off lines again by hand. */
    takenOff: reads.takenOff,
    /** Every line that lists one of these serials (identities), oldest first. */
    listing: reads.listing,
    /** Identities in documents that a text may mean: the whole of one, or a bare serial. */
    meant: reads.meant,
    /** Numbers that SKU-to-SKU transfers made one of these products', of these serials. */
    transferred: reads.transferred,
    /** Every line of a lot, with the vendor it came from or the customer it went to: what a recall asks. */
    ofLot: reads.ofLot,
    versions: reads.versions,
    passages: reads.passages,
    overrides: reads.overrides,
    /** Units in stock by product, at a warehouse. */
    stock: reads.stock
  }
})

export class Orders extends Context.Service<Orders, Effect.Success<typeof make>>()("throughline/orders/Orders") {
  static readonly layer = Layer.effect(this, make)
}
