/**
 * The journal: every message received or sent, its bytes, every run over it, what people did to it by hand, and the files
 * channels have taken. Rows are added and their status moves on; nothing is deleted.
 */
import { sql } from "drizzle-orm"
import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uniqueIndex
} from "drizzle-orm/pg-core"
import { bytea, commitOrder, identity, moment, pgSnapshot, reference } from "./Columns.ts"

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
    /** What the sender's channel says that it belongs to, in the sender's words. */
    correlationId: text("correlation_id"),
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
