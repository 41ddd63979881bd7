/**
 * What verification remembers: every answer given, and reports over them. Answers are only ever appended and are asked
 * for by time, so a block-range index finds a week among years and costs an insert next to nothing; old ones are deleted
 * by time (`throughline verifications prune`).
 */
import { boolean, date, index, integer, pgEnum, pgTable, primaryKey, text } from "drizzle-orm/pg-core"
import { bytea, identity, moment, reference, textC } from "./Columns.ts"

/** What became of a question. */
export const verificationOutcome = pgEnum("verification_outcome", ["valid", "invalid", "not_asked", "no_impact"])

/** Questions and their answers. Columns stand in an order without padding. */
export const verifications = pgTable(
  "verifications",
  {
    id: identity(),
    at: moment("at").notNull(),
    latencyMicros: integer("latency_micros").notNull(),
    outcome: verificationOutcome("outcome").notNull(),
    /** Answered from our own numbers. */
    inNetwork: boolean("in_network").notNull(),
    inPossession: boolean("in_possession"),
    gtin: textC("gtin").notNull(),
    serial: textC("serial").notNull(),
    lot: textC("lot").notNull(),
    expiry: textC("expiry").notNull(),
    context: text("context").notNull(),
    requesterGln: text("requester_gln").notNull(),
    /** The company of ours that asked. */
    requester: text("requester"),
    /** The provider through which somebody else asked. */
    askedBy: text("asked_by"),
    /** The company of ours whose product it is. */
    producer: text("producer"),
    /** The provider that was asked. */
    provider: text("provider"),
    responderGln: text("responder_gln"),
    /** Row of the response scenarios that decided, or why nobody could be asked. */
    scenario: text("scenario").notNull(),
    failureReason: text("failure_reason"),
    additionalInfo: text("additional_info"),
    corrUuid: text("corr_uuid").notNull(),
    /** What was found about the requester's credential. */
    credential: text("credential"),
    /** Contact of the requester, where it gave one (R1.3). */
    email: text("email"),
    telephone: text("telephone")
  },
  (t) => [index("verifications_at").using("brin", t.at)]
)

export const verificationReportStatus = pgEnum("verification_report_status", ["submitted", "done", "failed"])

/** Reports that companies asked for. */
export const verificationReports = pgTable(
  "verification_reports",
  {
    /** Random: whoever knows it still has to be the company. */
    id: text("id").primaryKey(),
    company: text("company").notNull(),
    requestedBy: text("requested_by").notNull(),
    first: date("first_day", { mode: "string" }).notNull(),
    last: date("last_day", { mode: "string" }).notNull(),
    filter: text("filter").notNull(),
    status: verificationReportStatus("status").notNull(),
    submittedAt: moment("submitted_at").notNull(),
    /** A process that works on it holds it until then. */
    leaseUntil: moment("lease_until"),
    attempts: integer("attempts").notNull().default(0),
    finishedAt: moment("finished_at"),
    rows: integer("row_count"),
    detail: text("detail")
  },
  (t) => [index("verification_reports_company").on(t.company, t.submittedAt)]
)

/** The files of reports, in parts of some thousand lines. */
export const verificationReportParts = pgTable(
  "verification_report_parts",
  {
    report: text("report").notNull(),
    part: reference("part").notNull(),
    bytes: bytea("bytes").notNull()
  },
  (t) => [primaryKey({ columns: [t.report, t.part] })]
)
