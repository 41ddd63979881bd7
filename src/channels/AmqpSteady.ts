/**
 * Keeps something going that ends whenever the broker wants it to: tries again for ever, with growing pauses, and says
 * what is wrong once, until it changes or is over. It ends by interruption only, or when there is nothing to go on for.
 */
import { Cause, Effect, Exit, Option, Random } from "effect"
import type { ChannelError } from "../engine/Channel.ts"
import { textOf } from "./Polling.ts"

/** Pauses before the next try; jitter keeps machines that lost the same broker from coming back in step. */
const firstPause = 200
const longestPause = 5000

/** Waits before the next try, after so many that failed in a row. */
export const pauseAfter = (failures: number): Effect.Effect<void> =>
  Effect.flatMap(Random.next, (share) =>
    Effect.sleep(Math.min(firstPause * 2 ** Math.min(failures - 1, 16), longestPause) * (1 + 0.25 * share))
  )

/** Runs `attempt` for ever. Trouble is said once, until it changes; so is its end, which `works` tells. */
export const steadily = Effect.fnUntraced(function* <R>(
  what: string,
  attempt: (works: Effect.Effect<void>) => Effect.Effect<void, ChannelError, R>,
  goesOn: () => boolean
) {
  let failures = 0
  let said = ""
  const works = Effect.suspend(() => {
    if (failures === 0) return Effect.void
    failures = 0
    said = ""
    return Effect.logInfo(`${what} go on`)
  })
  while (goesOn()) {
    const exit = yield* Effect.exit(attempt(works))
    if (Exit.isSuccess(exit)) continue
    if (Cause.hasInterruptsOnly(exit.cause)) return yield* Effect.failCause(Cause.interrupt())
    // Who waits for what is around this one says why.
    if (!goesOn()) return
    failures += 1
    const error = Cause.findErrorOption(exit.cause)
    const text = Option.isSome(error) ? textOf(error.value) : Cause.pretty(exit.cause)
    if (text !== said) {
      said = text
      yield* Option.isSome(error)
        ? Effect.logWarning(`${what} are held up`, { problem: text, whoActs: error.value.reason.whoActs })
        : Effect.logError(`${what} are held up`, exit.cause)
    }
    yield* pauseAfter(failures)
  }
})
