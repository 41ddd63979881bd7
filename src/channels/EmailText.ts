/**
 * What an alert says: one mail about one event, or about all that happened since the last one. Plain text, the most
 * important first, with the command that shows more. Pure.
 */
import * as EmailCertificates from "./EmailCertificates.ts"
import type { Detail, Kind } from "./EmailQueries.ts"

/** An event with what is known of its message. */
export interface Told {
  readonly kind: Kind
  readonly detail: Detail
}

/** Events described in full; of more only the number is said. */
const described = 20

const plain = (text: string): string => text.replace(/\p{Cc}+/gu, " ")

const moment = (at: Date): string => `${at.toISOString().slice(0, 19).replace("T", " ")}Z`

const nameOf = ({ type, controlNumber, messageId }: Detail): string =>
  controlNumber === null ? `${type} (message ${messageId})` : `${type} ${plain(controlNumber)}`

const happened: Readonly<Record<Kind, string>> = {
  failed: "failed",
  waits_for_operator: "waits for a person",
  delivery_failed: "could not be delivered",
  held_up: "cannot be delivered so far",
  not_acknowledged: "was delivered and not acknowledged",
  rejected: "was rejected by the partner"
}

/** Kinds that are about what we sent. */
const outbound: ReadonlySet<Kind> = new Set(["delivery_failed", "held_up", "not_acknowledged", "rejected"])

/** What to do about it. */
const next = (kind: Kind, { messageId }: Detail): ReadonlyArray<string> => {
  const look = `throughline message ${messageId}`
  if (kind === "held_up") return [look, "throughline channels test"]
  if (kind === "delivery_failed") return [look, `throughline redeliver ${messageId} --why TEXT`]
  if (kind === "not_acknowledged") return ["throughline acknowledgments --overdue", look]
  if (kind === "rejected") return ["throughline acknowledgments", look]
  if (kind === "waits_for_operator") return [look, `throughline complete ${messageId} --help`]
  return [look, `throughline reprocess ${messageId} --why TEXT`, `throughline reconcile ${messageId} --why TEXT`]
}

const lines = ({ kind, detail }: Told): ReadonlyArray<string> => {
  const field = (name: string, value: string | null | undefined): ReadonlyArray<string> =>
    value === null || value === undefined || value === "" ? [] : [`  ${`${name}:`.padEnd(16)}${plain(value)}`]
  const isDelivery = kind === "delivery_failed" || kind === "held_up"
  const isOutbound = outbound.has(kind)
  return [
    `${nameOf(detail)} ${happened[kind]}`,
    ...field("message", `${detail.messageId}`),
    ...field(isOutbound ? "to" : "from", `${detail.company} (${detail.destination ?? detail.channel})`),
    ...field("file", detail.fileName),
    ...field("received", isOutbound ? undefined : moment(detail.receivedAt)),
    ...field("sender", detail.sender),
    ...field("receiver", detail.receiver),
    ...field(
      "status",
      kind === "delivery_failed" ? "delivery_failed" : kind === "held_up" ? "retrying" : detail.status
    ),
    ...field("reason", isDelivery ? detail.lastError : detail.reason),
    ...field("attempts", isDelivery ? `${detail.attempts ?? 0}` : undefined),
    ...field("behind it", kind === "held_up" ? `${detail.behind ?? 0} documents wait` : undefined),
    ...field(
      "waits until",
      kind === "waits_for_operator" && detail.waitUntil !== null ? moment(detail.waitUntil) : undefined
    ),
    ...next(kind, detail).map((command) => `  $ ${command}`)
  ]
}

/** Certificates that end are told with the messages, after them in the subject and before them in the text. */
type Endings = ReadonlyArray<EmailCertificates.Ending>

export const subject = (told: ReadonlyArray<Told>, endings: Endings = []): string => {
  const [first] = told
  const [ending] = endings
  if (ending !== undefined && told.length === 0) {
    const more = endings.length === 1 ? "" : `, and ${endings.length - 1} more`
    return `[Throughline] ${EmailCertificates.headline(ending)}${more}`
  }
  if (first !== undefined && told.length === 1 && ending === undefined) {
    return `[Throughline] ${nameOf(first.detail)} ${happened[first.kind]} (${first.detail.company})`
  }
  const count = (kind: Kind) => told.filter((one) => one.kind === kind).length
  const parts = [
    [count("failed"), "failed"],
    [count("waits_for_operator"), "waiting for a person"],
    [count("delivery_failed"), "not delivered"],
    [count("held_up"), "held up"],
    [count("not_acknowledged"), "not acknowledged"],
    [count("rejected"), "rejected"]
  ] as const
  const said = parts.flatMap(([number, what]) => (number === 0 ? [] : [`${number} ${what}`]))
  const messages = told.length === 1 ? "1 message needs attention" : `${told.length} messages need attention`
  const certificates = endings.length === 0 ? "" : `; certificates that end: ${endings.length}`
  return `[Throughline] ${messages}: ${said.join(", ")}${certificates}`
}

export const text = (told: ReadonlyArray<Told>, endings: Endings = []): string => {
  const shown = told.slice(0, described).map((one) => lines(one).join("\n"))
  const more = told.length - shown.length
  const rest = more > 0 ? [`... and ${more} more: throughline messages --status failed`] : []
  const all = [...endings.map(EmailCertificates.text), ...shown, ...rest]
  return `${all.join("\n\n")}\n\n-- \nSent by Throughline to the addresses that its configuration names.\n`
}
