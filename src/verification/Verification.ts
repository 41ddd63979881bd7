/**
 * Verification of product identifiers: is there such a unit, does its lot and expiry read as its producer made it, and may
 * it be sold again? Whoever asks (another provider, a company of ours, a person at the scan page) asks this service; it
 * answers from our own numbers, or has the provider asked that answers for the product.
 *
 * There are three kinds of outcome: somebody responsible answered (yes or no), nobody could be asked, or the question does
 * not concern anybody (other markets). A question that cannot be put at all (malformed, a blocked requester, a credential
 * that does not hold) is a `VerificationError`. An answer that is given has been recorded before.
 */
import { Context, type Effect } from "effect"
import type { Fault, VerificationError } from "./VerificationError.ts"

export { VerificationError, type VerificationReason } from "./VerificationError.ts"

/** The question of GS1 lightweight messaging. */
export interface Request {
  readonly gtin: string
  readonly serial: string
  readonly lot: string
  /** YYMMDD as the code carries it; the day may be 00. */
  readonly expiry: string
  /** Why it is asked, `dscsaSaleableReturn` unless given; one of the contexts of the settings. */
  readonly context?: string | undefined
  /** 13 digits. For a company of ours that leaves it out: its own first GLN. */
  readonly requesterGln?: string | undefined
  /** Echoed unchanged; made when there is none. */
  readonly corrUuid?: string | undefined
  /** True when the requester has the unit in hand. */
  readonly inPossession?: boolean | undefined
  readonly email?: string | undefined
  readonly telephone?: string | undefined
  /**
   * Target market where the requester knows it, as `Countries` reads it. One that is not in scope has no compliance impact,
   * unless the producer's master data is here and says that the product is for a market in scope.
   */
  readonly market?: string | undefined
  /** Credential of an authorized trading partner: a verifiable presentation as JWT. */
  readonly presentation?: string | undefined
}

/** Who brings the question: a company of ours (its key in the world), or another provider for whichever requester. */
export type Asker =
  | { readonly _tag: "Company"; readonly company: string }
  | { readonly _tag: "Provider"; readonly provider: string }

/** Reasons of the GS1 US guideline R1.3 why an answer is no. */
export const failureReasons = [
  "No_match_GTIN_Serial",
  "No_match_GTIN_Serial_Lot_Expiry",
  "No_match_GTIN_Serial_Lot",
  "No_match_GTIN_Serial_Expiry",
  "No_reason_provided",
  "Manufacturer_policy",
  "Not_for_re-distribution"
] as const
export type FailureReason = (typeof failureReasons)[number]

/** What an answer may say beside yes or no. */
export const additionalInfos = ["Expired", "ExpirationExtended", "Recalled", "Suspect", "Illegitimate"] as const
export type AdditionalInfo = (typeof additionalInfos)[number]

/** Yes, or no and why, as far as the producer's response rules tell it. */
export type Verdict =
  | { readonly verified: true; readonly additionalInfo?: AdditionalInfo | undefined }
  | {
      readonly verified: false
      readonly failureReason?: FailureReason | undefined
      readonly additionalInfo?: AdditionalInfo | undefined
    }

/** Why nobody could be asked. */
export type NotAskedReason =
  /** No directory has a record of the GTIN. */
  | "GtinUnknown"
  /** There is a record, but it does not hold at this time or for this expiry. */
  | "RecordExpired"
  /** The provider is not configured here. */
  | "ProviderUnknown"
  /** It cannot be reached, or was not asked because it has been failing. */
  | "ProviderDown"
  | "ProviderTimeout"
  /** It answered something that is no answer. */
  | "InvalidAnswer"
  /** It does not let us, or this requester, ask. */
  | "ProviderRefused"

interface About {
  /** Unchanged from the request, or made. */
  readonly corrUuid: string
  /** Of the verification, ISO 8601 in UTC. */
  readonly at: string
  /** Row of the history; undefined where nothing is recorded. */
  readonly id?: string | undefined
}

export type Outcome =
  | (About & {
      readonly _tag: "Answered"
      readonly verdict: Verdict
      readonly responderGln: string
      /** True when the answer came from our own numbers. */
      readonly inNetwork: boolean
      /** The provider that answered, where it was not us. */
      readonly provider?: string | undefined
    })
  | (About & {
      readonly _tag: "NotAsked"
      readonly reason: NotAskedReason
      readonly provider?: string | undefined
      readonly detail: string
    })
  /** The product is for markets where nobody has to verify. */
  | (About & { readonly _tag: "NoImpact"; readonly markets: ReadonlyArray<string> })

/** `SerialNumberStatus` codes of Set Event. */
export type StatusCode = "PIE_SUCCESS" | "PV_SUBMISSION_FAILURE" | "PIE_FAILURE" | "SEM_NO_COMPLIANCE_IMPACT"

/** The outcome in the words of Set Event: positive, negative, could not ask, no impact. */
export const statusCode = (outcome: Outcome): StatusCode => {
  if (outcome._tag === "NoImpact") return "SEM_NO_COMPLIANCE_IMPACT"
  if (outcome._tag === "NotAsked") return "PIE_FAILURE"
  return outcome.verdict.verified ? "PIE_SUCCESS" : "PV_SUBMISSION_FAILURE"
}

/** A question as it is put, with who puts it. */
export interface Question extends Request {
  readonly asker: Asker
  /** What could not be read of it: it is refused with this and with all else that is wrong. */
  readonly faults?: ReadonlyArray<Fault> | undefined
}

/** Whether a product can be asked about here. */
export interface Connection {
  readonly responderGln: string
}

export class Verification extends Context.Service<
  Verification,
  {
    /** Answers a question, recorded. A question about a product of another provider goes there, unless a provider asks. */
    readonly verify: (question: Question) => Effect.Effect<Outcome, VerificationError>
    /**
     * A producer asks about its own products only; others are refused. Answered as anybody would be, so that it sees what
     * others are told.
     */
    readonly verifyOwn: (question: Question) => Effect.Effect<Outcome, VerificationError>
    /** Whether a requester may ask about a GTIN here (`checkConnectivity`). */
    readonly connect: (question: {
      readonly gtin: string
      readonly requesterGln: string
      readonly context?: string | undefined
      readonly asker: Asker
      readonly faults?: ReadonlyArray<Fault> | undefined
    }) => Effect.Effect<Connection, VerificationError>
  }
>()("throughline/verification/Verification") {}
