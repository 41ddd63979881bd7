/**
 * `throughline message ID`: everything about one message: what it said it is, each run with its errors, what was sent in
 * answer, deliveries, what people did to it; or its exact bytes.
 */
import { Effect, Option } from "effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { Desk, type Dossier, type RunRow } from "../engine/Desk.ts"
import { Journal } from "../engine/Journal.ts"
import * as Commands from "./Commands.ts"
import * as Findings from "./FindingLines.ts"
import { standing, toJson } from "./messages.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"

/** Errors shown of a run, unless one run is asked for. */
const shown = 10

const flags = {
  id: Options.id("Which message, by the id that `throughline messages` shows"),
  bytes: Flag.Boolean("bytes").pipe(
    Flag.withDescription("Print the exact bytes as they came or left, and nothing else"),
    Flag.withDefault(false)
  ),
  run: Flag.Int("run").pipe(Flag.withDescription("Only this run, with all its errors"), Flag.optional),
  json: Options.json
}

type Input = Command.Command.Config.Infer<typeof flags>

const head = ({ message }: Dossier): ReadonlyArray<string> => {
  const { id, direction, company, channel, size } = message
  const way = direction === "in" ? `from ${company} by ${channel}` : `to ${company} by ${channel}`
  const parties = `${message.sender ?? "?"} to ${message.receiver ?? "?"}`
  const rows: ReadonlyArray<readonly [string, string | undefined]> = [
    ["file", `${message.fileName} (${size.toLocaleString("en-US")} bytes)`],
    [direction === "in" ? "received" : "made", Print.moment(message.receivedAt)],
    ["way", way],
    ["header", direction === "in" ? parties : undefined],
    ["control number", message.controlNumber ?? undefined],
    ["correlation", message.correlationId ?? undefined],
    ["map", message.map ?? undefined],
    ["answers", message.replyTo === null ? undefined : `message ${message.replyTo}`],
    ["same bytes as", message.duplicateOf === null ? undefined : `message ${message.duplicateOf}`],
    ["reason", message.reason ?? undefined],
    ["tried again", message.retryAt === null ? undefined : Print.moment(message.retryAt)],
    ["waits until", message.waitUntil === null ? undefined : Print.moment(message.waitUntil)],
    ["reconciled", message.reconciledAt === null ? undefined : Print.moment(message.reconciledAt)]
  ]
  return [
    `${Print.styled("bold", `Message ${id}`)}  ${Print.plain(message.type)}  ${Print.status(standing(message))}`,
    ...rows.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(16)}${Print.plain(value)}`]))
  ]
}

const runLines = (run: RunRow, most: number): ReadonlyArray<string> => {
  const given = Object.entries(run.given ?? {}).map(([name, value]) => `${name}=${value}`)
  const versions = Object.entries(run.versions).map(([name, value]) => `${name} ${value}`)
  return [
    `  run ${run.id}  ${Print.moment(run.clock)}  ${Print.status(run.outcome)} in ${run.durationMs.toFixed(0)} ms  ${run.pipeline ?? "no pipeline"}`,
    `    ${versions.join(", ")}`,
    ...(given.length === 0 ? [] : [`    given: ${Print.plain(given.join(", "))}`]),
    ...Findings.text({ ...run, most, hint: `--run ${run.id}` }).map((line) => `    ${line}`)
  ]
}

const section = (title: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : ["", Print.styled("bold", title), ...lines]

const told = (dossier: Dossier): string =>
  [
    ...head(dossier),
    ...section(
      "Runs",
      dossier.runs.flatMap((run) => runLines(run, shown))
    ),
    ...section(
      "Answers",
      dossier.answers.map(
        (answer) =>
          `  ${answer.id}  ${answer.type} to ${answer.company}  ${Print.status(standing(answer))}  ${Print.plain(answer.fileName)}`
      )
    ),
    ...section(
      "Deliveries",
      dossier.deliveries.map(
        ({ id, messageId, destination, status, attempts, deliveredAt, nextAt, lastError }) =>
          `  ${id}  message ${messageId} to ${destination}  ${Print.status(status)} ${
            deliveredAt === null ? `(next ${Print.moment(nextAt)})` : Print.moment(deliveredAt)
          }, ${Print.count(attempts, "attempt")}${lastError === null ? "" : `: ${Print.plain(lastError)}`}`
      )
    ),
    ...section(
      "By hand",
      dossier.acts.map(
        ({ act, messageId, actor, why, at }) =>
          `  ${Print.moment(at)}  ${act} of ${messageId} by ${Print.plain(actor)}: ${Print.plain(why)}`
      )
    )
  ].join("\n")

/** Exact bytes on stdout, waited for. */
const writeBytes = (bytes: Uint8Array) =>
  Effect.callback<void>((resume) => {
    process.stdout.write(bytes, () => resume(Effect.void))
  })

const noMessage = (id: number) =>
  Problem.usage(`There is no message ${id}.`, "`throughline messages` lists what there is.")

const handler = Effect.fn("message")(function* ({ id, bytes, run, json }: Input) {
  const desk = yield* Desk
  const dossier = yield* desk.dossier(id)
  if (dossier === undefined) return yield* noMessage(id)
  if (bytes) {
    const journal = yield* Journal
    return yield* writeBytes(yield* journal.bytes(id))
  }
  if (Option.isSome(run)) {
    const found = dossier.runs.find((one) => one.id === run.value)
    if (found === undefined) {
      const there = dossier.runs.map((one) => `${one.id}`).join(", ")
      return yield* Problem.usage(
        `Message ${id} has no run ${run.value}.`,
        `Its runs: ${there === "" ? "none yet" : there}.`
      )
    }
    if (json) return yield* Print.json(found)
    return yield* Print.line(runLines(found, Number.POSITIVE_INFINITY).join("\n"))
  }
  if (json) {
    const { message, answers, ...rest } = dossier
    return yield* Print.json({ ...toJson(message), ...rest, answers: answers.map(toJson) })
  }
  yield* Print.line(told(dossier))
})

export const messageCommand = Command.make("message", flags, Commands.withInstallation(handler)).pipe(
  Command.withDescription(
    "Show one message, received or sent: what it said it is, every run with its errors, what was sent in answer, the deliveries, and what was done by hand."
  ),
  Command.withShortDescription("Everything about one message"),
  Command.withExamples([
    { command: "throughline message 12", description: "Its story" },
    { command: "throughline message 12 --bytes > file.xml", description: "The document as it came" },
    { command: "throughline message 12 --run 14 --json", description: "One run with all its errors, for programs" }
  ])
)
