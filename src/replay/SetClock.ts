/**
 * A clock that stands where it is put: what replay runs under, so that the same messages give the same bytes. Sleeping
 * still takes real time, because what sleeps in the engine is a retry or a poll, never the business of a message.
 */
import { Clock, Effect } from "effect"

/** A clock and the hand that sets it. */
export interface SetClock {
  readonly clock: Clock.Clock
  readonly now: () => Date
  readonly set: (moment: Date) => void
}

/** A clock that shows `start` until it is set. */
export const make = (start: Date): Effect.Effect<SetClock> =>
  Effect.map(Effect.service(Clock.Clock), (real) => {
    let millis = start.getTime()
    const nanos = (): bigint => BigInt(millis) * 1_000_000n
    return {
      now: () => new Date(millis),
      set: (moment) => {
        millis = moment.getTime()
      },
      clock: {
        ...real,
        currentTimeMillisUnsafe: () => millis,
        currentTimeMillis: Effect.sync(() => millis),
        currentTimeNanosUnsafe: nanos,
        currentTimeNanos: Effect.sync(nanos),
        sleep: (duration) => real.sleep(duration)
      }
    }
  })
