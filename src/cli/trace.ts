/**
 * `throughline trace S`: where a number came from and where it went, up through what it was packed in, down through what
 * was packed in it, and to whom. A bare serial may mean several numbers; all are traced. Long trees are printed as they
 * come.
 */
import { Effect, Option, Stream } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Csv from "../formats/Csv.ts"
import { Serials } from "../serials/Serials.ts"
import { type Handover, type Link, Trace } from "../serials/Trace.ts"
import * as Commands from "./Commands.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"

/** Lines of a tree a terminal shows unless somebody wants all of them. */
const shown = 200

const flags = {
  serial: Argument.String("serial").pipe(
    Argument.withDescription("AI text with or without parentheses, an EPC URI, an SSCC, or a bare serial")
  ),
  way: Flag.Literals("way", ["up", "down"]).pipe(
    Flag.withDescription("Only what it was packed in, or only what was packed in it"),
    Flag.optional
  ),
  all: Flag.Boolean("all").pipe(
    Flag.withDescription(`Print whole trees; without it, ${shown} lines of each`),
    Flag.withDefault(false)
  ),
  csv: Flag.Boolean("csv").pipe(Flag.withDescription("One row a number, for spreadsheets"), Flag.withDefault(false)),
  json: Options.json
}

type Input = Command.Command.Config.Infer<typeof flags>

const headings = [
  "NUMBER",
  "WAY",
  "LEVEL",
  "THROUGH",
  "SINCE",
  "UNTIL",
  "STATE",
  "ITEM STATUS",
  "LOT",
  "EXPIRY",
  "HELD BY",
  "LOCATION",
  "MESSAGE",
  "FILE"
]

const cells = (way: "up" | "down", link: Link): ReadonlyArray<string> => [
  link.value,
  way,
  String(link.level),
  link.through,
  Print.moment(link.since),
  Print.moment(link.until),
  link.state,
  link.itemStatus ?? "",
  link.lot?.lot ?? "",
  link.lot?.expiry ?? "",
  link.company,
  link.location ?? "",
  link.message === undefined ? "" : String(link.message),
  link.file ?? ""
]

const told = (link: Link): string => {
  const stay = link.until === undefined ? "since" : "was here from"
  const time = `${stay} ${Print.moment(link.since)}${link.until === undefined ? "" : ` to ${Print.moment(link.until)}`}`
  const cause = link.message === undefined ? "" : ` (message ${link.message}${link.file ? `, ${link.file}` : ""})`
  const lot = link.lot === undefined ? "" : `, lot ${link.lot.lot}`
  const status = [link.state, link.itemStatus].filter((word) => word !== undefined).join(", ")
  return Print.plain(`${"  ".repeat(link.level)}${link.value}  ${status}${lot}, at ${link.company}; ${time}${cause}`)
}

const handedOver = ({ kind, company, partner, document, message, first, numbers }: Handover): ReadonlyArray<string> => [
  Print.moment(first),
  kind,
  Print.plain(partner ?? company ?? ""),
  Print.count(numbers, "number"),
  Print.plain([document, message === undefined ? undefined : `message ${message}`].filter(Boolean).join(", "))
]

const printCsv = Effect.fnUntraced(function* (value: string, wants: (way: "up" | "down") => boolean) {
  const trace = yield* Trace
  const row = (values: ReadonlyArray<string>) => Print.line(Csv.record(values).trimEnd())
  if (wants("up")) for (const link of yield* trace.up(value)) yield* row(cells("up", link))
  if (wants("down")) yield* Stream.runForEach(trace.down(value), (link) => row(cells("down", link)))
})

const printJson = Effect.fnUntraced(function* (value: string, wants: (way: "up" | "down") => boolean) {
  const trace = yield* Trace
  if (wants("up")) for (const link of yield* trace.up(value)) yield* Print.json({ trace: "up", of: value, ...link })
  if (wants("down"))
    yield* Stream.runForEach(trace.down(value), (link) => Print.json({ trace: "down", of: value, ...link }))
  for (const one of yield* trace.handovers(value)) yield* Print.json({ trace: "handover", of: value, ...one })
})

const printText = Effect.fnUntraced(function* (value: string, wants: (way: "up" | "down") => boolean, most: number) {
  const trace = yield* Trace
  const tree = Effect.fnUntraced(function* (heading: string, links: Stream.Stream<Link, unknown>, none: string) {
    yield* Print.line(Print.styled("bold", heading))
    let count = 0
    yield* Stream.runForEach(links, (link) => (++count <= most ? Print.line(told(link)) : Effect.void))
    if (count === 0) yield* Print.line(`  ${none}`)
    if (count > most) yield* Print.remark(`  ${Print.count(count - most, "number")} more: add --all, --csv or --json.`)
  })
  yield* Print.line(Print.styled("bold", value))
  if (wants("up")) yield* tree("Packed in", Stream.fromIterable(yield* trace.up(value)), "nothing, ever")
  if (wants("down")) yield* tree("Contents", trace.down(value), "none, ever")
  const handovers = yield* trace.handovers(value)
  if (handovers.length > 0) {
    yield* Print.line(Print.styled("bold", "Handed over, with what was in it"))
    yield* Print.line(Print.table(["WHEN", "WHAT", "TO", "NUMBERS", "BY"], handovers.map(handedOver)))
  }
})

const handler = Effect.fn("trace")(function* (input: Input) {
  const found = yield* Serials.use((serials) => serials.find(input.serial))
  if (found.length === 0) {
    return yield* Problem.usage(
      `No serial number is known that "${Print.plain(input.serial)}" could mean.`,
      "`throughline serials` lists numbers by state, company or reference document."
    )
  }
  const only = Option.getOrUndefined(input.way)
  const wants = (way: "up" | "down") => only === undefined || only === way
  if (input.csv) yield* Print.line(Csv.record(headings).trimEnd())
  for (const { value } of found) {
    if (input.json) yield* printJson(value, wants)
    else if (input.csv) yield* printCsv(value, wants)
    else yield* printText(value, wants, input.all ? Number.POSITIVE_INFINITY : shown)
  }
})

export const traceCommand = Command.make(
  "trace",
  flags,
  Commands.withInstallation((input: Input) => Effect.provide(handler(input), Trace.layer))
).pipe(
  Command.withDescription(
    "Trace a number both ways: what it was packed in, what was packed in it over all levels and when, and whom all of that was transferred or shipped to, by which document and message."
  ),
  Command.withShortDescription("Where a number came from and went"),
  Command.withExamples([
    { command: "throughline trace 00008820210000260003", description: "A pallet: contents, and whom they went to" },
    { command: "throughline trace 100011946933 --way up", description: "What a carton was packed in" },
    {
      command: "throughline trace 00008820210000260003 --way down --csv > contents.csv",
      description: "For a spreadsheet"
    }
  ])
)
