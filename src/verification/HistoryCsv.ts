/**
 * Lines of the verification history report (RFC 4180). The first column is documented (`inNetworkVerification`: answered
 * by this installation or by another provider); the others are ours, named in the words of the answer. Pure.
 *
 * A value that a spreadsheet would take for a formula gets a tab in front of it, because serial numbers and lots may begin
 * with `=`, `+` and `-`.
 */
import type { Listed } from "./HistoryModel.ts"

type Column = readonly [name: string, value: (row: Listed) => string | number | boolean | null]

const columns: ReadonlyArray<Column> = [
  ["inNetworkVerification", ({ inNetwork }) => inNetwork],
  ["verificationTimestamp", ({ at }) => at.toISOString()],
  ["verificationResponse", ({ outcome }) => outcomes[outcome]],
  ["packagingCode", ({ gtin }) => gtin],
  ["serialNumber", ({ serial }) => serial],
  ["lotNumber", ({ lot }) => lot],
  ["expirationDate", ({ expiry }) => expiry],
  ["context", ({ context }) => context],
  ["ctrlPossessAtt", ({ inPossession }) => inPossession],
  ["requesterGLN", ({ requesterGln }) => requesterGln],
  ["requesterCompany", ({ requester }) => requester],
  ["requesterProvider", ({ askedBy }) => askedBy],
  ["requesterEmail", ({ email }) => email],
  ["requesterTelephone", ({ telephone }) => telephone],
  ["responderGLN", ({ responderGln }) => responderGln],
  ["responderProvider", ({ provider }) => provider],
  ["verificationFailureReason", ({ failureReason }) => failureReason],
  ["additionalInfo", ({ additionalInfo }) => additionalInfo],
  ["scenario", ({ scenario }) => scenario],
  ["latencyMilliseconds", ({ latencyMicros }) => (latencyMicros / 1000).toFixed(3)],
  ["corrUUID", ({ corrUuid }) => corrUuid]
]

const outcomes = { valid: "Valid", invalid: "Invalid", not_asked: "Not asked", no_impact: "No impact" } as const

const field = (value: string | number | boolean | null): string => {
  const text = value === null ? "" : String(value)
  const tame = /^[=+\-@]/u.test(text) ? `\t${text}` : text
  return /[",\r\n\t]/u.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame
}

/** The heading, with its line end. */
export const heading = `${columns.map(([name]) => name).join(",")}\r\n`

/** A row, with its line end. */
export const line = (row: Listed): string => `${columns.map(([, value]) => field(value(row))).join(",")}\r\n`
