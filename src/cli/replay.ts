/**
 * `throughline replay`: runs cases, loose files, or messages of the journal in throw-away databases, and tells what came
 * of them: cases against their `expected/`, journal messages against their recorded run. Nothing outside is changed but
 * `expected/` with --update and the folder of --out.
 */
import { Effect, Option } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Options from "./Options.ts"
import * as Problem from "./Problem.ts"
import * as Replaying from "./Replaying.ts"
import * as Tried from "./Tried.ts"

const flags = {
  paths: Argument.String("path").pipe(
    Argument.withDescription("Cases (folders with case.yaml, at any depth), or message files"),
    Argument.variadic()
  ),
  world: Tried.world,
  clock: Options.moment("clock", "The moment it is for message files, ISO 8601; now unless given"),
  out: Flag.String("out").pipe(
    Flag.withDescription("Write what is sent below this folder"),
    Flag.withMetavar("FOLDER"),
    Flag.optional
  ),
  update: Flag.Boolean("update").pipe(
    Flag.withDescription("Make the expected/ folder of each case what came; look at the difference before you keep it"),
    Flag.withDefault(false)
  ),
  message: Flag.Int("message").pipe(
    Flag.withDescription("Run this message of the journal again, as a dry run, and compare with its last run"),
    Flag.optional
  ),
  since: Options.since,
  partner: Flag.String("partner").pipe(
    Flag.withDescription("With --since: only messages of this company (its key)"),
    Flag.optional
  ),
  type: Tried.type,
  from: Tried.from,
  json: Options.json
}

type Input = Command.Command.Config.Infer<typeof flags>

const handler = Effect.fn("replay")(function* (input: Input) {
  const since = yield* Options.sinceMoment(input.since)
  const message = Option.getOrUndefined(input.message)
  const isJournal = message !== undefined || since !== undefined
  if (isJournal === input.paths.length > 0) {
    return yield* Problem.usage(
      isJournal ? "Give either paths, or --message or --since." : "Nothing to replay was named.",
      "`throughline replay samples` runs the cases, `throughline replay --message ID` a message of the journal."
    )
  }
  const settings = { json: input.json, out: Option.getOrUndefined(input.out) }
  const type = Option.getOrUndefined(input.type)
  if (isJournal) {
    const company = Option.getOrUndefined(input.partner)
    return yield* Replaying.journal({ choice: { message, since, company, type }, settings })
  }
  yield* Tried.allThere(input.paths)
  yield* Replaying.files({
    paths: input.paths,
    update: input.update,
    loose: {
      world: Option.getOrUndefined(input.world),
      clock: Option.getOrUndefined(input.clock),
      type,
      from: Option.getOrUndefined(input.from)
    },
    settings
  })
})

export const replayCommand = Command.make("replay", flags, handler).pipe(
  Command.withDescription(
    "Run cases, message files, or messages of the journal in throw-away databases and show what comes of them. A case is compared with its expected/ folder; a message of the journal with its recorded run, in the state and at the time of that run. Exit code 1 when something is not as expected, or a message file is not processed."
  ),
  Command.withShortDescription("Run cases, files or journal messages and compare"),
  Command.withExamples([
    { command: "throughline replay samples", description: "Every case" },
    {
      command: "throughline replay samples/snx-transfer/choice-both --update",
      description: "Accept what one case comes to"
    },
    {
      command: "throughline replay transfer.xml --world my-world.yaml --out answers",
      description: "A file of your own, and its answers"
    },
    { command: "throughline replay --message 12", description: "Would message 12 end the same today?" },
    {
      command: "throughline replay --since '1 day' --partner birch-printing",
      description: "All a partner sent since yesterday"
    }
  ])
)
