/**
 * What the verification history keeps of a question and its answer, and how it is filtered. Types, lists and the
 * bounds of time only; the `History` service reads and writes them.
 */

/** Reports may be asked for so far back, as documented; so long the history is kept at least. */
export const yearsBack = 12

/** The first moment of the day that was so many years ago, UTC. */
export const oldestDay = (now: number, years: number): Date => {
  const day = new Date(now)
  day.setUTCFullYear(day.getUTCFullYear() - years)
  day.setUTCHours(0, 0, 0, 0)
  return day
}

export type RecordedOutcome = "valid" | "invalid" | "not_asked" | "no_impact"

/** One verification as it is recorded. */
export interface Entry {
  /** ISO 8601, UTC. */
  readonly at: string
  readonly latencyMicros: number
  readonly outcome: RecordedOutcome
  readonly inNetwork: boolean
  readonly inPossession: boolean | null
  readonly gtin: string
  readonly serial: string
  readonly lot: string
  readonly expiry: string
  readonly context: string
  readonly requesterGln: string
  readonly requester: string | null
  readonly askedBy: string | null
  readonly producer: string | null
  readonly provider: string | null
  readonly responderGln: string | null
  readonly scenario: string
  readonly failureReason: string | null
  readonly additionalInfo: string | null
  readonly corrUuid: string
  readonly credential: string | null
  /** Contact of the requester, where it gave one (R1.3). */
  readonly email: string | null
  readonly telephone: string | null
}

export interface Listed extends Omit<Entry, "at" | "scenario"> {
  readonly id: string
  readonly at: Date
  /** Null for a looker who is not told what decided an answer. */
  readonly scenario: string | null
}

/** Which answers: all, those that the unit matched, those that it did not. */
export const reportFilters = ["All", "Invalid", "Valid"] as const
export type ReportFilter = (typeof reportFilters)[number]
