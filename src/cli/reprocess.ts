/**
 * `throughline reprocess ID`: has a message that waits or failed processed again, after something was mended, or as an
 * accepted duplicate. One that was processed is refused: its effects would be made twice.
 */
import { Effect } from "effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { Operator } from "../engine/Operator.ts"
import * as Commands from "./Commands.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"

const flags = {
  id: Options.id("Which message"),
  acceptDuplicate: Flag.Boolean("accept-duplicate").pipe(
    Flag.withDescription("Process it although another message holds its control number or has the same bytes"),
    Flag.withDefault(false)
  ),
  why: Options.why,
  actor: Options.actor,
  json: Options.json
}

type Input = Command.Command.Config.Infer<typeof flags>

const handler = Effect.fn("reprocess")(function* ({ id, acceptDuplicate, why, actor, json }: Input) {
  const operator = yield* Operator
  const given = acceptDuplicate ? { acceptDuplicate: "yes" } : {}
  yield* operator.reprocess({ messageId: id, why, actor, given })
  if (json) return yield* Print.json({ message: id, act: "reprocess", status: "received" })
  yield* Print.line(`Message ${id} is received once more. It runs as soon as \`throughline serve\` or a worker runs;`)
  yield* Print.line(`\`throughline message ${id}\` shows what came of it.`)
})

export const reprocessCommand = Command.make("reprocess", flags, Commands.withInstallation(handler)).pipe(
  Command.withDescription(
    "Have a message that waits or failed processed again. The reason and your name are journaled. A message that was processed is refused."
  ),
  Command.withShortDescription("Process a failed or waiting message again"),
  Command.withExamples([
    {
      command: "throughline reprocess 12 --why 'profile for Birch completed'",
      description: "After mending what was wrong"
    },
    {
      command: "throughline reprocess 12 --accept-duplicate --why 'Birch reused the number, says Ann'",
      description: "A potential duplicate that is none"
    }
  ])
)
