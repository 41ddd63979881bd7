/**
 * Our part of the product directory as products and master data rules demand it: every active product of a producer that
 * a rule shares for verification has a record. Applied to every configuration before it is stored, so that a record comes
 * and goes with the message, command or import that changed its product or rule.
 *
 * Pure, and idempotent. Records made by hand, uploaded or transferred are never touched; where one stands for a GTIN, no
 * second one is made. A product whose master data is not complete (no GTIN-14 or NTIN, a producer without a GLN) gets none.
 */
import { token } from "./Places.ts"
import type { Company, Configuration, Product } from "./World.ts"
import type { DataRules, DirectoryRecord, Market } from "./WorldProducts.ts"
import { markets } from "./WorldProducts.ts"

const inScope: ReadonlySet<string> = new Set<Market>(markets)
const looksLikeGtin = /^\d{14}$/u
const looksLikeGln = /^\d{13}$/u

/** The GLN a producer answers under: its own, else the first of its locations. */
export const responderOf = (company: Company): string | undefined =>
  [company.identifiers, ...company.locations.map(({ identifiers }) => identifiers)]
    .flat()
    .find(({ type, value }) => token(type) === "GLN" && looksLikeGln.test(value))?.value

/** The longest company prefix of a producer that the GTIN begins with, after its indicator digit. */
export const prefixOf = (company: Company, gtin: string): string | undefined =>
  company.companyPrefixes
    .filter((prefix) => gtin.startsWith(prefix, 1))
    .reduce<string | undefined>((best, prefix) => (prefix.length > (best?.length ?? 0) ? prefix : best), undefined)

/** The GTINs and NTINs of a product, 14 digits each. */
export const gtinsOf = (product: Pick<Product, "codes">): ReadonlyArray<string> => [
  ...new Set(
    product.codes
      .filter(({ type, value }) => ["GTIN-14", "NTIN"].includes(token(type)) && looksLikeGtin.test(value))
      .map(({ value }) => value)
  )
]

const isShared = (product: Product, rules: DataRules | undefined): boolean => {
  if (product.dataStatus === "INACTIVE") return false
  const countries = product.markets.map(({ country }) => country)
  return (rules?.masterData ?? []).some(
    ({ market, verification }) =>
      verification &&
      (market === "ALL" ? countries.some((country) => inScope.has(country)) : countries.includes(market))
  )
}

const wantedOf = (product: Product, owner: Company, responder: string): ReadonlyArray<DirectoryRecord> =>
  gtinsOf(product).map((gtin) => {
    const companyPrefix = product.companyPrefix ?? prefixOf(owner, gtin)
    return {
      id: `${gtin}-${owner.id}`.slice(0, 64),
      gtin,
      owner: owner.id,
      responder,
      description: product.name,
      ...(companyPrefix === undefined ? {} : { companyPrefix }),
      source: "sync"
    }
  })

/** Every record that products and rules ask for. */
const wantedRecords = (world: Configuration): ReadonlyArray<DirectoryRecord> => {
  const rules = new Map(world.dataRules.map((one) => [one.company, one]))
  const companies = new Map(world.companies.map((company) => [company.id, company]))
  return world.products.flatMap((product) => {
    const owner = companies.get(product.owner)
    const role = owner?.modules?.productVerification
    if (owner === undefined || (role !== "producer" && role !== "both")) return []
    const responder = responderOf(owner)
    if (responder === undefined || !isShared(product, rules.get(owner.id))) return []
    return wantedOf(product, owner, responder)
  })
}

/**
 * The configuration with the directory records that it asks for, and without those that it no longer does. Of two
 * producers that claim one GTIN the one whose record is there keeps it, then the one whose company prefix it begins with.
 */
export const synced = <W extends Configuration>(world: W): W => {
  const others = world.directory.filter(({ source }) => source !== "sync")
  const taken = new Set(others.map(({ gtin }) => gtin))
  const before = new Map(world.directory.map((record) => [record.id, record]))
  const rank = ({ id, companyPrefix }: DirectoryRecord): number =>
    before.has(id) ? 0 : companyPrefix === undefined ? 2 : 1
  const records = new Map<string, DirectoryRecord>()
  for (const wanted of wantedRecords(world)) {
    const claimed = records.get(wanted.gtin)
    if (taken.has(wanted.gtin) || (claimed !== undefined && rank(claimed) <= rank(wanted))) continue
    // A transfer that is under way stays with the record it was asked of.
    const transfer = before.get(wanted.id)?.transfer
    records.set(wanted.gtin, transfer === undefined ? wanted : { ...wanted, transfer })
  }
  return { ...world, directory: [...others, ...records.values()] }
}
