/**
 * Brings a database to the schema of this version: runs the numbered files under `migrations/` that did not run yet, all
 * in one transaction, and records them in the table `migrations`. Several processes may start at once: an advisory lock
 * lets one of them work while the others wait, and they find nothing left to do.
 *
 * Fails with `DatabaseError` (`DatabaseIsNewer`, `MigrationChanged`, `MigrationFailed`, `Unavailable`) and changes
 * nothing then. Migrations are made by `npm run db:generate -- NAME` from schema.ts.
 */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { DatabaseError, DatabaseIsNewer, MigrationChanged, MigrationFailed, unavailable } from "./DatabaseError.ts"

/** One numbered file. */
export interface Migration {
  /** The name of its folder, as in `0001_journal`. */
  readonly name: string
  readonly statements: ReadonlyArray<string>
  /** SHA-256 of the file, hexadecimal. */
  readonly digest: string
}

/** Any number will do, as long as all versions use the same; other programs on the database should not. */
const lockKey = 7_461_002n

const folder = new URL("./migrations/", import.meta.url)

const read = (name: string): Migration => {
  const text = readFileSync(new URL(`${name}/migration.sql`, folder), "utf8")
  return {
    name,
    statements: text.split("--> statement-breakpoint").filter((statement) => statement.trim() !== ""),
    digest: createHash("sha256").update(text).digest("hex")
  }
}

/** All migrations of this version, oldest first. */
export const load = Effect.sync(() =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map(read)
)

/** One digest for all of them: databases with the same one have the same schema. */
export const digestOf = (migrations: ReadonlyArray<Migration>) => {
  const hash = createHash("sha256")
  for (const { name, digest } of migrations) hash.update(`${name} ${digest}\n`)
  return hash.digest("hex")
}

interface Ran {
  readonly name: string
  readonly digest: string
}

const alreadyRan = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const [found] = yield* sql<{ readonly exists: boolean }>`SELECT to_regclass('migrations') IS NOT NULL AS exists`
  return found?.exists === true ? yield* sql<Ran>`SELECT name, digest FROM migrations ORDER BY name` : []
})

/** What is left to do; refuses a database that went another way than this version knows. */
const pending = Effect.fnUntraced(function* (migrations: ReadonlyArray<Migration>, ran: ReadonlyArray<Ran>) {
  const unknown = ran.filter(({ name }) => !migrations.some((known) => known.name === name))
  if (unknown.length > 0) {
    return yield* new DatabaseError({ reason: new DatabaseIsNewer({ unknown: unknown.map(({ name }) => name) }) })
  }
  const changed = migrations.find(({ name, digest }) => ran.some((r) => r.name === name && r.digest !== digest))
  if (changed !== undefined) {
    return yield* new DatabaseError({ reason: new MigrationChanged({ migration: changed.name }) })
  }
  return migrations.filter(({ name }) => !ran.some((r) => r.name === name))
})

const apply = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, { name, statements, digest }: Migration) {
  yield* Effect.gen(function* () {
    for (const statement of statements) yield* sql.unsafe(statement).unprepared
    yield* sql`INSERT INTO migrations (name, digest) VALUES (${name}, ${digest})`
  }).pipe(
    Effect.mapError((sqlError) => new DatabaseError({ reason: new MigrationFailed({ migration: name, sqlError }) }))
  )
})

/** Runs what did not run yet. Returns the names of what it ran: none when the database was up to date. */
export const run = Effect.fn("Migrations.run")(function* (migrations?: ReadonlyArray<Migration>) {
  const sql = yield* SqlClient.SqlClient
  const known = migrations ?? (yield* load)
  // Most starts find nothing to do and need no lock.
  const ran = yield* alreadyRan(sql).pipe(Effect.mapError(unavailable("look at migrations")))
  if ((yield* pending(known, ran)).length === 0) return []
  return yield* sql
    .withTransaction(
      Effect.gen(function* () {
        yield* sql`SELECT pg_advisory_xact_lock(${lockKey})`
        yield* sql`CREATE TABLE IF NOT EXISTS migrations (
          name text COLLATE "C" PRIMARY KEY, digest text NOT NULL, ran_at timestamptz NOT NULL DEFAULT now())`
        const left = yield* pending(known, yield* alreadyRan(sql))
        for (const migration of left) yield* apply(sql, migration)
        return left.map(({ name }) => name)
      })
    )
    .pipe(Effect.catchTag("SqlError", (error) => Effect.fail(unavailable("migrate")(error))))
})
