/**
 * Set Event requests of several serial numbers, which are answered later, and the sessions of people at the console.
 */
import { sql } from "drizzle-orm"
import { index, integer, jsonb, pgTable, text } from "drizzle-orm/pg-core"
import { bytea, moment } from "./Columns.ts"

/** One request with what is known of its outcome; a process that works on it holds it until its lease ends. */
export const eventRequests = pgTable(
  "event_requests",
  {
    /** Random: whoever knows it still has to be the company. */
    id: text("id").primaryKey(),
    company: text("company").notNull(),
    /** The key or certificate it came with. */
    caller: text("caller").notNull(),
    event: jsonb("event").notNull(),
    at: moment("at").notNull(),
    /** Outcomes so far, in the order of the request. */
    outcomes: jsonb("outcomes").notNull(),
    attempts: integer("attempts").notNull().default(0),
    leaseUntil: moment("lease_until"),
    finishedAt: moment("finished_at")
  },
  (t) => [index("event_requests_open").on(t.at, t.id).where(sql`finished_at IS NULL`)]
)

/** People signed in at the console. A session ends with its key, when the person signs out, or at its time. */
export const consoleSessions = pgTable("console_sessions", {
  /** Of the token in the cookie, which is not kept. */
  sha256: bytea("sha256").primaryKey(),
  /** The API key it stands for. */
  key: text("key").notNull(),
  createdAt: moment("created_at").notNull(),
  expiresAt: moment("expires_at").notNull()
})
