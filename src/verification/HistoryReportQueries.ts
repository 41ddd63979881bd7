/**
 * The statements of history reports: submit, claim, write parts, finish, read, forget. A claim is a lease, so that a report whose
 * process died is taken up by another. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { ReportFilter } from "./HistoryModel.ts"

export interface ReportRow {
  readonly id: string
  readonly company: string
  readonly requestedBy: string
  /** `2026-11-24`, both included. */
  readonly first: string
  readonly last: string
  readonly filter: ReportFilter
  readonly status: "submitted" | "done" | "failed"
  readonly submittedAt: Date
  readonly finishedAt: Date | null
  readonly rows: number | null
  readonly detail: string | null
}

export type NewReport = Pick<ReportRow, "id" | "company" | "requestedBy" | "first" | "last" | "filter" | "submittedAt">

/** The statements, bound to the client of this context. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const columns = sql`id, company, requested_by AS "requestedBy", first_day::text AS first, last_day::text AS last, filter,
    status, submitted_at AS "submittedAt", finished_at AS "finishedAt", row_count AS rows, detail`

  const submit = (report: NewReport) =>
    sql`INSERT INTO verification_reports (id, company, requested_by, first_day, last_day, filter, status, submitted_at)
      VALUES (${report.id}, ${report.company}, ${report.requestedBy}, ${report.first}::text::date,
        ${report.last}::text::date, ${report.filter}, 'submitted', ${report.submittedAt}::timestamptz)`.pipe(
      Effect.asVoid
    )

  const find = (company: string, id: string) =>
    sql<ReportRow>`SELECT ${columns} FROM verification_reports WHERE id = ${id} AND company = ${company}`.pipe(
      Effect.map((rows) => rows[0])
    )

  /** Newest first. */
  const list = (company: string, limit: number) =>
    sql<ReportRow>`SELECT ${columns} FROM verification_reports WHERE company = ${company}
      ORDER BY submitted_at DESC, id LIMIT ${limit}`

  /** The oldest report that nobody works on, held until `until`; its parts of an earlier attempt are gone. */
  const claim = (now: Date, until: Date, attempts: number) =>
    Effect.gen(function* () {
      const rows = yield* sql<ReportRow>`
        UPDATE verification_reports SET lease_until = ${until}::timestamptz, attempts = attempts + 1
        WHERE id = (
          SELECT id FROM verification_reports WHERE status = 'submitted' AND attempts < ${attempts}
            AND coalesce(lease_until, '-infinity') <= ${now}::timestamptz
          ORDER BY submitted_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING ${columns}`
      const [report] = rows
      if (report !== undefined) yield* sql`DELETE FROM verification_report_parts WHERE report = ${report.id}`
      return report
    }).pipe(sql.withTransaction)

  /** Those that were tried as often as they may. */
  const giveUp = (now: Date, attempts: number, detail: string) =>
    sql`UPDATE verification_reports SET status = 'failed', finished_at = ${now}::timestamptz, detail = ${detail}
      WHERE status = 'submitted' AND attempts >= ${attempts} AND lease_until <= ${now}::timestamptz`.pipe(Effect.asVoid)

  const addPart = (report: string, part: number, bytes: Uint8Array) =>
    sql`INSERT INTO verification_report_parts (report, part, bytes) VALUES (${report}, ${part}::int4, ${bytes})
      ON CONFLICT (report, part) DO UPDATE SET bytes = EXCLUDED.bytes`.pipe(Effect.asVoid)

  const finish = (report: string, rows: number, at: Date) =>
    sql`UPDATE verification_reports SET status = 'done', row_count = ${rows}, finished_at = ${at}::timestamptz
      WHERE id = ${report}`.pipe(Effect.asVoid)

  const part = (report: string, number: number) =>
    sql<{ readonly bytes: Uint8Array }>`
      SELECT bytes FROM verification_report_parts WHERE report = ${report} AND part = ${number}::int4`.pipe(
      Effect.map((rows) => rows[0]?.bytes)
    )

  /** Forgets up to so many that ended before a moment, with their parts; how many. */
  const forget = (before: Date, limit: number) =>
    sql<{ readonly forgotten: number }>`
      WITH old AS (
        SELECT id FROM verification_reports WHERE finished_at < ${before}::timestamptz ORDER BY finished_at, id
        LIMIT ${limit}::int8 FOR UPDATE SKIP LOCKED
      ), parts AS (
        DELETE FROM verification_report_parts p USING old WHERE p.report = old.id
      ), reports AS (
        DELETE FROM verification_reports r USING old WHERE r.id = old.id
      )
      SELECT count(*)::int4 AS forgotten FROM old`.pipe(Effect.map((rows) => rows[0]?.forgotten ?? 0))

  return { submit, find, list, claim, giveUp, addPart, finish, part, forget }
})
