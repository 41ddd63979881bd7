/**
 * What a person may do to a message by hand: have it processed again, have its answers delivered again, note that a
 * failure is settled. Every act is journaled with who did it and why, in the statement that does it; what overrides a
 * refusal is in the audit trail too.
 *
 * An act that cannot be is refused with the reason and the next step, and changes nothing; so a message that was
 * processed, or that a worker holds at this moment, is never run twice.
 */
import { Clock, Context, Data, Duration, Effect, Layer } from "effect"
import * as Audit from "../audit/Audit.ts"
import { Destinations } from "./Channel.ts"
import { isRetryable } from "./Failure.ts"
import { Journal } from "./Journal.ts"
import { Limits } from "./Limits.ts"
import * as OperatorQueries from "./OperatorQueries.ts"
import { Parties } from "./Parties.ts"

export type OperatorReason =
  /** There is no message, or no delivery, of that id. */
  | { readonly _tag: "NotFound"; readonly isRetryable: false; readonly whoActs: "operator" }
  /** The message's status does not allow the act. */
  | { readonly _tag: "NotAllowed"; readonly isRetryable: false; readonly whoActs: "operator" }
  /** A worker has it right now. */
  | { readonly _tag: "Busy"; readonly isRetryable: true; readonly whoActs: "operator" }
  /** The database did not answer. */
  | { readonly _tag: "Unavailable"; readonly isRetryable: boolean; readonly whoActs: "operator" }

export class OperatorError extends Data.TaggedError("OperatorError")<{
  readonly reason: OperatorReason
  readonly message: string
  /** What to do instead. */
  readonly next?: string | undefined
  readonly cause?: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
}

/** Who does it, and why. */
export interface By {
  readonly actor: string
  readonly why: string
}

export interface Reprocess extends By {
  readonly messageId: number
  /** What the operator gives it: `{ acceptDuplicate: "yes" }`, `{ transferTo: "GLN:8779891024769" }`. */
  readonly given?: Readonly<Record<string, string>> | undefined
}

export type Redeliver = By & ({ readonly messageId: number } | { readonly deliveryId: number })

export interface Reconcile extends By {
  readonly messageId: number
}

export type { Queued } from "./OperatorQueries.ts"

export class Operator extends Context.Service<
  Operator,
  {
    /** Has a waiting or failed message tried again at once, with what is given added to what it was given before. */
    readonly reprocess: (act: Reprocess) => Effect.Effect<void, OperatorError>
    /**
     * Queues an outbound message once more: same bytes, name and control number. The id of an inbound message means
     * everything that answered it.
     */
    readonly redeliver: (act: Redeliver) => Effect.Effect<ReadonlyArray<OperatorQueries.Queued>, OperatorError>
    /** Notes that a failed message, or one that could not be delivered, needs no more attention. */
    readonly reconcile: (act: Reconcile) => Effect.Effect<void, OperatorError>
  }
>()("throughline/engine/Operator") {}

const unavailable = (cause: unknown) =>
  new OperatorError({
    reason: { _tag: "Unavailable", isRetryable: isRetryable(cause), whoActs: "operator" },
    message: "The database did not take the change; nothing was changed.",
    cause
  })

const notFound = (what: string) =>
  new OperatorError({
    reason: { _tag: "NotFound", isRetryable: false, whoActs: "operator" },
    message: `There is no ${what}.`,
    next: "`throughline messages` lists what there is."
  })

const notAllowed = (message: string, next?: string) =>
  new OperatorError({ reason: { _tag: "NotAllowed", isRetryable: false, whoActs: "operator" }, message, next })

const busy = (message: string, next: string) =>
  new OperatorError({ reason: { _tag: "Busy", isRetryable: true, whoActs: "operator" }, message, next })

const outbound = (id: number) =>
  notAllowed(`Message ${id} is one we sent.`, `\`throughline redeliver ${id}\` delivers it once more.`)

/** Why a message may not be processed again. */
const notReprocessed = ({ id, direction, status, duplicateOf }: OperatorQueries.State): OperatorError => {
  if (direction === "out") return outbound(id)
  if (status === "received")
    return notAllowed(`Message ${id} was not processed yet: it is next in its lane or behind others.`)
  if (status === "processing") {
    return busy(
      `Message ${id} is being processed at this moment.`,
      `Look again in a moment: \`throughline message ${id}\`.`
    )
  }
  if (duplicateOf !== undefined) {
    return notAllowed(
      `Message ${id} has the same bytes as message ${duplicateOf}; it was answered with a pointer to it and changed nothing.`,
      `\`throughline reprocess ${id} --accept-duplicate --why TEXT\` processes it all the same.`
    )
  }
  return notAllowed(
    `Message ${id} was processed; processing it again would make its effects twice.`,
    `\`throughline replay --message ${id}\` shows what it would do today, \`throughline redeliver ${id}\` sends its answers again.`
  )
}

/** Why there is nothing to settle. */
const notReconciled = ({ id, status, reconciled, delivery }: OperatorQueries.State): OperatorError => {
  if (reconciled)
    return notAllowed(`Message ${id} was reconciled before.`, `\`throughline message ${id}\` says by whom and why.`)
  const stands = delivery === undefined ? status : `${status}, its delivery ${delivery}`
  return notAllowed(`Message ${id} did not fail: it is ${stands}. Only failures are reconciled.`)
}

export const layer = Layer.effect(
  Operator,
  Effect.gen(function* () {
    const queries = yield* OperatorQueries.make
    const journal = yield* Journal
    const destinations = yield* Destinations
    const parties = yield* Parties
    const limits = yield* Limits
    const audit = yield* Audit.make

    /** Does it and records it, or neither; false when it could not be done. */
    const audited = (
      act: string,
      { messageId, ...by }: OperatorQueries.Act,
      done: Effect.Effect<boolean, unknown>,
      after: object
    ) =>
      queries
        .together(
          Effect.gen(function* () {
            const status = yield* queries.hold(messageId)
            if (!(yield* done)) return false
            yield* audit.record([{ act: `message.${act}`, subject: `${messageId}`, before: { status }, after }], by)
            return true
          })
        )
        .pipe(Effect.mapError(unavailable))

    const refusal = Effect.fnUntraced(function* (
      messageId: number,
      why: (state: OperatorQueries.State) => OperatorError
    ) {
      const state = yield* Effect.mapError(queries.state(messageId), unavailable)
      return yield* state === undefined ? notFound(`message ${messageId}`) : why(state)
    })

    const now = Effect.map(Clock.currentTimeMillis, (millis) => new Date(millis))

    const reprocess = Effect.fn("Operator.reprocess")(function* ({ messageId, why, actor, given = {} }: Reprocess) {
      const at = yield* now
      const accept = given["acceptDuplicate"] === "yes"
      const act = { messageId, why, actor, at }
      const after = { status: "received", given }
      const done = yield* audited("reprocessed", act, queries.reprocess(act, given, accept), after)
      if (!done) return yield* refusal(messageId, notReprocessed)
      yield* journal.arrivals.open
    })

    const targetsOf = Effect.fnUntraced(function* (act: Redeliver) {
      if ("messageId" in act) return yield* Effect.mapError(queries.targets(act.messageId), unavailable)
      const messageId = yield* Effect.mapError(queries.messageOfDelivery(act.deliveryId), unavailable)
      if (messageId === undefined) return yield* notFound(`delivery ${act.deliveryId}`)
      return yield* Effect.mapError(queries.targets(messageId), unavailable)
    })

    const redeliver = Effect.fn("Operator.redeliver")(function* (act: Redeliver) {
      const targets = yield* targetsOf(act)
      if (targets.length === 0 && "messageId" in act) {
        const { messageId } = act
        return yield* refusal(messageId, () => notAllowed(`Nothing was sent in answer to message ${messageId}.`))
      }
      const at = yield* now
      const view = yield* Effect.mapError(parties.view, unavailable)
      const destinationOf = ({ company, type, from, sender, receiver }: OperatorQueries.Target) => {
        const answered = { sender: sender ?? undefined, receiver: receiver ?? undefined }
        return destinations(company, type, from === null ? undefined : view.counterpart(company, { from, ...answered }))
      }
      const queued = yield* queries
        .redeliver(
          targets.map((target) => ({ id: target.id, destination: destinationOf(target) })),
          { why: act.why, actor: act.actor, at },
          new Date(at.getTime() + Duration.toMillis(limits.deliverWithin))
        )
        .pipe(Effect.mapError(unavailable))
      yield* journal.departures.open
      return queued
    })

    const reconcile = Effect.fn("Operator.reconcile")(function* ({ messageId, why, actor }: Reconcile) {
      const at = yield* now
      const act = { messageId, why, actor, at }
      const done = yield* audited("reconciled", act, queries.reconcile(act), { reconciled: true })
      if (!done) return yield* refusal(messageId, notReconciled)
    })

    return { reprocess, redeliver, reconcile }
  })
)
