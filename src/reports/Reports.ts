/**
 * Reports: which there are, and any of them as rows or as bytes of a file. Both are streams that read the database as fast
 * as they are taken, in one statement on one snapshot, so that a million rows pass through a few megabytes.
 *
 * Fails with `ReportsError`, before the first byte for whatever can be known by then: the name, the filters, the settings
 * of the company. A stream that fails later gave a beginning that is worth nothing; whoever writes it down takes it away.
 */
import { Clock, Context, Effect, Layer, Stream } from "effect"
import * as TradeIndex from "../orders/TradeIndex.ts"
import { Partners } from "../partners/Partners.ts"
import * as Catalogue from "./Catalogue.ts"
import * as Filters from "./Filters.ts"
import * as PdfRendering from "./PdfRendering.ts"
import type { Format, Rendering, RenderOptions } from "./Rendering.ts"
import type { Cell, Report } from "./Report.ts"
import * as ReportQueries from "./ReportQueries.ts"
import { type ReportsError, switchedOff, unavailable, unknownReport } from "./ReportsError.ts"
import * as Scope from "./Scope.ts"
import * as TextRendering from "./TextRendering.ts"
import * as XlsxRendering from "./XlsxRendering.ts"

/** A report that somebody asked for, its filters proved. */
export interface Asked {
  readonly report: Report
  /** The company and filters in words, for people. */
  readonly subtitle: string
  /** Rows as cells in the order of the columns, a batch at a time. */
  readonly rows: Stream.Stream<ReadonlyArray<ReadonlyArray<Cell>>, ReportsError>
}

export interface Wanted {
  readonly name: string
  /** By name, as the report takes them. */
  readonly filters: Readonly<Record<string, unknown>>
  /** The company it is about, where that is not for the filters to say. */
  readonly company?: string | undefined
  /** At most this many rows. */
  readonly limit?: number | undefined
}

/** Rows that are rendered at a time. Fewer cost more calls, more cost memory. */
const batch = 2_000
/** Batches read ahead while one is written. */
const ahead = 2

const renderings: Readonly<Record<Format, (about: Parameters<typeof TextRendering.csv>[0]) => Rendering>> = {
  csv: TextRendering.csv,
  json: TextRendering.json,
  xlsx: XlsxRendering.xlsx,
  pdf: PdfRendering.pdf
}

const make = Effect.gen(function* () {
  const partners = yield* Partners
  const read = yield* ReportQueries.make

  const find = (name: string) => {
    const found = Catalogue.reports.find((report) => report.name === name)
    const names = Catalogue.reports.map((report) => report.name)
    return found === undefined ? Effect.fail(unknownReport(name, names)) : Effect.succeed(found)
  }

  /** Proves what is asked for. Nothing of the rows is read yet. */
  const ask = Effect.fn("Reports.ask")(function* ({ name, filters, company, limit }: Wanted) {
    const report = yield* find(name)
    const takes = company === undefined ? report.takes : Filters.ofCompany(report.takes)
    const decoded = yield* Filters.decode(filters, { takes, needs: report.needs })
    const chosen = company === undefined ? decoded : { ...decoded, company }
    const directory = yield* Effect.mapError(partners.current, unavailable)
    const scope = yield* Scope.resolve(chosen, directory)
    const { setting } = report
    const index = TradeIndex.of(directory)
    if (
      setting !== undefined &&
      index.setting(setting.setting, { owner: scope.company, tool: "client" })?.on !== true
    ) {
      return yield* switchedOff(
        `The setting ${setting.setting} of ${scope.company} is off.`,
        `${setting.otherwise} It is a desk setting of the company's world.`
      )
    }
    const words = Scope.words(directory, scope.company)
    const rows = report.read((select, cells) =>
      read(select, scope).pipe(
        Stream.mapError(unavailable),
        limit === undefined ? (all) => all : Stream.take(limit),
        Stream.map((row) => cells(row, words)),
        Stream.grouped(batch)
      )
    )
    const asked: Asked = { report, rows, subtitle: Filters.told(chosen, scope.company) }
    return asked
  })

  /** A report as the bytes of a file; `onRows` hears how many rows were written so far. */
  const file = Effect.fn("Reports.file")(function* (
    wanted: Wanted & {
      readonly format: Format
      readonly options?: RenderOptions | undefined
      readonly onRows?: ((rows: number) => Effect.Effect<void>) | undefined
    }
  ) {
    const { report, rows, subtitle } = yield* ask(wanted)
    const at = new Date(yield* Clock.currentTimeMillis)
    const rendering = renderings[wanted.format]({ report, subtitle, at, options: wanted.options ?? {} })
    let written = 0
    const body = rows.pipe(
      Stream.buffer({ capacity: ahead }),
      Stream.mapEffect((some) => {
        written += some.length
        const told = wanted.onRows?.(written) ?? Effect.void
        return Effect.andThen(rendering.rows(some), (bytes) => Effect.as(told, bytes))
      })
    )
    const bytes = Stream.fromEffect(rendering.begin).pipe(
      Stream.concat(body),
      Stream.concat(Stream.fromEffect(rendering.end)),
      Stream.filter((piece) => piece.length > 0)
    )
    return { report, bytes }
  })

  return { list: Catalogue.reports, ask, file }
})

export class Reports extends Context.Service<Reports, Effect.Success<typeof make>>()("throughline/reports/Reports") {
  static readonly layer = Layer.effect(this, make)
}
