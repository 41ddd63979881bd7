/**
 * Transactions as this project uses them. A transaction sees one snapshot from its first statement to its last
 * (`REPEATABLE READ`), so what a run read can be told afterwards, and PostgreSQL refuses to change a row that another
 * transaction changed meanwhile. It is rolled back when the effect fails, dies or is interrupted, and the effect runs
 * again from its beginning when it met a serialization failure or a deadlock: it must do nothing but statements.
 *
 * Inside a transaction these are savepoints of it, without retry: only the whole can be tried again.
 */
import { randomInt } from "node:crypto"
import { setTimeout } from "node:timers/promises"
import { Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import * as SqlErrors from "./SqlErrors.ts"

/** Enough for eight lanes that fight over the same rows; a conflict that lasts longer is somebody's error. */
const maxAttempts = 10
/** The first pause is up to this long, each next one up to twice as long as the one before. */
const firstPauseMs = 6
const longestPauseMs = 500

/**
 * Real time and real chance: a run under a fixed clock and a seeded random must neither hang here nor draw other numbers
 * for having been retried.
 */
const pause = (attempt: number) => {
  const longest = Math.min(longestPauseMs, firstPauseMs * 2 ** attempt)
  return Effect.promise((signal) => setTimeout(randomInt(longest / 2, longest), undefined, { signal }))
}

const within =
  (begin: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      if (Option.isSome(yield* Effect.serviceOption(sql.transactionService))) return yield* sql.withTransaction(effect)
      const once = Effect.provideService(sql.withTransaction(effect), SqlClient.BeginTransaction, begin)
      for (let attempt = 0; ; attempt++) {
        const outcome = yield* Effect.result(once)
        if (outcome._tag === "Success") return outcome.success
        if (attempt + 1 === maxAttempts || !SqlErrors.isConflict(outcome.failure)) {
          return yield* Effect.fail(outcome.failure)
        }
        yield* pause(attempt)
      }
    })

/** Runs the statements of an effect in one transaction on one snapshot. */
export const transaction = within("BEGIN ISOLATION LEVEL REPEATABLE READ")

/** The same on one snapshot that may not be written to. */
export const readOnly = within("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

/**
 * The same, but every statement sees what was committed before it began: for claims and counters, where the newest row
 * is wanted and waiting for a lock is better than starting again.
 */
export const readCommitted = within("BEGIN ISOLATION LEVEL READ COMMITTED")
