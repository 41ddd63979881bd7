/**
 * Keeps messages and deliveries moving: claims what may run, runs up to `concurrency` at once, looks again when
 * something arrived, ended, or became due. Any number of processes may run it over one database.
 *
 * It survives the loss of the database by trying again; it stops by interruption, when running messages are given back.
 * A message that was under way when a process died runs alone the next time, so that only the one that kills processes
 * is ever counted out.
 */
import { Duration, Effect, FiberSet, Latch, Layer, Schedule } from "effect"
import { type Batch, Delivery } from "./Delivery.ts"
import { Flow } from "./Flow.ts"
import type { Claimed } from "./FlowQueries.ts"
import { Journal } from "./Journal.ts"
import { Limits } from "./Limits.ts"
import { Wakeups } from "./Wakeups.ts"

/** What is announced within this time is looked for together: looking costs as much as a fifth of a small message. */
const together = Duration.millis(10)

/** The same for deliveries, which are then handed over and recorded together, too. */
const deliveredTogether = Duration.millis(30)

/** Waits until the latch opens or the poll interval has passed. */
const idle = (latch: Latch.Latch, poll: Duration.Duration) =>
  latch.await.pipe(Effect.timeoutOption(poll), Effect.andThen(latch.close))

/** Trouble with the database: say it, pause, go on. */
const steadily = <A, E, R>(loop: Effect.Effect<A, E, R>, what: string) =>
  loop.pipe(
    Effect.tapCause((cause) => Effect.logWarning(`${what} paused`, cause)),
    Effect.retry(Schedule.min([Schedule.exponential("200 millis"), Schedule.spaced("5 seconds")]))
  )

const messages = Effect.gen(function* () {
  const flow = yield* Flow
  const journal = yield* Journal
  const limits = yield* Limits
  const work = yield* Latch.make(true)
  const running = yield* FiberSet.make()
  const alone = yield* FiberSet.make()
  const wakeups = yield* Wakeups
  /** Open while another message can be taken on: announcements of work wait for it, so that idle processes get them. */
  const room = yield* Latch.make(true)
  yield* Effect.forkScoped(wakeups.hear(() => Effect.andThen(room.await, work.open)))
  yield* Effect.forkScoped(
    journal.arrivals.await.pipe(
      Effect.andThen(journal.arrivals.close),
      Effect.andThen(work.open),
      // The first of many is processed at once; the others have to wait for it anyway.
      Effect.andThen(Effect.sleep(together)),
      Effect.forever
    )
  )

  const run = (claimed: Claimed, after?: Effect.Effect<void>) =>
    flow.process(claimed, after).pipe(
      Effect.catch((error) => Effect.logWarning(error.message, error.cause)),
      Effect.ensuring(Effect.andThen(room.open, work.open))
    )

  /** Nothing may come between claiming and starting, or a stop would leave claims that nobody gives back. */
  const start = Effect.gen(function* () {
    const free = limits.concurrency - (yield* FiberSet.size(running))
    const claimed = free > 0 ? yield* flow.claim(free) : []
    const suspect = claimed.find(({ attempts }) => attempts > 1)
    yield* claimed.length < free && suspect === undefined ? room.open : room.close
    for (const message of claimed) if (message !== suspect) yield* FiberSet.run(running, run(message))
    if (suspect !== undefined) yield* FiberSet.run(alone, run(suspect, FiberSet.awaitEmpty(running)))
    return claimed.length
  }).pipe(Effect.uninterruptible)

  /** Everything that may run now was claimed, or there is no room: the next look follows what ends or arrives. */
  const step = Effect.gen(function* () {
    yield* start
    yield* FiberSet.awaitEmpty(alone)
    yield* idle(work, limits.poll)
  })
  // At the start, and after trouble with the database: what was touched meanwhile nobody may have said.
  return yield* steadily(Effect.andThen(flow.rouse, Effect.forever(step)), "messages")
})

/** A destination at a time in each fiber: a partner that takes its time holds up nobody else. */
const deliveries = Effect.gen(function* () {
  const delivery = yield* Delivery
  const limits = yield* Limits
  const journal = yield* Journal
  const running = yield* FiberSet.make()
  const run = (batch: Batch) =>
    delivery.deliver(batch).pipe(
      Effect.catch((error) => Effect.logWarning("a delivery was given back", error)),
      Effect.ensuring(journal.departures.open)
    )
  /** Nothing may come between claiming and starting, or a stop would leave claims that nobody gives back. */
  const start = Effect.gen(function* () {
    const free = limits.destinations - (yield* FiberSet.size(running))
    const batches = free > 0 ? yield* delivery.claim(free) : []
    for (const batch of batches) yield* FiberSet.run(running, run(batch))
    return batches.length
  }).pipe(Effect.uninterruptible)
  const step = Effect.gen(function* () {
    yield* start
    // The first of many goes at once.
    yield* Effect.sleep(deliveredTogether)
    yield* idle(journal.departures, limits.poll)
  })
  return yield* steadily(Effect.forever(step), "deliveries")
})

/** Runs for as long as the layer lives. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    // In a scope of its own: the loop ends before what it started is interrupted and given back.
    yield* Effect.forkScoped(Effect.scoped(messages))
    yield* Effect.forkScoped(Effect.scoped(deliveries))
  })
)
