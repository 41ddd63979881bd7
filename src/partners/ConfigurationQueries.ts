/**
 * The statements behind stored configuration: an append-only table of versions, the newest of a (kind, key) being the
 * current one and a null value meaning removed. Inside a transaction they join it. They fail with `PartnersError`.
 *
 * Only one transaction at a time may append (`lock`), so ids are in commit order, and the newest id that a snapshot
 * sees names exactly what it sees.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import * as SqlErrors from "../store/SqlErrors.ts"
import { PartnersError } from "./PartnersError.ts"

/** The newest version of one thing. `value` null: it was removed. */
export interface Version {
  readonly id: number
  readonly kind: string
  readonly key: string
  readonly value: unknown
}

/** A version to append; `json` null removes. */
export interface Change {
  readonly kind: string
  readonly key: string
  readonly json: string | null
}

/** Rows a statement writes at most: most imports are one round trip, and the largest stays in memory. */
const chunkSize = 10_000

const unreadable = (cause: SqlError): PartnersError =>
  new PartnersError({
    reason: { _tag: "Unreadable", isRetryable: SqlErrors.isRetryable(cause), whoActs: "operator" },
    cause
  })

interface VersionRow extends Omit<Version, "id"> {
  readonly id: bigint | number
}

export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const versions = (visible = sql`true`) =>
    Effect.map(
      sql<VersionRow>`
        SELECT id, kind, key, value FROM (
          SELECT DISTINCT ON (kind, key) id, kind, key, value FROM configuration WHERE ${visible}
          ORDER BY kind, key, id DESC) AS newest
        ORDER BY kind COLLATE "C", key COLLATE "C"`,
      (rows): ReadonlyArray<Version> => rows.map((row) => ({ ...row, id: Number(row.id) }))
    ).pipe(Effect.mapError(unreadable))

  return {
    /** The newest id there is; 0 before the first import. */
    newest: Effect.map(
      sql<{ readonly id: bigint | number }>`SELECT coalesce(max(id), 0) AS id FROM configuration`,
      (rows) => Number(rows[0]?.id ?? 0)
    ).pipe(Effect.mapError(unreadable)),
    /** The newest version of everything, removals included, in one statement. */
    current: versions(),
    /** The same as a transaction with this snapshot saw it (`pg_snapshot` text). */
    asOf: (snapshot: string) => versions(sql`pg_visible_in_snapshot(xid, ${snapshot}::text::pg_snapshot)`),
    /**
     * Keeps others from appending until the transaction ends; readers pass. LOCK TABLE and not an advisory lock,
     * because it takes no snapshot: what is read after it includes what was committed while it waited. A transaction
     * that had its snapshot before, and does not see all of that, fails at the head row and is tried again.
     */
    lock: Effect.gen(function* () {
      yield* sql`LOCK TABLE configuration IN SHARE ROW EXCLUSIVE MODE`
      yield* sql`INSERT INTO configuration_head ("only", version) VALUES (true, 0) ON CONFLICT DO NOTHING`
      yield* sql`SELECT version FROM configuration_head FOR UPDATE`
    }).pipe(Effect.mapError(unreadable)),
    append: (changes: ReadonlyArray<Change>, actor: string, at: Date) =>
      Effect.gen(function* () {
        if (changes.length > 0) yield* sql`UPDATE configuration_head SET version = version + 1`
        // A removal travels as an empty text: the client cannot send an array of nothing but nulls.
        for (let start = 0; start < changes.length; start += chunkSize) {
          const chunk = changes.slice(start, start + chunkSize)
          yield* sql`
            INSERT INTO configuration (kind, key, value, actor, at)
            SELECT c.kind, c.key, nullif(c.value, '')::jsonb, ${actor}, ${at}::timestamptz
            FROM unnest(${chunk.map(({ kind }) => kind)}::text[], ${chunk.map(({ key }) => key)}::text[],
              ${chunk.map(({ json }) => json ?? "")}::text[]) WITH ORDINALITY AS c(kind, key, value, place)
            ORDER BY c.place`
        }
      }).pipe(Effect.mapError(unreadable)),
    /** All of the effect or nothing of it; joins the transaction it is called in. */
    transaction: <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E | PartnersError> =>
      Effect.mapError(sql.withTransaction(effect), (error) => (isSqlError(error) ? unreadable(error) : error))
  }
})
