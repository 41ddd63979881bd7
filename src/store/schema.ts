/**
 * The database as drizzle tables: the one place that says which columns exist. Numbered migrations under
 * `migrations/` are generated from it, and `docs/generated/schema.sql` shows the result for review.
 *
 * Rows of history and configuration carry `xid`, the transaction that wrote them (`commitOrder`); a run carries the
 * snapshot it saw. Together they are the commit sequence that journal replay rebuilds a past state from:
 * a row belongs to the world of a run when `pg_visible_in_snapshot(row.xid, run.snapshot)`.
 * See docs/decisions/0004-commit-sequence.md.
 */
import { sql } from "drizzle-orm"
import {
  bigint,
  boolean,
  customType,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex
} from "drizzle-orm/pg-core"

const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => "bytea" })
/** Serial numbers compare byte by byte, whatever locale the database has. */
const textC = customType<{ data: string; driverData: string }>({ dataType: () => 'text COLLATE "C"' })
const xid8 = customType<{ data: string; driverData: string }>({ dataType: () => "xid8" })
const pgSnapshot = customType<{ data: string; driverData: string }>({ dataType: () => "pg_snapshot" })

const identity = (name = "id") => bigint(name, { mode: "number" }).primaryKey().generatedByDefaultAsIdentity()
const reference = (name: string) => bigint(name, { mode: "number" })
const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" })
const commitOrder = () => xid8("xid").notNull().default(sql`pg_current_xact_id()`)

/** Whether a message came from a partner or goes to one. */
export const direction = pgEnum("direction", ["in", "out"])

/** Where a message stands; the words of the operator's desk. */
export const messageStatus = pgEnum("message_status", [
  "received",
  "processing",
  "waiting",
  "processed",
  "map_in_failed",
  "processing_failed",
  "map_out_failed"
])

/** Where a delivery stands; only `delivery_failed` and `delivered` let the partner's next one pass. */
export const deliveryStatus = pgEnum("delivery_status", ["queued", "retrying", "delivered", "delivery_failed"])

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

/**
 * Journal of configuration: every version of every company, link, profile, product and pool ever imported.
 * `value` null means removed. The newest visible row of a (kind, key) is the current one.
 */
export const configuration = pgTable(
  "configuration",
  {
    id: identity(),
    kind: text("kind").notNull(),
    key: text("key").notNull(),
    value: jsonb("value"),
    actor: text("actor").notNull(),
    at: moment("at").notNull(),
    xid: commitOrder()
  },
  (t) => [index("configuration_current").on(t.kind, t.key, t.id.desc())]
)

/** Journal of messages, received and sent. Bytes are in `message_chunks`. */
export const messages = pgTable(
  "messages",
  {
    id: identity(),
    direction: direction("direction").notNull(),
    /** Inbound: the company the channel authenticated. Outbound: the company it goes to. */
    company: text("company").notNull(),
    channel: text("channel").notNull(),
    lane: text("lane").notNull(),
    type: text("type").notNull(),
    fileName: text("file_name").notNull(),
    size: bigint("size", { mode: "number" }).notNull(),
    sha256: bytea("sha256").notNull(),
    receivedAt: moment("received_at").notNull(),
    status: messageStatus("status").notNull(),
    /** Why it waits or failed, in one sentence. */
    reason: text("reason"),
    mapVersion: text("map_version"),
    sender: text("sender"),
    receiver: text("receiver"),
    controlNumber: text("control_number"),
    /** Holds its control number and bytes against duplicates. Failed messages and duplicates do not. */
    holds: boolean("holds").notNull().default(true),
    duplicateOf: reference("duplicate_of"),
    /** Claims since the last orderly end of an attempt; three mean that processing kills the process. */
    attempts: integer("attempts").notNull().default(0),
    fence: reference("fence").notNull().default(0),
    leaseUntil: moment("lease_until"),
    retryAt: moment("retry_at"),
    waitUntil: moment("wait_until"),
    waitKeys: text("wait_keys").array(),
    /** What operators gave it: accepted duplicate, a recipient for a pending transfer. */
    given: jsonb("given"),
    finishedAt: moment("finished_at"),
    reconciledAt: moment("reconciled_at"),
    /** Outbound: the message it answers, and its place among the outputs of that message. */
    replyTo: reference("reply_to"),
    outputIndex: integer("output_index")
  },
  (t) => [
    index("messages_lane_head").on(t.lane, t.id).where(sql`direction = 'in' AND status IN ('received', 'processing')`),
    index("messages_waiting").on(t.retryAt).where(sql`status = 'waiting'`),
    index("messages_wait_keys").using("gin", t.waitKeys).where(sql`status = 'waiting'`),
    uniqueIndex("messages_control_number")
      .on(t.company, t.type, t.controlNumber)
      .where(sql`direction = 'in' AND holds AND control_number IS NOT NULL`),
    index("messages_sha256").on(t.sha256).where(sql`direction = 'in'`),
    index("messages_reply").on(t.replyTo).where(sql`reply_to IS NOT NULL`),
    index("messages_failed")
      .on(t.finishedAt)
      .where(sql`direction = 'in' AND status IN ('map_in_failed', 'processing_failed', 'map_out_failed')`)
  ]
)

/** The exact bytes of a message in chunks of at most 1 MiB. */
export const messageChunks = pgTable(
  "message_chunks",
  {
    messageId: reference("message_id").notNull(),
    chunk: integer("chunk").notNull(),
    bytes: bytea("bytes").notNull()
  },
  (t) => [primaryKey({ columns: [t.messageId, t.chunk] })]
)

/** Journal of runs: one execution of a pipeline over one message. */
export const runs = pgTable(
  "runs",
  {
    id: identity(),
    messageId: reference("message_id").notNull(),
    attempt: integer("attempt").notNull(),
    pipeline: text("pipeline"),
    /** Versions that took part: engine, pipeline, map, schema digest. */
    versions: jsonb("versions").notNull(),
    /** The run's own "now"; outputs take their time from it. */
    clock: moment("clock").notNull(),
    durationMs: doublePrecision("duration_ms").notNull(),
    outcome: messageStatus("outcome").notNull(),
    reason: text("reason"),
    errors: jsonb("errors").notNull(),
    warnings: jsonb("warnings").notNull(),
    totals: jsonb("totals").notNull(),
    given: jsonb("given"),
    /** Deadline of a message that waited already when the run began. */
    waitUntil: moment("wait_until"),
    /** What the transaction of this run could see when its effects were decided. */
    snapshot: pgSnapshot("snapshot").notNull(),
    xid: commitOrder()
  },
  (t) => [index("runs_message").on(t.messageId, t.id)]
)

/** One outbound message on its way to one channel. */
export const deliveries = pgTable(
  "deliveries",
  {
    id: identity(),
    messageId: reference("message_id").notNull(),
    company: text("company").notNull(),
    /** Order is kept per destination. */
    destination: text("destination").notNull(),
    status: deliveryStatus("status").notNull(),
    attempts: integer("attempts").notNull().default(0),
    createdAt: moment("created_at").notNull(),
    nextAt: moment("next_at").notNull(),
    deadline: moment("deadline").notNull(),
    fence: reference("fence").notNull().default(0),
    leaseUntil: moment("lease_until"),
    deliveredAt: moment("delivered_at"),
    lastError: text("last_error")
  },
  (t) => [
    index("deliveries_head").on(t.destination, t.id).where(sql`status IN ('queued', 'retrying')`),
    index("deliveries_message").on(t.messageId),
    index("deliveries_failed").on(t.nextAt).where(sql`status = 'delivery_failed'`)
  ]
)

/** Every attempt of every delivery. */
export const deliveryAttempts = pgTable(
  "delivery_attempts",
  {
    deliveryId: reference("delivery_id").notNull(),
    attempt: integer("attempt").notNull(),
    at: moment("at").notNull(),
    durationMs: doublePrecision("duration_ms").notNull(),
    outcome: text("outcome").notNull(),
    error: text("error")
  },
  (t) => [primaryKey({ columns: [t.deliveryId, t.attempt] })]
)

/** What people did to messages by hand, and why. */
export const operatorActs = pgTable(
  "operator_acts",
  {
    id: identity(),
    messageId: reference("message_id").notNull(),
    act: text("act").notNull(),
    why: text("why").notNull(),
    actor: text("actor").notNull(),
    input: jsonb("input"),
    at: moment("at").notNull(),
    xid: commitOrder()
  },
  (t) => [index("operator_acts_message").on(t.messageId)]
)

/**
 * Files a channel has taken: written in the transaction that journals the bytes, so that a file which could not be
 * moved away before the process died is recognised and only moved.
 */
export const pickups = pgTable(
  "pickups",
  {
    channel: text("channel").notNull(),
    path: text("path").notNull(),
    size: bigint("size", { mode: "number" }).notNull(),
    modifiedMs: doublePrecision("modified_ms").notNull(),
    sha256: bytea("sha256").notNull(),
    messageId: reference("message_id").notNull(),
    at: moment("at").notNull()
  },
  (t) => [primaryKey({ columns: [t.channel, t.path, t.size, t.modifiedMs, t.sha256] })]
)

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
 * 100,000 numbers took 1.1 s, against 1.6 s at 60). Columns stand in an order without padding.
 */
export const serials = pgTable(
  "serials",
  {
    id: identity(),
    documentId: reference("document_id"),
    prefixId: integer("prefix_id").notNull(),
    /** The packaging code a message last named it under; not always the one it reads as. */
    itemId: integer("item_id").notNull(),
    companyId: integer("company_id").notNull(),
    locationId: integer("location_id"),
    state: serialState("state").notNull(),
    serial: textC("serial").notNull()
  },
  (t) => [
    uniqueIndex("serials_identity").on(t.serial, t.prefixId),
    index("serials_document").on(t.itemId, t.documentId, t.id)
  ]
)

/**
 * One change that many serials went through together. A null column was left as it was, except that a new company
 * without a location has none.
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
    quantity: integer("quantity").notNull(),
    attributes: jsonb("attributes"),
    eventAt: moment("event_at"),
    recordedAt: moment("recorded_at").notNull(),
    xid: commitOrder()
  },
  (t) => [
    index("serial_changes_document").on(t.itemId, t.documentId).where(sql`document_id IS NOT NULL`),
    index("serial_changes_message").on(t.messageId).where(sql`message_id IS NOT NULL`)
  ]
)

/** Which serials a change touched: the history of a serial, in the order of its changes. */
export const serialHistory = pgTable(
  "serial_history",
  {
    serialId: reference("serial_id").notNull(),
    changeId: reference("change_id").notNull()
  },
  (t) => [
    primaryKey({ columns: [t.serialId, t.changeId] }),
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

/** Keys by which companies come in over HTTP. The key itself is never stored: 256 random bits need no slow hash. */
export const apiKeys = pgTable(
  "api_keys",
  {
    /** The part of the key that people may see, and by which it is listed and revoked. */
    id: text("id").primaryKey(),
    company: text("company").notNull(),
    sha256: bytea("sha256").notNull().unique(),
    scopes: text("scopes").array().notNull(),
    /** What it is for, in the words of who made it. */
    note: text("note").notNull(),
    actor: text("actor").notNull(),
    createdAt: moment("created_at").notNull(),
    revokedAt: moment("revoked_at"),
    revokedBy: text("revoked_by")
  },
  (t) => [index("api_keys_company").on(t.company)]
)

/**
 * Idempotency keys of HTTP requests and what they were first used for: written before the bytes are journaled, so that
 * of two requests with one key and different bytes the second is refused, whichever process takes it.
 */
export const httpRequests = pgTable(
  "http_requests",
  {
    company: text("company").notNull(),
    key: text("key").notNull(),
    type: text("type").notNull(),
    sha256: bytea("sha256").notNull(),
    at: moment("at").notNull()
  },
  (t) => [primaryKey({ columns: [t.company, t.key] })]
)

/** Documents that companies fetch over HTTP; the bytes are those of the message. */
export const httpOutbox = pgTable(
  "http_outbox",
  {
    messageId: reference("message_id").primaryKey(),
    company: text("company").notNull(),
    at: moment("at").notNull(),
    /** When the company said that it has it. */
    acknowledgedAt: moment("acknowledged_at")
  },
  (t) => [index("http_outbox_open").on(t.company, t.messageId).where(sql`acknowledged_at IS NULL`)]
)

/**
 * What people are told by e-mail: one row for each event and address, so that nothing is told twice, not after a restart
 * either. An event that nobody wants to hear of has one row with an empty address.
 */
export const alerts = pgTable(
  "alerts",
  {
    kind: text("kind").notNull(),
    /** Of the message, or of the outbound message that could not be delivered. */
    messageId: reference("message_id").notNull(),
    address: text("address").notNull(),
    at: moment("at").notNull(),
    /** Empty until a mail server took it. */
    sentAt: moment("sent_at"),
    leaseUntil: moment("lease_until")
  },
  (t) => [
    primaryKey({ columns: [t.messageId, t.kind, t.address] }),
    index("alerts_due").on(t.address, t.at).where(sql`sent_at IS NULL`),
    index("alerts_sent").on(t.address, t.sentAt.desc()).where(sql`sent_at IS NOT NULL`)
  ]
)
