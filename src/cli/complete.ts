/**
 * `throughline complete ID --to TYPE:NUMBER`: gives a transfer that waits for a recipient the one it lacks, and has it
 * processed. The recipient must be a location of the configuration. A message that does not lack one is refused: what a
 * document says about its recipient is not replaced by hand.
 */
import { Effect } from "effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { Desk } from "../engine/Desk.ts"
import { Operator } from "../engine/Operator.ts"
import { Partners } from "../partners/Partners.ts"
import * as ReceiptRules from "../serials/TransferReceiptRules.ts"
import * as Refusals from "../serials/TransferRefusals.ts"
import * as Commands from "./Commands.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"

const flags = {
  id: Options.id("Which message: a transfer that waits for its recipient"),
  to: Flag.String("to").pipe(
    Flag.withDescription("The receiving location, type and number: GLN:8779891024769"),
    Flag.withMetavar("TYPE:NUMBER"),
    Flag.filter(
      (text) => /^[A-Za-z0-9_]+:\S+$/u.test(text),
      () => "TYPE:NUMBER, e.g. GLN:8779891024769"
    )
  ),
  why: Options.why,
  actor: Options.actor,
  json: Options.json
}

type Input = Command.Command.Config.Infer<typeof flags>

/** Rules that say that the document names no recipient, of a request and of a response. */
const lacking: ReadonlyArray<string> = [Refusals.recipientMissing.id, ReceiptRules.recipientMissing.id]

const inRest = ["waiting", "map_in_failed", "processing_failed", "map_out_failed"]

/** Refuses a message in rest that lacks no recipient and was given none before; others the engine refuses itself. */
const isPending = Effect.fnUntraced(function* (id: number) {
  const dossier = yield* Desk.use((desk) => desk.dossier(id))
  const run = dossier?.runs.at(-1)
  if (dossier === undefined || run === undefined || !inRest.includes(dossier.message.status)) return
  if (run.given?.["transferTo"] !== undefined || lacking.some((rule) => Object.hasOwn(run.totals, rule))) return
  return yield* Problem.usage(
    `Message ${id} does not lack a recipient.`,
    `\`throughline message ${id}\` says what is wrong, \`throughline reprocess ${id} --why TEXT\` tries it again.`
  )
})

const handler = Effect.fn("complete")(function* ({ id, to, why, actor, json }: Input) {
  const partners = yield* Partners
  const operator = yield* Operator
  const directory = yield* partners.current
  const colon = to.indexOf(":")
  const place = directory.location(to.slice(0, colon), to.slice(colon + 1))
  if (place === undefined) {
    return yield* Problem.usage(
      `There is no location ${to}.`,
      "`throughline export` shows the companies and their locations."
    )
  }
  yield* isPending(id)
  yield* operator.reprocess({ messageId: id, why, actor, given: { transferTo: to } })
  if (json)
    return yield* Print.json({ message: id, act: "complete", to, location: place.location?.id, status: "received" })
  yield* Print.line(
    `Message ${id} now goes to ${place.location?.name ?? place.company.name} and is received once more.`
  )
  yield* Print.line(`\`throughline message ${id}\` shows what came of it, once \`throughline serve\` or a worker runs.`)
})

export const completeCommand = Command.make("complete", flags, Commands.withInstallation(handler)).pipe(
  Command.withDescription(
    "Give a pending transfer (one whose document names no recipient) the location that receives the numbers, and process it."
  ),
  Command.withShortDescription("Give a pending transfer its recipient"),
  Command.withExamples([
    {
      command: "throughline complete 12 --to GLN:8779891024769 --why 'Birch called: line 1 at Cedar'",
      description: "Transfer to that location"
    }
  ])
)
