/**
 * The journal under a channel test: the real one, with a note of everything it was handed, and a switch that makes it
 * refuse for a while as a database that is away does.
 */
import { createHash } from "node:crypto"
import { Context, Effect, Latch, Layer } from "effect"
import { type Incoming, Journal, JournalError, type Received } from "../../src/engine/Journal.ts"

export interface Taken extends Incoming, Received {
  readonly sha256: string
}

export class Recorded extends Context.Service<
  Recorded,
  {
    /** What was committed, in order; files that were known already are there with `again`. */
    readonly all: ReadonlyArray<Taken>
    /** From now on `receive` fails, with what a lost connection or a broken statement gives. */
    away: "no" | "unavailable" | "refused"
    /** Runs between the commit and the return of `receive`. */
    afterCommit: Effect.Effect<void>
  }
>()("throughline/test/Recorded") {}

const away = (tag: "unavailable" | "refused") =>
  new JournalError({
    reason:
      tag === "unavailable"
        ? { _tag: "Unavailable", isRetryable: true, whoActs: "nobody" }
        : { _tag: "Refused", isRetryable: false, whoActs: "operator" },
    cause: "switched off by the test"
  })

const tiny = Layer.effect(
  Journal,
  Effect.gen(function* () {
    const known = new Map<string, number>()
    let last = 0
    return {
      arrivals: yield* Latch.make(false),
      departures: yield* Latch.make(false),
      bytes: () => Effect.succeed(new Uint8Array()),
      receive: (incoming) =>
        Effect.sync(() => {
          const hash = createHash("sha256").update(incoming.bytes).digest("hex")
          const key = JSON.stringify([incoming.channel, incoming.pickup, hash])
          const before = known.get(key)
          if (before !== undefined && incoming.pickup !== undefined) return { messageId: before, again: true }
          last += 1
          known.set(key, last)
          return { messageId: last, again: false }
        })
    }
  })
)

/** The journal and its recording; without a scope of its own, so that one test is one journal. */
export const layer = Layer.effectContext(
  Effect.gen(function* () {
    const journal = yield* Journal
    const all: Array<Taken> = []
    const recorded: Recorded["Service"] = { all, away: "no", afterCommit: Effect.void }
    const receive = Effect.fnUntraced(function* (incoming: Incoming) {
      if (recorded.away !== "no") return yield* away(recorded.away)
      const received = yield* journal.receive(incoming)
      all.push({ ...incoming, ...received, sha256: createHash("sha256").update(incoming.bytes).digest("hex") })
      yield* recorded.afterCommit
      return received
    })
    return Context.make(Recorded, recorded).pipe(Context.add(Journal, { ...journal, receive }))
  })
).pipe(Layer.provide(tiny))
