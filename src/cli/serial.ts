/**
 * `throughline serial S`: where a number stands and everything that ever happened to it, with the message and run that
 * did it. A bare serial may mean several numbers; all are shown.
 */
import { Effect } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { type Found, type HistoryEntry, Serials, type Standing } from "../serials/Serials.ts"
import * as Commands from "./Commands.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"
import { documentsText } from "./serials.ts"

const serial = Argument.String("serial").pipe(
  Argument.withDescription("AI text with or without parentheses, an EPC URI, an SSCC, or a bare serial")
)

const holder = (company: string | undefined, location: string | undefined): string | undefined => {
  if (company === undefined) return location
  return location === undefined ? company : `${company}, ${location}`
}

/** What changed, as `encoded -> reserved`. */
const changes = (from: Standing, to: Standing): ReadonlyArray<string> => {
  const arrow = (before: string | undefined, after: string | undefined) =>
    after === undefined || after === before ? [] : [before === undefined ? after : `${before} -> ${after}`]
  const documents = (standing: Standing) =>
    standing.documents === undefined ? undefined : documentsText(standing.documents)
  const item = ({ item }: Standing) => (item === undefined ? undefined : `${item.codeType} ${item.code}`)
  return [
    ...arrow(from.state, to.state),
    ...arrow(holder(from.company, from.location), holder(to.company, to.location)),
    ...arrow(documents(from), documents(to)),
    ...arrow(item(from), item(to))
  ]
}

const cause = ({ messageId, runId, actor }: HistoryEntry): string => {
  if (messageId !== undefined) return `message ${messageId}${runId === undefined ? "" : `, run ${runId}`}`
  return actor === undefined ? "" : `by ${actor}`
}

const entry = (change: HistoryEntry): string => {
  const attributes = Object.entries(change.attributes).map(([name, value]) => `${name}=${value}`)
  const happened = change.eventAt === undefined ? "" : ` (happened ${Print.moment(change.eventAt)})`
  const parts = [cause(change), ...changes(change.from, change.to), ...attributes].filter((part) => part !== "")
  return `  ${Print.moment(change.recordedAt)}  ${change.kind}${happened}  ${Print.plain(parts.join("; "))}`
}

const told = ({ value, item, state, company, location, documents, history }: Found): string =>
  [
    `${Print.styled("bold", value)}  ${state}`,
    `  packaging code  ${item.codeType} ${item.code} of ${item.owner}`,
    `  held by         ${holder(company, location) ?? ""}`,
    ...(documentsText(documents) === "" ? [] : [`  documents       ${documentsText(documents)}`]),
    "",
    Print.styled("bold", "History"),
    ...history.map(entry)
  ].join("\n")

const handler = Effect.fn("serial")(function* (input: { readonly serial: string; readonly json: boolean }) {
  const serials = yield* Serials
  const found = yield* serials.find(input.serial)
  if (found.length === 0) {
    return yield* Problem.usage(
      `No serial number is known that "${Print.plain(input.serial)}" could mean.`,
      "`throughline serials` lists numbers by state, company or reference document."
    )
  }
  if (input.json) return yield* Effect.forEach(found, Print.json, { discard: true })
  yield* Print.line(found.map(told).join("\n\n"))
})

export const serialCommand = Command.make(
  "serial",
  { serial, json: Options.json },
  Commands.withInstallation(handler)
).pipe(
  Command.withDescription(
    "Show where a serial number stands and everything that ever happened to it: state, holder, reference documents, and the message and run behind each change."
  ),
  Command.withShortDescription("One serial number and its history"),
  Command.withExamples([
    { command: "throughline serial 010088202501033821100011946933", description: "As messages write it" },
    { command: "throughline serial '(01)00882025010338(21)100011946933'", description: "As people write it" },
    { command: "throughline serial 100011946933 --json", description: "Every number with this serial, for programs" }
  ])
)
