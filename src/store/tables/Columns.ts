/**
 * Column types that the tables share: bytes, text in code point order, and the transaction ids and snapshots that are the
 * commit sequence (docs/decisions/0004-commit-sequence.md). Plain declarations.
 */
import { sql } from "drizzle-orm"
import { bigint, customType, timestamp } from "drizzle-orm/pg-core"

export const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => "bytea" })
/** Serial numbers compare byte by byte, whatever locale the database has. */
export const textC = customType<{ data: string; driverData: string }>({ dataType: () => 'text COLLATE "C"' })
export const xid8 = customType<{ data: string; driverData: string }>({ dataType: () => "xid8" })
export const pgSnapshot = customType<{ data: string; driverData: string }>({ dataType: () => "pg_snapshot" })

export const identity = (name = "id") => bigint(name, { mode: "number" }).primaryKey().generatedByDefaultAsIdentity()
export const reference = (name: string) => bigint(name, { mode: "number" })
export const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" })
export const commitOrder = () => xid8("xid").notNull().default(sql`pg_current_xact_id()`)
