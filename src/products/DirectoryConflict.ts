/**
 * Who answers for a GTIN when several providers say that they do. Our own records go first: their producers are ours, and
 * `ProductIndex.standing` finds them. Among those of other providers that hold for the expiration date:
 *
 * 1. the one that began last: a GTIN that went over to another owner is told by both, and the new owner's began later;
 * 2. then the one that names the longest company prefix the GTIN begins with: it says whose number it is;
 * 3. then the one that was told here first: who comes later with a claim to the same number takes nothing over;
 * 4. then the provider whose key comes first, so that every process decides alike.
 *
 * A later beginning goes before the prefix, because a GTIN keeps its prefix when its owner changes: the prefix says who
 * was first, and the former owner's record often stays open. What that costs is that a provider can claim a number it has
 * no right to; who syncs is told of every such claim, and `throughline directory list --contested` shows them, the record
 * that goes before the others first.
 *
 * Pure.
 */
import type { ForeignRecord } from "./DirectoryQueries.ts"
import { holds } from "./ProductIndex.ts"

type Claim = Pick<
  ForeignRecord,
  "gtin" | "provider" | "record" | "companyPrefix" | "validFrom" | "validTo" | "receivedAt" | "deleted"
>

interface Dates {
  readonly validFrom?: string | null | undefined
  readonly validTo?: string | null | undefined
}

/** Digits of the company prefix, where the GTIN begins with it. */
const prefixLength = ({ gtin, companyPrefix }: Claim): number =>
  companyPrefix !== null && gtin.startsWith(companyPrefix, 1) ? companyPrefix.length : 0

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const compare = (a: Claim, b: Claim): number =>
  order(b.validFrom ?? "", a.validFrom ?? "") ||
  prefixLength(b) - prefixLength(a) ||
  a.receivedAt.getTime() - b.receivedAt.getTime() ||
  order(a.provider, b.provider) ||
  order(a.record, b.record)

/** Live records of one GTIN, the one that goes before the others first. */
export const inOrder = <C extends Claim>(records: ReadonlyArray<C>): ReadonlyArray<C> =>
  records.filter(({ deleted }) => !deleted).sort(compare)

/** Of the records of one GTIN, the one that answers for product expiring on this day (any day when not given). */
export const responsible = <C extends Claim>(records: ReadonlyArray<C>, expiry: string | undefined): C | undefined =>
  inOrder(records).find((record) => holds(record, expiry))

const meet = (a: Dates, b: Dates): boolean =>
  (a.validFrom ?? "") <= (b.validTo ?? "9999-12-31") && (b.validFrom ?? "") <= (a.validTo ?? "9999-12-31")

/** Providers that claim the GTIN for dates of our own records of it, or for the same dates as another provider. */
export const contenders = (own: ReadonlyArray<Dates>, records: ReadonlyArray<Claim>): ReadonlyArray<string> => {
  const live = inOrder(records)
  const isContested = (one: Claim) =>
    own.some((record) => meet(record, one)) || live.some((other) => other.provider !== one.provider && meet(other, one))
  return [...new Set(live.filter(isContested).map(({ provider }) => provider))]
}
