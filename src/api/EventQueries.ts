/** The statements of Set Event requests that are answered later: add, find, take one to work on, keep what is known, forget. Fails with `SqlError`. */
import { PgClient } from "@effect/sql-pg/PgClient"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export interface EventRow {
  readonly id: string
  readonly company: string
  readonly caller: string
  readonly event: unknown
  readonly at: Date
  readonly outcomes: unknown
  /** How often somebody began to work on it. */
  readonly attempts: number
  readonly finishedAt: Date | null
}

/** The statements, bound to the client of this context. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const pg = yield* PgClient

  const columns = sql.literal(`id, company, caller, event, at, outcomes, attempts, finished_at AS "finishedAt"`)

  const add = ({ id, company, caller, event, at }: Omit<EventRow, "outcomes" | "attempts" | "finishedAt">) =>
    sql`INSERT INTO event_requests (id, company, caller, event, at, outcomes)
      VALUES (${id}, ${company}, ${caller}, ${pg.json(event)}::jsonb, ${at}, '[]')`.pipe(Effect.asVoid)

  const find = (company: string, id: string) =>
    sql<EventRow>`SELECT ${columns} FROM event_requests WHERE id = ${id} AND company = ${company}`.pipe(
      Effect.map((rows) => rows[0])
    )

  /** The oldest that nobody works on, but of none of these companies; ours until `leaseUntil`. */
  const take = (at: Date, leaseUntil: Date, except: ReadonlyArray<string>) =>
    sql<EventRow>`
      UPDATE event_requests SET lease_until = ${leaseUntil}::timestamptz, attempts = attempts + 1
      WHERE id = (
        SELECT id FROM event_requests WHERE finished_at IS NULL AND (lease_until IS NULL OR lease_until < ${at}::timestamptz)
          AND company <> ALL(${except}::text[])
        ORDER BY event_requests.at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
      RETURNING ${columns}`.pipe(Effect.map((rows) => rows[0]))

  /**
   * Keeps outcomes behind the first `known`, and the request ours for longer; `finishedAt` when that is all. False when
   * somebody else has kept them meanwhile.
   */
  const keep = (id: string, known: number, outcomes: unknown, leaseUntil: Date, finishedAt: Date | null) =>
    sql`UPDATE event_requests SET outcomes = outcomes || ${pg.json(outcomes)}::jsonb, lease_until = ${leaseUntil}::timestamptz,
        finished_at = ${finishedAt}::timestamptz
      WHERE id = ${id} AND finished_at IS NULL AND jsonb_array_length(outcomes) = ${known}::int4
      RETURNING id`.pipe(Effect.map((rows) => rows.length > 0))

  /** Gives it back unfinished, as if nobody had begun. */
  const release = (id: string) =>
    sql`UPDATE event_requests SET lease_until = NULL, attempts = attempts - 1 WHERE id = ${id} AND finished_at IS NULL`

  /** Forgets up to so many that were answered before a moment; how many. */
  const forget = (before: Date, limit: number) =>
    sql`DELETE FROM event_requests WHERE id IN (
        SELECT id FROM event_requests WHERE finished_at < ${before}::timestamptz ORDER BY finished_at, id
        LIMIT ${limit}::int8 FOR UPDATE SKIP LOCKED)
      RETURNING id`.pipe(Effect.map((rows) => rows.length))

  return { add, find, take, keep, release, forget }
})
