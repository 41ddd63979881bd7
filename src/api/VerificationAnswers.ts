/**
 * Outcomes and errors of verification as the API says them: one answer for each outcome, one problem for each error.
 * Pure.
 */
import type { Effect } from "effect"
import { type Outcome, statusCode, type VerificationError } from "../verification/Verification.ts"
import { Forbidden, Invalid, NotFound, TooSlow, Unavailable } from "./Problems.ts"
import * as RequestFaults from "./RequestFaults.ts"
import { VerificationAnswer } from "./VerificationApi.ts"
import * as Words from "./VerificationWords.ts"
import * as Wire from "./Wire.ts"

/** The four parts that were asked about. */
export interface Parts {
  readonly gtin: string
  readonly serial: string
  readonly lot: string
  readonly expiry: string
}

const particulars = (outcome: Outcome) => {
  if (outcome._tag === "NoImpact") return { outcome: "no_impact", markets: outcome.markets } as const
  if (outcome._tag === "NotAsked") {
    return { outcome: "not_asked", notAskedBecause: outcome.reason, provider: outcome.provider } as const
  }
  const { verdict, responderGln, inNetwork, provider } = outcome
  return {
    outcome: verdict.verified ? ("verified" as const) : ("not_verified" as const),
    failureReason: verdict.verified ? undefined : verdict.failureReason,
    additionalInfo: verdict.additionalInfo,
    responderGln,
    inNetwork,
    provider
  }
}

const decode = Wire.as(VerificationAnswer)

export const answerOf = ({ gtin, serial, lot, expiry }: Parts, outcome: Outcome): Effect.Effect<VerificationAnswer> =>
  decode({
    ...particulars(outcome),
    ...Words.of(outcome),
    status: statusCode(outcome),
    gtin,
    serial,
    lot,
    expiry,
    at: outcome.at,
    corrUuid: outcome.corrUuid,
    id: outcome.id
  })

type Problem = Invalid | Forbidden | NotFound | TooSlow | Unavailable

/** Where a body has the fields that a question calls as lightweight messaging does. */
export const inBody = { exp: "expiry", reqGLN: "requesterGln", corrUUID: "corrUuid" }

/** The problem of a question that was not answered; `places` says where in the body its fields stood. */
export const problemOf = (error: VerificationError, places: Readonly<Record<string, string>>): Problem => {
  const { reason, detail } = error
  if (reason._tag === "Malformed") {
    const errors = reason.faults.map(({ field, message }) => RequestFaults.inBody(places[field] ?? field, message))
    return new Invalid({ detail, errors })
  }
  if (reason._tag === "NotFound") return new NotFound({ detail })
  if (reason._tag === "TooSlow") return new TooSlow({ detail })
  if (reason._tag === "Unavailable" || reason._tag === "Internal") return new Unavailable({ detail })
  return new Forbidden({ detail })
}
