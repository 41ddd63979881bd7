/**
 * A question and its outcome as a row of the history: who asked about which unit, what was answered, by whom, how fast.
 * Pure: every outcome has a row, also one that could not be asked for, so that no answer leaves without a trace.
 */
import type { Entry, RecordedOutcome } from "./HistoryModel.ts"
import type { Asker, Outcome, Request } from "./Verification.ts"

/** An outcome, or a question that was refused: whose product it was about has a right to know of it too. */
export type Recordable = Outcome | { readonly _tag: "Refused"; readonly corrUuid: string; readonly at: string }

const recordedAs = (outcome: Recordable): RecordedOutcome => {
  if (outcome._tag === "NoImpact") return "no_impact"
  if (outcome._tag === "NotAsked" || outcome._tag === "Refused") return "not_asked"
  return outcome.verdict.verified ? "valid" : "invalid"
}

const longestLatency = 2_147_483_647

/** The row. `latencyNanos` runs from the question to the decision. */
export const entryOf = (
  asked: Request & { readonly asker: Asker; readonly context: string; readonly requesterGln: string },
  outcome: Recordable,
  found: {
    readonly scenario: string
    readonly producer: string | undefined
    readonly credential: string | null
    readonly latencyNanos: bigint
  }
): Entry => {
  const { asker } = asked
  const verdict = outcome._tag === "Answered" ? outcome.verdict : undefined
  const provider = outcome._tag === "Answered" || outcome._tag === "NotAsked" ? outcome.provider : undefined
  return {
    at: outcome.at,
    latencyMicros: Math.min(longestLatency, Number(found.latencyNanos / 1000n)),
    outcome: recordedAs(outcome),
    inNetwork: outcome._tag === "Answered" ? outcome.inNetwork : found.producer !== undefined && provider === undefined,
    inPossession: asked.inPossession ?? null,
    gtin: asked.gtin,
    serial: asked.serial,
    lot: asked.lot,
    expiry: asked.expiry,
    context: asked.context,
    requesterGln: asked.requesterGln,
    requester: asker._tag === "Company" ? asker.company : null,
    askedBy: asker._tag === "Provider" ? asker.provider : null,
    producer: found.producer ?? null,
    provider: provider ?? null,
    responderGln: outcome._tag === "Answered" ? outcome.responderGln : null,
    scenario: found.scenario,
    failureReason: verdict?.verified === false ? (verdict.failureReason ?? null) : null,
    additionalInfo: verdict?.additionalInfo ?? null,
    corrUuid: outcome.corrUuid,
    email: asked.email ?? null,
    telephone: asked.telephone ?? null,
    credential: found.credential
  }
}
