/**
 * Turns among many who do the same on one machine, so that not all do it at once; and nobody waits for one who does not
 * come to an end: a turn that takes too long is given to the next, and what it was for goes on.
 */
import { Deferred, type Duration, Effect, type Semaphore } from "effect"

/** Waits for a turn, which ends with the effect, or when it has lasted for so long. */
export const within =
  (turns: Semaphore.Semaphore, most: Duration.Duration) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.gen(function* () {
      const begun = yield* Deferred.make<void>()
      const over = yield* Deferred.make<void>()
      const turn = Effect.andThen(Deferred.succeed(begun, undefined), Effect.timeoutOption(Deferred.await(over), most))
      yield* Effect.forkChild(turns.withPermit(turn))
      yield* Deferred.await(begun)
      return yield* Effect.ensuring(effect, Deferred.succeed(over, undefined))
    })
