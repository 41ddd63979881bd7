/**
 * The operator's desk, reading side: which messages there are, how they stand, and everything about one of them. What a
 * person then does is `Operator`'s. Nothing here changes anything.
 *
 * Fails with `DeskError` when the database does not answer; that something is not there is an answer.
 */
import { Clock, Context, Data, Duration, Effect, Layer } from "effect"
import * as DeskQueries from "./DeskQueries.ts"
import { isRetryable } from "./Failure.ts"

export type { ActRow, DeliveryRow, EndingRow, Filter, MessageRow, RunRow } from "./DeskQueries.ts"

export class DeskError extends Data.TaggedError("DeskError")<{
  readonly reason: { readonly _tag: "Unavailable"; readonly isRetryable: boolean; readonly whoActs: "operator" }
  readonly cause: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return "The journal could not be read"
  }
}

/** Everything about one message. */
export interface Dossier {
  readonly message: DeskQueries.MessageRow
  readonly runs: ReadonlyArray<DeskQueries.RunRow>
  readonly answers: ReadonlyArray<DeskQueries.MessageRow>
  readonly deliveries: ReadonlyArray<DeskQueries.DeliveryRow>
  readonly acts: ReadonlyArray<DeskQueries.ActRow>
}

/** A message whose file in a channel's folder may have to move. */
export interface Ended {
  readonly messageId: number
  readonly company: string
  readonly type: string
  readonly fileName: string
  readonly failed: boolean
}

export class Desk extends Context.Service<
  Desk,
  {
    /** Messages, newest first. */
    readonly list: (filter: DeskQueries.Filter) => Effect.Effect<ReadonlyArray<DeskQueries.MessageRow>, DeskError>
    readonly dossier: (id: number) => Effect.Effect<Dossier | undefined, DeskError>
    /** Attempts that ended, with an id above `after`; `newestRun` is where to begin. */
    readonly endings: (after: number) => Effect.Effect<ReadonlyArray<DeskQueries.EndingRow>, DeskError>
    readonly newestRun: Effect.Effect<number, DeskError>
    /** Messages of a channel that failed within this time, or ended after an operator had them processed again. */
    readonly endedWithin: (channel: string, time: Duration.Duration) => Effect.Effect<ReadonlyArray<Ended>, DeskError>
  }
>()("throughline/engine/Desk") {}

const failed = (cause: unknown) =>
  new DeskError({ reason: { _tag: "Unavailable", isRetryable: isRetryable(cause), whoActs: "operator" }, cause })

export const layer = Layer.effect(
  Desk,
  Effect.gen(function* () {
    const queries = yield* DeskQueries.make

    const dossier = Effect.fn("Desk.dossier")(function* (id: number) {
      const message = yield* queries.message(id)
      if (message === undefined) return undefined
      const found: Dossier = {
        message,
        runs: yield* queries.runs(id),
        answers: yield* queries.answers(id),
        deliveries: yield* queries.deliveries(id),
        acts: yield* queries.acts(id)
      }
      return found
    }, Effect.mapError(failed))

    const endedWithin = Effect.fnUntraced(function* (channel: string, time: Duration.Duration) {
      const now = yield* Clock.currentTimeMillis
      return yield* queries.ended(channel, new Date(now - Duration.toMillis(time)))
    }, Effect.mapError(failed))

    return {
      list: (filter) => Effect.mapError(queries.list(filter), failed),
      dossier,
      endings: (after) => Effect.mapError(queries.endings(after), failed),
      newestRun: Effect.mapError(queries.newestRun, failed),
      endedWithin
    }
  })
)
