/** Every row of the response scenarios and every failure reason, and what comes before what. */
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { ResponseRules } from "../../src/partners/WorldVerification.ts"
import * as Decision from "../../src/verification/Decision.ts"
import { failureReasons } from "../../src/verification/Verification.ts"

const decodeRules = Schema.decodeUnknownSync(ResponseRules)
type Rules = Partial<ResponseRules>

const good: Decision.Known = {
  state: "commissioned",
  itemStatus: "shipped",
  attributes: [],
  lot: "L1",
  expiry: "271130"
}
const read: Decision.Read = { lot: "L1", expiry: "271130" }
const on = "2026-11-24"

interface Row {
  readonly name: string
  readonly known?: Partial<Decision.Known> | "none"
  readonly read?: Partial<Decision.Read>
  readonly rules?: Rules
  readonly on?: string
  /** Scenario, verified, failure reason, additional information. */
  readonly is: readonly [Decision.Scenario, boolean, (string | undefined)?, string?]
}

const policy = "Manufacturer_policy"
const notFit = "Not_for_re-distribution"
const marked = (...attributes: ReadonlyArray<string>) => ({ attributes })
const afterwards = "2027-12-01"

const rows: ReadonlyArray<Row> = [
  // The table of standards §1.4.
  { name: "A1 nothing to report", is: ["A1", true] },
  { name: "A2 expiry extended", known: { extendedTo: "281130" }, is: ["A2", true, undefined, "ExpirationExtended"] },
  {
    name: "B1 recalled, answer true",
    known: marked("recalled"),
    rules: { validWhenRecalled: true },
    is: ["B1", true, undefined, "Recalled"]
  },
  { name: "B2 recalled, answer false", known: marked("recalled"), is: ["B2", false, policy, "Recalled"] },
  { name: "C1.1 suspect", known: marked("suspect"), is: ["C1.1", false, notFit, "Suspect"] },
  { name: "C1.2 illegitimate", known: marked("illegitimate"), is: ["C1.2", false, notFit, "Illegitimate"] },
  { name: "C1.2 stolen", known: marked("stolen"), is: ["C1.2", false, notFit, "Illegitimate"] },
  { name: "C2 unfit, reason withheld", known: marked("damaged"), is: ["C2", false, policy] },
  {
    name: "B1 Exp expired, answer true",
    on: afterwards,
    rules: { validWhenExpired: true },
    is: ["B1 Exp", true, undefined, "Expired"]
  },
  { name: "B2 Exp expired, answer false", on: afterwards, is: ["B2 Exp", false, policy, "Expired"] },
  {
    name: "Default exp expired, ignored",
    on: afterwards,
    rules: { validWhenExpired: true, sendExpiredStatus: false },
    is: ["Default exp", true]
  },
  {
    name: "recalled and expired: the disposition decides",
    on: afterwards,
    known: marked("recalled"),
    rules: { validWhenRecalled: true },
    is: ["B1", true, undefined, "Recalled"]
  },
  {
    name: "recalled and extended",
    known: { ...marked("recalled"), extendedTo: "281130" },
    is: ["B2", false, policy, "Recalled"]
  },
  // What does not match.
  { name: "no such number", known: "none", is: ["No number", false, "No_match_GTIN_Serial"] },
  { name: "another lot", read: { lot: "L2" }, is: ["No lot", false, "No_match_GTIN_Serial_Lot"] },
  { name: "lots compare exactly", read: { lot: "l1" }, is: ["No lot", false, "No_match_GTIN_Serial_Lot"] },
  { name: "another expiry", read: { expiry: "271129" }, is: ["No expiry", false, "No_match_GTIN_Serial_Expiry"] },
  {
    name: "another lot and expiry",
    read: { lot: "L2", expiry: "271031" },
    is: ["No lot, expiry", false, "No_match_GTIN_Serial_Lot_Expiry"]
  },
  {
    name: "a recalled unit that does not match",
    known: marked("recalled"),
    read: { lot: "L2" },
    is: ["No lot", false, "No_match_GTIN_Serial_Lot"]
  },
  {
    name: "a number without lot",
    known: { lot: undefined, expiry: undefined },
    is: ["No lot, expiry", false, "No_match_GTIN_Serial_Lot_Expiry"]
  },
  // Flags.
  {
    name: "sendFailureReason off, unknown",
    known: "none",
    rules: { sendFailureReason: false },
    is: ["No number", false, "No_reason_provided"]
  },
  {
    name: "sendFailureReason off, recalled",
    known: marked("recalled"),
    rules: { sendFailureReason: false },
    is: ["B2", false, "No_reason_provided", "Recalled"]
  },
  {
    name: "sendExpiredStatus off, expired",
    on: afterwards,
    rules: { sendExpiredStatus: false },
    is: ["B2 Exp", false, policy]
  },
  {
    name: "sendExpiredStatus off, extended",
    known: { extendedTo: "281130" },
    rules: { sendExpiredStatus: false },
    is: ["A2", true]
  },
  {
    name: "sendRecalledStatus off, false",
    known: marked("recalled"),
    rules: { sendRecalledStatus: false },
    is: ["B2", false, policy]
  },
  {
    name: "sendRecalledStatus off, true",
    known: marked("recalled"),
    rules: { sendRecalledStatus: false, validWhenRecalled: true },
    is: ["B1", true]
  },
  {
    name: "sendSuspectStatus off",
    known: marked("suspect"),
    rules: { sendSuspectStatus: false },
    is: ["C2", false, policy]
  },
  {
    name: "sendIllegitimateStatus off",
    known: marked("illegitimate"),
    rules: { sendIllegitimateStatus: false },
    is: ["C2", false, policy]
  },
  {
    name: "validWhenSuspect",
    known: marked("suspect"),
    rules: { validWhenSuspect: true },
    is: ["C1.1", true, undefined, "Suspect"]
  },
  {
    name: "validWhenSuspect, not sent",
    known: marked("suspect"),
    rules: { validWhenSuspect: true, sendSuspectStatus: false },
    is: ["C1.1", true]
  },
  {
    name: "validWhenIllegitimate",
    known: marked("illegitimate"),
    rules: { validWhenIllegitimate: true },
    is: ["C1.2", true, undefined, "Illegitimate"]
  },
  {
    name: "checkExpirationDay off: another day",
    read: { expiry: "271101" },
    rules: { checkExpirationDay: false },
    is: ["A1", true]
  },
  {
    name: "checkExpirationDay off: another month",
    read: { expiry: "271030" },
    rules: { checkExpirationDay: false },
    is: ["No expiry", false, "No_match_GTIN_Serial_Expiry"]
  },
  // Day 00.
  { name: "day 00 is the last of the month", read: { expiry: "271100" }, is: ["A1", true] },
  { name: "day 00 on the unit, the day in the request", known: { expiry: "271100" }, is: ["A1", true] },
  {
    name: "day 00 is no other day",
    known: { expiry: "271129" },
    read: { expiry: "271100" },
    is: ["No expiry", false, "No_match_GTIN_Serial_Expiry"]
  },
  { name: "day 00 in a leap year", known: { expiry: "280229" }, read: { expiry: "280200" }, is: ["A1", true] },
  {
    name: "day 00 without the day",
    known: { expiry: "271129" },
    read: { expiry: "271100" },
    rules: { checkExpirationDay: false },
    is: ["A1", true]
  },
  {
    name: "day 00 as written",
    read: { expiry: "271100" },
    rules: { dayZero: "asWritten" },
    is: ["No expiry", false, "No_match_GTIN_Serial_Expiry"]
  },
  { name: "the last day itself", on: "2027-11-30", is: ["A1", true] },
  { name: "the last day of day 00", on: "2027-11-30", known: { expiry: "271100" }, is: ["A1", true] },
  {
    name: "extended, and past that too",
    on: "2028-12-01",
    known: { extendedTo: "281130" },
    is: ["B2 Exp", false, policy, "Expired"]
  },
  {
    name: "extended, read as extended",
    known: { extendedTo: "281130" },
    read: { expiry: "281130" },
    is: ["A2", true, undefined, "ExpirationExtended"]
  },
  { name: "marked expired", known: marked("expired"), is: ["B2 Exp", false, policy, "Expired"] },
  // States, item statuses, reason codes.
  { name: "decommissioned", known: { state: "decommissioned" }, is: ["C2", false, policy] },
  { name: "destroyed", known: { state: "destroyed" }, is: ["C2", false, policy] },
  { name: "under investigation", known: { itemStatus: "under_investigation" }, is: ["C2", false, policy] },
  { name: "blocked", known: { itemStatus: "blocked" }, is: ["A1", true] },
  { name: "a reason code of sampling", known: marked("sampled_by_authorities"), is: ["C2", false, policy] },
  { name: "quality released", known: marked("quality_released"), is: ["A1", true] },
  // Which goes first.
  {
    name: "illegitimate before suspect",
    known: marked("suspect", "illegitimate"),
    is: ["C1.2", false, notFit, "Illegitimate"]
  },
  { name: "suspect before unfit", known: marked("damaged", "suspect"), is: ["C1.1", false, notFit, "Suspect"] },
  { name: "unfit before recalled", known: marked("recalled", "damaged"), is: ["C2", false, policy] },
  {
    name: "a destroyed unit that was recalled",
    known: { state: "destroyed", ...marked("recalled") },
    is: ["C2", false, policy]
  },
  // Rules by disposition.
  {
    name: "a disposition of the company's",
    known: marked("damaged"),
    rules: { dispositions: [{ disposition: "damaged", answer: "A1" }] },
    is: ["A1", true]
  },
  {
    name: "over a flag",
    known: marked("recalled"),
    rules: { validWhenRecalled: true, dispositions: [{ disposition: "recalled", answer: "B2" }] },
    is: ["B2", false, policy, "Recalled"]
  },
  {
    name: "not noticed, then expiry",
    on: afterwards,
    known: marked("damaged"),
    rules: { dispositions: [{ disposition: "damaged", answer: "A1" }] },
    is: ["B2 Exp", false, policy, "Expired"]
  },
  {
    name: "an item status of the company's",
    known: { itemStatus: "blocked" },
    rules: { itemStatuses: [{ itemStatus: "blocked", disposition: "suspect" }] },
    is: ["C1.1", false, notFit, "Suspect"]
  },
  {
    name: "decommissioned is fine for this company",
    known: { state: "decommissioned" },
    rules: { dispositions: [{ disposition: "inactive", answer: "A1" }] },
    is: ["A1", true]
  }
]

describe("the decision", () => {
  for (const row of rows) {
    it(row.name, () => {
      const { scenario, verdict } = Decision.decide({
        known: row.known === "none" ? undefined : { ...good, ...row.known },
        read: { ...read, ...row.read },
        rules: decodeRules({ id: "alder", ...row.rules }),
        on: row.on ?? on
      })
      const [expected, verified, failureReason, additionalInfo] = row.is
      assert.strictEqual(scenario, expected)
      assert.deepStrictEqual<unknown>(verdict, {
        verified,
        ...(failureReason === undefined ? {} : { failureReason }),
        ...(additionalInfo === undefined ? {} : { additionalInfo })
      })
    })
  }

  it("has a row for every scenario and every failure reason", () => {
    const scenarios = new Set(rows.map(({ is }) => is[0]))
    const reasons = new Set(rows.map(({ is }) => is[2]))
    assert.deepStrictEqual(
      Decision.scenarios.filter((one) => !scenarios.has(one)),
      []
    )
    assert.deepStrictEqual(
      failureReasons.filter((one) => !reasons.has(one)),
      []
    )
  })
})
