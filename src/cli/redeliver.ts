/**
 * `throughline redeliver ID`: delivers what was sent once more, byte for byte the same and under the same name, e.g. when
 * a partner lost it or a delivery was given up.
 */
import { Effect } from "effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { Operator, type Queued } from "../engine/Operator.ts"
import * as Commands from "./Commands.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"

const flags = {
  id: Options.id("A sent message; or a received one, for everything that answered it"),
  delivery: Flag.Boolean("delivery").pipe(
    Flag.withDescription("The id is that of a delivery, as `throughline message` shows it"),
    Flag.withDefault(false)
  ),
  why: Flag.String("why").pipe(
    Flag.withDescription("The reason, for the journal"),
    Flag.withMetavar("TEXT"),
    Flag.withDefault("delivered again by hand")
  ),
  actor: Options.actor,
  json: Options.json
}

type Input = Command.Command.Config.Infer<typeof flags>

const became: Readonly<Record<Queued["kind"], string>> = {
  queued: "is queued once more",
  hurried: "was on its way already and is tried at once",
  held: "is being handed over at this moment, to where it no longer goes; should that fail, run this again"
}

const handler = Effect.fn("redeliver")(function* ({ id, delivery, why, actor, json }: Input) {
  const operator = yield* Operator
  const queued = yield* operator.redeliver({ why, actor, ...(delivery ? { deliveryId: id } : { messageId: id }) })
  if (json) return yield* Effect.forEach(queued, Print.json, { discard: true })
  for (const { delivery, message, destination, fileName, kind } of queued) {
    yield* Print.line(
      `delivery ${delivery}: message ${message}, ${Print.plain(fileName)}, to ${destination} ${became[kind]}`
    )
  }
})

export const redeliverCommand = Command.make("redeliver", flags, Commands.withInstallation(handler)).pipe(
  Command.withDescription(
    "Deliver a sent message once more: same bytes, same file name, same control number. `throughline serve` or a worker makes the delivery."
  ),
  Command.withShortDescription("Deliver a sent message once more"),
  Command.withExamples([
    { command: "throughline redeliver 13", description: "One sent message" },
    { command: "throughline redeliver 12 --why 'Cedar lost it'", description: "Everything that answered message 12" }
  ])
)
