/**
 * Forgets what the HTTP channel need not know for ever: idempotency keys, and documents that companies have fetched and
 * acknowledged. The documents themselves stay in the journal; they are only listed no more.
 *
 * One process of an installation does it, a few rows at a time. It never ends by itself; while the database is away it
 * is tried again at the next turn.
 */
import { Clock, Duration, Effect } from "effect"
import { Leadership } from "../engine/Leadership.ts"
import * as HttpQueries from "./HttpQueries.ts"

/** Long after the last repetition of any client, and nothing that a disk would notice. */
export const defaultKeep = Duration.days(30)

/** Rows of one statement: a transaction of a few milliseconds. */
const batch = 1000

/** What is kept for days need not be looked at more often. */
const every = Duration.hours(1)

/** Forgets everything older than so long at once; the number of rows. */
export const once = Effect.fn("HttpForgetting.once")(function* (keep: Duration.Duration, size = batch) {
  const queries = yield* HttpQueries.make
  const before = new Date((yield* Clock.currentTimeMillis) - Duration.toMillis(keep))
  let all = 0
  while (true) {
    const forgotten = yield* queries.forget(before, size)
    all += forgotten
    if (forgotten < size) return all
  }
})

/** Goes on for as long as it runs, in the process that leads. */
export const run = (keep: Duration.Duration) =>
  Effect.flatMap(Leadership, (leadership) =>
    leadership.lead(
      "http/forgetting",
      once(keep).pipe(
        Effect.catch((cause) => Effect.logWarning("old idempotency keys are kept for now", cause)),
        Effect.andThen(Effect.sleep(every)),
        Effect.forever
      )
    )
  )
