/**
 * What a failed statement means for us. Effect's `SqlError` tells its reasons apart by SQLSTATE, but leaves a server
 * that shuts down, starts up or is full (57P0x, 53300) unknown and not worth a retry; for us they are. Pure functions;
 * errors that wrap an SQL error as `cause` or `reason`, or hold a `Cause` of it (drizzle's do), are looked into.
 */
import { Cause, Predicate } from "effect"
import { isSqlError, type SqlError } from "effect/sql/SqlError"

/** How deep an error may wrap another; more than anything we use does. */
const maxDepth = 5

/** The SQL error inside an error, if there is one. */
export const find = (error: unknown, depth = 0): SqlError | undefined => {
  if (isSqlError(error)) return error
  if (depth >= maxDepth || typeof error !== "object" || error === null) return undefined
  if (Cause.isCause(error)) return find(Cause.squash(error), depth + 1)
  return (
    ("cause" in error ? find(error.cause, depth + 1) : undefined) ??
    ("reason" in error ? find(error.reason, depth + 1) : undefined)
  )
}

/** The five-letter SQLSTATE that the server gave, if it got so far. */
export const sqlState = (error: unknown): string | undefined => {
  const cause: unknown = find(error)?.reason.cause
  return Predicate.hasProperty(cause, "code") && typeof cause.code === "string" ? cause.code : undefined
}

/** Two transactions got in each other's way: the whole transaction may be tried again at once. */
export const isConflict = (error: unknown): boolean => {
  const tag = find(error)?.reason._tag
  return tag === "SerializationError" || tag === "DeadlockError"
}

/** Server shuts down, crashed, is starting up, or has no connection left. */
const passing = new Set(["57P01", "57P02", "57P03", "53300"])

/** Worth another try later: a conflict, a lost connection, a server that is not ready. */
export const isRetryable = (error: unknown): boolean => {
  const sqlError = find(error)
  return sqlError !== undefined && (sqlError.isRetryable || passing.has(sqlState(sqlError) ?? ""))
}

/** Nobody has to act on what passes by itself; everything else in the database is the operator's. */
export const whoActs = (error: unknown): "operator" | "nobody" => (isRetryable(error) ? "nobody" : "operator")

/** What the server or the network said, in its own words. */
export const explain = (error: SqlError): string => {
  const { cause } = error.reason
  // A name that stands for several addresses fails with all their errors and no words of its own.
  const first = cause instanceof AggregateError ? cause.errors[0] : cause
  return first instanceof Error && first.message !== "" ? first.message : error.message
}
