/**
 * The answer to a verification request as a function: what is known of the unit, what the request says of it, the
 * producer's response rules and the day, in; the verdict and the scenario it follows from, out.
 *
 * The identity comes first: an unknown GTIN and serial, then lot and expiry. Then what is wrong with the unit decides
 * (its disposition), and only when nothing is, its expiry. Scenario codes are those of the GS1 response table (A1 to C2,
 * the three about expired product); `none` and the three about mismatches are ours. Pure; every input has an answer.
 */
import type { AnswerCode, ResponseRules } from "../partners/WorldVerification.ts"
import * as Expiry from "./Expiry.ts"
import type { AdditionalInfo, FailureReason, Verdict } from "./Verification.ts"

/** A number as the repository knows it. */
export interface Known {
  readonly state: string
  readonly itemStatus?: string | undefined
  /** Attributes and reason codes, as dispositions: `recalled`, `suspect`, `damaged`, ... */
  readonly attributes: ReadonlyArray<string>
  readonly lot?: string | undefined
  /** YYMMDD as printed. */
  readonly expiry?: string | undefined
  /** YYMMDD, where the producer extended the expiry. */
  readonly extendedTo?: string | undefined
}

/** What the requester read off the unit. */
export interface Read {
  readonly lot: string
  readonly expiry: string
}

export const scenarios = [
  "A1",
  "A2",
  "B1",
  "B2",
  "C1.1",
  "C1.2",
  "C2",
  "B1 Exp",
  "B2 Exp",
  "Default exp",
  "No number",
  "No lot",
  "No expiry",
  "No lot, expiry"
] as const
export type Scenario = (typeof scenarios)[number]

export interface Decision {
  readonly scenario: Scenario
  readonly verdict: Verdict
}

/** Dispositions that say something by themselves; a company's rules come before them. */
const usualAnswers: ReadonlyMap<string, AnswerCode> = new Map<string, AnswerCode>([
  // A stolen or counterfeit unit is illegitimate by law (21 USC 360eee).
  ["stolen", "C1.2"],
  ["illegitimate", "C1.2"],
  ["suspect", "C1.1"],
  ...[
    "damaged",
    "defective",
    "destroyed",
    "dispensed",
    "disposed",
    "inactive",
    "inappropriately_stored",
    "misplaced",
    "non_sellable_other",
    "repackaged",
    "sampled",
    "spoiled",
    "withdrawn"
  ].map((disposition) => [disposition, "C2"] as const)
])

/** Item statuses that say something; blocked and pending product is a matter of its holder's warehouse. */
const usualItemStatuses: ReadonlyMap<string, string> = new Map([["under_investigation", "non_sellable_other"]])

/** States of a number as EPCIS dispositions. */
const dispositionOfState: ReadonlyMap<string, string> = new Map([
  ["decommissioned", "inactive"],
  ["destroyed", "destroyed"]
])

/** The gravest decides: illegitimate before suspect, unfit before recalled. */
const gravest: ReadonlyArray<AnswerCode> = ["C1.2", "C1.1", "C2", "B2", "B1"]

const answerOf = (disposition: string, rules: ResponseRules): AnswerCode | undefined => {
  const own = rules.dispositions.find((rule) => rule.disposition === disposition)
  if (own !== undefined) return own.answer
  if (disposition === "recalled") return rules.validWhenRecalled ? "B1" : "B2"
  // Reason codes tell what a sample or a withdrawal was for: sampled_by_authorities, withdrawn_experiment.
  return usualAnswers.get(disposition) ?? usualAnswers.get(disposition.split("_")[0] ?? "")
}

const dispositionsOf = (known: Known, rules: ResponseRules): ReadonlyArray<string> => {
  const { state, itemStatus, attributes } = known
  const byState = dispositionOfState.get(state)
  const byStatus =
    itemStatus === undefined
      ? undefined
      : (rules.itemStatuses.find((rule) => rule.itemStatus === itemStatus)?.disposition ??
        usualItemStatuses.get(itemStatus))
  return [...attributes, byState, byStatus].filter((disposition) => disposition !== undefined)
}

const yes = (additionalInfo?: AdditionalInfo): Verdict =>
  additionalInfo === undefined ? { verified: true } : { verified: true, additionalInfo }

const no = (failureReason: FailureReason, additionalInfo?: AdditionalInfo): Verdict =>
  additionalInfo === undefined ? { verified: false, failureReason } : { verified: false, failureReason, additionalInfo }

const unfit: Decision = { scenario: "C2", verdict: no("Manufacturer_policy") }

/** Suspect or illegitimate product: said so, or unfit with the reason withheld. */
const grave = (
  scenario: "C1.1" | "C1.2",
  info: "Suspect" | "Illegitimate",
  isValid: boolean,
  isTold: boolean
): Decision => {
  if (isValid) return { scenario, verdict: yes(isTold ? info : undefined) }
  return isTold ? { scenario, verdict: no("Not_for_re-distribution", info) } : unfit
}

const byDisposition = (code: AnswerCode, rules: ResponseRules): Decision => {
  const recalled = rules.sendRecalledStatus ? "Recalled" : undefined
  switch (code) {
    case "B1":
      return { scenario: "B1", verdict: yes(recalled) }
    case "B2":
      return { scenario: "B2", verdict: no("Manufacturer_policy", recalled) }
    case "C1.1":
      return grave("C1.1", "Suspect", rules.validWhenSuspect, rules.sendSuspectStatus)
    case "C1.2":
      return grave("C1.2", "Illegitimate", rules.validWhenIllegitimate, rules.sendIllegitimateStatus)
    case "C2":
      return unfit
    case "A1":
      return { scenario: "A1", verdict: yes() }
  }
}

const byExpiry = ({ expiry, extendedTo, attributes }: Known, rules: ResponseRules, on: string): Decision => {
  const last = extendedTo ?? expiry
  const isExpired = attributes.includes("expired") || (last !== undefined && Expiry.hasPassed(last, on))
  const told = <A extends AdditionalInfo>(info: A): A | undefined => (rules.sendExpiredStatus ? info : undefined)
  if (isExpired && !rules.validWhenExpired) {
    return { scenario: "B2 Exp", verdict: no("Manufacturer_policy", told("Expired")) }
  }
  if (isExpired) {
    return { scenario: rules.sendExpiredStatus ? "B1 Exp" : "Default exp", verdict: yes(told("Expired")) }
  }
  if (extendedTo !== undefined && extendedTo !== expiry) {
    return { scenario: "A2", verdict: yes(told("ExpirationExtended")) }
  }
  return { scenario: "A1", verdict: yes() }
}

/** What does not agree with what was read; undefined when all of it does. */
const mismatch = (known: Known, read: Read, rules: ResponseRules, on: string): Decision | undefined => {
  const isLot = known.lot === read.lot
  const isExpiry = [known.expiry, known.extendedTo].some(
    (expiry) => expiry !== undefined && Expiry.same(expiry, read.expiry, rules, on)
  )
  if (!(isLot || isExpiry)) return { scenario: "No lot, expiry", verdict: no("No_match_GTIN_Serial_Lot_Expiry") }
  if (!isLot) return { scenario: "No lot", verdict: no("No_match_GTIN_Serial_Lot") }
  if (!isExpiry) return { scenario: "No expiry", verdict: no("No_match_GTIN_Serial_Expiry") }
  return undefined
}

const withheld = (decision: Decision, rules: ResponseRules): Decision => {
  const { scenario, verdict } = decision
  if (verdict.verified || rules.sendFailureReason) return decision
  return { scenario, verdict: no("No_reason_provided", verdict.additionalInfo) }
}

/** Decides on a unit; `known` undefined: there is no such number that the producer's data rules publish. */
export const decide = (input: {
  readonly known: Known | undefined
  readonly read: Read
  readonly rules: ResponseRules
  /** The day, as `Expiry.today` gives it. */
  readonly on: string
}): Decision => {
  const { known, read, rules, on } = input
  if (known === undefined) {
    return withheld({ scenario: "No number", verdict: no("No_match_GTIN_Serial") }, rules)
  }
  const unlike = mismatch(known, read, rules, on)
  if (unlike !== undefined) return withheld(unlike, rules)
  const answers = dispositionsOf(known, rules).map((disposition) => answerOf(disposition, rules))
  const code = gravest.find((grave) => answers.includes(grave))
  return withheld(code === undefined ? byExpiry(known, rules, on) : byDisposition(code, rules), rules)
}
