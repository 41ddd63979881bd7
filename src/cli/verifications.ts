/**
 * `throughline verifications`: the history of verifications as a list, as the report that companies can ask for, and how
 * old ones are deleted. Without a company it shows everybody's, as an operator may.
 */
import { createWriteStream } from "node:fs"
import { Clock, Effect, Option, Stream } from "effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { History } from "../verification/History.ts"
import { type Listed, reportFilters } from "../verification/HistoryModel.ts"
import { HistoryReports } from "../verification/HistoryReports.ts"
import * as Commands from "./Commands.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"
import * as Verifying from "./Verifying.ts"

const filter = Flag.Literals("filter", reportFilters).pipe(
  Flag.withDescription("Valid: the unit matched; Invalid: it did not"),
  Flag.withDefault("All" as const)
)

const listFlags = {
  company: Flag.String("company").pipe(
    Flag.withDescription("What this company may see: what it asked, and what was asked about its products"),
    Flag.optional
  ),
  since: Options.since,
  filter,
  before: Flag.String("before").pipe(Flag.withDescription("The next page, as a list that was cut says"), Flag.optional),
  limit: Options.limit(50),
  json: Options.json
}

const row = (entry: Listed): ReadonlyArray<string> => [
  Print.moment(entry.at),
  entry.outcome === "valid" ? Print.styled("green", "valid") : entry.outcome.replace("_", " "),
  `${entry.gtin} ${Print.plain(entry.serial)} ${Print.plain(entry.lot)} ${entry.expiry}`,
  entry.failureReason ?? entry.additionalInfo ?? entry.scenario ?? "",
  entry.requester ?? `${entry.requesterGln}${entry.askedBy === null ? "" : ` through ${entry.askedBy}`}`,
  entry.inNetwork ? "here" : (entry.provider ?? ""),
  `${(entry.latencyMicros / 1000).toFixed(1)} ms`
]

const list = Effect.fn("verifications")(function* (input: Command.Command.Config.Infer<typeof listFlags>) {
  const history = yield* History
  const viewer = Option.match(input.company, { onNone: () => "operator" as const, onSome: (company) => ({ company }) })
  const rows = yield* history.list(viewer, {
    from: yield* Options.sinceMoment(input.since),
    filter: input.filter,
    limit: input.limit,
    before: Option.getOrUndefined(input.before)
  })
  if (input.json) return yield* Effect.forEach(rows, Print.json, { discard: true })
  if (rows.length === 0) return yield* Print.remark("No such verifications.")
  yield* Print.line(Print.table(["WHEN", "OUTCOME", "UNIT", "WHY", "REQUESTER", "ANSWERED", "LATENCY"], rows.map(row)))
  if (rows.length === input.limit) yield* Print.remark(`There may be more: add --before ${rows.at(-1)?.id}.`)
})

const reportFlags = {
  company: Flag.String("company").pipe(Flag.withDescription("Whose report it is")),
  from: Flag.String("from").pipe(Flag.withDescription("First day, DD-MM-YYYY"), Flag.withMetavar("DAY")),
  to: Flag.String("to").pipe(
    Flag.withDescription("Last day, DD-MM-YYYY; a span of more than seven days is cut to seven"),
    Flag.withMetavar("DAY")
  ),
  filter,
  out: Flag.String("out").pipe(Flag.withDescription("File to write; standard output unless given"), Flag.optional),
  actor: Options.actor
}

const report = Effect.fn("verifications.report")(function* (input: Command.Command.Config.Infer<typeof reportFlags>) {
  const reports = yield* HistoryReports
  const { company, from: first, to: last, filter, actor: requestedBy } = input
  const submitted = yield* reports
    .submit({ company, requestedBy, first, last, filter })
    .pipe(
      Effect.catchReason("HistoryReportsError", "Invalid", (_, { detail }) => Effect.fail(Problem.usage(`${detail}.`)))
    )
  yield* reports.work
  const done = yield* reports.poll(company, submitted.id)
  if (done.fileId === undefined) return yield* Problem.outcome
  const out = Option.match(input.out, { onNone: () => process.stdout, onSome: (path) => createWriteStream(path) })
  yield* Stream.runForEach(reports.file(company, done.fileId), (bytes) =>
    Effect.callback<void>((resume) => {
      out.write(bytes, () => resume(Effect.void))
    })
  )
  if (Option.isSome(input.out)) {
    yield* Effect.callback<void>((resume) => {
      out.end(() => resume(Effect.void))
    })
    yield* Print.remark(
      `${Print.count(done.rows ?? 0, "verification")} from ${done.first} to ${done.last} in ${input.out.value}.`
    )
  }
})

const pruneFlags = {
  olderThanDays: Flag.Int("older-than-days").pipe(
    Flag.withDescription("Delete what is older; a report may be asked for twelve years back, which is 4383 days"),
    Flag.filter(
      (days) => days > 0,
      () => "1 or more"
    )
  )
}

const day = 86_400_000

const prune = Effect.fn("verifications.prune")(function* ({
  olderThanDays
}: Command.Command.Config.Infer<typeof pruneFlags>) {
  const history = yield* History
  const before = new Date((yield* Clock.currentTimeMillis) - olderThanDays * day)
  const count = yield* history.prune(before)
  yield* Print.line(`${Print.count(count, "verification")} from before ${Print.moment(before)} deleted.`)
})

const over =
  <Input, A, E, R>(handler: (input: Input) => Effect.Effect<A, E, R>) =>
  (input: Input) =>
    Commands.withInstallation((given: Input) => Effect.provide(handler(given), Verifying.layer))(input)

export const verificationsCommand = Command.make("verifications", listFlags, over(list)).pipe(
  Command.withDescription(
    "Verifications, newest first: who asked about which unit, what was answered, by whom, how fast. Recorded before each answer was given."
  ),
  Command.withShortDescription("History of verifications"),
  Command.withExamples([
    {
      command: "throughline verifications --since '2 hours' --filter Invalid",
      description: "What did not match lately"
    },
    {
      command:
        "throughline verifications report --company alder-pharma --from 17-11-2026 --to 23-11-2026 --out week.csv",
      description: "A week of a producer as CSV"
    }
  ]),
  Command.withSubcommands([
    Command.make("report", reportFlags, over(report)).pipe(
      Command.withDescription("Verifications of at most seven days as CSV, the ones the company may see.")
    ),
    Command.make("prune", pruneFlags, over(prune)).pipe(
      Command.withDescription(
        "Delete old verifications for good, some thousand at a time; it may be stopped and repeated."
      )
    )
  ])
)
