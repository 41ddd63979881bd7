/**
 * The way of one claimed message: prepare outside any transaction, then one commit transaction that holds effects, run,
 * outbound messages and status together, guarded by the fence. Use it through `Worker`; replay uses it too.
 *
 * Whatever happens, the message ends as processed, failed with a report, or waiting with a reason and a deadline. What
 * throws is class 3; what is worth another try (a deadlock, a dead parser thread) is tried again; a lost lease changes
 * nothing at all.
 */
import { createHash } from "node:crypto"
import { Cause, Clock, Context, Data, Duration, Effect, Exit, Layer, Schedule } from "effect"
import { Destinations } from "./Channel.ts"
import * as Checkpoint from "./Checkpoint.ts"
import * as EngineRules from "./EngineRules.ts"
import * as Findings from "./Findings.ts"
import * as FlowQueries from "./FlowQueries.ts"
import { Journal } from "./Journal.ts"
import { Limits } from "./Limits.ts"
import { Parties, type PartiesView, SeenConfiguration } from "./Parties.ts"
import type { Output, Prepared, RunContext } from "./Pipeline.ts"
import { type Registered, Registry } from "./Registry.ts"
import * as Report from "./Report.ts"
import * as Reporter from "./Reporter.ts"
import * as Telemetry from "./Telemetry.ts"
import * as Verdict from "./Verdict.ts"
import { version } from "./Version.ts"

/** The message could not be brought to an end; it was given back and will be tried again. */
export class FlowError extends Data.TaggedError("FlowError")<{
  readonly reason: { readonly _tag: "GivenBack"; readonly isRetryable: true; readonly whoActs: "nobody" }
  readonly message: string
  readonly cause: unknown
}> {}

/** How an attempt ended, for replay, the command line and the log. */
export interface Ended {
  readonly messageId: number
  readonly runId: number
  readonly pipeline: string | undefined
  readonly envelope: Envelope
  readonly verdict: Verdict.Verdict
  /** Everything that was journaled to go out, reports included. */
  readonly outputs: ReadonlyArray<Output>
}

type Envelope = FlowQueries.Ending["envelope"]

/** A message as far as it gets without stored data. */
interface Candidate {
  readonly registered: Registered | undefined
  readonly bytes: Uint8Array
  readonly envelope: Envelope
  readonly prepared: Prepared<unknown, never>
  /** Set when the process, the parser or the pipeline broke on it: class 3 before anything else. */
  readonly broken: boolean
}

export class Flow extends Context.Service<
  Flow,
  {
    /** Claims up to `limit` messages that may run now; at most one of them was under way when a process died. */
    readonly claim: (limit: number) => Effect.Effect<ReadonlyArray<FlowQueries.Claimed>, FlowError>
    /** Claims this very message, whatever its lane; undefined when it is not open. For replay and trials. */
    readonly take: (messageId: number, runId?: number) => Effect.Effect<FlowQueries.Claimed | undefined, FlowError>
    /** Brings a claimed message to an end, once `after` is done; undefined when the claim was lost meanwhile. */
    readonly process: (
      claimed: FlowQueries.Claimed,
      after?: Effect.Effect<void>
    ) => Effect.Effect<Ended | undefined, FlowError>
    /** Has waiting messages tried at once: a process that died may not have come to say what they wait for. */
    readonly rouse: Effect.Effect<void, FlowError>
    /** When the next waiting message becomes due. */
    readonly nextDue: Effect.Effect<Date | undefined, FlowError>
  }
>()("throughline/engine/Flow") {}

const givenBack = (message: string) => (cause: unknown) =>
  new FlowError({ reason: { _tag: "GivenBack", isRetryable: true, whoActs: "nobody" }, message, cause })

/** A database that restarts is back within half a minute; a claim lasts a minute. Conflicts are tried again further down. */
const outages = Schedule.max([
  Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("2 seconds")]),
  Schedule.recurs(20)
]).pipe(Schedule.jittered)

const digits = (moment: Date): string => moment.toISOString().replace(/\D/gu, "").slice(0, 14)

const controlNumber = (clock: Date, messageId: number) => (outputIndex: number) =>
  `${digits(clock)}${`${messageId}`.padStart(3, "0")}${outputIndex === 0 ? "" : `-${outputIndex}`}`

const storable = ({ sender, receiver, controlNumber }: Envelope): Envelope => ({
  sender: sender === undefined ? undefined : Report.storable(sender),
  receiver: receiver === undefined ? undefined : Report.storable(receiver),
  controlNumber: controlNumber === undefined ? undefined : Report.storable(controlNumber)
})

const nothing: Envelope = { sender: undefined, receiver: undefined, controlNumber: undefined }

export const layer = Layer.effect(
  Flow,
  Effect.gen(function* () {
    const queries = yield* FlowQueries.make
    const journal = yield* Journal
    const registry = yield* Registry
    const parties = yield* Parties
    const limits = yield* Limits
    const destinations = yield* Destinations

    const claim = (limit: number) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        queries.claim(limit, Duration.toSeconds(limits.lease), new Date(now))
      ).pipe(Effect.mapError(givenBack("messages could not be claimed")))

    const take = (messageId: number, runId?: number) =>
      queries
        .take(messageId, Duration.toSeconds(limits.lease), runId)
        .pipe(Effect.mapError(givenBack(`message ${messageId} could not be claimed`)))

    /** Class 1, and which pipeline it is. */
    const read = Effect.fn("Flow.read")(function* (claimed: FlowQueries.Claimed) {
      const bytes = claimed.bytes ?? (yield* journal.bytes(claimed.id))
      const format = registry.formatOf(bytes)
      const { envelope, root } = yield* format.sniff(bytes)
      const registered = registry.find(claimed.type, root)
      const failed = (findings: Findings.Findings): Candidate => ({
        registered,
        bytes,
        envelope,
        prepared: { envelope: undefined, findings, apply: undefined },
        broken: false
      })
      if (claimed.size > bytes.length || claimed.size > limits.maxBytes) {
        const sizes = { bytes: `${claimed.size}`, limit: `${limits.maxBytes}` }
        return failed(Findings.of([EngineRules.tooLarge.raise(sizes)]))
      }
      if (registered === undefined) {
        const unknown = EngineRules.unknownType.raise(
          { type: claimed.type, known: registry.types.join(", ") },
          { value: claimed.type }
        )
        return failed(Findings.merge(Findings.of([unknown]), yield* format.inspect(bytes)))
      }
      const prepared = yield* registered.pipeline.prepare(bytes)
      const candidate: Candidate = {
        registered,
        bytes,
        envelope: prepared.envelope ?? envelope,
        prepared,
        broken: false
      }
      return candidate
    })

    const prepare = Effect.fnUntraced(function* (claimed: FlowQueries.Claimed) {
      const broken = (bytes: Uint8Array): Candidate => ({
        registered: undefined,
        bytes,
        envelope: nothing,
        prepared: { envelope: undefined, findings: Findings.none, apply: undefined },
        broken: true
      })
      // Its bytes are not looked at any more, not even for the annotated copy: they may be what kills.
      if (claimed.attempts > limits.maxAttempts) return broken(new Uint8Array())
      const exit = yield* Effect.exit(read(claimed))
      if (Exit.isSuccess(exit)) return exit.value
      if (Cause.hasInterrupts(exit.cause)) return yield* Effect.failCause(exit.cause)
      const error = Cause.squash(exit.cause)
      if (FlowQueries.isRetryable(error)) return yield* Effect.fail(error)
      yield* Effect.logError(`run ${claimed.runId} of message ${claimed.id} broke`, exit.cause)
      return broken(claimed.bytes ?? new Uint8Array())
    })

    /** What the message's format has to be told in any case; it cannot keep the message from ending. */
    const acknowledgments = Effect.fnUntraced(function* (
      candidate: Candidate,
      verdict: Verdict.Verdict,
      context: RunContext
    ) {
      const { acknowledge } = candidate.prepared
      if (acknowledge === undefined || verdict.outcome === "waiting") return []
      const exit = yield* Effect.exit(acknowledge(context, verdict.outputs.length))
      if (Exit.isFailure(exit)) {
        if (Cause.hasInterrupts(exit.cause)) return yield* Effect.failCause(exit.cause)
        yield* Effect.logError(`message ${context.messageId} could not be acknowledged`, exit.cause)
        return []
      }
      const unsendable = exit.value.flatMap(({ findings }) => findings.errors)
      if (unsendable.length === 0) return exit.value
      yield* Effect.logError(`the acknowledgment of message ${context.messageId} may not leave`, unsendable)
      return []
    })

    /** The documents a verdict sends: answers, acknowledgments, and a report where one is due. */
    const outputsOf = Effect.fnUntraced(function* (
      claimed: FlowQueries.Claimed,
      candidate: Candidate,
      verdict: Verdict.Verdict,
      view: PartiesView,
      context: RunContext
    ) {
      const wanted = verdict.outcome === "processed" && view.wantsSuccess(claimed.company) ? "SUCCESS" : undefined
      const result = verdict.tell ?? wanted
      const sent = [...verdict.outputs, ...(yield* acknowledgments(candidate, verdict, context))]
      if (result === undefined) return sent
      const report = Report.make({
        type: claimed.type,
        fileName: claimed.fileName,
        messageId: claimed.id,
        runId: claimed.runId,
        receivedAt: claimed.receivedAt,
        clock: context.clock,
        controlNumber: context.controlNumber(sent.length),
        envelope: candidate.envelope,
        result,
        duplicateOf: verdict.duplicateOf,
        findings: verdict.findings
      })
      const documents = yield* Reporter.documents({
        report,
        findings: verdict.findings,
        to: claimed.company,
        bytes: candidate.bytes,
        pipeline: candidate.registered?.pipeline,
        format: registry.formatOf(candidate.bytes),
        sends: registry.report(view.reportNamespace)
      })
      return [...sent, ...documents]
    })

    const commit = Effect.fn("Flow.commit")(function* (
      claimed: FlowQueries.Claimed,
      candidate: Candidate,
      clock: Date,
      started: number
    ) {
      const { registered, envelope, prepared } = candidate
      const opened = yield* queries.open(claimed, prepared.envelope?.controlNumber)
      if (opened === undefined) return undefined
      yield* Checkpoint.reached("flow/opened", claimed.id)
      const seen = Effect.provideService(SeenConfiguration, opened.configuration)
      const view = yield* seen(parties.view)
      const context: RunContext = {
        messageId: claimed.id,
        runId: claimed.runId,
        type: claimed.type,
        fileName: claimed.fileName,
        clock,
        company: claimed.company,
        given: claimed.given,
        controlNumber: controlNumber(clock, claimed.id)
      }
      const decided = candidate.broken
        ? Verdict.internal(claimed.runId)
        : yield* seen(
            Verdict.decide({
              claimed,
              prepared,
              opened,
              parties: view,
              patience: registered?.pipeline.patience ?? limits.patience,
              places: registered?.pipeline.places ?? {},
              context,
              savepoint: queries.savepoint
            })
          )
      const findings = yield* Reporter.located(decided.findings, candidate.bytes, registered?.pipeline)
      const verdict: Verdict.Verdict = { ...decided, findings }
      const outputs = yield* outputsOf(claimed, candidate, verdict, view, context)
      const answered = { from: claimed.company, sender: envelope.sender, receiver: envelope.receiver }
      const now = yield* Clock.currentTimeNanos
      yield* queries.finish({
        claimed,
        clock,
        durationMs: (Number(now) - started) / 1e6,
        outcome: verdict.outcome,
        reason: verdict.reason,
        pipeline: registered?.pipeline.name,
        map: registered?.pipeline.map,
        versions: {
          engine: version,
          ...(registered === undefined ? {} : { map: registered.pipeline.map, schema: registered.schemaDigest })
        },
        envelope: storable(envelope),
        errors: findings.errors.map(Report.line),
        warnings: findings.warnings.map(Report.line),
        totals: findings.totals,
        duplicateOf: verdict.duplicateOf?.message,
        holds: verdict.holds,
        retryAt: verdict.wait?.retryAt,
        waitUntil: verdict.wait?.until,
        waitKeys: verdict.wait?.keys ?? verdict.touched,
        snapshot: opened.snapshot,
        outputs: outputs.map((output) => ({
          company: output.to,
          destination: destinations(output.to, output.type, view.counterpart(output.to, answered)),
          type: output.type,
          map: output.map,
          fileName: output.fileName,
          controlNumber: output.controlNumber,
          sha256: new Uint8Array(createHash("sha256").update(output.bytes).digest()),
          bytes: output.bytes
        })),
        deliverUntil: new Date(clock.getTime() + Duration.toMillis(limits.deliverWithin))
      })
      yield* Checkpoint.reached("flow/finished", claimed.id)
      const ended: Ended = {
        messageId: claimed.id,
        runId: claimed.runId,
        pipeline: registered?.pipeline.name,
        envelope,
        verdict,
        outputs
      }
      return ended
    })

    /** A claim is kept alive while its document is read or waited for, however long that takes. */
    const keepAlive = <A, E>(claimed: FlowQueries.Claimed, effect: Effect.Effect<A, E>) =>
      queries
        .renew(claimed, Duration.toSeconds(limits.lease))
        .pipe(
          Effect.ignore,
          Effect.schedule(Schedule.spaced(Duration.times(limits.lease, 1 / 3))),
          Effect.andThen(Effect.never),
          (renewing) => Effect.raceFirst(effect, renewing)
        )

    const process = Effect.fn("Flow.process")(function* (claimed: FlowQueries.Claimed, after?: Effect.Effect<void>) {
      if (after !== undefined) yield* keepAlive(claimed, after)
      const started = Number(yield* Clock.currentTimeNanos)
      const clock = new Date(yield* Clock.currentTimeMillis)
      yield* Checkpoint.reached("flow/claimed", claimed.id)
      const candidate = yield* keepAlive(
        claimed,
        Effect.provideService(prepare(claimed), SeenConfiguration, claimed.configuration)
      )
      yield* Checkpoint.reached("flow/prepared", claimed.id)
      let decided: Ended | undefined
      const deciding = Effect.tap(commit(claimed, candidate, clock, started), (ended) =>
        Effect.sync(() => {
          decided = ended ?? decided
        })
      )
      const again = { schedule: outages, while: FlowQueries.isRetryable }
      const ended = yield* Effect.retry(queries.transaction(deciding), again)
      if (ended !== undefined) {
        yield* Checkpoint.reached("flow/committed", claimed.id)
        yield* Telemetry.messageEnded(ended, started)
      }
      // Nothing to end after a try that did: the connection went while it committed, and that may have succeeded.
      const told = ended ?? decided
      if (told !== undefined) {
        if (told.outputs.length > 0) yield* journal.departures.open
        if (told.verdict.touched.length > 0) yield* Effect.retry(queries.wake(told.verdict.touched, clock), again)
        if (told.verdict.outcome === "waiting") yield* Effect.retry(queries.wakeIfMissed(claimed, clock), again)
      }
      return ended
    })

    /**
     * Gives the claim back on trouble, and on an interruption too, so that a graceful stop leaves nothing claimed. Only
     * trouble with the message counts towards calling it poison; the database's does not.
     */
    const guarded = (claimed: FlowQueries.Claimed, after?: Effect.Effect<void>) =>
      process(claimed, after).pipe(
        Effect.onInterrupt(() => Effect.ignore(Effect.retry(queries.release(claimed, false), { times: 2 }))),
        Effect.tapCause((cause) => {
          if (Cause.hasInterrupts(cause)) return Effect.void
          const release = queries.release(claimed, !FlowQueries.isOutage(Cause.squash(cause)))
          return Effect.ignore(Effect.retry(release, { schedule: outages, while: FlowQueries.isRetryable }))
        }),
        Effect.catchCause((cause) =>
          Cause.hasInterruptsOnly(cause)
            ? Effect.failCause(Cause.interrupt())
            : Effect.fail(givenBack(`message ${claimed.id} was given back`)(Cause.squash(cause)))
        )
      )

    return {
      claim,
      take,
      process: guarded,
      rouse: Effect.flatMap(Clock.currentTimeMillis, (now) => queries.rouse(new Date(now))).pipe(
        Effect.mapError(givenBack("waiting messages could not be roused"))
      ),
      nextDue: queries.nextDue.pipe(Effect.mapError(givenBack("waiting messages could not be read")))
    }
  })
)
