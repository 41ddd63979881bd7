/**
 * What other providers tell of the product directory, how far each was read, and jobs of product information (downloads,
 * uploads). Our own products, rules and directory records are configuration: docs/decisions/0013-product-directory.md.
 */
import { bigint, boolean, index, integer, jsonb, pgEnum, pgTable, primaryKey, text } from "drizzle-orm/pg-core"
import { bytea, moment, textC } from "./Columns.ts"

/**
 * Directory records of other providers as last told, one row a record; a record that was withdrawn stays as a tombstone,
 * so that an older version of it that comes late changes nothing.
 */
export const directoryRecords = pgTable(
  "directory_records",
  {
    provider: textC("provider").notNull(),
    /** The provider's own name for the record. */
    record: textC("record").notNull(),
    version: bigint("version", { mode: "number" }).notNull(),
    gtin: textC("gtin").notNull(),
    responder: text("responder").notNull(),
    companyPrefix: text("company_prefix"),
    description: text("description"),
    verifyUrl: text("verify_url"),
    checkUrl: text("check_url"),
    /** Expiration dates it holds for, `2026-11-24`, both included; open where null. */
    validFrom: textC("valid_from"),
    validTo: textC("valid_to"),
    deleted: boolean("deleted").notNull(),
    updatedAt: moment("updated_at").notNull(),
    receivedAt: moment("received_at").notNull(),
    /** The last reading of everything anew that told it; 0 where none did. */
    pass: integer("pass").notNull().default(0)
  },
  (t) => [primaryKey({ columns: [t.provider, t.record] }), index("directory_records_gtin").on(t.gtin)]
)

/** How far each provider's directory was read. */
export const directoryCursors = pgTable("directory_cursors", {
  provider: text("provider").primaryKey(),
  cursor: text("cursor").notNull(),
  syncedAt: moment("synced_at").notNull(),
  /** How often it was begun to read everything anew. */
  pass: integer("pass").notNull().default(0),
  /** While the last such reading is not at its end: what it has not told yet is still here. */
  anew: boolean("anew").notNull().default(false)
})

export const productJobStatus = pgEnum("product_job_status", ["Pending", "Success", "Partial", "Failed"])

/** Downloads of master data and uploads of directory records: asked for, done later, asked after. */
export const productJobs = pgTable(
  "product_jobs",
  {
    id: text("id").primaryKey(),
    kind: text("kind").notNull(),
    company: text("company").notNull(),
    actor: text("actor").notNull(),
    status: productJobStatus("status").notNull(),
    /** What was asked for. */
    request: jsonb("request").notNull(),
    /** Rows of an upload with what became of each. */
    rows: jsonb("rows"),
    /** The file of a download. */
    file: bytea("file"),
    fileName: text("file_name"),
    detail: text("detail"),
    submittedAt: moment("submitted_at").notNull(),
    finishedAt: moment("finished_at")
  },
  (t) => [index("product_jobs_status").on(t.status, t.submittedAt)]
)
