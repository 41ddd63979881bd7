/**
 * `throughline acknowledgments`: what partners said about the interchanges sent to them, and, with `--overdue`, those
 * that were delivered and never acknowledged.
 */
import { Clock, Effect } from "effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { Acknowledgments } from "../orders/Acknowledgments.ts"
import * as Commands from "./Commands.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"

const flags = {
  overdue: Flag.Boolean("overdue").pipe(
    Flag.withDescription("Only what its partner has not acknowledged in time: a day, or what its channel says"),
    Flag.withDefault(false)
  ),
  limit: Options.limit(100),
  json: Options.json
}

const moment = (at: Date | null): string => (at === null ? "" : at.toISOString().slice(0, 19).replace("T", " "))

const handler = Effect.fn("acknowledgments")(function* (input: Command.Command.Config.Infer<typeof flags>) {
  const acknowledgments = yield* Acknowledgments
  const now = new Date(yield* Clock.currentTimeMillis)
  const rows = yield* acknowledgments.list({ overdue: input.overdue, now, limit: input.limit })
  if (input.json) return yield* Effect.forEach(rows, Print.json, { discard: true })
  if (rows.length === 0) return yield* Print.remark("There are none.")
  const headings = ["MESSAGE", "TO", "MAP", "DELIVERED", "DUE", "ACKNOWLEDGED", "BY MESSAGE", "DETAIL"]
  const cells = rows.map((row) => [
    `${row.messageId}`,
    row.company,
    row.map,
    moment(row.deliveredAt),
    moment(row.dueAt),
    row.status === null ? "" : `${row.status} ${moment(row.at)}`,
    row.byMessage === null ? "" : `${row.byMessage}`,
    row.detail ?? ""
  ])
  return yield* Print.line(Print.table(headings, cells))
})

export const acknowledgmentsCommand = Command.make("acknowledgments", flags, Commands.withInstallation(handler)).pipe(
  Command.withDescription("List the X12 interchanges that ask for a 997, and what came back for them."),
  Command.withShortDescription("What partners acknowledged, and what they did not"),
  Command.withExamples([
    {
      command: "throughline acknowledgments --overdue",
      description: "What was delivered and not acknowledged in time"
    }
  ])
)
