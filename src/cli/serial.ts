/**
 * `throughline serial S`: where a number stands and everything that ever happened to it, with the message, file and line
 * that did it; or, with a moment, how it and what it was packed in stood then. A bare serial may mean several numbers;
 * all are shown.
 */
import { Effect, Option } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { Journal } from "../engine/Journal.ts"
import { type Moment, SerialMoments, type Stood } from "../serials/SerialMoments.ts"
import { type Found, type HistoryEntry, Serials, type Standing } from "../serials/Serials.ts"
import * as Commands from "./Commands.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"
import * as SourceLine from "./SourceLine.ts"
import { documentsText } from "./serials.ts"

/** Documents looked into for lines; a number with more messages behind it shows their files only. */
const mostDocuments = 50

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
  const packed = ({ parent }: Standing) =>
    parent === undefined ? undefined : parent === "" ? "packed in nothing" : `packed in ${parent}`
  const marked = ({ attributes }: Standing) =>
    attributes === undefined ? undefined : attributes.length === 0 ? "no attributes" : attributes.join(" + ")
  return [
    ...arrow(from.state, to.state),
    ...arrow(from.itemStatus, to.itemStatus),
    ...arrow(marked(from), marked(to)),
    ...arrow(from.lot?.lot, to.lot?.lot).map((lot) => `lot ${lot}`),
    ...arrow(packed(from), packed(to)),
    ...arrow(holder(from.company, from.location), holder(to.company, to.location)),
    ...arrow(documents(from), documents(to)),
    ...arrow(item(from), item(to))
  ]
}

/** A change with the line of its file where the number stands. */
type Located = HistoryEntry & { readonly fileLine: number | undefined }

const cause = ({ messageId, runId, actor, file, fileLine, document }: Located): string => {
  if (messageId !== undefined) {
    const where = file === undefined ? "" : `, ${file}${fileLine === undefined ? "" : `:${fileLine}`}`
    return `message ${messageId}${runId === undefined ? "" : `, run ${runId}`}${where}${document === undefined ? "" : `, ${document}`}`
  }
  return actor === undefined ? "" : `by ${actor}`
}

const entry = (change: Located): string => {
  const attributes = Object.entries(change.attributes).map(([name, value]) => `${name}=${value}`)
  const happened = change.eventAt === undefined ? "" : ` (happened ${Print.moment(change.eventAt)})`
  const parts = [cause(change), ...changes(change.from, change.to), ...attributes].filter((part) => part !== "")
  return `  ${Print.moment(change.recordedAt)}  ${change.kind}${happened}  ${Print.plain(parts.join("; "))}`
}

const lotText = ({ lot }: Standing): string | undefined => {
  if (lot === undefined) return undefined
  const expiry = lot.expires === undefined ? "" : `, expires ${lot.expires} (printed ${lot.expiry ?? ""})`
  return `${lot.lot}${expiry}${lot.extendedTo === undefined ? "" : `, extended to ${lot.extendedTo}`}`
}

/** What is known of it, line by line. */
const facts = (standing: Standing, children?: number): ReadonlyArray<string> => {
  const { item, company, location, documents, attributes = [], parent } = standing
  const all: ReadonlyArray<readonly [string, string | undefined]> = [
    ["packaging code", item === undefined ? undefined : `${item.codeType} ${item.code} of ${item.owner}`],
    ["held by", holder(company, location)],
    ["lot", lotText(standing)],
    ["marked", attributes.length === 0 ? undefined : attributes.join(", ")],
    ["packed in", parent === "" ? undefined : parent],
    ["packed in it", children === undefined || children === 0 ? undefined : Print.count(children, "number")],
    ["documents", documents === undefined || documentsText(documents) === "" ? undefined : documentsText(documents)]
  ]
  return all.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(15)} ${Print.plain(value)}`]))
}

const stateOf = ({ state, itemStatus }: Standing): string =>
  state === "commissioned" && itemStatus !== undefined ? `${state}, ${itemStatus}` : (state ?? "")

const told = (found: Omit<Found, "history"> & { readonly history: ReadonlyArray<Located> }): string =>
  [
    `${Print.styled("bold", found.value)}  ${stateOf(found)}`,
    ...facts(found, found.children),
    "",
    Print.styled("bold", "History"),
    ...found.history.map(entry)
  ].join("\n")

const toldThen = ({ value, standing, later, notKnown, parent }: Stood, level = 0): ReadonlyArray<string> => {
  const indent = "  ".repeat(level)
  if (standing === undefined) return [`${indent}${value}  was not there yet`]
  const hidden = [
    ...(later === 0 ? [] : [`${Print.count(later, "change")} happened later`]),
    ...(notKnown === 0 ? [] : [`${Print.count(notKnown, "change")} not known then`])
  ]
  return [
    `${indent}${level === 0 ? "" : "in "}${Print.styled("bold", value)}  ${stateOf(standing)}`,
    ...facts(standing).map((line) => indent + line),
    ...(hidden.length === 0 ? [] : [`${indent}  (${hidden.join(", ")})`]),
    ...(parent === undefined ? [] : toldThen(parent, level + 1))
  ]
}

/** The lines of the files behind changes, looked up in the journal. */
const located = Effect.fnUntraced(function* (value: string, history: ReadonlyArray<HistoryEntry>) {
  const journal = yield* Journal
  const lines = new Map<number, number | undefined>()
  for (const { messageId } of history) {
    if (messageId === undefined || lines.has(messageId) || lines.size >= mostDocuments) continue
    const bytes = yield* Effect.option(journal.bytes(messageId))
    lines.set(messageId, Option.isNone(bytes) ? undefined : SourceLine.of(bytes.value, value))
  }
  return history.map(
    (change): Located => ({
      ...change,
      fileLine: change.messageId === undefined ? undefined : lines.get(change.messageId)
    })
  )
})

/** How they stood at a moment. */
const then = Effect.fnUntraced(function* (found: ReadonlyArray<Found>, moment: Moment, json: boolean) {
  const moments = yield* SerialMoments
  for (const { value } of found) {
    const stood = yield* moments.stood(value, moment)
    if (stood === undefined) continue
    if (json) yield* Print.json(stood)
    else yield* Print.line(toldThen(stood).join("\n"))
  }
})

const flags = {
  serial,
  at: Options.moment(
    "at",
    "As it stood at this moment, by what had happened until then: 2026-05-03 or 2026-05-03T10:00:00Z"
  ),
  knownAt: Options.moment("known-at", "By what had been recorded until this moment; now unless given"),
  json: Options.json
}

type Input = Command.Command.Config.Infer<typeof flags>

const handler = Effect.fn("serial")(function* (input: Input) {
  const serials = yield* Serials
  const found = yield* serials.find(input.serial)
  if (found.length === 0) {
    return yield* Problem.usage(
      `No serial number is known that "${Print.plain(input.serial)}" could mean.`,
      "`throughline serials` lists numbers by state, company or reference document."
    )
  }
  const knownAt = Option.getOrUndefined(input.knownAt)
  const at = Option.getOrUndefined(input.at) ?? knownAt
  if (at !== undefined) return yield* then(found, { at, knownAt }, input.json)
  const all = yield* Effect.forEach(found, (one) =>
    Effect.map(located(one.value, one.history), (history) => ({ ...one, history }))
  )
  if (input.json) return yield* Effect.forEach(all, Print.json, { discard: true })
  yield* Print.line(all.map(told).join("\n\n"))
})

export const serialCommand = Command.make(
  "serial",
  flags,
  Commands.withInstallation((input: Input) => Effect.provide(handler(input), SerialMoments.layer))
).pipe(
  Command.withDescription(
    "Show where a serial number stands and everything that ever happened to it: state, item status, lot, packing, holder, reference documents, and the message, file and line behind each change. With --at, how it and what it was packed in stood at a moment."
  ),
  Command.withShortDescription("One serial number and its history"),
  Command.withExamples([
    { command: "throughline serial 010088202501033821100011946933", description: "As messages write it" },
    { command: "throughline serial '(01)00882025010338(21)100011946933'", description: "As people write it" },
    { command: "throughline serial 100011946933 --json", description: "Every number with this serial, for programs" },
    { command: "throughline serial 100011946933 --at 2026-05-03", description: "As it stood that day, as we know now" },
    {
      command: "throughline serial 100011946933 --at 2026-05-03 --known-at 2026-05-03",
      description: "As we believed that day"
    }
  ])
)
