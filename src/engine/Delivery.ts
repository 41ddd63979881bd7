/**
 * Hands outbound documents to channels: at least once, in order for each destination, every resend identical. One bad
 * delivery blocks only its own destination, until it succeeds or is given up as `delivery_failed`.
 *
 * Never fails on account of a partner: what a channel says is recorded, and tried again with growing pauses.
 */
import { Clock, Context, Data, Duration, Effect, Exit, Layer, Random, Schedule } from "effect"
import { ChannelError, Channels, type Outcome } from "./Channel.ts"
import * as Checkpoint from "./Checkpoint.ts"
import * as DeliveryQueries from "./DeliveryQueries.ts"
import { isRetryable } from "./Failure.ts"
import { Journal } from "./Journal.ts"
import { Limits } from "./Limits.ts"
import * as Telemetry from "./Telemetry.ts"

/** Deliveries could not be claimed or recorded; they are tried again. */
export class DeliveryError extends Data.TaggedError("DeliveryError")<{
  readonly reason: { readonly _tag: "Unavailable"; readonly isRetryable: true; readonly whoActs: "nobody" }
  readonly cause: unknown
}> {
  override get message(): string {
    return `deliveries cannot be claimed or recorded: ${String(this.cause)}`
  }
}

/** Deliveries of one destination, in their order. */
export type Batch = ReadonlyArray<DeliveryQueries.ClaimedDelivery>

export class Delivery extends Context.Service<
  Delivery,
  {
    /** What is due for up to so many destinations that nobody delivers to at the moment, a batch each. */
    readonly claim: (destinations: number) => Effect.Effect<ReadonlyArray<Batch>, DeliveryError>
    /** Delivers a batch, in order, until one has to wait; the number of attempts made. */
    readonly deliver: (batch: Batch) => Effect.Effect<number, DeliveryError>
    readonly nextDue: Effect.Effect<Date | undefined, DeliveryError>
  }
>()("throughline/engine/Delivery") {}

const unavailable = (cause: unknown) =>
  new DeliveryError({ reason: { _tag: "Unavailable", isRetryable: true, whoActs: "nobody" }, cause })

/** First pause; it doubles up to the cap, with a quarter of jitter so that partners are not hit in step. */
const firstPause = Duration.seconds(1)

/** A database whose connections were cut answers at once; one that restarts is back within half a minute. */
const firstTry = Duration.millis(50)
const outages = Schedule.max([
  Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("2 seconds")]),
  Schedule.recurs(20)
]).pipe(Schedule.jittered)

const pause = Effect.fnUntraced(function* (attempt: number, cap: Duration.Duration) {
  const full = Math.min(Duration.toMillis(firstPause) * 2 ** (attempt - 1), Duration.toMillis(cap))
  return full * (1 + 0.25 * (yield* Random.next))
})

export const layer = Layer.effect(
  Delivery,
  Effect.gen(function* () {
    const queries = yield* DeliveryQueries.make
    const journal = yield* Journal
    const channels = yield* Channels
    const limits = yield* Limits

    /** The leading ones whose bytes came with the claim; or the first alone, for its bytes may be many. */
    const documents = Effect.fnUntraced(function* (batch: Batch) {
      const [first] = batch
      if (first === undefined) return []
      const small = batch.findIndex(({ bytes }) => bytes === undefined)
      const ready = batch.slice(0, small < 0 ? batch.length : Math.max(small, 1))
      return yield* Effect.forEach(
        ready,
        ({ company, type, fileName, messageId, controlNumber, inReplyTo, bytes: claimed }) =>
          Effect.map(
            claimed === undefined ? Effect.mapError(journal.bytes(messageId), unavailable) : Effect.succeed(claimed),
            (bytes) => ({ company, type, fileName, bytes, messageId, controlNumber, inReplyTo })
          )
      )
    })

    /** What becomes of a delivery that went like that. */
    const judge = Effect.fnUntraced(function* (
      claimed: DeliveryQueries.ClaimedDelivery,
      failure: Outcome,
      at: Date,
      durationMs: number
    ) {
      const wait = yield* pause(claimed.attempt, limits.deliveryPause)
      const givenUp =
        failure !== undefined && (!failure.isRetryable || at.getTime() + wait > claimed.deadline.getTime())
      const status = failure === undefined ? "delivered" : givenUp ? "delivery_failed" : "retrying"
      yield* Telemetry.deliveryTried(status)
      if (status === "delivery_failed") {
        yield* Effect.logError(`delivery ${claimed.id} to ${claimed.destination} was given up: ${failure?.message}`)
      }
      const nextAt = new Date(at.getTime() + wait)
      const attempted: DeliveryQueries.Attempted = {
        claimed,
        status,
        at,
        durationMs,
        nextAt,
        error: failure?.message
      }
      return attempted
    })

    /** Hands over the first of a batch, or as many as its channel takes at once. */
    const attempt = Effect.fn("Delivery.attempt")(function* (batch: Batch, destination: string) {
      const started = Number(yield* Clock.currentTimeNanos)
      const broke = (defect: unknown) =>
        new ChannelError({
          channel: destination,
          reason: { _tag: "Unavailable", isRetryable: true, whoActs: "nobody" },
          message: `the channel broke: ${String(defect)}`
        })
      const outcomes = yield* channels
        .deliver(destination, yield* documents(batch))
        .pipe(Effect.catchDefect((defect) => Effect.succeed([broke(defect)])))
      const at = new Date(yield* Clock.currentTimeMillis)
      const durationMs = (Number(yield* Clock.currentTimeNanos) - started) / 1e6
      return yield* Effect.forEach(batch.slice(0, outcomes.length), (claimed, index) =>
        judge(claimed, outcomes[index], at, durationMs)
      )
    })

    const lease = Duration.toSeconds(limits.lease)

    /** Slow partners may take longer than a lease. */
    const keepAlive = <A, E>(batch: Batch, effect: Effect.Effect<A, E>) =>
      queries
        .renew(batch, lease)
        .pipe(
          Effect.ignore,
          Effect.schedule(Schedule.spaced(Duration.times(limits.lease, 1 / 3))),
          Effect.andThen(Effect.never),
          (renewing) => Effect.raceFirst(effect, renewing)
        )

    /** In order, until one has to wait; those behind it wait too. What was not tried is given back, at a stop as well. */
    const deliver = Effect.fnUntraced(function* (batch: Batch) {
      const attempted: Array<DeliveryQueries.Attempted> = []
      const all = Effect.gen(function* () {
        for (let rest = batch; rest[0] !== undefined; rest = batch.slice(attempted.length)) {
          const some = yield* attempt(rest, rest[0].destination)
          attempted.push(...some)
          for (const { claimed } of some) yield* Checkpoint.reached("delivery/handed-over", claimed.messageId)
          if (some.at(-1)?.status === "retrying") return
        }
      })
      const exit = yield* Effect.interruptible(keepAlive(batch, all)).pipe(Effect.exit)
      const record = queries.record(attempted, batch.slice(attempted.length))
      // What is not recorded is handed over again. Tried once whatever happens; a stop waits for no database.
      yield* record.pipe(
        Effect.catchIf(isRetryable, () =>
          Effect.interruptible(Effect.delay(Effect.retry(record, { schedule: outages, while: isRetryable }), firstTry))
        ),
        Effect.mapError(unavailable)
      )
      yield* Checkpoint.reached("delivery/recorded")
      return Exit.isFailure(exit) ? yield* Effect.failCause(exit.cause) : attempted.length
    }, Effect.uninterruptible)

    const claim = Effect.fnUntraced(function* (destinations: number) {
      const clock = new Date(yield* Clock.currentTimeMillis)
      const claimed = yield* queries.claim(destinations, limits.deliveryBatch, lease, clock)
      if (claimed.length === 0) return []
      yield* Checkpoint.reached("delivery/claimed")
      return [...Map.groupBy(claimed, ({ destination }) => destination).values()]
    }, Effect.mapError(unavailable))

    return { claim, deliver, nextDue: queries.nextDue.pipe(Effect.mapError(unavailable)) }
  })
)
