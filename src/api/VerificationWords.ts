/**
 * What came of a verification, in words for the person who holds the pack: a headline, and what it means for them. Pure;
 * programs go by the fields beside it.
 */
import type { AdditionalInfo, FailureReason, NotAskedReason, Outcome } from "../verification/Verification.ts"

export interface Words {
  readonly headline: string
  readonly detail: string
}

const infos: Readonly<Record<AdditionalInfo, string>> = {
  Expired: "Its expiration date has passed.",
  ExpirationExtended: "Its producer extended the expiration date.",
  Recalled: "Its producer recalled it.",
  Suspect: "Its producer calls it suspect.",
  Illegitimate: "Its producer calls it illegitimate."
}

const reasons: Readonly<Record<FailureReason, string>> = {
  No_match_GTIN_Serial: "Its producer knows no such serial number of this product.",
  No_match_GTIN_Serial_Lot_Expiry: "Its producer knows the serial number, but with another lot and expiration date.",
  No_match_GTIN_Serial_Lot: "Its producer knows the serial number, but with another lot.",
  No_match_GTIN_Serial_Expiry: "Its producer knows the serial number, but with another expiration date.",
  No_reason_provided: "Its producer gives no reason.",
  Manufacturer_policy: "Its producer's policy does not let it be sold.",
  "Not_for_re-distribution": "It must not be distributed again."
}

const notAsked: Readonly<Record<NotAskedReason, string>> = {
  GtinUnknown: "No directory knows who answers for this product.",
  RecordExpired: "The directory's record of this product does not hold for this expiration date.",
  ProviderUnknown: "The provider that answers for this product is not connected here.",
  ProviderDown: "The provider that answers for this product cannot be reached.",
  ProviderTimeout: "The provider that answers for this product did not answer in time.",
  InvalidAnswer: "The provider that answers for this product answered with something that is no answer.",
  ProviderRefused: "The provider that answers for this product does not let us ask."
}

const sentences = (...parts: ReadonlyArray<string | undefined>): string =>
  parts.filter((part) => part !== undefined).join(" ")

export const of = (outcome: Outcome): Words => {
  if (outcome._tag === "NoImpact") {
    return {
      headline: "No verification needed",
      detail: `The product is for other markets${outcome.markets.length === 0 ? "" : ` (${outcome.markets.join(", ")})`}.`
    }
  }
  if (outcome._tag === "NotAsked") {
    return { headline: "Could not ask", detail: `${notAsked[outcome.reason]} This says nothing about the pack.` }
  }
  const { verdict } = outcome
  const info = verdict.additionalInfo === undefined ? undefined : infos[verdict.additionalInfo]
  if (verdict.verified) return { headline: "Verified", detail: sentences("Its producer knows this pack.", info) }
  const reason = verdict.failureReason === undefined ? undefined : reasons[verdict.failureReason]
  return { headline: "Not verified", detail: sentences(info, reason) || "Its producer gives no reason." }
}
