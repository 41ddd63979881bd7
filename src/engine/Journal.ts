/**
 * The journal's front door: bytes from a channel become a message that is never lost. Channels call `receive` and
 * acknowledge their source when it returns, not before; the statement behind it has committed by then.
 *
 * A file that was taken before (same path, size, time and bytes) is recognised and not journaled again. Fails with
 * `JournalError`; then nothing was journaled and the source must keep what it has.
 */
import { createHash } from "node:crypto"
import { Clock, Context, Data, Effect, Latch, Layer, Option } from "effect"
import * as Checkpoint from "./Checkpoint.ts"
import { isRetryable } from "./FlowQueries.ts"
import * as JournalQueries from "./JournalQueries.ts"
import { Wakeups } from "./Wakeups.ts"

export class JournalError extends Data.TaggedError("JournalError")<{
  readonly reason:
    | { readonly _tag: "Unavailable"; readonly isRetryable: true; readonly whoActs: "nobody" }
    | { readonly _tag: "Refused"; readonly isRetryable: false; readonly whoActs: "operator" }
  readonly cause: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
}

/** One document as a channel hands it over. */
export interface Incoming {
  /** Where it came in, e.g. `folder`. */
  readonly channel: string
  /** The company the channel authenticated. */
  readonly company: string
  /** Message type as the channel says it: folder name, routing key, URL part. */
  readonly type: string
  /** The partner's name for it. Data, never a path. */
  readonly fileName: string
  /** What the sender says that it belongs to, where the channel has a place for that; answers to the sender say it too. */
  readonly correlationId?: string | undefined
  /** At most the size limit and one byte; the rest of a file too large is not kept. */
  readonly bytes: Uint8Array
  /** True size in bytes, when `bytes` was cut. */
  readonly size?: number | undefined
  /** What tells this file from all others the channel ever saw, when the channel may meet it twice. */
  readonly pickup?: JournalQueries.PickupKey | undefined
  /** Order is kept within a lane; the company unless a channel says finer. */
  readonly lane?: string | undefined
  /** Journal replay gives a message the id it had. */
  readonly id?: number | undefined
}

export interface Received {
  readonly messageId: number
  /** This very file had been taken before: it only has to be moved out of the way. */
  readonly again: boolean
}

export class Journal extends Context.Service<
  Journal,
  {
    /** Commits the bytes before it returns. */
    readonly receive: (incoming: Incoming) => Effect.Effect<Received, JournalError>
    /** The exact bytes as they came or left. */
    readonly bytes: (messageId: number) => Effect.Effect<Uint8Array, JournalError>
    /** Opens when something was received and no other process was told; workers wait on it instead of polling fast. */
    readonly arrivals: Latch.Latch
    /** Opens when something was queued to go out. */
    readonly departures: Latch.Latch
  }
>()("throughline/engine/Journal") {}

const failed = (cause: unknown) =>
  new JournalError({
    reason: isRetryable(cause)
      ? { _tag: "Unavailable", isRetryable: true, whoActs: "nobody" }
      : { _tag: "Refused", isRetryable: false, whoActs: "operator" },
    cause
  })

export const layer = Layer.effect(
  Journal,
  Effect.gen(function* () {
    const queries = yield* JournalQueries.make
    const arrivals = yield* Latch.make(false)
    const departures = yield* Latch.make(false)
    const wakeups = yield* Wakeups

    const receive = Effect.fn("Journal.receive")(function* (incoming: Incoming) {
      const sha256 = new Uint8Array(createHash("sha256").update(incoming.bytes).digest())
      const receivedAt = new Date(yield* Clock.currentTimeMillis)
      const { pickup, channel } = incoming
      yield* Checkpoint.reached("journal/read")
      const inserted = yield* queries
        .insertMessage(
          {
            channel,
            company: incoming.company,
            lane: incoming.lane ?? incoming.company,
            type: incoming.type,
            fileName: incoming.fileName,
            correlationId: incoming.correlationId,
            size: incoming.size ?? incoming.bytes.length,
            sha256,
            receivedAt,
            bytes: incoming.bytes,
            id: incoming.id
          },
          pickup
        )
        .pipe(
          // Two processes took the same file at once: the primary key let one through.
          Effect.catchIf(
            (error) => pickup !== undefined && error.reason._tag === "UniqueViolation",
            () => Effect.succeedNone
          )
        )
      if (Option.isSome(inserted)) {
        yield* Checkpoint.reached("journal/committed", inserted.value)
        if (!(yield* wakeups.announce(inserted.value))) yield* arrivals.open
        return { messageId: inserted.value, again: false }
      }
      const known = pickup === undefined ? Option.none() : yield* queries.messageOfPickup(channel, pickup, sha256)
      if (Option.isNone(known)) return yield* Effect.fail("the file was neither journaled nor known")
      return { messageId: known.value, again: true }
    }, Effect.mapError(failed))

    return { receive, bytes: (id) => queries.bytesOf(id).pipe(Effect.mapError(failed)), arrivals, departures }
  })
)
