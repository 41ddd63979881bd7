/**
 * The data rules of a producer, applied: which of its products are shared, which numbers can be verified. They are asked
 * at look-up time, so a changed rule or number counts at once and nothing has to be copied.
 *
 * Pure. Rules are those of the configuration (`WorldProducts.DataRules`); a company without rules shares nothing.
 */
import type { Product } from "../partners/World.ts"
import {
  type DataRules,
  type Market,
  type MasterDataRule,
  type ModuleRole,
  markets,
  type VerificationRule
} from "../partners/WorldProducts.ts"

/** States in which a number is told of; those before were never put on a product. */
export const verifiableStates = ["commissioned", "decommissioned", "destroyed"] as const
export type VerifiableState = (typeof verifiableStates)[number]

const inScope: ReadonlySet<string> = new Set(markets)
const told: ReadonlySet<string> = new Set(verifiableStates)

export const isMarket = (country: string): country is Market => inScope.has(country)

/** The markets of a product in which verification is the law; empty for products of other markets. */
export const marketsOf = (product: Marketed): ReadonlyArray<Market> =>
  product.markets.map(({ country }) => country).filter(isMarket)

export const produces = (role: ModuleRole | undefined): boolean => role === "producer" || role === "both"
export const consumes = (role: ModuleRole | undefined): boolean => role === "consumer" || role === "both"

type Marketed = Pick<Product, "markets">

/** Whether a rule is about a product. One whose master data names no market is met by rules for all of them. */
const covers = (rule: { readonly market: string }, product: Marketed): boolean => {
  if (rule.market === "ALL") return product.markets.length === 0 || marketsOf(product).length > 0
  return product.markets.some(({ country }) => country === rule.market)
}

/** The master data rules that a product meets. */
export const masterDataRulesFor = (rules: DataRules | undefined, product: Marketed): ReadonlyArray<MasterDataRule> =>
  (rules?.masterData ?? []).filter((rule) => covers(rule, product))

/** The verification rules that a product meets. */
export const verificationRulesFor = (
  rules: DataRules | undefined,
  product: Marketed
): ReadonlyArray<VerificationRule> => (rules?.verification ?? []).filter((rule) => covers(rule, product))

/** Whether a rule takes numbers of this item status. A number without one is taken by `all` only. */
export const takes = (rule: VerificationRule, itemStatus: string | undefined): boolean =>
  rule.itemStatuses.some((status) => status === "all" || status === itemStatus)

/** Whether numbers in this state are told of at all. */
export const isTold = (state: string): boolean => told.has(state)
