/**
 * `throughline reconcile ID --why TEXT`: notes that a failure is settled, so that it no longer shows among what somebody
 * has to act on. The message and its status stay as they are.
 */
import { Effect } from "effect"
import * as Command from "effect/cli/Command"
import { Operator } from "../engine/Operator.ts"
import * as Commands from "./Commands.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"

const flags = {
  id: Options.id("A message that failed, or a sent one that could not be delivered"),
  why: Options.why,
  actor: Options.actor,
  json: Options.json
}

type Input = Command.Command.Config.Infer<typeof flags>

const handler = Effect.fn("reconcile")(function* ({ id, why, actor, json }: Input) {
  const operator = yield* Operator
  yield* operator.reconcile({ messageId: id, why, actor })
  if (json) return yield* Print.json({ message: id, act: "reconcile" })
  yield* Print.line(`Message ${id} is reconciled.`)
})

export const reconcileCommand = Command.make("reconcile", flags, Commands.withInstallation(handler)).pipe(
  Command.withDescription(
    "Note that a failed message needs no more attention, and why: the partner sent it again, or settled it another way. `throughline messages --open` no longer shows it."
  ),
  Command.withShortDescription("Note that a failure is settled"),
  Command.withExamples([
    { command: "throughline reconcile 12 --why 'sent again as message 15'", description: "The corrected file came" }
  ])
)
