/**
 * What becomes of a producer's rules when new ones are set: the validation of Set Serialized Operations Manager Sync Rules
 * and of its sibling for master data, in the documented order, first match wins:
 *
 * 1. a rule for `ALL` while rules for other markets exist: refused (HTTP 400);
 * 2. a rule for one market while one for `ALL` exists: refused (HTTP 400);
 * 3. a rule for the market exists: it is updated;
 * 4. otherwise it is created.
 *
 * Pure. Records are taken one after another, so two of one request may contradict each other, and two for one market do;
 * every record that is wrong is told, and then none is taken.
 */
import { Result } from "effect"
import * as Countries from "../partners/Countries.ts"
import {
  itemStatuses,
  type MasterDataRule,
  markets,
  type RuleItemStatus,
  type RuleMarket,
  type VerificationRule
} from "../partners/WorldProducts.ts"
import { conflict } from "../partners/WorldProductsCheck.ts"

/** A record as a request brings it; texts of unknown quality. */
export interface VerificationRecord {
  /** One of the seven markets, by code or name, or ALL. */
  readonly targetMarketCountryCode: string
  /** `All`, `Available`, `Pending Receipt`, ... in any case, blanks or underscores. */
  readonly itemStatuses: ReadonlyArray<string>
}

export interface MasterDataRecord {
  readonly targetMarketCountryCode: string
  /** Products of the market can be verified; yes unless said otherwise. */
  readonly verification?: boolean | undefined
  /** Consumers may download their master data; yes unless said otherwise. */
  readonly download?: boolean | undefined
}

/** What became of a record. */
export interface Taken {
  readonly market: RuleMarket
  readonly did: "created" | "updated" | "unchanged"
  /** GTINs of products of the market that get no directory record by a master data rule, and why. */
  readonly withoutRecord?: ReadonlyArray<{ readonly gtin: string; readonly message: string }>
}

/** Why a record was not taken; `record` counts from 0. */
export interface Refusal {
  readonly record: number
  readonly kind: "malformed" | "conflict"
  readonly field: string
  readonly message: string
}

/** The place in the request that a refusal is about: a field of a record, or the list of them as a whole. */
export const placeOf = ({ record, field }: Refusal): string =>
  field === "records" ? field : `records[${record}].${field}`

export type Edited<R> = Result.Result<
  { readonly rules: ReadonlyArray<R>; readonly taken: ReadonlyArray<Taken> },
  ReadonlyArray<Refusal>
>

/** The market that a text means. */
export const marketOf = (text: string): RuleMarket | undefined =>
  text.trim().toUpperCase() === "ALL" ? "ALL" : Countries.marketOf(text)

/** The item status that a text means. */
export const itemStatusOf = (text: string): RuleItemStatus | undefined => {
  const wanted = text
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/gu, "_")
  return wanted === "all" ? "all" : itemStatuses.find((status) => status === wanted)
}

const otherMarkets = (rules: ReadonlyArray<{ readonly market: RuleMarket }>): ReadonlyArray<RuleMarket> =>
  rules.map(({ market }) => market).filter((market) => market !== "ALL")

/** Steps 1 and 2. */
const contradiction = (
  rules: ReadonlyArray<{ readonly market: RuleMarket }>,
  market: RuleMarket
): string | undefined => {
  const others = otherMarkets(rules)
  if (market === "ALL" && others.length > 0) {
    return `${conflict}: ALL cannot be set while there are rules for ${others.join(", ")}`
  }
  if (market !== "ALL" && rules.some((rule) => rule.market === "ALL")) {
    return `${conflict}: ${market} cannot be set while there is a rule for ALL`
  }
  return undefined
}

/** Within a request a market stands once: whichever of two records were taken, it would not be what was asked. */
const twice = (market: RuleMarket): string =>
  `${conflict}: each target market can only be selected once, and ${market} is selected twice`

const edit = <Record extends { readonly targetMarketCountryCode: string }, R extends { readonly market: RuleMarket }>(
  before: ReadonlyArray<R>,
  records: ReadonlyArray<Record>,
  ruleOf: (market: RuleMarket, record: Record, refuse: (field: string, message: string) => void) => R | undefined
): Edited<R> => {
  let rules = before
  const taken: Array<Taken> = []
  const refusals: Array<Refusal> = []
  const named = new Set<RuleMarket>()
  for (const [index, record] of records.entries()) {
    const malformed = (field: string, message: string) => {
      refusals.push({ record: index, kind: "malformed", field, message })
    }
    const text = record.targetMarketCountryCode
    const market = marketOf(text)
    if (market === undefined) {
      malformed("targetMarketCountryCode", `"${text}" is none of ${markets.join(", ")} and ALL`)
    }
    const rule = ruleOf(market ?? "ALL", record, malformed)
    const isAgain = market !== undefined && named.has(market)
    if (market !== undefined) named.add(market)
    const against = market === undefined ? undefined : isAgain ? twice(market) : contradiction(rules, market)
    if (against !== undefined) {
      refusals.push({ record: index, kind: "conflict", field: "targetMarketCountryCode", message: against })
    }
    if (market === undefined || rule === undefined || against !== undefined) continue
    const known = rules.find((one) => one.market === market)
    const same = known !== undefined && JSON.stringify(known) === JSON.stringify(rule)
    taken.push({ market, did: known === undefined ? "created" : same ? "unchanged" : "updated" })
    rules = known === undefined ? [...rules, rule] : rules.map((one) => (one === known ? rule : one))
  }
  if (records.length === 0) refusals.push({ record: 0, kind: "malformed", field: "records", message: "is required" })
  return refusals.length > 0 ? Result.fail(refusals) : Result.succeed({ rules, taken })
}

/** Sets Product Verification Rules. */
export const verification = (
  before: ReadonlyArray<VerificationRule>,
  records: ReadonlyArray<VerificationRecord>
): Edited<VerificationRule> =>
  edit(before, records, (market, record, refuse) => {
    const known = record.itemStatuses.map((text) => [text, itemStatusOf(text)] as const)
    const unknown = known.filter(([, status]) => status === undefined)
    for (const [text] of unknown) refuse("itemStatuses", `"${text}" is none of All, ${itemStatuses.join(", ")}`)
    if (known.length === 0) refuse("itemStatuses", "is required: one or more item statuses, or All")
    if (known.length === 0 || unknown.length > 0) return undefined
    const statuses = new Set(known.flatMap(([, status]) => status ?? []))
    // All takes every number, whatever else is named beside it.
    return { market, itemStatuses: statuses.has("all") ? ["all"] : itemStatuses.filter((one) => statuses.has(one)) }
  })

/** Sets Master Data Rules. */
export const masterData = (
  before: ReadonlyArray<MasterDataRule>,
  records: ReadonlyArray<MasterDataRecord>
): Edited<MasterDataRule> =>
  edit(before, records, (market, record) => ({
    market,
    verification: record.verification ?? true,
    download: record.download ?? true
  }))
