/**
 * Every verification: who asked about which unit, what was answered, by whom, how fast. An answer leaves only after its
 * row is committed; rows are committed in groups, so that an answer costs a share of a commit.
 *
 * A producer sees what was asked about its products and what it asked itself, a consumer what it asked itself. Fails with
 * `HistoryError` when the database does not answer, or when more wait to be recorded than `waiting` allows.
 */
import { Context, Data, Duration, Effect, Layer } from "effect"
import { isRetryable } from "../engine/Failure.ts"
import { Partners } from "../partners/Partners.ts"
import * as Grouped from "./Grouped.ts"
import type { Entry, Listed, ReportFilter } from "./HistoryModel.ts"
import * as Queries from "./HistoryQueries.ts"

export type * from "./HistoryModel.ts"

export class HistoryError extends Data.TaggedError("HistoryError")<{
  readonly reason:
    | { readonly _tag: "Unavailable"; readonly isRetryable: boolean; readonly whoActs: "operator" }
    | { readonly _tag: "Overloaded"; readonly isRetryable: true; readonly whoActs: "nobody" }
  readonly cause?: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return this.reason._tag === "Overloaded"
      ? "More verifications wait to be recorded than may wait"
      : "The verification history could not be read or written"
  }
}

/** Who looks: a company, or the operator, who sees everything. */
export type Viewer = { readonly company: string } | "operator"

export interface Wanted {
  readonly from?: Date | undefined
  /** Not included. */
  readonly to?: Date | undefined
  readonly filter?: ReportFilter | undefined
  readonly limit: number
  /** The next page: below this id. */
  readonly before?: string | undefined
}

export class History extends Context.Service<
  History,
  {
    /** Commits it, together with others that come at the same time; gives its id. */
    readonly record: (entry: Entry) => Effect.Effect<string, HistoryError>
    /** Newest first. */
    readonly list: (viewer: Viewer, wanted: Wanted) => Effect.Effect<ReadonlyArray<Listed>, HistoryError>
    /** Deletes what is older than a moment, some thousand rows at a time; gives how many. */
    readonly prune: (before: Date) => Effect.Effect<number, HistoryError>
  }
>()("throughline/verification/History") {}

export const failed = (cause: unknown): HistoryError =>
  new HistoryError({ reason: { _tag: "Unavailable", isRetryable: isRetryable(cause), whoActs: "operator" }, cause })

/** Rows of one insert: one JSON text of some 250 kB. */
const groupSize = 512
/** While one group is committed the next one is sent. */
const lanes = 2
/** At a thousand answers a second: some seconds of a database that stands still, and then better no than late. */
const waiting = 4096
/** A group is committed in milliseconds; whoever waits this long for an answer is better told that there is none. */
const recordTime = Duration.seconds(5)
const tooSlow = new HistoryError({ reason: { _tag: "Unavailable", isRetryable: true, whoActs: "operator" } })
/** Rows deleted by one statement: short locks, and a prune that is stopped has kept what it did. */
const pruneSize = 10_000

/** What a company may see. */
export const visibleTo = (viewer: Viewer) =>
  viewer === "operator"
    ? Effect.succeed<Queries.Visible>({ company: undefined, isProducer: false })
    : Effect.map(
        Partners.use(({ current }) => current),
        (directory): Queries.Visible => {
          const role = directory.company(viewer.company)?.role
          return { company: viewer.company, isProducer: role === "producer" || role === "both" }
        }
      ).pipe(Effect.mapError(failed))

const make = Effect.gen(function* () {
  const queries = yield* Queries.make
  const partners = yield* Partners
  const record = yield* Grouped.make(
    (entries: ReadonlyArray<Entry>) =>
      Effect.mapError(queries.append(entries), failed).pipe(
        Effect.timeoutOrElse({ duration: recordTime, orElse: () => Effect.fail(tooSlow) })
      ),
    {
      size: groupSize,
      lanes,
      waiting,
      full: () => new HistoryError({ reason: { _tag: "Overloaded", isRetryable: true, whoActs: "nobody" } })
    }
  )

  const list = Effect.fn("History.list")(function* (viewer: Viewer, wanted: Wanted) {
    const visible = yield* Effect.provideService(visibleTo(viewer), Partners, partners)
    const { from, to, filter = "All", limit, before } = wanted
    return yield* Effect.mapError(queries.newest(visible, { from, to, filter }, { limit, before }), failed)
  })

  const prune = Effect.fn("History.prune")(function* (before: Date) {
    let total = 0
    while (true) {
      const some = yield* Effect.mapError(queries.prune(before, pruneSize), failed)
      total += some
      if (some < pruneSize) return total
    }
  })
  return { record, list, prune }
})

export const layer = Layer.effect(History, make)
