/**
 * A session of the database that holds advisory locks, on a connection of its own: the locks are gone when the connection
 * is, however it ended. One connection serves all names of a process. Fails with `SqlError`.
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import { Effect } from "effect"
import * as Reactivity from "effect/reactivity/Reactivity"

/** Keeps our locks apart from those of other programs on the same database. */
const space = 7_201_337

/**
 * The server ends the session of a machine that vanished after 10 + 3 × 5 s; by itself it would wait for two hours. It
 * knows no such setting on a Unix socket, and needs none there.
 */
const keepalives = { tcp_keepalives_idle: "10", tcp_keepalives_interval: "5", tcp_keepalives_count: "3" }

/** Opens such a session; it ends with its scope. */
export const make = Effect.map(PgClient.PgClient, ({ config }) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.makeClient({
      ...config,
      applicationName: "throughline leadership",
      startupParameters: { ...config.startupParameters, ...keepalives }
    }).pipe(Effect.provide(Reactivity.layer))

    const tryLock = (name: string) =>
      Effect.map(
        sql<{ readonly is: boolean }>`
          SELECT pg_try_advisory_lock(hashtextextended(${name}::text, ${space}::int8)) AS is`,
        ([row]) => row?.is === true
      )

    const unlock = (name: string) =>
      Effect.asVoid(sql`SELECT pg_advisory_unlock(hashtextextended(${name}::text, ${space}::int8))`)

    /** Fails when the session is gone. */
    const alive = Effect.asVoid(sql`SELECT 1`)

    return { tryLock, unlock, alive }
  })
)
