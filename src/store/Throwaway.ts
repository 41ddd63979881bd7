/**
 * Temporary databases on the same server, for replay and tests: each is a copy of one migrated template (some 30 ms) and
 * is dropped when its scope closes (10 ms). Text sorts by code point in them (locale C), whatever the server's default.
 * What a killed process leaves behind is dropped by the next maker.
 *
 * The role needs the right to create databases. Fails with `DatabaseError` (`Unavailable`, or those of Migrations).
 */
import { randomInt } from "node:crypto"
import * as PgClient from "@effect/sql-pg/PgClient"
import { Context, Effect, Layer, Semaphore } from "effect"
import * as Reactivity from "effect/reactivity/Reactivity"
import { SqlClient } from "effect/sql"
import * as Database from "./Database.ts"
import { unavailable } from "./DatabaseError.ts"
import * as Migrations from "./Migrations.ts"
import * as SqlErrors from "./SqlErrors.ts"

/** A replay or a test case needs few connections, and there may be many of them at once. */
const connections = 4
/** Templates of other versions that stay: branches of one checkout take turns on a server, and would make them anew. */
const otherTemplates = 4
/** Another version may drop our template between its making and our copy, but hardly so often. */
const copyAttempts = 5

const templatePrefix = "throughline_template_"
/** Followed by the maker's key. */
const copyPrefix = "throughline_copy_"
/**
 * A maker's connection carries this name and its key for as long as it lives. Advisory locks would not do: they are of
 * one database, and makers are connected to different ones.
 */
const makerPrefix = "throughline copies "

const statement = (sql: PgClient.PgClient, text: string) => Effect.asVoid(sql.unsafe(text).unprepared)

const drop = (sql: PgClient.PgClient, database: string) =>
  statement(sql, `DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`)

/** What cannot be dropped now (somebody else may be doing it) is dropped another time. */
const dropIfPossible = (sql: PgClient.PgClient, databases: ReadonlyArray<{ readonly name: string }>) =>
  Effect.forEach(databases, ({ name }) =>
    Effect.catch(drop(sql, name), (error) => Effect.logDebug(`${name} stays for now: ${SqlErrors.explain(error)}`))
  )

/** Drops the databases of makers that are gone. */
const dropLeftovers = Effect.fnUntraced(function* (sql: PgClient.PgClient) {
  const leftovers = yield* sql<{ readonly name: string }>`
    SELECT d.datname AS name FROM pg_database d WHERE starts_with(d.datname, ${copyPrefix}) AND NOT EXISTS (
      SELECT FROM pg_stat_activity a
      WHERE a.application_name = ${makerPrefix} || split_part(substr(d.datname, length(${copyPrefix}) + 1), '_', 1))`
  yield* dropIfPossible(sql, leftovers)
})

const make = Effect.gen(function* () {
  const server = yield* Database.Server
  const key = randomInt(2 ** 40).toString(36)
  const sql = yield* PgClient.make({
    url: server.url,
    applicationName: `${makerPrefix}${key}`,
    minConnections: 1,
    maxConnections: 1
  }).pipe(Effect.provide(Reactivity.layer))
  yield* dropLeftovers(sql)
  const migrations = yield* Migrations.load
  const template = `${templatePrefix}${Migrations.digestOf(migrations).slice(0, 16)}`
  const connectTo = (database: string, most: number) =>
    Database.connect(database, most).pipe(Effect.provideService(Database.Server, server))

  /** Made under our own name first, so that a template is whole or not there; two makers at once make it twice. */
  const makeTemplate = Effect.gen(function* () {
    const existing = yield* sql<{ readonly name: string }>`
      SELECT datname AS name FROM pg_database WHERE starts_with(datname, ${templatePrefix}) ORDER BY oid DESC`
    if (existing.some(({ name }) => name === template)) return
    yield* dropIfPossible(sql, existing.slice(otherTemplates))
    const half = `${copyPrefix}${key}_template`
    yield* drop(sql, half)
    yield* statement(sql, `CREATE DATABASE "${half}" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`)
    yield* Effect.scoped(
      Effect.gen(function* () {
        const client = yield* connectTo(half, 1)
        yield* Migrations.run(migrations).pipe(Effect.provideService(SqlClient.SqlClient, client))
      })
    )
    const alreadyThere = "42P04"
    yield* statement(sql, `ALTER DATABASE "${half}" RENAME TO "${template}"`).pipe(
      Effect.catchIf(
        (error) => SqlErrors.sqlState(error) === alreadyThere,
        () => drop(sql, half)
      )
    )
  })

  /** Several copies that miss the template make it once. */
  const making = yield* Semaphore.make(1)

  let count = 0
  const copy = Effect.suspend(() => {
    const database = `${copyPrefix}${key}_${++count}`
    const isMissing = (error: unknown) => SqlErrors.sqlState(error) === "3D000"
    const acquire = statement(sql, `CREATE DATABASE "${database}" TEMPLATE "${template}"`).pipe(
      Effect.tapError((error) => (isMissing(error) ? making.withPermit(makeTemplate) : Effect.void)),
      Effect.retry({ times: copyAttempts, while: isMissing }),
      Effect.as(database)
    )
    return Effect.acquireRelease(acquire, () =>
      Effect.catch(drop(sql, database), (error) =>
        Effect.logWarning(`The temporary database ${database} stays for now: ${SqlErrors.explain(error)}`)
      )
    )
  })

  return {
    /** A client on a new copy, until the scope closes. */
    create: Effect.flatMap(copy, (database) => connectTo(database, connections)).pipe(
      Effect.catchTag("SqlError", (error) => Effect.fail(unavailable("make a temporary database")(error)))
    )
  }
}).pipe(Effect.catchTag("SqlError", (error) => Effect.fail(unavailable("make temporary databases")(error))))

/** Makes temporary databases on the server of this process. */
export class Throwaway extends Context.Service<Throwaway>()("throughline/store/Throwaway", { make }) {
  static readonly layer = Layer.effect(this, this.make)
}

/** A new temporary database as the SQL client, for as long as the layer lives. */
export const layerDatabase = Layer.effectContext(
  Effect.gen(function* () {
    const throwaway = yield* Throwaway
    return Database.asServices(yield* throwaway.create)
  })
)

/** Runs an effect in a temporary database of its own. */
export const within = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provide(effect, Layer.fresh(layerDatabase))
