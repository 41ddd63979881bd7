/** The statements of API keys: add, find, list, revoke. Only digests of keys are kept. Fails with `SqlError`. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** A key as lists show it. */
export interface KeyRow {
  readonly id: string
  readonly company: string
  readonly scopes: ReadonlyArray<string>
  readonly note: string
  readonly actor: string
  readonly createdAt: Date
  readonly revokedAt: Date | null
  readonly revokedBy: string | null
}

export interface NewKey extends Pick<KeyRow, "id" | "company" | "scopes" | "note" | "actor" | "createdAt"> {
  readonly sha256: Uint8Array
}

/** The statements, bound to the client of this context. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const add = (key: NewKey) =>
    sql`INSERT INTO api_keys (id, company, sha256, scopes, note, actor, created_at)
      VALUES (${key.id}, ${key.company}, ${key.sha256}, ${key.scopes}::text[], ${key.note}, ${key.actor}, ${key.createdAt})`.pipe(
      Effect.asVoid
    )

  /** The key of this digest, unless it was revoked. */
  const find = (sha256: Uint8Array) =>
    sql<Pick<KeyRow, "id" | "company" | "scopes">>`
      SELECT id, company, scopes FROM api_keys WHERE sha256 = ${sha256} AND revoked_at IS NULL`.pipe(
      Effect.map((rows) => rows[0])
    )

  /** Newest first. */
  const list = (company: string | undefined) =>
    sql<KeyRow>`
      SELECT id, company, scopes, note, actor, created_at AS "createdAt", revoked_at AS "revokedAt", revoked_by AS "revokedBy"
      FROM api_keys WHERE ${company === undefined ? sql`true` : sql`company = ${company}`}
      ORDER BY created_at DESC, id`

  /** The key, which stays as it is until this transaction changes it; none when there is no such key. */
  const hold = (id: string) =>
    sql<Pick<KeyRow, "company" | "scopes" | "revokedAt">>`
      SELECT company, scopes, revoked_at AS "revokedAt" FROM api_keys WHERE id = ${id} FOR UPDATE`.pipe(
      Effect.map((rows) => rows[0])
    )

  const revoke = (id: string, actor: string, at: Date) =>
    sql`UPDATE api_keys SET revoked_at = ${at}::timestamptz, revoked_by = ${actor} WHERE id = ${id}`

  /** All of the effect or nothing of it. */
  const together = <A, E>(effect: Effect.Effect<A, E>) => sql.withTransaction(effect)

  return { add, find, list, hold, revoke, together }
})
