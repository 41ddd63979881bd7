/**
 * The statements of the verification history: append a group, page through it, count it, prune it. Rows travel as one JSON
 * text: columns that are null in every row of a group have no array type to travel by. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { SqlError } from "effect/sql/SqlError"
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

/** Rows are committed at most so much later than they were made: those that waited for a database to come back. */
const disorder = 3_600_000
const maxId = 9_223_372_036_854_775_807n

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
          additional_info, corr_uuid, credential, email, telephone)
        SELECT r.at, r."latencyMicros", r.outcome, r."inNetwork", r."inPossession", r.gtin, r.serial, r.lot, r.expiry,
          r.context, r."requesterGln", r.requester, r."askedBy", r.producer, r.provider, r."responderGln", r.scenario,
          r."failureReason", r."additionalInfo", r."corrUuid", r.credential, r.email, r.telephone
        FROM json_to_recordset(${JSON.stringify(entries)}::json) AS r(at timestamptz, "latencyMicros" int4,
          outcome verification_outcome, "inNetwork" bool, "inPossession" bool, gtin text, serial text, lot text,
          expiry text, context text, "requesterGln" text, requester text, "askedBy" text, producer text, provider text,
          "responderGln" text, scenario text, "failureReason" text, "additionalInfo" text, "corrUuid" text,
          credential text, email text, telephone text)
        RETURNING id`,
      (rows) => rows.map(({ id }) => `${id}`)
    )

  /** What a producer's rules withheld from whoever asked shows in the scenario: of an answer it is the producer's. */
  const scenario = ({ company }: Visible) =>
    company === undefined
      ? sql`scenario`
      : sql`CASE WHEN producer = ${company} OR outcome IN ('not_asked', 'no_impact') THEN scenario END AS scenario`

  const columns = (
    visible: Visible
  ) => sql`id, at, latency_micros AS "latencyMicros", outcome, in_network AS "inNetwork",
    in_possession AS "inPossession", gtin, serial, lot, expiry, context, requester_gln AS "requesterGln", requester,
    asked_by AS "askedBy", producer, provider, responder_gln AS "responderGln", ${scenario(visible)},
    failure_reason AS "failureReason", additional_info AS "additionalInfo", corr_uuid AS "corrUuid", credential, email, telephone`

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

  /**
   * The id before which nothing is younger than a moment: found by halving, because ids and times grow together, in as
   * many look-ups as the count has binary digits.
   */
  const idAt = Effect.fnUntraced(function* (moment: Date) {
    const [ends] = yield* sql<{ readonly low: string; readonly high: string }>`
      SELECT coalesce(min(id), 0)::text AS low, (coalesce(max(id), 0) + 1)::text AS high FROM verifications`
    let low = BigInt(ends?.low ?? 0)
    let high = BigInt(ends?.high ?? 0)
    while (low < high) {
      const middle = (low + high) / 2n
      const [row] = yield* sql<{ readonly id: string; readonly at: Date }>`
        SELECT id::text AS id, at FROM verifications WHERE id >= ${`${middle}`}::text::int8 ORDER BY id LIMIT 1`
      if (row === undefined || row.at >= moment) high = middle
      else low = BigInt(row.id) + 1n
    }
    return low
  })

  /** Bounds by id around a span of time, wide enough for rows that were committed late. */
  const bounds = Effect.fnUntraced(function* ({ from, to }: Span) {
    return {
      low: from === undefined ? 0n : yield* idAt(new Date(from.getTime() - disorder)),
      high: to === undefined ? maxId : yield* idAt(new Date(to.getTime() + disorder))
    }
  })

  /** Newest first, below an id. */
  const newest = (
    visible: Visible,
    span: Span,
    page: { readonly limit: number; readonly before?: string | undefined }
  ) =>
    Effect.gen(function* () {
      const { low, high } = yield* bounds(span)
      const before = page.before === undefined || BigInt(page.before) > high ? high : BigInt(page.before)
      const rows = yield* sql<ListedRow>`
        SELECT ${columns(visible)} FROM verifications
        WHERE ${conditions(visible, span)} AND id >= ${low}::int8 AND id < ${before}::int8
        ORDER BY id DESC LIMIT ${page.limit}`
      return rows.map(listed)
    })

  /** Oldest first, page after page. */
  const pages = Effect.fnUntraced(function* (
    visible: Visible,
    span: Span,
    size: number,
    take: (rows: ReadonlyArray<Listed>) => Effect.Effect<void, SqlError>
  ) {
    const { low, high } = yield* bounds(span)
    for (let next = low; ; ) {
      const rows = yield* sql<ListedRow>`
        SELECT ${columns(visible)} FROM verifications
        WHERE ${conditions(visible, span)} AND id >= ${next}::int8 AND id < ${high}::int8
        ORDER BY id LIMIT ${size}`
      if (rows.length > 0) yield* take(rows.map(listed))
      if (rows.length < size) return
      next = BigInt(rows.at(-1)?.id ?? high) + 1n
    }
  })

  /**
   * Deletes at most `limit` rows older than a moment, in no order, so that where there are none the block ranges say so;
   * gives how many.
   */
  const prune = (before: Date, limit: number) =>
    Effect.map(
      sql<{ readonly id: bigint }>`
        DELETE FROM verifications WHERE id IN (
          SELECT id FROM verifications WHERE at < ${before}::timestamptz LIMIT ${limit}::int8)
        RETURNING id`,
      (rows) => rows.length
    )

  return { append, newest, pages, prune }
})
