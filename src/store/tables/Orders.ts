/**
 * The order life cycle: documents, what each message made of them, their lines, and the serials that lines list. Rows are
 * only added: a document's newest version is how it stands, and `xid` tells which rows a past run could see.
 *
 * What happened to a serial is in `serial_history`, whose changes name the line (`serial_changes.line_id`); these tables
 * hold what documents say. `serial_texts` is one narrow row a serial, written a chunk a statement.
 */
import { sql } from "drizzle-orm"
import { boolean, index, integer, jsonb, numeric, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core"
import { commitOrder, identity, moment, reference, textC } from "./Columns.ts"

/** A document of a company, known by kind and number. */
export const tradeDocuments = pgTable(
  "trade_documents",
  {
    id: identity(),
    /** Key of the company whose document it is. */
    company: text("company").notNull(),
    /** purchase_order, receipt, sales_order, shipment, return, credit_memo, stock_movement, serial_correction. */
    kind: text("kind").notNull(),
    number: textC("number").notNull(),
    xid: commitOrder()
  },
  (t) => [uniqueIndex("trade_documents_identity").on(t.company, t.kind, t.number)]
)

/** What a message made of a document. The newest version is how it stands. */
export const tradeVersions = pgTable(
  "trade_versions",
  {
    id: identity(),
    documentId: reference("document_id").notNull(),
    status: text("status").notNull(),
    /** True when it counts: a released order, a confirmed receipt, a closed shipment, a return that came in. */
    effective: boolean("effective").notNull(),
    /** The version whose lines hold, this one or an earlier one. Receipts and shipments grow: all their lines hold. */
    linesOf: reference("lines_of"),
    /** Purchase order of a receipt, sales order of a shipment or return, return of a credit memo. */
    orderId: reference("order_id"),
    /** Vendor, customer or warehouse company: key of the world, or a name. */
    partner: text("partner"),
    /** Key of a warehouse of the world. */
    warehouse: text("warehouse"),
    tool: text("tool").notNull(),
    /** The rest of the document's head: session, invoice, carrier, reason, override. */
    head: jsonb("head").notNull(),
    documentDate: moment("document_date"),
    messageId: reference("message_id"),
    runId: reference("run_id"),
    sender: text("sender").notNull(),
    recordedAt: moment("recorded_at").notNull(),
    xid: commitOrder()
  },
  (t) => [
    index("trade_versions_document").on(t.documentId, t.id),
    index("trade_versions_order").on(t.orderId),
    // Few of many documents; what a transfer made of a number is asked for with every document that lists serials.
    index("trade_versions_sku_transfer").on(t.documentId).where(sql`head ->> 'operation' = 'sku_transfer'`),
    // What was picked for a transfer or an FBA shipment is asked for with every document that receives or packs it.
    index("trade_versions_reference").on(sql`(head ->> 'reference')`).where(sql`head ->> 'reference' IS NOT NULL`),
    index("trade_versions_message").on(t.messageId)
  ]
)

/** Lines of documents. Serial changes refer to them by id. */
export const tradeLines = pgTable(
  "trade_lines",
  {
    id: identity(),
    documentId: reference("document_id").notNull(),
    versionId: reference("version_id").notNull(),
    position: integer("position").notNull(),
    lineRef: text("line_ref").notNull(),
    parentRef: text("parent_ref"),
    /** The line of the purchase or sales order it is about. */
    orderLineId: reference("order_line_id"),
    /** Key of the product of the world, where it is known. */
    product: text("product"),
    sku: textC("sku"),
    /** 14 digits. */
    gtin: textC("gtin"),
    quantity: numeric("quantity", { mode: "number", precision: 18, scale: 4 }).notNull(),
    uom: text("uom").notNull(),
    lot: textC("lot"),
    supplierLot: textC("supplier_lot"),
    warehouseLot: textC("warehouse_lot"),
    expiration: text("expiration"),
    bestBefore: text("best_before"),
    production: text("production"),
    sscc: textC("sscc"),
    price: numeric("price", { precision: 18, scale: 6 }),
    notes: text("notes"),
    lotSource: jsonb("lot_source"),
    /** Serials the line lists. */
    serials: integer("serials").notNull().default(0),
    /** In stock at the warehouse before the line counted; receipts only. */
    before: numeric("before", { mode: "number", precision: 18, scale: 4 }),
    xid: commitOrder()
  },
  (t) => [
    index("trade_lines_document").on(t.documentId, t.versionId, t.position),
    index("trade_lines_order_line").on(t.orderLineId),
    index("trade_lines_lot").on(t.lot),
    index("trade_lines_supplier_lot").on(t.supplierLot).where(sql`supplier_lot IS NOT NULL`),
    index("trade_lines_warehouse_lot").on(t.warehouseLot).where(sql`warehouse_lot IS NOT NULL`)
  ]
)

/** The serials a line lists: planned ones of a purchase order, received, shipped, returned and moved ones. */
export const serialTexts = pgTable(
  "serial_texts",
  {
    lineId: reference("line_id").notNull(),
    position: integer("position").notNull(),
    /** The number as the repository knows it: AI text, or `sku:company:SKU:serial`. */
    value: textC("value").notNull()
  },
  (t) => [primaryKey({ columns: [t.lineId, t.position] }), index("serial_texts_value").on(t.value)]
)

/** Serials taken off a line again by hand. */
export const serialRemovals = pgTable(
  "serial_removals",
  {
    lineId: reference("line_id").notNull(),
    value: textC("value").notNull(),
    /** The correction that took it off. */
    versionId: reference("version_id").notNull(),
    xid: commitOrder()
  },
  (t) => [primaryKey({ columns: [t.lineId, t.value] })]
)

/** What came into and went out of a warehouse; the sum is what is in stock. */
export const stockEntries = pgTable(
  "stock_entries",
  {
    id: identity(),
    company: text("company").notNull(),
    warehouse: text("warehouse").notNull(),
    bin: text("bin"),
    /** Key of the product, else the code of the line. */
    product: text("product").notNull(),
    quantity: numeric("quantity", { mode: "number", precision: 18, scale: 4 }).notNull(),
    lineId: reference("line_id").notNull(),
    xid: commitOrder()
  },
  (t) => [index("stock_entries_product").on(t.company, t.product, t.warehouse)]
)

/** What passed to or from a channel and what did not, with the reason: asked for by document. */
export const passThroughs = pgTable(
  "pass_throughs",
  {
    id: identity(),
    versionId: reference("version_id").notNull(),
    channel: text("channel").notNull(),
    stage: text("stage").notNull(),
    /** lot, serial, expiry or document. */
    what: text("what").notNull(),
    lineRef: text("line_ref"),
    /** Null: it passed. */
    reason: text("reason"),
    quantity: integer("quantity").notNull(),
    xid: commitOrder()
  },
  (t) => [index("pass_throughs_version").on(t.versionId)]
)

/** Findings of the serial desk that somebody let pass, with who and why. */
export const deskOverrides = pgTable(
  "desk_overrides",
  {
    id: identity(),
    versionId: reference("version_id").notNull(),
    rule: text("rule").notNull(),
    findings: integer("findings").notNull(),
    actor: text("actor").notNull(),
    reason: text("reason").notNull(),
    recordedAt: moment("recorded_at").notNull(),
    xid: commitOrder()
  },
  (t) => [index("desk_overrides_version").on(t.versionId)]
)
