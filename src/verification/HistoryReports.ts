/**
 * Reports over the verification history, as jobs: submitted, polled, downloaded as CSV. A report spans at most seven days
 * (a longer span is cut to its first seven) within the last twelve years, and holds what its company may see.
 *
 * Reports survive the process: another one takes up what a dead one left. Fails with `HistoryReportsError`: what was asked
 * is wrong, there is no such report of this company, or the database does not answer.
 */
import { randomBytes } from "node:crypto"
import { Clock, Context, Data, Duration, Effect, Layer, Stream } from "effect"
import { isRetryable } from "../engine/Failure.ts"
import { Partners } from "../partners/Partners.ts"
import { isDay } from "../partners/WorldFields.ts"
import { visibleTo } from "./History.ts"
import * as Csv from "./HistoryCsv.ts"
import { oldestDay, type ReportFilter, yearsBack } from "./HistoryModel.ts"
import * as HistoryQueries from "./HistoryQueries.ts"
import * as Queries from "./HistoryReportQueries.ts"

export type HistoryReportsReason =
  | { readonly _tag: "Invalid"; readonly isRetryable: false; readonly whoActs: "sender" }
  | { readonly _tag: "NotFound"; readonly isRetryable: false; readonly whoActs: "sender" }
  | { readonly _tag: "Unavailable"; readonly isRetryable: boolean; readonly whoActs: "operator" }

export class HistoryReportsError extends Data.TaggedError("HistoryReportsError")<{
  readonly reason: HistoryReportsReason
  readonly detail: string
  readonly cause?: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return this.detail
  }
}

/** What a report is wanted over. */
export interface Wanted {
  readonly company: string
  /** Key or person, for the list of reports. */
  readonly requestedBy: string
  /** DD-MM-YYYY, both included, UTC. */
  readonly first: string
  readonly last: string
  readonly filter?: ReportFilter | undefined
}

/** Where a report stands. */
export interface Report {
  readonly id: string
  readonly requestedBy: string
  readonly status: "submitted" | "done" | "failed"
  /** DD-MM-YYYY. */
  readonly first: string
  readonly last: string
  readonly filter: ReportFilter
  readonly submittedAt: Date
  readonly finishedAt?: Date | undefined
  readonly rows?: number | undefined
  /** Once it can be downloaded. */
  readonly fileId?: string | undefined
  readonly detail?: string | undefined
}

export class HistoryReports extends Context.Service<
  HistoryReports,
  {
    readonly submit: (wanted: Wanted) => Effect.Effect<Report, HistoryReportsError>
    readonly poll: (company: string, id: string) => Effect.Effect<Report, HistoryReportsError>
    /** Newest first, at most 100. */
    readonly list: (company: string) => Effect.Effect<ReadonlyArray<Report>, HistoryReportsError>
    /** The bytes of a report that is done. */
    readonly file: (company: string, fileId: string) => Stream.Stream<Uint8Array, HistoryReportsError>
    /** Does what waits to be done, until nothing does. */
    readonly work: Effect.Effect<void, HistoryReportsError>
  }
>()("throughline/verification/HistoryReports") {}

const longestSpan = 7
const day = 86_400_000
/** Rows read and written at a time: some 2 MB of text. */
const partSize = 10_000
/** A week of the busiest producer takes minutes; a process that needs longer is dead. */
const lease = Duration.minutes(15)
const attempts = 3
/** How long a report waits at most after a process died, or was submitted to another. */
const looks = Duration.seconds(10)

const failed = (cause: unknown) =>
  new HistoryReportsError({
    reason: { _tag: "Unavailable", isRetryable: isRetryable(cause), whoActs: "operator" },
    detail: "The verification history could not be read or written",
    cause
  })
const invalid = (detail: string) =>
  new HistoryReportsError({ reason: { _tag: "Invalid", isRetryable: false, whoActs: "sender" }, detail })
const notFound = new HistoryReportsError({
  reason: { _tag: "NotFound", isRetryable: false, whoActs: "sender" },
  detail: "There is no such report"
})

/** `24-11-2026` as `2026-11-24`; undefined for what is no day. */
export const isoOf = (text: string): string | undefined => {
  const iso = text.split("-").reverse().join("-")
  return /^\d{2}-\d{2}-\d{4}$/u.test(text) && isDay(iso) ? iso : undefined
}
const written = (iso: string): string => iso.split("-").reverse().join("-")
const isoDay = (at: number): string => new Date(at).toISOString().slice(0, 10)

const reportOf = (row: Queries.ReportRow): Report => ({
  id: row.id,
  requestedBy: row.requestedBy,
  status: row.status,
  first: written(row.first),
  last: written(row.last),
  filter: row.filter,
  submittedAt: row.submittedAt,
  finishedAt: row.finishedAt ?? undefined,
  rows: row.rows ?? undefined,
  fileId: row.status === "done" ? row.id : undefined,
  detail: row.detail ?? undefined
})

/** The days of a report, or what is wrong with them. */
export const spanOf = (wanted: Pick<Wanted, "first" | "last">, now: number) => {
  const [first, last] = [isoOf(wanted.first), isoOf(wanted.last)]
  if (first === undefined || last === undefined) {
    const wrong = [first === undefined ? "startDateRange" : [], last === undefined ? "endDateRange" : []].flat()
    return Effect.fail(invalid(wrong.map((field) => `${field} must be a date as DD-MM-YYYY`).join("; ")))
  }
  if (last < first) return Effect.fail(invalid("endDateRange must not be before startDateRange"))
  if (first < isoDay(oldestDay(now, yearsBack).getTime())) {
    return Effect.fail(invalid(`startDateRange must be within the last ${yearsBack} years`))
  }
  const cut = isoDay(Date.parse(first) + (longestSpan - 1) * day)
  return Effect.succeed({ first, last: last < cut ? last : cut })
}

const make = Effect.gen(function* () {
  const queries = yield* Queries.make
  const history = yield* HistoryQueries.make
  const partners = yield* Partners

  const submit = Effect.fn("HistoryReports.submit")(function* (wanted: Wanted) {
    const now = yield* Clock.currentTimeMillis
    const span = yield* spanOf(wanted, now)
    const row = {
      ...span,
      id: randomBytes(16).toString("hex"),
      company: wanted.company,
      requestedBy: wanted.requestedBy,
      filter: wanted.filter ?? "All",
      submittedAt: new Date(now)
    }
    yield* Effect.mapError(queries.submit(row), failed)
    return reportOf({ ...row, status: "submitted", finishedAt: null, rows: null, detail: null })
  })

  const find = (company: string, id: string) =>
    Effect.filterOrFail(
      Effect.mapError(queries.find(company, id), failed),
      (row) => row !== undefined,
      () => notFound
    )

  const write = Effect.fnUntraced(function* (report: Queries.ReportRow) {
    const visible = yield* Effect.provideService(visibleTo({ company: report.company }), Partners, partners)
    const from = new Date(Date.parse(report.first))
    const to = new Date(Date.parse(report.last) + day)
    const encoder = new TextEncoder()
    let rows = 0
    let part = 0
    yield* queries.addPart(report.id, part, encoder.encode(Csv.heading))
    yield* history.pages(visible, { from, to, filter: report.filter }, partSize, (some) => {
      rows += some.length
      part += 1
      return queries.addPart(report.id, part, encoder.encode(some.map(Csv.line).join("")))
    })
    yield* queries.finish(report.id, rows, new Date(yield* Clock.currentTimeMillis))
  })

  const work = Effect.gen(function* () {
    while (true) {
      const now = yield* Clock.currentTimeMillis
      yield* queries.giveUp(new Date(now), attempts, "It was tried several times and could not be made.")
      const report = yield* queries.claim(new Date(now), new Date(now + Duration.toMillis(lease)), attempts)
      if (report === undefined) return
      yield* write(report)
    }
  }).pipe(Effect.mapError(failed))

  const file = (company: string, fileId: string) =>
    Stream.unwrap(
      Effect.gen(function* () {
        const { status } = yield* find(company, fileId)
        if (status !== "done") return yield* notFound
        return Stream.unfold(0, (part) =>
          Effect.map(Effect.mapError(queries.part(fileId, part), failed), (bytes) =>
            bytes === undefined ? undefined : ([bytes, part + 1] as const)
          )
        )
      })
    )

  return HistoryReports.of({
    submit,
    poll: (company, id) => Effect.map(find(company, id), reportOf),
    list: (company) => Effect.map(Effect.mapError(queries.list(company, 100), failed), (rows) => rows.map(reportOf)),
    file,
    work
  })
})

export const layer = Layer.effect(HistoryReports, make)

/** Does the jobs of all processes that nobody does; for a process that serves. */
export const working = Layer.effectDiscard(
  Effect.flatMap(HistoryReports, ({ work }) =>
    Effect.forkScoped(
      work.pipe(
        Effect.catch((error) => Effect.logWarning("verification reports are not made at the moment", error)),
        Effect.andThen(Effect.sleep(looks)),
        Effect.forever
      )
    )
  )
)
