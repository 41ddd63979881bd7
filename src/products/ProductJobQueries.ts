/**
 * The statements behind jobs of product information: asked for, claimed by one process at a time, finished, asked after, forgotten.
 * A process that dies while it holds a job gives it back with its transaction. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as Transaction from "../store/Transaction.ts"

/** `Partial`: an upload of which some rows were added and others not. */
export type JobStatus = "Pending" | "Success" | "Partial" | "Failed"

/** A job without its file. */
export interface JobRow {
  readonly id: string
  readonly kind: string
  readonly company: string
  readonly actor: string
  readonly status: JobStatus
  readonly request: unknown
  readonly rows: unknown
  readonly fileName: string | null
  readonly detail: string | null
  readonly submittedAt: Date
  readonly finishedAt: Date | null
}

/** How a job ended. */
export interface Finished {
  readonly status: Exclude<JobStatus, "Pending">
  readonly detail?: string | undefined
  readonly rows?: unknown
  readonly file?: { readonly name: string; readonly bytes: Uint8Array } | undefined
}

export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const columns = sql`id, kind, company, actor, status, request, rows, file_name AS "fileName", detail,
    submitted_at AS "submittedAt", finished_at AS "finishedAt"`

  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value))

  return {
    submit: (job: Pick<JobRow, "id" | "kind" | "company" | "actor" | "request" | "rows" | "submittedAt">) =>
      Effect.asVoid(sql`
        INSERT INTO product_jobs (id, kind, company, actor, status, request, rows, submitted_at)
        VALUES (${job.id}, ${job.kind}, ${job.company}, ${job.actor}, 'Pending', ${json(job.request)}::jsonb,
          ${json(job.rows)}::jsonb, ${job.submittedAt}::timestamptz)`),
    find: (company: string, id: string) =>
      Effect.map(
        sql<JobRow>`SELECT ${columns} FROM product_jobs WHERE id = ${id} AND company = ${company}`,
        (rows) => rows[0]
      ),
    list: (company: string | undefined, limit: number) =>
      sql<JobRow>`SELECT ${columns} FROM product_jobs
        WHERE ${company === undefined ? sql`true` : sql`company = ${company}`}
        ORDER BY submitted_at DESC, id LIMIT ${limit}::int8`,
    file: (company: string, id: string) =>
      Effect.map(
        sql<{ readonly name: string; readonly bytes: Uint8Array }>`SELECT file_name AS name, file AS bytes
          FROM product_jobs WHERE id = ${id} AND company = ${company} AND file IS NOT NULL`,
        (rows) => rows[0]
      ),
    /** The oldest job that waits and that no other process has, kept until the transaction ends. */
    claim: Effect.map(
      sql<JobRow>`SELECT ${columns} FROM product_jobs WHERE status = 'Pending' ORDER BY submitted_at, id
        LIMIT 1 FOR UPDATE SKIP LOCKED`,
      (rows) => rows[0]
    ),
    finish: (id: string, { status, detail, rows, file }: Finished, at: Date) =>
      Effect.asVoid(sql`
        UPDATE product_jobs SET status = ${status}, detail = ${detail ?? null}, file = ${file?.bytes ?? null}::bytea,
          rows = coalesce(${json(rows)}::jsonb, rows), file_name = ${file?.name ?? null},
          finished_at = ${at}::timestamptz
        WHERE id = ${id}`),
    /** Forgets up to so many jobs that ended before a moment; how many. */
    forget: (before: Date, limit: number) =>
      Effect.map(
        sql`DELETE FROM product_jobs WHERE id IN (
            SELECT id FROM product_jobs WHERE finished_at < ${before}::timestamptz ORDER BY finished_at, id
            LIMIT ${limit}::int8 FOR UPDATE SKIP LOCKED)
          RETURNING id`,
        (rows) => rows.length
      ),
    /** Products whose master data changed at this moment or later. */
    changedSince: (at: Date) =>
      Effect.map(
        sql<{ readonly key: string }>`SELECT DISTINCT key FROM configuration
          WHERE kind = 'product' AND at >= ${at}::timestamptz`,
        (rows) => new Set(rows.map(({ key }) => key))
      ),
    /** What is done of a job and that it is done, together or not at all. */
    together: <A, E, R>(effect: Effect.Effect<A, E, R>) =>
      Effect.provideService(Transaction.readCommitted(effect), SqlClient.SqlClient, sql)
  }
})
