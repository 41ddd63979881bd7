/**
 * The statements of the verification history: append a group, page through it, count it, prune it. Rows travel as one JSON
 * text: columns that are null in every row of a group have no array type to travel by. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { Entry, Listed, ReportFilter } from "./HistoryModel.ts"

/** Whose rows: those a company asked for, and those about products of a producer. */
export interface Visible {
  readonly company: string | undefined
  readonly isProducer: boolean
}

export interface Span {
  readonly from: Date | undefined
  /** Not included. */
  readonly to: Date | undefined
  readonly filter: ReportFilter
}

type ListedRow = Omit<Listed, "id"> & { readonly id: bigint | number }

/** The statements, bound to the client of this context. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /** Appends a group; gives their ids in their order. */
  const append = (entries: ReadonlyArray<Entry>) =>
    Effect.map(
      sql<{ readonly id: bigint | number }>`
        INSERT INTO verifications (at, latency_micros, outcome, in_network, in_possession, gtin, serial, lot, expiry,
          context, requester_gln, requester, asked_by, producer, provider, responder_gln, scenario, failure_reason,
          additional_info, corr_uuid, credential)
        SELECT r.at, r."latencyMicros", r.outcome, r."inNetwork", r."inPossession", r.gtin, r.serial, r.lot, r.expiry,
          r.context, r."requesterGln", r.requester, r."askedBy", r.producer, r.provider, r."responderGln", r.scenario,
          r."failureReason", r."additionalInfo", r."corrUuid", r.credential
        FROM json_to_recordset(${JSON.stringify(entries)}::json) AS r(at timestamptz, "latencyMicros" int4,
          outcome verification_outcome, "inNetwork" bool, "inPossession" bool, gtin text, serial text, lot text,
          expiry text, context text, "requesterGln" text, requester text, "askedBy" text, producer text, provider text,
          "responderGln" text, scenario text, "failureReason" text, "additionalInfo" text, "corrUuid" text,
          credential text)
        RETURNING id`,
      (rows) => rows.map(({ id }) => `${id}`)
    )

  const columns = sql`id, at, latency_micros AS "latencyMicros", outcome, in_network AS "inNetwork",
    in_possession AS "inPossession", gtin, serial, lot, expiry, context, requester_gln AS "requesterGln", requester,
    asked_by AS "askedBy", producer, provider, responder_gln AS "responderGln", scenario,
    failure_reason AS "failureReason", additional_info AS "additionalInfo", corr_uuid AS "corrUuid", credential`

  const conditions = ({ company, isProducer }: Visible, { from, to, filter }: Span) =>
    sql.and([
      company === undefined
        ? sql`true`
        : isProducer
          ? sql`(requester = ${company} OR producer = ${company})`
          : sql`requester = ${company}`,
      from === undefined ? sql`true` : sql`at >= ${from}::timestamptz`,
      to === undefined ? sql`true` : sql`at < ${to}::timestamptz`,
      filter === "All" ? sql`true` : filter === "Valid" ? sql`outcome = 'valid'` : sql`outcome = 'invalid'`
    ])

  const listed = (row: ListedRow): Listed => ({ ...row, id: `${row.id}` })

  /** Newest first, below an id. */
  const newest = (
    visible: Visible,
    span: Span,
    page: { readonly limit: number; readonly before?: string | undefined }
  ) =>
    Effect.map(
      sql<ListedRow>`
        SELECT ${columns} FROM verifications
        WHERE ${conditions(visible, span)} AND id < ${page.before ?? "9223372036854775807"}::text::int8
        ORDER BY id DESC LIMIT ${page.limit}`,
      (rows) => rows.map(listed)
    )

  /** Oldest first, above an id. */
  const oldest = (visible: Visible, span: Span, page: { readonly limit: number; readonly after: string }) =>
    Effect.map(
      sql<ListedRow>`
        SELECT ${columns} FROM verifications WHERE ${conditions(visible, span)} AND id > ${page.after}::text::int8
        ORDER BY id LIMIT ${page.limit}`,
      (rows) => rows.map(listed)
    )

  /** Deletes at most `limit` rows older than a moment; gives how many. */
  const prune = (before: Date, limit: number) =>
    Effect.map(
      sql<{ readonly id: bigint }>`
        DELETE FROM verifications WHERE id IN (
          SELECT id FROM verifications WHERE at < ${before}::timestamptz ORDER BY id LIMIT ${limit})
        RETURNING id`,
      (rows) => rows.length
    )

  return { append, newest, oldest, prune }
})

export type HistoryStatements = Effect.Success<typeof make>
