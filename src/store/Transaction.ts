/**
 * Transactions as this project uses them. A transaction sees one snapshot from its first statement to its last
 * (`REPEATABLE READ`), so what a run read can be told afterwards, and PostgreSQL refuses to change a row that another
 * transaction changed meanwhile. It is rolled back when the effect fails, dies or is interrupted, and the effect runs
 * again from its beginning when it met a serialization failure or a deadlock: it must do nothing but statements.
 *
 * Inside a transaction these are savepoints of it, without retry: only the whole can be tried again.
 *
 * A savepoint costs two round trips and a transaction id, and is for nothing when all goes well. `hopeful` leaves them
 * out, and begins again with them when something in one has failed.
 */
import { randomInt } from "node:crypto"
import { setTimeout } from "node:timers/promises"
import { Cause, Context, Data, Effect, Exit, Option } from "effect"
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

/** Of a transaction without savepoints: whether one of them would have been needed. */
interface Hope {
  isLost: boolean
}

const Hopeful = Context.Reference<Hope | undefined>("throughline/store/Hopeful", { defaultValue: () => undefined })

/** Ends a transaction whose hope is lost. A defect, so that nobody takes it for something that may be said to a partner. */
class Disappointed extends Data.Error<{ readonly isRetryable: true }> {}

const disappointed = Effect.suspend(() => Effect.die(new Disappointed({ isRetryable: true })))

/** What fails inside leaves no trace. Outside of a transaction this is one. */
export const savepoint = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const hope = yield* Hopeful
    if (hope === undefined) return yield* sql.withTransaction(effect)
    return yield* Effect.catchCause(effect, (cause) => {
      // A conflict has the whole tried again anyway; an interruption ends it.
      if (Cause.hasInterrupts(cause) || SqlErrors.isConflict(Cause.squash(cause))) return Effect.failCause(cause)
      hope.isLost = true
      return disappointed
    })
  })

const within =
  (begin: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      if (Option.isSome(yield* Effect.serviceOption(sql.transactionService))) return yield* savepoint(effect)
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

/**
 * The same for what mostly succeeds: without savepoints. When something fails in one, everything is undone and the effect
 * runs again from its beginning, with them.
 */
export const hopeful = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    if (Option.isSome(yield* Effect.serviceOption(sql.transactionService))) return yield* savepoint(effect)
    const hope: Hope = { isLost: false }
    // Whoever got over the failure inside must not commit what it left behind.
    const whole = Effect.tap(effect, () => (hope.isLost ? disappointed : Effect.void))
    const exit = yield* Effect.exit(Effect.provideService(transaction(whole), Hopeful, hope))
    return yield* hope.isLost && !Exit.hasInterrupts(exit) ? transaction(effect) : exit
  })

/** The same on one snapshot that may not be written to. */
export const readOnly = within("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

/**
 * The same, but every statement sees what was committed before it began: for claims and counters, where the newest row
 * is wanted and waiting for a lock is better than starting again.
 */
export const readCommitted = within("BEGIN ISOLATION LEVEL READ COMMITTED")
