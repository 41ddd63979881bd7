/**
 * Who answers for a unit: we ourselves for a producer of ours, another provider, nobody has to (other markets), or nobody
 * known. Pure over the directory and what other providers told; a day is the expiry of the unit.
 */
import * as Gs1 from "../formats/Gs1.ts"
import type { Directory } from "../partners/Directory.ts"
import * as DirectoryConflict from "../products/DirectoryConflict.ts"
import type { ForeignRecord } from "../products/DirectoryQueries.ts"
import * as ProductIndex from "../products/ProductIndex.ts"

export type Responsible =
  | { readonly _tag: "Ours"; readonly producer: string; readonly gln: string }
  /** Another provider, or an address of one, e.g. a former owner's. */
  | { readonly _tag: "Elsewhere"; readonly provider: string | undefined; readonly url: string | undefined }
  | { readonly _tag: "NoImpact"; readonly markets: ReadonlyArray<string> }
  | { readonly _tag: "RecordExpired" }
  | { readonly _tag: "Unknown" }

/** The day a YYMMDD means, as `2026-11-24`. */
export const dayOf = (expiry: string, year: number): string | undefined => {
  const date = Gs1.readDate(expiry, year)
  return date === undefined ? undefined : Gs1.dayText(date)
}

/** What our own part of the directory says; undefined when others have to be looked for. */
export const here = (directory: Directory, gtin: string, day: string | undefined): Responsible | undefined => {
  const index = ProductIndex.of(directory)
  const standing = index.standing(gtin, day)
  if (standing !== undefined) {
    const { record, shared } = standing
    if (record.verifyUrl !== undefined) return { _tag: "Elsewhere", provider: undefined, url: record.verifyUrl }
    const countries = shared.product.markets.map(({ country }) => country)
    if (countries.length > 0 && shared.markets.length === 0) return { _tag: "NoImpact", markets: countries }
    if (shared.verifies) return { _tag: "Ours", producer: shared.owner.id, gln: record.responder }
  }
  if (index.records(gtin).length > 0) return undefined
  // Products that are not in the directory because no market asks for it.
  const products = index.products(gtin)
  const countries = [...new Set(products.flatMap(({ product }) => product.markets.map(({ country }) => country)))]
  const isOutside = products.length > 0 && products.every(({ markets }) => markets.length === 0) && countries.length > 0
  return isOutside ? { _tag: "NoImpact", markets: countries } : undefined
}

/** What other providers' directories say, after our own had nothing that holds. */
export const elsewhere = (
  directory: Directory,
  records: ReadonlyArray<ForeignRecord>,
  gtin: string,
  day: string | undefined
): Responsible => {
  const found = DirectoryConflict.responsible(records, day)
  if (found !== undefined) return { _tag: "Elsewhere", provider: found.provider, url: found.verifyUrl ?? undefined }
  const isKnown = records.length > 0 || ProductIndex.of(directory).records(gtin).length > 0
  return isKnown ? { _tag: "RecordExpired" } : { _tag: "Unknown" }
}
