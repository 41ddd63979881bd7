/**
 * Whose GTIN is it? The company's whose prefix it begins with, the longest first: prefixes are the operator's word. Under
 * nobody's prefix it is the producer's that alone has it as a product or in the directory, and of several that of the one
 * that is in the directory. Who took it over by a transfer may speak for it whatever its prefix. Asked wherever somebody
 * claims a GTIN.
 *
 * Pure. `of` builds the index of a configuration's companies and products once.
 */
import { token } from "./Places.ts"
import type { Company, Configuration, Product } from "./World.ts"
import type { DirectoryRecord } from "./WorldProducts.ts"

type Claimed = Pick<Configuration, "companies" | "products">

export interface Gtins {
  /** Whether a company may speak for a GTIN; `records` are the directory's of this GTIN, or more. */
  readonly isOf: (company: string, gtin: string, records: ReadonlyArray<DirectoryRecord>) => boolean
}

/** Said to whoever claims a GTIN of somebody else, as a lookup directory's upload says it. */
export const notOf = "GTIN does not match the company prefix of the organization"

const looksLikeGtin = /^\d{14}$/u

/** The GTINs and NTINs of a product, 14 digits each. */
export const gtinsOf = (product: Pick<Product, "codes">): ReadonlyArray<string> => [
  ...new Set(
    product.codes
      .filter(({ type, value }) => ["GTIN-14", "NTIN"].includes(token(type)) && looksLikeGtin.test(value))
      .map(({ value }) => value)
  )
]

/** The longest company prefix of a producer that the GTIN begins with, after its indicator digit. */
export const prefixOf = (company: Company, gtin: string): string | undefined =>
  company.companyPrefixes
    .filter((prefix) => gtin.startsWith(prefix, 1))
    .reduce<string | undefined>((best, prefix) => (prefix.length > (best?.length ?? 0) ? prefix : best), undefined)

/** Whether a company's products are its own; who only keeps them lists the GTINs of those who make them. */
export const makes = ({ role, modules }: Company): boolean =>
  role === "producer" ||
  (role === "both" && Object.values(modules ?? {}).some((module) => module === "producer" || module === "both"))

const [shortestPrefix, longestPrefix] = [4, 12]

const make = ({ companies, products }: Claimed): Gtins => {
  const byPrefix = new Map<string, Set<string>>()
  for (const { id, companyPrefixes } of companies) {
    for (const prefix of companyPrefixes) byPrefix.set(prefix, (byPrefix.get(prefix) ?? new Set()).add(id))
  }
  const makers = new Set(companies.filter(makes).map(({ id }) => id))
  const byProduct = new Map<string, Set<string>>()
  for (const product of products) {
    if (!makers.has(product.owner)) continue
    for (const gtin of gtinsOf(product)) byProduct.set(gtin, (byProduct.get(gtin) ?? new Set()).add(product.owner))
  }
  const byItsPrefix = (gtin: string): ReadonlySet<string> | undefined => {
    for (let length = longestPrefix; length >= shortestPrefix; length--) {
      const holders = byPrefix.get(gtin.slice(1, 1 + length))
      if (holders !== undefined) return holders
    }
    return undefined
  }
  return {
    isOf: (company, gtin, records) => {
      const own = records.filter((record) => record.gtin === gtin && record.owner === company)
      if (own.some(({ source }) => source === "transfer")) return true
      const holders = byItsPrefix(gtin)
      if (holders !== undefined) return holders.has(company)
      // Records that follow products come and go with them.
      const told = records.filter((one) => one.gtin === gtin && one.source !== "sync").map(({ owner }) => owner)
      const others = [...(byProduct.get(gtin) ?? []), ...told].some((owner) => owner !== company)
      return !others || own.length > 0
    }
  }
}

const made = new WeakMap<Claimed["products"], { readonly companies: Claimed["companies"]; readonly gtins: Gtins }>()

/** The index of a configuration; the same one as long as its companies and products are the same. */
export const of = (world: Claimed): Gtins => {
  const known = made.get(world.products)
  if (known?.companies === world.companies) return known.gtins
  const gtins = make(world)
  made.set(world.products, { companies: world.companies, gtins })
  return gtins
}
