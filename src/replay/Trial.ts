/**
 * Runs a file through the whole engine and takes everything back: what would happen, against the data of the database
 * it is given, changing nothing. Behind `throughline check` and the replay of loose files.
 *
 * Everything happens in one transaction that is rolled back at the end; only sequence numbers are used up.
 */
import { Data, Effect, Predicate } from "effect"
import { Flow } from "../engine/Flow.ts"
import { Journal } from "../engine/Journal.ts"
import type { Output } from "../engine/Pipeline.ts"
import { Registry } from "../engine/Registry.ts"
import { Partners } from "../partners/Partners.ts"
import { type Line, line } from "./CaseRunner.ts"
import * as ReplayQueries from "./ReplayQueries.ts"

/** A file to be tried, with what the name and place of it do not say. */
export interface Trial {
  readonly file: string
  readonly fileName: string
  readonly bytes: Uint8Array
  /** Message type; by the root element when not given. */
  readonly type?: string | undefined
  /** Company on whose channel it would come; by the sender number when not given. */
  readonly from?: string | undefined
}

export interface Tried {
  readonly line: Line
  readonly outputs: ReadonlyArray<Output>
  readonly changes: ReadonlyArray<ReplayQueries.RepositoryChange>
}

/** The trial did not come to an end: trouble with the database, worth trying again. */
export class TrialError extends Data.TaggedError("TrialError")<{
  readonly reason: { readonly _tag: "Unfinished"; readonly isRetryable: true; readonly whoActs: "operator" }
  readonly file: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `${this.file} could not be tried: ${String(this.cause)}`
  }
}

/** Carries the result out of a transaction that must not commit. */
class TakenBack {
  readonly _tag = "TakenBack"
  readonly tried: Tried
  constructor(tried: Tried) {
    this.tried = tried
  }
}

const unfinished = (file: string) => (cause: unknown) =>
  new TrialError({ reason: { _tag: "Unfinished", isRetryable: true, whoActs: "operator" }, file, cause })

/** Company of a file nobody sent: a name that no world can give, so every authenticity check says no. */
const nobody = "(unknown sender)"

/** Type and company of a file, from what it says of itself. */
const identify = Effect.fnUntraced(function* (trial: Trial) {
  const registry = yield* Registry
  const partners = yield* Partners
  const { root, envelope } = yield* registry.formatOf(trial.bytes).sniff(trial.bytes)
  const claimed = registry.pipelines.find(({ pipeline }) => root !== undefined && pipeline.roots.includes(root))
  const directory = yield* partners.current
  const { sender, receiver } = envelope
  const company =
    sender === undefined
      ? undefined
      : receiver === undefined
        ? directory.companyByNumber(sender)
        : directory.parties(sender, receiver).sender
  return { type: trial.type ?? claimed?.pipeline.type ?? "UNKNOWN", from: trial.from ?? company?.id ?? nobody }
})

/** What would become of a file. */
export const run = Effect.fn("Trial.run")(function* (trial: Trial) {
  const journal = yield* Journal
  const flow = yield* Flow
  const queries = yield* ReplayQueries.make
  const { type, from } = yield* Effect.mapError(identify(trial), unfinished(trial.file))

  const inside = Effect.gen(function* () {
    const { messageId } = yield* journal.receive({
      channel: "check",
      company: from,
      lane: "check",
      type,
      fileName: trial.fileName,
      bytes: trial.bytes
    })
    const claimed = yield* flow.take(messageId)
    const ended = claimed === undefined ? undefined : yield* flow.process(claimed)
    if (ended === undefined) return yield* Effect.fail("the message was taken away")
    const changes = yield* queries.changes(ended.runId)
    return yield* Effect.fail(new TakenBack({ line: line(trial.file, type, ended), outputs: ended.outputs, changes }))
  })

  const error = yield* Effect.flip(queries.transaction(inside))
  if (Predicate.isTagged(error, "TakenBack")) return error.tried
  return yield* unfinished(trial.file)(error)
})
