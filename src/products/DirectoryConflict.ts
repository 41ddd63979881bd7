/**
 * Who answers for a GTIN when several providers say that they do. Our own records go first: their producers are ours, and
 * `ProductIndex.standing` finds them. Among those of other providers that hold for the expiration date:
 *
 * 1. the one that began last: a GTIN that went over to another owner is told by both, and the new owner's began later;
 * 2. then the one that names the longest company prefix the GTIN begins with: it says whose number it is;
 * 3. then the one that was told here first: who comes later with a claim to the same number takes nothing over;
 * 4. then the provider whose key comes first, so that every process decides alike.
 *
 * Pure. `throughline directory list --contested` shows such GTINs.
 */
import type { ForeignRecord } from "./DirectoryQueries.ts"
import { holds } from "./ProductIndex.ts"

type Claim = Pick<
  ForeignRecord,
  "gtin" | "provider" | "record" | "companyPrefix" | "validFrom" | "validTo" | "receivedAt" | "deleted"
>

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

/** Of the records of one GTIN, the one that answers for product expiring on this day (any day when not given). */
export const responsible = <C extends Claim>(records: ReadonlyArray<C>, expiry: string | undefined): C | undefined =>
  records.filter((record) => !record.deleted && holds(record, expiry)).sort(compare)[0]

/** Whether more than one provider claims the GTIN for the same date. */
export const contested = (records: ReadonlyArray<Claim>): boolean =>
  records.some((a, index) =>
    records
      .slice(index + 1)
      .some(
        (b) =>
          a.provider !== b.provider &&
          (a.validFrom ?? "") <= (b.validTo ?? "9999-12-31") &&
          (b.validFrom ?? "") <= (a.validTo ?? "9999-12-31")
      )
  )
