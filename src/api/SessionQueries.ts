/** The statements of console sessions: begin, find, end. Only digests of tokens are kept. Fails with `SqlError`. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { KeyRow } from "./ApiKeyQueries.ts"

/** The statements, bound to the client of this context. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /** Begins one, and forgets those that are over. */
  const begin = (session: {
    readonly sha256: Uint8Array
    readonly key: string
    readonly at: Date
    readonly until: Date
  }) =>
    sql`
      WITH over AS (DELETE FROM console_sessions WHERE expires_at <= ${session.at}::timestamptz)
      INSERT INTO console_sessions (sha256, key, created_at, expires_at)
      VALUES (${session.sha256}, ${session.key}, ${session.at}, ${session.until})`.pipe(Effect.asVoid)

  /** The key that a session stands for, while neither is over. */
  const find = (sha256: Uint8Array, at: Date) =>
    sql<Pick<KeyRow, "id" | "company" | "scopes">>`
      SELECT k.id, k.company, k.scopes FROM console_sessions s JOIN api_keys k ON k.id = s.key
      WHERE s.sha256 = ${sha256} AND s.expires_at > ${at}::timestamptz AND k.revoked_at IS NULL`.pipe(
      Effect.map((rows) => rows[0])
    )

  const end = (sha256: Uint8Array) => sql`DELETE FROM console_sessions WHERE sha256 = ${sha256}`.pipe(Effect.asVoid)

  return { begin, find, end }
})
