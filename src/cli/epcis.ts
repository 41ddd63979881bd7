/**
 * `throughline epcis`: what happened to serial numbers as an EPCIS 2.0 document in JSON-LD, on the terminal or as a file
 * that appears when it is whole.
 */
import { Effect, Option, type PlatformError, Predicate, Stdio, Stream } from "effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { Epcis } from "../serials/Epcis.ts"
import * as Commands from "./Commands.ts"
import * as Options from "./Options.ts"
import * as OutFile from "./OutFile.ts"
import * as Print from "./Print.ts"

const flags = {
  since: Options.moment("since", "Only what was recorded at this moment or later, e.g. 2026-11-01T00:00:00Z"),
  until: Options.moment("until", "Only what was recorded before this moment"),
  json: Flag.Boolean("json").pipe(
    Flag.withDescription("One event a line instead of one document"),
    Flag.withDefault(false)
  ),
  out: Flag.String("out").pipe(
    Flag.withDescription("Write to this file, which is replaced when all is written"),
    Flag.withMetavar("FILE"),
    Flag.optional
  )
}

type Input = Command.Command.Config.Infer<typeof flags>

/** A reader that has seen enough (`| head`): nothing is wrong. */
const isClosedPipe = ({ reason }: PlatformError.PlatformError): boolean =>
  Predicate.hasProperty(reason.cause, "code") && reason.cause.code === "EPIPE"

const handler = Effect.fn("epcis")(function* (input: Input) {
  const epcis = yield* Epcis
  const text = epcis.stream({
    as: input.json ? "events" : "document",
    since: Option.getOrUndefined(input.since),
    until: Option.getOrUndefined(input.until)
  })
  const bytes = Stream.encodeText(text)
  if (Option.isSome(input.out)) {
    const size = yield* OutFile.write(input.out.value, bytes)
    return yield* Print.remark(`${input.out.value}: ${Print.count(size, "byte")}`)
  }
  const stdio = yield* Stdio.Stdio
  yield* Stream.run(bytes, stdio.stdout({ endOnDone: false })).pipe(
    Effect.catchTag("PlatformError", (error) => (isClosedPipe(error) ? Effect.void : Effect.fail(error)))
  )
})

export const epcisCommand = Command.make(
  "epcis",
  flags,
  Commands.withInstallation((input: Input) => Effect.provide(handler(input), Epcis.layer))
).pipe(
  Command.withDescription(
    "Export what happened to serial numbers as EPCIS 2.0 events in JSON-LD: commissioned, packed, shipped, received and so on, each with the message and file it came from. What was imported is left out: it is how things stood, not what happened."
  ),
  Command.withShortDescription("The history as EPCIS 2.0"),
  Command.withExamples([
    { command: "throughline epcis --out history.jsonld", description: "Everything, as one document" },
    { command: "throughline epcis --since 2026-11-01T00:00:00Z --json", description: "One event a line" }
  ])
)
