/**
 * What the HTTP channel and the alerts remember: keys of companies, requests that must not count twice, documents that wait
 * to be fetched, and what was alerted already.
 */
import { sql } from "drizzle-orm"
import { index, pgTable, primaryKey, text } from "drizzle-orm/pg-core"
import { bytea, moment, reference } from "./Columns.ts"

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
  (t) => [primaryKey({ columns: [t.company, t.key] }), index("http_requests_at").on(t.at)]
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
  (t) => [
    index("http_outbox_open").on(t.company, t.messageId).where(sql`acknowledged_at IS NULL`),
    index("http_outbox_done").on(t.acknowledgedAt).where(sql`acknowledged_at IS NOT NULL`)
  ]
)

/**
 * What people are told by e-mail: one row for each event and address, so that nothing is told twice, not after a restart
 * either. What comes about again after somebody did something about it is another event. An event that nobody wants to
 * hear of has one row with an empty address.
 */
export const alerts = pgTable(
  "alerts",
  {
    kind: text("kind").notNull(),
    /** Of the message, or of the outbound message that could not be delivered. */
    messageId: reference("message_id").notNull(),
    address: text("address").notNull(),
    /** The newest of the operator's acts before it; 0 when there was none. */
    afterAct: reference("after_act").notNull().default(0),
    at: moment("at").notNull(),
    /** Empty until a mail server took it. */
    sentAt: moment("sent_at"),
    leaseUntil: moment("lease_until")
  },
  (t) => [
    primaryKey({ columns: [t.messageId, t.kind, t.address, t.afterAct] }),
    index("alerts_due").on(t.address, t.at).where(sql`sent_at IS NULL`),
    index("alerts_sent").on(t.address, t.sentAt.desc()).where(sql`sent_at IS NOT NULL`)
  ]
)
