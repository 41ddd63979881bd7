/**
 * The audit trail: who changed a rule or overrode one, when and why, as a chain of hashes. Nothing is ever changed or
 * deleted here; `throughline audit --verify` finds it when somebody did.
 */
import { sql } from "drizzle-orm"
import { bigint, boolean, check, pgTable, text } from "drizzle-orm/pg-core"
import { bytea, commitOrder } from "./Columns.ts"

/** One act an entry, numbered without gaps in the order in which they were committed. */
export const audit = pgTable("audit", {
  n: bigint("n", { mode: "number" }).primaryKey(),
  /** JSON text of everything about it, its number included: the bytes that the hash is over. */
  content: text("content").notNull(),
  /** SHA-256 of the hash before it and the content. */
  hash: bytea("hash").notNull(),
  xid: commitOrder()
})

/** The newest entry. One row, which whoever appends holds until the end of its transaction. */
export const auditHead = pgTable(
  "audit_head",
  {
    only: boolean("only").primaryKey().default(true),
    n: bigint("n", { mode: "number" }).notNull(),
    hash: bytea("hash").notNull()
  },
  (t) => [check("audit_head_is_one", sql`${t.only}`)]
)
