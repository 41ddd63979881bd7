/**
 * The database of this process: the one DATABASE_URL names, or the embedded server. `layer` gives the SQL client on a
 * migrated database; `Throwaway` makes databases for replay and tests on the same server. Fails at start with
 * `DatabaseError`, `EmbeddedPostgresError` or `ConfigError`; every message says what to do.
 *
 * How values travel (`@effect/sql-pg` speaks the wire protocol itself, in binary):
 * - A string has no type of its own: PostgreSQL takes it for what the statement needs. A whole number is int4, beyond
 *   32 bits int8; any other number float8; bigint int8; Date timestamptz; Uint8Array bytea; null nothing. Where the
 *   statement alone does not tell, cast: `${n}::int8`. An int4 sent where the statement says int8 fails, so cast the
 *   parameter or pass a bigint.
 * - int8 and count(*) come back as bigint, numeric as string, bytea as Uint8Array, timestamptz as Date, json and jsonb
 *   as the parsed value, enums as string.
 * - An array of strings is text[], of bigints int8[], of small numbers int4[], of Uint8Arrays bytea[]; an empty one takes
 *   its type from the statement, so write `unnest(${serials}::text[])`. Elements may be null, but not all of them, and
 *   must be of one kind: `[1, 2.5]` fails. 100,000 elements in one parameter are fine.
 * - jsonb: `${JSON.stringify(value)}::jsonb`, or `PgTypes.jsonb(value)` from `@effect/sql-pg/PgTypes`.
 * - Every statement text is prepared once per connection and kept (the last 100), so build statements from a fixed text
 *   and parameters. `.unprepared` is for those that run once.
 */
import { fileURLToPath } from "node:url"
import * as PgClient from "@effect/sql-pg/PgClient"
import { Config, Context, Effect, Layer, Option, Redacted } from "effect"
import * as Reactivity from "effect/reactivity/Reactivity"
import { SqlClient } from "effect/sql"
import { DatabaseError, NotUtf8, ServerTooOld, unavailable } from "./DatabaseError.ts"
import * as Migrations from "./Migrations.ts"

/** The oldest PostgreSQL we are tested with. */
const oldestMajor = 14

/** Backend messages larger than this end the connection; PostgreSQL itself ends at 1 GB a value. */
const maxMessageBytes = 256 * 1024 * 1024

/** Lanes and deliveries of one process; PostgreSQL's own default allows 100 for all processes. */
const defaultConnections = 10

/** Look-ups and records of verification, two of each under way, and one for who asks and what the configuration says. */
const reservedConnections = 5

/** Of this checkout, whatever the working directory. */
const defaultFolder = fileURLToPath(new URL("../../.throughline/postgres", import.meta.url))

/** The server everything of this process is on. */
export class Server extends Context.Service<
  Server,
  {
    /** Of the main database. */
    readonly url: Redacted.Redacted
    readonly isEmbedded: boolean
    /** The most connections a pool of this process opens. */
    readonly connections: number
  }
>()("throughline/store/Database/Server") {}

/** Environment variables; none is needed. */
const settings = Config.all({
  url: Config.Redacted("DATABASE_URL").pipe(Config.option),
  apart: Config.Redacted("REPLAY_DATABASE_URL").pipe(Config.option),
  connections: Config.Int("DATABASE_CONNECTIONS").pipe(Config.withDefault(defaultConnections)),
  folder: Config.String("DATABASE_FOLDER").pipe(Config.withDefault(defaultFolder)),
  port: Config.Port("DATABASE_PORT").pipe(Config.option)
})

/** The server that the configuration names; starts the embedded one where it names none. */
export const layerServer = Layer.effect(
  Server,
  Effect.gen(function* () {
    const { url, connections, folder, port } = yield* settings
    if (Option.isSome(url) && Redacted.value(url.value) !== "")
      return { url: url.value, isEmbedded: false, connections }
    const EmbeddedPostgres = yield* Effect.promise(() => import("./EmbeddedPostgres.ts"))
    const server = yield* EmbeddedPostgres.acquire({ folder, port: Option.getOrUndefined(port) })
    return { url: server.url, isEmbedded: true, connections }
  })
)

/**
 * The server for throw-away databases: one of its own beside the embedded default, without fsync, so that replay costs the
 * main database nothing. `REPLAY_DATABASE_URL` names another (a role that may create databases).
 */
export const layerServerApart = Layer.effect(
  Server,
  Effect.gen(function* () {
    const { apart, folder } = yield* settings
    if (Option.isSome(apart) && Redacted.value(apart.value) !== "")
      return { url: apart.value, isEmbedded: false, connections: defaultConnections }
    const EmbeddedPostgres = yield* Effect.promise(() => import("./EmbeddedPostgres.ts"))
    const server = yield* EmbeddedPostgres.acquire({ folder: `${folder}-replay`, durable: false })
    return { url: server.url, isEmbedded: true, connections: defaultConnections }
  })
)

/** A server that is known already. */
export const layerServerAt = (url: Redacted.Redacted, connections = defaultConnections) =>
  Layer.succeed(Server, { url, isEmbedded: false, connections })

const check = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const [row] = yield* sql<{ readonly version: number; readonly name: string; readonly encoding: string }>`
    SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS name,
      current_setting('server_encoding') AS encoding`.pipe(Effect.mapError(unavailable("connect")))
  if (row === undefined) return
  if (row.version < oldestMajor * 10_000) {
    return yield* new DatabaseError({ reason: new ServerTooOld({ found: row.name, needed: oldestMajor }) })
  }
  if (row.encoding !== "UTF8") {
    return yield* new DatabaseError({ reason: new NotUtf8({ encoding: row.encoding }) })
  }
})

/** A pool of connections to one database of the server; `database` undefined is the main one. Checked, not migrated. */
export const connect = Effect.fn("Database.connect")(function* (database?: string, connections?: number) {
  const server = yield* Server
  const sql = yield* PgClient.make({
    url: server.url,
    database,
    maxConnections: connections ?? server.connections,
    applicationName: "throughline",
    maxMessageSize: maxMessageBytes
  }).pipe(Effect.mapError(unavailable("connect")), Effect.provide(Reactivity.layer))
  yield* check(sql)
  return sql
})

/** A client as the services that statements ask for. */
export const asServices = (sql: PgClient.PgClient) =>
  Context.make(PgClient.PgClient, sql).pipe(Context.add(SqlClient.SqlClient, sql))

/** The main database of a server, migrated. */
export const layerFrom = Layer.effectContext(
  Effect.gen(function* () {
    const sql = yield* connect()
    const ran = yield* Migrations.run().pipe(Effect.provideService(SqlClient.SqlClient, sql))
    if (ran.length > 0) yield* Effect.logInfo(`Database migrated: ${ran.join(", ")}`)
    return asServices(sql)
  })
)

/**
 * A few more connections to the same database, for those only who are given this layer: what must be answered at once
 * does not wait until an import or a report gives one back.
 */
export const layerReserved = Layer.effectContext(
  Effect.gen(function* () {
    const { config } = yield* PgClient.PgClient
    const sql = yield* PgClient.make({ ...config, maxConnections: reservedConnections }).pipe(
      Effect.mapError(unavailable("connect")),
      Effect.provide(Reactivity.layer)
    )
    return asServices(sql)
  })
)

/** The database of the configuration, migrated, with its server. */
export const layer = layerFrom.pipe(Layer.provideMerge(layerServer))
