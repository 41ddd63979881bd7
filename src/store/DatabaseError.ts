/**
 * Why a database cannot be used, each with the next step in its message. Statements that fail later fail with Effect's
 * `SqlError`; see SqlErrors.ts for what those mean.
 */
import { Data } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import * as SqlErrors from "./SqlErrors.ts"

type WhoActs = "sender" | "operator" | "nobody"

/** The server does not let us in, or a statement we need to begin with failed. */
export class Unavailable extends Data.TaggedError("Unavailable")<{
  readonly doing: string
  readonly sqlError: SqlError
}> {
  get isRetryable() {
    return SqlErrors.isRetryable(this.sqlError)
  }
  readonly whoActs: WhoActs = "operator"
  override get message() {
    return `The database cannot be used (${this.doing}): ${SqlErrors.explain(this.sqlError)}. Look at DATABASE_URL and at the server.`
  }
}

/** PostgreSQL is older than what we need. */
export class ServerTooOld extends Data.TaggedError("ServerTooOld")<{
  readonly found: string
  readonly needed: number
}> {
  readonly isRetryable = false
  readonly whoActs: WhoActs = "operator"
  override get message() {
    return `PostgreSQL ${this.needed} or newer is needed; DATABASE_URL leads to ${this.found}.`
  }
}

/** Messages hold characters that this database cannot. */
export class NotUtf8 extends Data.TaggedError("NotUtf8")<{ readonly encoding: string }> {
  readonly isRetryable = false
  readonly whoActs: WhoActs = "operator"
  override get message() {
    return `The database stores text as ${this.encoding}. Make one with CREATE DATABASE ... TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'.`
  }
}

/** Migrations ran on the database that this version does not know. */
export class DatabaseIsNewer extends Data.TaggedError("DatabaseIsNewer")<{ readonly unknown: ReadonlyArray<string> }> {
  readonly isRetryable = false
  readonly whoActs: WhoActs = "operator"
  override get message() {
    return `The database is of a newer Throughline: it has the migrations ${this.unknown.join(", ")}. Start that version, or restore an older backup.`
  }
}

/** A migration that ran here reads differently now. */
export class MigrationChanged extends Data.TaggedError("MigrationChanged")<{ readonly migration: string }> {
  readonly isRetryable = false
  readonly whoActs: WhoActs = "operator"
  override get message() {
    return `The migration ${this.migration} was changed after it ran on this database. Migrations are added, never changed; bring the former file back, or begin with an empty database.`
  }
}

/** A statement of a migration failed; nothing of it stayed. */
export class MigrationFailed extends Data.TaggedError("MigrationFailed")<{
  readonly migration: string
  readonly sqlError: SqlError
}> {
  get isRetryable() {
    return SqlErrors.isRetryable(this.sqlError)
  }
  readonly whoActs: WhoActs = "operator"
  override get message() {
    return `The migration ${this.migration} failed and changed nothing: ${SqlErrors.explain(this.sqlError)}.`
  }
}

export type DatabaseReason = Unavailable | ServerTooOld | NotUtf8 | DatabaseIsNewer | MigrationChanged | MigrationFailed

/** The one error of opening a database; `message`, `isRetryable` and `whoActs` are those of its reason. */
export class DatabaseError extends Data.TaggedError("DatabaseError")<{ readonly reason: DatabaseReason }> {
  override get message() {
    return this.reason.message
  }
  get isRetryable() {
    return this.reason.isRetryable
  }
  get whoActs() {
    return this.reason.whoActs
  }
}

/** Turns a failed statement into the reason `Unavailable`. */
export const unavailable = (doing: string) => (sqlError: SqlError) =>
  new DatabaseError({ reason: new Unavailable({ doing, sqlError }) })
