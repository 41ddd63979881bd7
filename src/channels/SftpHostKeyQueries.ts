/** The statements of host keys: what a server is known by, and the end of that. Fails with `SqlError`. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** A server and the key it is known by. */
export interface Kept {
  readonly server: string
  readonly key: Uint8Array
  /** When it was met first. */
  readonly at: Date
}

/** The statements, bound to the client of this context; inside a transaction they join it. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const find = (server: string) =>
    sql<Pick<Kept, "key">>`SELECT key FROM sftp_host_keys WHERE server = ${server}`.pipe(
      Effect.map((rows) => rows[0]?.key)
    )

  /** Keeps the key unless there is one; gives the one that is kept then. */
  const pin = ({ server, key, at }: Kept) =>
    sql<Pick<Kept, "key">>`
      INSERT INTO sftp_host_keys (server, key, at) VALUES (${server}, ${key}, ${at})
      ON CONFLICT (server) DO UPDATE SET server = excluded.server RETURNING key`.pipe(
      Effect.map((rows) => rows[0]?.key ?? key)
    )

  const list = sql<Kept>`SELECT server, key, at FROM sftp_host_keys ORDER BY server`

  /** The key that was forgotten; undefined when there was none. */
  const forget = (server: string) =>
    sql<Pick<Kept, "key">>`DELETE FROM sftp_host_keys WHERE server = ${server} RETURNING key`.pipe(
      Effect.map((rows) => rows[0]?.key)
    )

  /** All of the effect or nothing of it. */
  const together = <A, E, R>(effect: Effect.Effect<A, E, R>) => sql.withTransaction(effect)

  return { find, pin, list, forget, together }
})
