/**
 * The journal under a channel test: the real one, with a note of everything it was handed, and a switch that makes it
 * refuse for a while as a database that is away does.
 */
import { createHash } from "node:crypto"
import { Context, Effect, Layer } from "effect"
import * as Journal from "../../src/engine/Journal.ts"
import * as Database from "../Database.ts"

export interface Taken extends Journal.Incoming, Journal.Received {
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
  new Journal.JournalError({
    reason:
      tag === "unavailable"
        ? { _tag: "Unavailable", isRetryable: true, whoActs: "nobody" }
        : { _tag: "Refused", isRetryable: false, whoActs: "operator" },
    cause: "switched off by the test"
  })

/** A journal on a database of its own, with its recording: one for each test. */
export const layer = Layer.effectContext(
  Effect.gen(function* () {
    const journal = yield* Journal.Journal
    const all: Array<Taken> = []
    const recorded: Recorded["Service"] = { all, away: "no", afterCommit: Effect.void }
    const receive = Effect.fnUntraced(function* (incoming: Journal.Incoming) {
      if (recorded.away !== "no") return yield* away(recorded.away)
      const received = yield* journal.receive(incoming)
      all.push({ ...incoming, ...received, sha256: createHash("sha256").update(incoming.bytes).digest("hex") })
      yield* recorded.afterCommit
      return received
    })
    return Context.make(Recorded, recorded).pipe(Context.add(Journal.Journal, { ...journal, receive }))
  })
).pipe(Layer.provide(Journal.layer), Layer.provide(Database.layer), Layer.orDie)
