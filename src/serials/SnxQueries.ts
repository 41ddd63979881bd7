/**
 * Tries a change in a savepoint of the transaction that is open: when the effect fails, what it did to the database is
 * undone and the transaction goes on. Lists are changed in the hope that all of it is right; only when it is not does
 * anyone ask what was wrong, and then the numbers must look as they did before.
 */
import type { Effect } from "effect"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Transaction from "../store/Transaction.ts"

export type { SqlClient } from "effect/sql/SqlClient"

/** Runs an effect in a savepoint. */
export const attempt = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R | SqlClient> =>
  Transaction.savepoint(effect)
