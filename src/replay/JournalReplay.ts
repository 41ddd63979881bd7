/**
 * Runs messages of the journal again, each in a throw-away database that holds the world as its recorded run saw it,
 * under the run's own clock, and tells what came out differently: outcome, errors, outputs, repository changes. A dry
 * run: the database the journal is in is only read.
 *
 * Run ids and durations are not compared. Trouble with either database fails; a message that fails is a result.
 */
import { createHash } from "node:crypto"
import { Clock, Data, Effect, Stream } from "effect"
import { type Ended, Flow } from "../engine/Flow.ts"
import { Journal } from "../engine/Journal.ts"
import * as Report from "../engine/Report.ts"
import * as AcknowledgmentPast from "../orders/AcknowledgmentPast.ts"
import * as TradePast from "../orders/TradePast.ts"
import { Configuration } from "../partners/Configuration.ts"
import * as SerialPast from "../serials/SerialPast.ts"
import { type Line, line } from "./CaseRunner.ts"
import * as Comparison from "./Comparison.ts"
import * as JournalQueries from "./JournalQueries.ts"
import * as ReplayQueries from "./ReplayQueries.ts"
import * as SetClock from "./SetClock.ts"

/** One thing that came out differently. */
export interface Difference {
  readonly what: "outcome" | "reason" | "errors" | "warnings" | "totals" | "outputs" | "repository"
  /** Lines with `-` (recorded) and `+` (now). */
  readonly lines: ReadonlyArray<string>
}

export interface Repeated {
  readonly recorded: JournalQueries.Recorded
  readonly line: Line
  readonly differences: ReadonlyArray<Difference>
}

/** The message could not be claimed in its own throw-away database: a fault of replay. */
export class NotTaken extends Data.TaggedError("NotTaken")<{ readonly message: number }> {}

const text = (value: unknown): string => JSON.stringify(value, null, 1)

/** Objects with their keys in order: JSON that went through the database lost the order it was written in. */
const ordered = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(ordered)
    : typeof value === "object" && value !== null && !(value instanceof Date)
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([, part]) => part !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, part]) => [key, ordered(part)])
        )
      : value

const difference = (what: Difference["what"], recorded: unknown, now: unknown): ReadonlyArray<Difference> => {
  const [before, after] = [text(ordered(recorded)), text(ordered(now))]
  return before === after ? [] : [{ what, lines: Comparison.lines(before, after) }]
}

/** What the past looked like when a run began, carried from the journal's database into a fresh one. */
const past = Effect.fnUntraced(function* (run: JournalQueries.Recorded) {
  const configuration = yield* Configuration
  const journal = yield* Journal
  const queries = yield* JournalQueries.make
  const bytes = yield* journal.bytes(run.message)
  return {
    world: yield* configuration.asOf(run.snapshot),
    serials: yield* SerialPast.read(run.snapshot),
    orders: yield* TradePast.read(run.snapshot),
    acknowledged: yield* AcknowledgmentPast.read(run, bytes),
    holders: yield* queries.holders(run),
    bytes
  }
})

export type Past = Effect.Success<ReturnType<typeof past>>

/** Repeats a run in the fresh database this is provided with. */
export const repeat = Effect.fn("JournalReplay.repeat")(function* (run: JournalQueries.Recorded, before: Past) {
  const configuration = yield* Configuration
  const journal = yield* Journal
  const flow = yield* Flow
  const queries = yield* JournalQueries.make
  const changes = yield* ReplayQueries.make
  const hand = yield* SetClock.make(run.receivedAt)
  const body = Effect.gen(function* () {
    yield* configuration.import({ ...before.world, serials: [] }, { actor: "replay" })
    yield* SerialPast.write(before.serials)
    yield* TradePast.write(before.orders)
    yield* AcknowledgmentPast.write(before.acknowledged)
    for (const holder of before.holders) yield* queries.place(holder)
    const { channel, company, lane, type, fileName, size, message } = run
    yield* journal.receive({ channel, company, lane, type, fileName, size, bytes: before.bytes, id: message })
    // What it sends gets ids behind those that are taken.
    yield* changes.startMessagesAt(
      Math.max(message, ...[...before.holders, ...before.acknowledged.sent].map(({ id }) => id)) + 1
    )
    yield* queries.restore(run)
    hand.set(run.clock)
    const claimed = yield* flow.take(message, run.run)
    const ended = claimed === undefined ? undefined : yield* flow.process(claimed)
    return { ended, changes: yield* changes.changes(run.run) }
  })
  return yield* Effect.provideService(body, Clock.Clock, hand.clock)
})

/** What a run sent, as names and digests; one report names the run, which is the same here. */
const digests = (ended: Ended) =>
  ended.outputs.map(({ type, to, fileName, bytes }) => ({
    type,
    company: to,
    fileName,
    sha256: createHash("sha256").update(bytes).digest("hex")
  }))

const compare = Effect.fnUntraced(function* (run: JournalQueries.Recorded, ended: Ended, changed: unknown) {
  const queries = yield* JournalQueries.make
  const recordedChanges = yield* (yield* ReplayQueries.make).changes(run.run)
  const sent = yield* queries.sent(run)
  const { verdict } = ended
  return [
    ...difference("outcome", run.outcome, verdict.outcome),
    ...difference("reason", run.reason ?? "", verdict.reason ?? ""),
    ...difference("errors", run.errors, verdict.findings.errors.map(Report.line)),
    ...difference("warnings", run.warnings, verdict.findings.warnings.map(Report.line)),
    ...difference("totals", run.totals, verdict.findings.totals),
    ...difference(
      "outputs",
      sent.map(({ message: _, ...rest }) => rest),
      digests(ended)
    ),
    ...difference("repository", recordedChanges, changed)
  ]
})

/** Outcome of a repeated run, with the changes it made. */
export type Came = Effect.Success<ReturnType<typeof repeat>>

/**
 * The chosen runs, repeated one after another in the order they were committed. `inFresh` runs `repeat` in an
 * installation over a fresh throw-away database.
 */
export const run = <E, R>(
  choice: JournalQueries.Choice,
  inFresh: (recorded: JournalQueries.Recorded, before: Past) => Effect.Effect<Came, E, R>
) =>
  Stream.unwrap(
    Effect.gen(function* () {
      const queries = yield* JournalQueries.make
      return Stream.fromIterable(yield* queries.recorded(choice)).pipe(
        Stream.mapEffect((recorded) => again(recorded, inFresh))
      )
    })
  )

const again = Effect.fnUntraced(function* <E, R>(
  recorded: JournalQueries.Recorded,
  inFresh: (recorded: JournalQueries.Recorded, before: Past) => Effect.Effect<Came, E, R>
) {
  const { ended, changes } = yield* inFresh(recorded, yield* past(recorded))
  if (ended === undefined) return yield* new NotTaken({ message: recorded.message })
  const differences = yield* compare(recorded, ended, changes)
  const repeated: Repeated = { recorded, line: line(recorded.fileName, recorded.type, ended), differences }
  return repeated
})
