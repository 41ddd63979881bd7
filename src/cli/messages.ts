/**
 * `throughline messages`: the journal as a list, newest first. `--status failed` and `--open` answer the question an
 * operator begins the day with.
 */
import { Effect, Option } from "effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { Desk, type MessageRow } from "../engine/Desk.ts"
import * as Commands from "./Commands.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"

const failures = ["map_in_failed", "processing_failed", "map_out_failed", "delivery_failed"]

/** What `--status` takes: the statuses of messages and deliveries, and `failed` for every way to fail. */
const statuses = [
  "received",
  "processing",
  "waiting",
  "processed",
  "failed",
  "map_in_failed",
  "processing_failed",
  "map_out_failed",
  "queued",
  "retrying",
  "delivered",
  "delivery_failed",
  "rerouted"
] as const

const flags = {
  status: Flag.Literals("status", statuses).pipe(
    Flag.withDescription("Only in this status; `failed` means any way to fail"),
    Flag.optional
  ),
  open: Flag.Boolean("open").pipe(
    Flag.withDescription("Only what somebody may have to act on: waiting, or failed and not reconciled"),
    Flag.withDefault(false)
  ),
  type: Flag.String("type").pipe(Flag.withDescription("Only of this message type, e.g. SNX_TRANSFER"), Flag.optional),
  company: Flag.String("company").pipe(
    Flag.withDescription("Only from or to this company (its key in the world)"),
    Flag.optional
  ),
  direction: Flag.Literals("direction", ["in", "out"]).pipe(
    Flag.withDescription("Only received (in) or sent (out)"),
    Flag.optional
  ),
  since: Options.since,
  before: Flag.Int("before").pipe(
    Flag.withDescription("Only with an id below this one: the next page of a list"),
    Flag.optional
  ),
  limit: Options.limit(50),
  json: Options.json
}

/** How a message stands, in one word: an outbound one by its delivery. */
export const standing = ({ direction, status, delivery }: MessageRow): string =>
  direction === "in" ? status : (delivery ?? status)

/** A message as `--json` prints it. */
export const toJson = (message: MessageRow) => {
  const { status, delivery, ...rest } = message
  return { ...rest, status: standing(message) }
}

const note = (message: MessageRow): string => {
  const { reason, reconciledAt, replyTo } = message
  const settled = reconciledAt === null ? "" : "reconciled: "
  return Print.plain(`${settled}${reason ?? (replyTo === null ? "" : `answers ${replyTo}`)}`)
}

/** Characters shown of a name that a partner gave; `throughline message` and `--json` have all. */
const widest = 60

const listed = (messages: ReadonlyArray<MessageRow>): string =>
  Print.table(
    ["ID", "RECEIVED", "", "COMPANY", "TYPE", "STATUS", "CONTROL NUMBER", "FILE", ""],
    messages.map((message) => [
      `${message.id}`,
      Print.moment(message.receivedAt),
      message.direction === "in" ? "from" : "to",
      message.company,
      Print.plain(message.type),
      Print.status(standing(message)),
      Print.clipped(Print.plain(message.controlNumber ?? ""), widest),
      Print.clipped(Print.plain(message.fileName), widest),
      note(message)
    ])
  )

type Input = Command.Command.Config.Infer<typeof flags>

const handler = Effect.fn("messages")(function* (input: Input) {
  const desk = yield* Desk
  const since = yield* Options.sinceMoment(input.since)
  const status = Option.getOrUndefined(input.status)
  const wanted = status === "failed" ? failures : status === undefined ? undefined : [status]
  const messages = yield* desk.list({
    direction: Option.getOrUndefined(input.direction),
    statuses: input.open ? (wanted ?? ["waiting", ...failures]) : wanted,
    type: Option.getOrUndefined(input.type),
    company: Option.getOrUndefined(input.company),
    since,
    unsettled: input.open,
    before: Option.getOrUndefined(input.before),
    limit: input.limit
  })
  if (input.json) return yield* Effect.forEach(messages, (message) => Print.json(toJson(message)), { discard: true })
  if (messages.length === 0) return yield* Print.remark("No such messages.")
  yield* Print.line(listed(messages))
  const last = messages.at(-1)
  if (last !== undefined && messages.length === input.limit) {
    yield* Print.remark(`There may be more: add --before ${last.id}.`)
  }
})

export const messagesCommand = Command.make("messages", flags, Commands.withInstallation(handler)).pipe(
  Command.withDescription(
    "List messages, received and sent, newest first. The status of a sent message is how its delivery stands."
  ),
  Command.withShortDescription("The journal as a list"),
  Command.withExamples([
    { command: "throughline messages --open", description: "What somebody may have to act on" },
    {
      command: "throughline messages --company birch-printing --since '2 hours'",
      description: "What a partner sent lately, and got"
    },
    { command: "throughline messages --status processing_failed --json", description: "For programs" }
  ])
)
