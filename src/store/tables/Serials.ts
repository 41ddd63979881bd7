/**
 * The serial repository: numbers as they stand now, every change any of them went through, what pools gave out, and
 * transfers. What identifies a number: docs/decisions/0007-serial-identity.md.
 */
import { sql } from "drizzle-orm"
import {
  bigint,
  date,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uniqueIndex
} from "drizzle-orm/pg-core"
import { commitOrder, identity, moment, reference, textC } from "./Columns.ts"

/** Serial number states of the SNX life cycle (TraceLink SNX FAQ, "serial number statuses"). */
export const serialState = pgEnum("serial_state", [
  "unreserved",
  "reserved",
  "encoded",
  "commissioned",
  "decommissioned",
  "destroyed",
  "deactivated"
])

/** Item statuses of the three-part status model; they mean something while a number is commissioned. */
export const itemStatus = pgEnum("item_status", [
  "available",
  "blocked",
  "pending_receipt",
  "picked",
  "received",
  "shipped",
  "under_investigation"
])

/** Interned keys of companies and locations, so that a serial carries four bytes instead of a word. */
export const names = pgTable("names", {
  id: integer("id").primaryKey().generatedByDefaultAsIdentity(),
  name: text("name").notNull().unique()
})

/**
 * Packaging codes numbers are provisioned and encoded under: a company's GTIN, NTIN, China code, SSCC company prefix or
 * SKU. Code types are kept in upper case.
 */
export const items = pgTable(
  "items",
  {
    id: integer("id").primaryKey().generatedByDefaultAsIdentity(),
    owner: integer("owner").notNull(),
    codeType: text("code_type").notNull(),
    code: text("code").notNull()
  },
  (t) => [uniqueIndex("items_identity").on(t.codeType, t.code, t.owner)]
)

/**
 * How numbers begin as messages write them: `01` + GTIN + `21`, `00`, or nothing for China codes. Prefix and serial
 * together are the identity of a number, whatever packaging code it was provisioned under.
 */
export const prefixes = pgTable("prefixes", {
  id: integer("id").primaryKey().generatedByDefaultAsIdentity(),
  prefix: textC("prefix").notNull().unique()
})

/**
 * Lots of packaging codes as messages bind them: text, expiry as YYMMDD (day 00 stays 00) and the day it stands for. A
 * row never changes; a lot that is named with another expiry is another row.
 */
export const lots = pgTable(
  "lots",
  {
    id: integer("id").primaryKey().generatedByDefaultAsIdentity(),
    itemId: integer("item_id").notNull(),
    lot: textC("lot").notNull(),
    expiry: textC("expiry").notNull().default(""),
    manufactured: textC("manufactured").notNull().default(""),
    /** Where the producer extended the expiry: until then (YYMMDD). What is printed stays `expiry`. */
    extended: textC("extended").notNull().default(""),
    expires: date("expires", { mode: "string" }),
    extendedTo: date("extended_to", { mode: "string" })
  },
  (t) => [uniqueIndex("lots_identity").on(t.lot, t.itemId, t.expiry, t.manufactured, t.extended)]
)

/** Sets of reference documents as messages name them; a missing number is the empty string. */
export const documents = pgTable(
  "documents",
  {
    id: identity(),
    poNumber: text("po_number").notNull().default(""),
    poLine: text("po_line").notNull().default(""),
    workOrderNumber: text("work_order_number").notNull().default(""),
    referenceIdentifier: text("reference_identifier").notNull().default("")
  },
  (t) => [
    uniqueIndex("documents_identity").on(t.poNumber, t.poLine, t.workOrderNumber, t.referenceIdentifier),
    index("documents_work_order").on(t.workOrderNumber).where(sql`work_order_number <> ''`),
    index("documents_reference").on(t.referenceIdentifier).where(sql`reference_identifier <> ''`)
  ]
)

/**
 * The serial repository as it is now. Of the columns that change only `item_id` and `document_id` are indexed, and no
 * index has a condition, so most updates stay on their page (the migration sets fillfactor 50: the first update of
 * 100,000 numbers took 1.1 s, against 1.6 s at 60). Columns stand in an order without padding. Contents of a parent and
 * numbers of a lot are found through history, which only grows, so that packing and commissioning touch no index here.
 */
export const serials = pgTable(
  "serials",
  {
    id: identity(),
    documentId: reference("document_id"),
    /** The number it is packed in. */
    parentId: reference("parent_id"),
    prefixId: integer("prefix_id").notNull(),
    /** The packaging code a message last named it under; not always the one it reads as. */
    itemId: integer("item_id").notNull(),
    companyId: integer("company_id").notNull(),
    locationId: integer("location_id"),
    state: serialState("state").notNull(),
    lotId: integer("lot_id"),
    itemStatus: itemStatus("item_status"),
    /** A bit for each attribute (`SerialStatus.attributes`); as an array of numbers they took 21 bytes a row. */
    attributes: integer("attributes").notNull().default(0),
    serial: textC("serial").notNull()
  },
  (t) => [
    uniqueIndex("serials_identity").on(t.serial, t.prefixId),
    index("serials_document").on(t.itemId, t.documentId, t.id)
  ]
)

/**
 * One change that many serials went through together. A null column was left as it was, except that a new company
 * without a location has none. `line_id` is a line of a trade document, `document` its number as people say it.
 */
export const serialChanges = pgTable(
  "serial_changes",
  {
    id: identity(),
    kind: text("kind").notNull(),
    messageId: reference("message_id"),
    runId: reference("run_id"),
    actor: text("actor"),
    state: serialState("state"),
    companyId: integer("company_id"),
    locationId: integer("location_id"),
    documentId: reference("document_id"),
    itemId: integer("item_id"),
    lotId: integer("lot_id"),
    prefixId: integer("prefix_id"),
    itemStatus: itemStatus("item_status"),
    setAttributes: integer("set_attributes"),
    clearAttributes: integer("clear_attributes"),
    lineId: reference("line_id"),
    document: text("document"),
    quantity: integer("quantity").notNull(),
    attributes: jsonb("attributes"),
    eventAt: moment("event_at"),
    recordedAt: moment("recorded_at").notNull(),
    xid: commitOrder()
  },
  (t) => [
    index("serial_changes_document").on(t.itemId, t.documentId).where(sql`document_id IS NOT NULL`),
    index("serial_changes_message").on(t.messageId).where(sql`message_id IS NOT NULL`),
    index("serial_changes_line").on(t.lineId).where(sql`line_id IS NOT NULL`),
    index("serial_changes_lot").on(t.lotId).where(sql`lot_id IS NOT NULL`)
  ]
)

/**
 * Which serials a change touched: the history of a serial, in the order of its changes. What differs from number to
 * number of one change stands here: the parent it was packed in (0: it was taken out) and when it happened to it.
 */
export const serialHistory = pgTable(
  "serial_history",
  {
    serialId: reference("serial_id").notNull(),
    changeId: reference("change_id").notNull(),
    parentId: reference("parent_id"),
    eventAt: moment("event_at")
  },
  (t) => [
    primaryKey({ columns: [t.serialId, t.changeId] }),
    // Whatever was ever packed in a number; its row says whether it still is.
    index("serial_history_parent").on(t.parentId).where(sql`parent_id IS NOT NULL`),
    // Rows are appended in the order of changes: a BRIN finds the numbers of a change and costs next to nothing.
    index("serial_history_change").using("brin", t.changeId)
  ]
)

/** Numbers drawn from a pool, counted from 0; the next draw begins where the highest one ended. */
export const poolDraws = pgTable(
  "pool_draws",
  {
    pool: text("pool").notNull(),
    first: bigint("first", { mode: "number" }).notNull(),
    quantity: integer("quantity").notNull(),
    requestId: text("request_id"),
    changeId: reference("change_id").notNull(),
    xid: commitOrder()
  },
  (t) => [primaryKey({ columns: [t.pool, t.first] })]
)

/** Transfers that moved numbers, one row a request; response messages refer to them. */
export const transfers = pgTable(
  "transfers",
  {
    id: identity(),
    messageId: reference("message_id").notNull(),
    runId: reference("run_id").notNull(),
    changeId: reference("change_id").notNull(),
    fromCompany: text("from_company").notNull(),
    toCompany: text("to_company").notNull(),
    toLocation: text("to_location").notNull(),
    itemId: integer("item_id"),
    documentId: reference("document_id"),
    quantity: integer("quantity").notNull(),
    controlNumber: text("control_number").notNull(),
    at: moment("at").notNull(),
    xid: commitOrder()
  },
  (t) => [index("transfers_control_number").on(t.controlNumber), uniqueIndex("transfers_message").on(t.messageId)]
)
