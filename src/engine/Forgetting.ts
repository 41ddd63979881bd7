/**
 * Forgets what need not be known for ever: answered requests, results that could be fetched long enough, old history. What
 * there is to forget, and after how long, the rooms and the configuration say; this says how.
 *
 * One process of an installation does it, a few rows at a time, so that nobody waits for it. It never ends by itself; what
 * cannot be forgotten, because the database is away for instance, is tried again at the next turn, and does not keep the
 * others from it.
 */
import { Clock, Duration, Effect, Metric } from "effect"
import { Leadership } from "./Leadership.ts"

/** One kind of thing that is forgotten. */
export interface Subject<E = unknown, R = never> {
  /** For logs and metrics. */
  readonly what: string
  /** Of a moment in milliseconds: what is older than this may go. */
  readonly before: (now: number) => Date
  /** Forgets at most so many that are older; gives how many. */
  readonly forget: (before: Date, limit: number) => Effect.Effect<number, E, R>
}

/** Everything so much older than now. */
export const olderThan =
  (keep: Duration.Duration) =>
  (now: number): Date =>
    new Date(now - Duration.toMillis(keep))

/** Rows of one statement: a transaction of a few milliseconds. */
const batch = 1000

/** What is kept for days need not be looked at more often. */
const every = Duration.hours(1)

const forgotten = Metric.counter("throughline_forgotten_total", {
  description: "Rows deleted because they were kept as long as the configuration says, by what they were",
  incremental: true
})

/** Forgets everything of a subject that is old now; the number of rows. */
export const once = Effect.fn("Forgetting.once")(function* <E, R>(subject: Subject<E, R>, size = batch) {
  const { what, forget } = subject
  const before = subject.before(yield* Clock.currentTimeMillis)
  let all = 0
  while (true) {
    const some = yield* forget(before, size)
    all += some
    if (some > 0) yield* Metric.update(Metric.withAttributes(forgotten, { what }), some)
    if (some < size) break
  }
  if (all > 0) yield* Effect.logDebug(`${all} ${what} forgotten`, { before: before.toISOString() })
  return all
})

/** Goes on for as long as it runs, in the process that leads. */
export const run = <E, R>(subjects: ReadonlyArray<Subject<E, R>>) =>
  Effect.flatMap(Leadership, (leadership) =>
    leadership.lead(
      "forgetting",
      Effect.forEach(
        subjects,
        (subject) =>
          Effect.catch(once(subject), (cause) => Effect.logWarning(`old ${subject.what} are kept for now`, cause)),
        { discard: true }
      ).pipe(Effect.andThen(Effect.sleep(every)), Effect.forever)
    )
  )
