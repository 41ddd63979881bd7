/**
 * What became of a message, decided inside its commit transaction from what was prepared, what the journal holds, who
 * sent it and what apply says. Pure but for apply, which runs in a savepoint: refused or broken, its effects are gone
 * before the verdict is written.
 */
import { Cause, Duration, Effect, Exit, Predicate } from "effect"
import * as Checkpoint from "./Checkpoint.ts"
import * as EngineRules from "./EngineRules.ts"
import * as Findings from "./Findings.ts"
import { type Claimed, isRetryable, type Opened } from "./FlowQueries.ts"
import type { PartiesView } from "./Parties.ts"
import type { AppliedBytes, Output, Patience, Pipeline, Prepared, Refused, RunContext } from "./Pipeline.ts"
import type { Result } from "./Report.ts"
import type { Violation } from "./Rule.ts"

/** How an attempt ends. */
export interface Verdict {
  readonly outcome: "waiting" | "processed" | "map_in_failed" | "processing_failed" | "map_out_failed"
  readonly reason?: string | undefined
  readonly findings: Findings.Findings
  readonly outputs: ReadonlyArray<Output>
  readonly touched: ReadonlyArray<string>
  /** What the sender is told; undefined when nothing unless its link asks for successes. */
  readonly tell?: Result | undefined
  readonly duplicateOf?: { readonly message: number; readonly run: number | undefined } | undefined
  readonly holds: boolean
  readonly wait?: { readonly keys: ReadonlyArray<string>; readonly retryAt: Date; readonly until: Date } | undefined
}

const ended = (outcome: Verdict["outcome"], findings: Findings.Findings, more: Partial<Verdict> = {}): Verdict => ({
  outcome,
  findings,
  outputs: [],
  touched: [],
  holds: outcome === "processed",
  ...more
})

const sentence = (findings: Findings.Findings): string | undefined => findings.errors[0]?.text

/** Class 1 found errors. */
export const mapInFailed = (findings: Findings.Findings): Verdict =>
  ended("map_in_failed", findings, { tell: "FAILURE", reason: sentence(findings) })

/** Our fault. The partner learns the run to name, and nothing of what is behind it. */
export const internal = (runId: number, before: Findings.Findings = Findings.none): Verdict => {
  const findings = Findings.merge(
    before,
    Findings.of([EngineRules.internal.raise({ "server details": `run ${runId}` })])
  )
  return ended("processing_failed", findings, {
    tell: "FAILURE",
    reason: `internal error, see the log of run ${runId}`
  })
}

const resent = (holder: NonNullable<Opened["sameBytes"]>): Verdict => {
  const { id: message, run, status } = holder
  const findings = Findings.of([
    EngineRules.resent.raise({ message: `${message}`, run: run === undefined ? "none yet" : `${run}`, status })
  ])
  const duplicateOf = { message, run: run ?? undefined }
  return ended("processed", findings, {
    tell: "DUPLICATE",
    duplicateOf,
    holds: false,
    reason: `same bytes as message ${message}`
  })
}

const duplicate = (
  claimed: Claimed,
  controlNumber: string,
  holder: NonNullable<Opened["sameNumber"]>,
  { parties, places }: Pick<Grounds, "parties" | "places">
) =>
  EngineRules.duplicate.raise(
    {
      inFilename: claimed.fileName,
      origFilename: holder.fileName,
      origCompanyname: parties.nameOf(holder.company),
      origFileDate: holder.receivedAt,
      FileControlNumber: controlNumber
    },
    { value: controlNumber, path: places.controlNumber }
  )

const isRefused = (error: unknown): error is Refused => Predicate.isTagged(error, "Refused")

const refused = (
  error: Refused,
  claimed: Claimed,
  patience: Patience,
  clock: Date,
  before: Findings.Findings
): Verdict => {
  const collector = new Findings.Collector()
  collector.addAll(error.violations)
  const findings = Findings.merge(before, collector.findings)
  const failed = ended("processing_failed", findings, { tell: "FAILURE", reason: sentence(findings) })
  const mayWait = error.park !== undefined || findings.errors.every(({ rule }) => rule.mayWait)
  if (!mayWait || findings.errors.length === 0) return failed
  const until = claimed.waitUntil ?? new Date(clock.getTime() + Duration.toMillis(error.park?.until ?? patience.until))
  if (clock >= until) return failed
  const next = error.park === undefined ? new Date(clock.getTime() + Duration.toMillis(patience.every)) : until
  return ended("waiting", findings, {
    holds: true,
    reason: error.park?.reason ?? sentence(findings),
    wait: { keys: error.waitFor, until, retryAt: next < until ? next : until }
  })
}

const applied = (result: AppliedBytes, before: Findings.Findings): Verdict => {
  const warned = Findings.merge(before, Findings.of(result.warnings))
  const findings = result.outputs.reduce((all, output) => Findings.merge(all, output.findings), warned)
  return findings.errors.length > 0
    ? ended("map_out_failed", findings, { tell: "FAILURE", reason: sentence(findings) })
    : ended("processed", findings, { outputs: result.outputs, touched: result.touched })
}

/** What the decision rests on. */
export interface Grounds {
  readonly claimed: Claimed
  readonly prepared: Prepared<unknown, never>
  readonly opened: Opened
  readonly parties: PartiesView
  readonly patience: Patience
  /** Where the document states its envelope. */
  readonly places: Pipeline<unknown>["places"]
  readonly context: RunContext
  /** Runs an effect in a savepoint: what fails inside leaves no trace. */
  readonly savepoint: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E | unknown>
}

/**
 * Decides. Fails only with what is worth trying again; every other failure and every defect is class 3, and its cause
 * goes to the log under the run's id.
 */
export const decide = Effect.fnUntraced(function* (grounds: Grounds) {
  const { claimed, prepared, opened, parties, context } = grounds
  const { envelope, findings, apply } = prepared
  if (apply === undefined || envelope === undefined) return mapInFailed(findings)
  const accepted = claimed.given["acceptDuplicate"] === "yes"
  if (opened.sameBytes !== undefined && !accepted) return resent(opened.sameBytes)
  const violations: Array<Violation> = []
  if (opened.sameNumber !== undefined && !accepted)
    violations.push(duplicate(claimed, envelope.controlNumber, opened.sameNumber, grounds))
  if (!parties.speaksFor(claimed.company, envelope.sender, envelope.receiver))
    violations.push(
      EngineRules.notAuthentic.raise(
        { sender: envelope.sender, company: parties.nameOf(claimed.company) },
        { value: envelope.sender, path: grounds.places.sender }
      )
    )
  // Nothing of the stored data is looked at, or told, for a sender who may not ask.
  if (violations.length > 0) return refused(refusal(violations), claimed, grounds.patience, context.clock, findings)
  // Accepted duplicates have their effects but do not take the number from the message that holds it.
  const holds = opened.sameNumber === undefined && opened.sameBytes === undefined
  const verdict = yield* attempt(grounds, apply(context), findings)
  return verdict.outcome === "processed" || verdict.outcome === "waiting" ? { ...verdict, holds } : verdict
})

const refusal = (violations: Refused["violations"]): Refused => ({
  _tag: "Refused",
  violations,
  waitFor: [],
  park: undefined
})

/** A document of ours that may not leave: undoes the effects on its way out of the savepoint. */
class Unsendable {
  readonly result: AppliedBytes
  constructor(result: AppliedBytes) {
    this.result = result
  }
}

const attempt = Effect.fnUntraced(function* (
  grounds: Grounds,
  apply: Effect.Effect<AppliedBytes, unknown>,
  findings: Findings.Findings
) {
  const { claimed, context, patience } = grounds
  const checked = Effect.filterOrFail(
    apply,
    ({ outputs }) => outputs.every((output) => output.findings.errors.length === 0),
    (result) => new Unsendable(result)
  )
  const stopping = Effect.tap(checked, () => Checkpoint.reached("flow/applied", claimed.id))
  const exit = yield* Effect.exit(grounds.savepoint(stopping))
  if (Exit.isSuccess(exit)) return applied(exit.value, findings)
  if (Cause.hasInterrupts(exit.cause)) return yield* Effect.failCause(exit.cause)
  const error = Cause.squash(exit.cause)
  if (error instanceof Unsendable) return applied(error.result, findings)
  if (isRefused(error)) return refused(error, claimed, patience, context.clock, findings)
  if (isRetryable(error)) return yield* Effect.fail(error)
  yield* Effect.logError(`run ${context.runId} of message ${context.messageId} broke`, exit.cause)
  return internal(context.runId, findings)
})
