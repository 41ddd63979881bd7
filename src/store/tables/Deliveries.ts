/**
 * Outbound messages on their way to channels, and every attempt to hand one over. Order is kept for each destination;
 * a claim is guarded by a fence and ends with its lease.
 */
import { sql } from "drizzle-orm"
import { doublePrecision, index, integer, pgEnum, pgTable, primaryKey, text } from "drizzle-orm/pg-core"
import { identity, moment, reference } from "./Columns.ts"

/** Where a delivery stands; `queued` and `retrying` hold up what is behind them. `rerouted`: another took its place. */
export const deliveryStatus = pgEnum("delivery_status", [
  "queued",
  "retrying",
  "delivered",
  "delivery_failed",
  "rerouted"
])

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
