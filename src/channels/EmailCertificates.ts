/**
 * Alerts about certificates for other verification providers that end: one for each certificate at 30, 7 and 1 days
 * before its end and one when it has ended. A process that first looks later than that tells the nearest only.
 *
 * The topic under which an alert is kept says everything the mail needs, so that any process may send what another noted.
 * Pure.
 */
import type { Held } from "./ProviderCertificates.ts"

/** `certificate|provider|days|end|fingerprint` */
export type Topic = `certificate|${string}`

/** A certificate that ends soon, or has. */
export interface Ending {
  readonly provider: string
  /** The threshold that it passed; 0 when it has ended. */
  readonly days: number
  readonly validTo: Date
  readonly fingerprint: string
}

/** Days before the end, the nearest first. */
const thresholds = [0, 1, 7, 30] as const
const day = 86_400_000

/** Topics that are due at this moment. */
export const due = (held: ReadonlyArray<Held>, now: number): ReadonlyArray<Topic> =>
  held.flatMap(({ provider, validTo, fingerprint }): ReadonlyArray<Topic> => {
    const days = thresholds.find((threshold) => validTo - now <= threshold * day)
    if (days === undefined) return []
    return [`certificate|${provider}|${days}|${new Date(validTo).toISOString()}|${fingerprint}`]
  })

export const isTopic = (kind: string): kind is Topic => kind.startsWith("certificate|")

export const read = (topic: Topic): Ending => {
  const [, provider = "", days, validTo = "", fingerprint = ""] = topic.split("|")
  return { provider, days: Number(days), validTo: new Date(validTo), fingerprint }
}

const second = (at: Date): string => `${at.toISOString().slice(0, 19).replace("T", " ")}Z`

/** What happened, as one line. */
export const headline = ({ provider, days, validTo }: Ending): string =>
  `The certificate for ${provider} ${days === 0 ? "has ended on" : "ends on"} ${second(validTo)}`

/** What happened, what it means, and what to do. */
export const text = (ending: Ending): string =>
  [
    headline(ending),
    `  provider:       ${ending.provider}`,
    `  fingerprint:    ${ending.fingerprint}`,
    '  From then on this provider turns away what we ask it, and those questions end in "could not ask".',
    "  Have a new certificate signed for this provider, put it into the configuration file, and restart.",
    "  $ throughline providers"
  ].join("\n")
