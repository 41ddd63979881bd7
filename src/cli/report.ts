/**
 * `throughline report`: lists the reports, or makes one of them, on the terminal or as a file. Each report is a command
 * of its own with the filters it takes. Progress goes to stderr; a file appears under its name only when it is whole.
 */
import { extname } from "node:path"
import { Clock, Effect, Layer, Option, type PlatformError, Predicate, Stdio, Stream } from "effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { reports } from "../reports/Catalogue.ts"
import * as Filters from "../reports/Filters.ts"
import { formats } from "../reports/Rendering.ts"
import type { Cell, Report } from "../reports/Report.ts"
import { Reports } from "../reports/Reports.ts"
import * as Commands from "./Commands.ts"
import * as Options from "./Options.ts"
import * as OutFile from "./OutFile.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"

const kinds = ["table", ...formats] as const
type Kind = (typeof kinds)[number]

/** Rows a table shows unless somebody wants more: what a person may scroll through. */
const shown = 1_000

/** How often a long report says how far it is. */
const toldEveryMs = 5_000

const flags = {
  format: Flag.Literals("format", kinds).pipe(
    Flag.withDescription("How it is written; as the name of --out ends, else a table"),
    Flag.optional
  ),
  json: Flag.Boolean("json").pipe(Flag.withDescription("The same as --format json"), Flag.withDefault(false)),
  out: Flag.String("out").pipe(
    Flag.withDescription("Write to this file, which is replaced when all is written; needed for xlsx and pdf"),
    Flag.withMetavar("FILE"),
    Flag.optional
  ),
  limit: Flag.Int("limit").pipe(
    Flag.withDescription(`At most this many rows; a table shows ${shown.toLocaleString("en-US")} unless given`),
    Flag.filter(
      (number) => number > 0,
      () => "1 or more"
    ),
    Flag.optional
  ),
  exact: Flag.Boolean("exact").pipe(
    Flag.withDescription("CSV: cells as they are, even those that a spreadsheet would run as a formula"),
    Flag.withDefault(false)
  ),
  font: Flag.File("font", { mustExist: true }).pipe(
    Flag.withDescription("PDF: a TrueType font that has the letters of your texts; western European ones need none"),
    Flag.optional
  )
}

type Input = Command.Command.Config.Infer<typeof flags>

/** The filters of a report as flags; each gives what `Reports` takes. */
const filterFlags = (report: Report): Record<string, Flag.Flag<unknown>> =>
  Object.fromEntries(
    report.takes.map((name): [string, Flag.Flag<unknown>] => {
      const { about, value, many } = Filters.filterOf(name)
      const flag = Filters.flagOf(name)
      const needed = report.needs.includes(name) ? "; needed" : ""
      if (value === undefined)
        return [name, Flag.Boolean(flag).pipe(Flag.withDescription(about), Flag.withDefault(false))]
      const text = Flag.String(flag).pipe(Flag.withMetavar(value))
      return many === true
        ? [
            name,
            text.pipe(
              Flag.withDescription(`${about}; may be given several times${needed}`),
              Flag.atLeast(0),
              Flag.map((all) => (all.length === 0 ? undefined : all))
            )
          ]
        : [name, text.pipe(Flag.withDescription(`${about}${needed}`), Flag.optional, Flag.map(Option.getOrUndefined))]
    })
  )

const kindOf = Effect.fnUntraced(function* ({ format, json, out }: Input) {
  if (json) return "json"
  if (Option.isSome(format)) return format.value
  if (Option.isNone(out)) return "table"
  const ending = extname(out.value).slice(1).toLowerCase()
  const kind = kinds.find((one) => one === ending)
  if (kind !== undefined) return kind
  return yield* Problem.usage(
    `How ${out.value} is to be written cannot be told from its name.`,
    "End it in .csv, .json, .xlsx or .pdf, or say --format."
  )
})

const cellText = (cell: Cell): string => {
  if (cell === undefined) return ""
  if (typeof cell === "boolean") return cell ? "yes" : ""
  return Print.plain(cell instanceof Date ? Print.moment(cell) : String(cell).replaceAll("\n", " · "))
}

const table = Effect.fnUntraced(function* (name: string, filters: Record<string, unknown>, limit: number) {
  const { report, rows } = yield* Reports.use((all) => all.ask({ name, filters, limit: limit + 1 }))
  const headings = report.columns.map(({ heading }) => heading)
  const all = (yield* Stream.runCollect(rows)).flat()
  if (all.length === 0) return yield* Print.remark("No rows.")
  yield* Print.line(
    Print.table(
      headings,
      all.slice(0, limit).map((cells) => cells.map(cellText))
    )
  )
  if (all.length > limit) yield* Print.remark(`There are more: add --limit, or --out ${name}.csv for all of them.`)
})

/** A reader that has seen enough (`| head`): nothing is wrong. */
const isClosedPipe = ({ reason }: PlatformError.PlatformError): boolean =>
  Predicate.hasProperty(reason.cause, "code") && reason.cause.code === "EPIPE"

/** Tells how many rows were written, now and then. */
const progress = Effect.map(Clock.currentTimeMillis, (start) => {
  let told = start
  return (rows: number) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      if (now - told < toldEveryMs) return Effect.void
      told = now
      return Print.remark(`${Print.count(rows, "row")} so far`)
    })
})

const make = Effect.fn("report")(function* (name: string, input: Input, filters: Record<string, unknown>) {
  const kind: Kind = yield* kindOf(input)
  const limit = Option.getOrUndefined(input.limit)
  if (kind === "table") return yield* table(name, filters, limit ?? shown)
  if (Option.isNone(input.out) && (kind === "xlsx" || kind === "pdf")) {
    return yield* Problem.usage(`A ${kind} file needs a name.`, `Add --out ${name}.${kind}.`)
  }
  let rows = 0
  const tell = yield* progress
  const { bytes } = yield* Reports.use(({ file }) =>
    file({
      name,
      filters,
      limit,
      format: kind,
      options: { exact: input.exact, font: Option.getOrUndefined(input.font) },
      onRows: (now) => {
        rows = now
        return tell(now)
      }
    })
  )
  if (Option.isNone(input.out)) {
    const stdio = yield* Stdio.Stdio
    return yield* Stream.run(bytes, stdio.stdout({ endOnDone: false })).pipe(
      Effect.catchTag("PlatformError", (error) => (isClosedPipe(error) ? Effect.void : Effect.fail(error)))
    )
  }
  yield* OutFile.write(input.out.value, bytes)
  yield* Print.remark(`Written to ${input.out.value}: ${Print.count(rows, "row")}.`)
})

const withReports =
  <Given, A, E, R>(handler: (input: Given) => Effect.Effect<A, E, R>) =>
  (input: Given) =>
    Commands.withInstallation((given: Given) => Effect.provide(handler(given), Layer.fresh(Reports.layer)))(input)

/** A report as a command. */
const commandOf = (report: Report) =>
  Command.make(
    report.name,
    { ...flags, filters: filterFlags(report) },
    withReports(({ filters, ...input }) => make(report.name, input, filters))
  ).pipe(
    Command.withDescription(
      `${report.about} Columns: ${report.columns.map(({ heading }) => heading).join(", ")}. Source: ${report.source}.`
    ),
    Command.withShortDescription(report.title),
    Command.withExamples(
      report.examples.map(({ filters, description }) => ({
        command: `throughline report ${report.name} ${filters}`,
        description
      }))
    )
  )

const list = Effect.fn("report.list")(function* ({ json }: { readonly json: boolean }) {
  if (json) {
    return yield* Effect.forEach(
      reports,
      ({ name, title, about, takes, needs, columns }) => Print.json({ name, title, about, takes, needs, columns }),
      { discard: true }
    )
  }
  yield* Print.line(
    Print.table(
      ["REPORT", "WHAT IT TELLS", "FILTERS"],
      reports.map(({ name, title, takes }) => [name, title, takes.map(Filters.flagOf).join(", ")])
    )
  )
  yield* Print.remark("`throughline report NAME --help` says more of one.")
})

export const reportCommand = Command.make("report", { json: Options.json }, list).pipe(
  Command.withDescription(
    "List the reports, or make one: serials of products, arrivals, movements, orders by serial. On the terminal as a table, or as CSV, JSON lines, XLSX or PDF. CSV and XLSX take any number of rows; a spreadsheet that opens CSV takes serials for numbers, in XLSX they stay texts."
  ),
  Command.withShortDescription("Reports and exports"),
  Command.withExamples([
    { command: "throughline report", description: "Which there are" },
    {
      command: "throughline report serial-panel --product AMX-500 --in-stock",
      description: "What is in stock of a product"
    },
    {
      command: "throughline report arrivals-with-serials --vendor acme --out arrived.xlsx",
      description: "As a spreadsheet"
    },
    { command: "throughline report product-serials --format json", description: "For programs" }
  ]),
  Command.withSubcommands(reports.map(commandOf))
)
