/**
 * Who answers for a unit: we ourselves for a producer of ours, another provider, nobody has to (other markets), or nobody
 * known. Pure over the directory and what other providers told; a day is the expiry of the unit.
 */
import * as Gs1 from "../formats/Gs1.ts"
import type { Directory } from "../partners/Directory.ts"
import * as WorldGtins from "../partners/WorldGtins.ts"
import * as DirectoryConflict from "../products/DirectoryConflict.ts"
import type { ForeignRecord } from "../products/DirectoryQueries.ts"
import * as ProductIndex from "../products/ProductIndex.ts"

/** Whose product it is, where that is a company of ours: what is asked about it is that company's to see. */
interface About {
  readonly producer: string | undefined
}

export type Responsible = About &
  (
    | {
        readonly _tag: "Ours"
        readonly producer: string
        readonly gln: string
        /** Whose numbers it answers for: the producer's, and a former owner's. */
        readonly holders: ReadonlyArray<string>
      }
    /** Another provider, or an address of one, e.g. a former owner's. */
    | {
        readonly _tag: "Elsewhere"
        readonly provider: string | undefined
        readonly url: string | undefined
        readonly gln: string
      }
    | { readonly _tag: "NoImpact"; readonly markets: ReadonlyArray<string> }
    | { readonly _tag: "RecordExpired" }
    | { readonly _tag: "Unknown" }
  )

/** The day a YYMMDD means, as `2026-11-24`. */
export const dayOf = (expiry: string, year: number): string | undefined => {
  const date = Gs1.readDate(expiry, year)
  return date === undefined ? undefined : Gs1.dayText(date)
}

/** Products of those who may speak for the GTIN: what others list of it decides nothing. */
const rightful = ({ configuration }: Directory, index: ProductIndex.ProductIndex, gtin: string) => {
  const products = index.products(gtin)
  const gtins = WorldGtins.of(configuration)
  const records = index.records(gtin)
  return products.filter(({ owner }) => WorldGtins.makes(owner) && gtins.isOf(owner.id, gtin, records))
}

/** Whether the producer's master data says that a product is for a market in scope, as far as it is known here. */
export const isInScope = (directory: Directory, gtin: string, day: string | undefined): boolean => {
  const index = ProductIndex.of(directory)
  const shared = index.standing(gtin, day)?.shared
  const known = shared === undefined ? rightful(directory, index, gtin) : [shared]
  return known.some(({ markets }) => markets.length > 0)
}

/** What our own part of the directory says; undefined when others have to be looked for. */
export const here = (directory: Directory, gtin: string, day: string | undefined): Responsible | undefined => {
  const index = ProductIndex.of(directory)
  const standing = index.standing(gtin, day)
  if (standing !== undefined) {
    const { record, shared, holders } = standing
    const producer = shared.owner.id
    const { verifyUrl: url, responder: gln } = record
    if (url !== undefined) return { _tag: "Elsewhere", producer, provider: undefined, url, gln }
    const countries = shared.product.markets.map(({ country }) => country)
    if (countries.length > 0 && shared.markets.length === 0) return { _tag: "NoImpact", producer, markets: countries }
    if (shared.verifies) return { _tag: "Ours", producer, gln, holders }
  }
  if (index.records(gtin).length > 0) return undefined
  // Products that are not in the directory because no market asks for it.
  const products = rightful(directory, index, gtin)
  const countries = [...new Set(products.flatMap(({ product }) => product.markets.map(({ country }) => country)))]
  const isOutside = products.length > 0 && products.every(({ markets }) => markets.length === 0) && countries.length > 0
  return isOutside ? { _tag: "NoImpact", producer: products[0]?.owner.id, markets: countries } : undefined
}

/** What other providers' directories say, after our own had nothing that holds. */
export const elsewhere = (
  directory: Directory,
  records: ReadonlyArray<ForeignRecord>,
  gtin: string,
  day: string | undefined
): Responsible => {
  const index = ProductIndex.of(directory)
  const own = index.records(gtin)
  const producer = own.at(-1)?.owner ?? rightful(directory, index, gtin)[0]?.owner.id
  const found = DirectoryConflict.responsible(records, day)
  if (found !== undefined) {
    const { provider, verifyUrl, responder: gln } = found
    return { _tag: "Elsewhere", producer, provider, url: verifyUrl ?? undefined, gln }
  }
  return { _tag: records.length > 0 || own.length > 0 ? "RecordExpired" : "Unknown", producer }
}
