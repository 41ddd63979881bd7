/**
 * Temporary databases on the same server, for replay and tests: each is a copy of one migrated template (some 30 ms) and
 * is dropped when its scope closes (10 ms). Text sorts by code point in them (locale C), whatever the server's default.
 * What a killed process leaves behind is dropped by the next one that makes throw-aways.
 *
 * The role needs the right to create databases. Fails with `DatabaseError` (`Unavailable`, or those of Migrations).
 */
import { randomInt } from "node:crypto"
import * as PgConnection from "@effect/sql-pg/PgConnection"
import { Context, Effect, Layer, Semaphore } from "effect"
import { SqlClient } from "effect/sql"
import * as Database from "./Database.ts"
import { unavailable } from "./DatabaseError.ts"
import * as Migrations from "./Migrations.ts"
import * as SqlErrors from "./SqlErrors.ts"

/** First half of the advisory lock by which a process says that its databases are in use; the second is its key. */
const ownerLocks = 7_461_003
/** Held while the template is made. */
const templateLock = 7_461_004n

/** A replay or a test case needs few connections, and there may be many of them at once. */
const connections = 4

/** Templates of other versions that stay: branches of one checkout take turns on a server, and would make them anew. */
const otherTemplates = 4
/** Another version may drop our template between its making and our copy, but hardly so often. */
const copyAttempts = 5

/** Where the locks are taken, if the role may connect there. */
const meeting = "postgres"

const templatePrefix = "throughline_template_"
const copyPrefix = "throughline_copy_"

/** The newest first. */
const databasesLike = (admin: PgConnection.PgConnection, prefix: string) =>
  Effect.map(
    admin.queryValues("SELECT datname FROM pg_database WHERE starts_with(datname, $1) ORDER BY oid DESC", [prefix]),
    (rows) => rows.map(([name]) => String(name))
  )

const statement = (admin: PgConnection.PgConnection, text: string) => Effect.asVoid(admin.query(text, [], false))

const drop = (admin: PgConnection.PgConnection, database: string) =>
  statement(admin, `DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`)

/** Drops the databases of processes that are gone: their lock can be had. */
const dropLeftovers = Effect.fnUntraced(function* (admin: PgConnection.PgConnection) {
  const ownerOf = (database: string) => Number.parseInt(database.slice(copyPrefix.length), 36)
  const databases = yield* databasesLike(admin, copyPrefix)
  for (const owner of new Set(databases.map(ownerOf))) {
    const [[isGone] = []] = yield* admin.queryValues("SELECT pg_try_advisory_lock($1, $2)", [ownerLocks, owner])
    if (isGone !== true) continue
    for (const database of databases.filter((name) => ownerOf(name) === owner)) yield* drop(admin, database)
    yield* admin.query("SELECT pg_advisory_unlock($1, $2)", [ownerLocks, owner])
  }
})

const make = Effect.gen(function* () {
  const server = yield* Database.Server
  // Advisory locks hold within one database: all installations of a server have to meet in the one that every server has.
  const connect = (database: string | undefined) =>
    PgConnection.make({ url: server.url, database, applicationName: "throughline throw-aways" })
  const admin = yield* Effect.catch(connect(meeting), () => connect(undefined))
  const owner = randomInt(1, 2 ** 31)
  yield* admin.query("SELECT pg_advisory_lock($1, $2)", [ownerLocks, owner])
  yield* dropLeftovers(admin)
  const migrations = yield* Migrations.load
  const template = `${templatePrefix}${Migrations.digestOf(migrations).slice(0, 16)}`
  const connectTo = (database: string, most: number) =>
    Database.connect(database, most).pipe(Effect.provideService(Database.Server, server))

  /** Made under another name first, so that a template is whole or not there. */
  const makeTemplate = Effect.gen(function* () {
    const existing = yield* databasesLike(admin, templatePrefix)
    if (existing.includes(template)) return
    const half = `${template}_new`
    yield* drop(admin, half)
    for (const other of existing.slice(otherTemplates)) yield* drop(admin, other)
    yield* statement(admin, `CREATE DATABASE "${half}" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'`)
    yield* Effect.scoped(
      Effect.gen(function* () {
        const sql = yield* connectTo(half, 1)
        yield* Migrations.run(migrations).pipe(Effect.provideService(SqlClient.SqlClient, sql))
      })
    )
    yield* statement(admin, `ALTER DATABASE "${half}" RENAME TO "${template}"`)
  }).pipe((work) =>
    Effect.acquireUseRelease(
      admin.query("SELECT pg_advisory_lock($1)", [templateLock]),
      () => work,
      () => Effect.ignore(admin.query("SELECT pg_advisory_unlock($1)", [templateLock]))
    )
  )

  // The lock is of the one connection, which may take it twice: within this process a permit keeps others out.
  const making = yield* Semaphore.make(1)

  let count = 0
  const copy = Effect.suspend(() => {
    const database = `${copyPrefix}${owner.toString(36)}_${++count}`
    const clone = statement(admin, `CREATE DATABASE "${database}" TEMPLATE "${template}"`)
    const isMissing = (error: unknown) => SqlErrors.sqlState(error) === "3D000"
    const acquire = clone.pipe(
      Effect.tapError((error) => (isMissing(error) ? making.withPermit(makeTemplate) : Effect.void)),
      Effect.retry({ times: copyAttempts, while: isMissing }),
      Effect.as(database)
    )
    return Effect.acquireRelease(acquire, () =>
      Effect.catch(drop(admin, database), (error) =>
        Effect.logWarning(`The throw-away database ${database} stays for now: ${SqlErrors.explain(error)}`)
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
