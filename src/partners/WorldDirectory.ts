/**
 * Our part of the product directory as products and master data rules demand it: every active product of a producer that
 * a rule shares for verification has a record. Applied to every configuration before it is stored, so that a record comes
 * and goes with the message, command or import that changed its product or rule.
 *
 * Pure, and idempotent. Records made by hand, uploaded or transferred are never touched; where one stands for a GTIN, no
 * second one is made for the same dates. A record keeps the dates it was given and the transfer that is under way. A product whose master data is not complete (no GTIN-14 or NTIN, a producer without a GLN) gets none.
 */
import { token } from "./Places.ts"
import type { Company, Configuration, Product } from "./World.ts"
import * as WorldGtins from "./WorldGtins.ts"
import type { DataRules, DirectoryRecord, Market } from "./WorldProducts.ts"
import { markets } from "./WorldProducts.ts"
import { overlap } from "./WorldProductsCheck.ts"

const inScope: ReadonlySet<string> = new Set<Market>(markets)
const looksLikeGln = /^\d{13}$/u

/** The GLNs of a company and its locations, its own first. */
export const glnsOf = (company: Company): ReadonlyArray<string> =>
  [company.identifiers, ...company.locations.map(({ identifiers }) => identifiers)]
    .flat()
    .filter(({ type, value }) => token(type) === "GLN" && looksLikeGln.test(value))
    .map(({ value }) => value)

/** The GLN a producer answers under: its own, else the first of its locations. */
export const responderOf = (company: Company): string | undefined => glnsOf(company)[0]

const isShared = (product: Product, rules: DataRules | undefined): boolean => {
  if (product.dataStatus === "INACTIVE") return false
  const countries = product.markets.map(({ country }) => country)
  return (rules?.masterData ?? []).some(
    ({ market, verification }) =>
      verification &&
      (market === "ALL" ? countries.some((country) => inScope.has(country)) : countries.includes(market))
  )
}

/** A record that a product asks for; whose it is by its prefix is the operator's word, not the message's. */
interface Wanted {
  readonly product: Product
  readonly record: DirectoryRecord
}

const wantedOf = (product: Product, owner: Company, responder: string): ReadonlyArray<Wanted> =>
  WorldGtins.gtinsOf(product).map((gtin) => {
    const companyPrefix = WorldGtins.prefixOf(owner, gtin)
    const record: DirectoryRecord = {
      id: `${gtin}-${owner.id}`.slice(0, 64),
      gtin,
      owner: owner.id,
      responder,
      description: product.name,
      ...(companyPrefix === undefined ? {} : { companyPrefix }),
      source: "sync"
    }
    return { product, record }
  })

/** Every record that products and rules ask for. */
const wantedRecords = (world: Configuration): ReadonlyArray<Wanted> => {
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

/** Said of a GTIN that another record speaks for, as a lookup directory's upload says it. */
export const alreadyExists = "already exists in LD"

/** A GTIN that gets no record although product and rule ask for one, and why. */
export interface PassedOver {
  readonly product: Product
  readonly gtin: string
  readonly message: string
}

/** What a record that follows a product has of its own. */
const keptOf = (
  record: DirectoryRecord | undefined
): Partial<Pick<DirectoryRecord, "validFrom" | "validTo" | "transfer">> => {
  if (record?.source !== "sync") return {}
  const { validFrom, validTo, transfer } = record
  return {
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(validTo === undefined ? {} : { validTo }),
    ...(transfer === undefined ? {} : { transfer })
  }
}

const derive = (world: Configuration) => {
  const others = world.directory.filter(({ source }) => source !== "sync")
  const taken = Map.groupBy(others, ({ gtin }) => gtin)
  const byGtin = Map.groupBy(world.directory, ({ gtin }) => gtin)
  const before = new Map(world.directory.map((record) => [record.id, record]))
  const gtins = WorldGtins.of(world)
  const records = new Map<string, DirectoryRecord>()
  const passedOver: Array<PassedOver> = []
  const rank = ({ record }: Wanted): number => (before.has(record.id) ? 0 : 1)
  for (const { product, record } of wantedRecords(world).toSorted((a, b) => rank(a) - rank(b))) {
    const { gtin, owner } = record
    const dated: DirectoryRecord = { ...record, ...keptOf(before.get(record.id)) }
    const stand = (taken.get(gtin) ?? []).filter((one) => overlap(one, dated))
    if (stand.some((one) => one.owner === owner)) continue
    const isItsOwn = gtins.isOf(owner, gtin, byGtin.get(gtin) ?? [])
    if (!isItsOwn || stand.length > 0 || records.has(gtin)) {
      passedOver.push({ product, gtin, message: isItsOwn ? `${gtin} ${alreadyExists}` : WorldGtins.notOf })
      continue
    }
    records.set(gtin, dated)
  }
  return { records: [...others, ...records.values()], passedOver }
}

/**
 * The configuration with the directory records that it asks for, and without those that it no longer does. A record is
 * made for whose GTIN it is (`WorldGtins`); of two companies with one prefix the one whose record is there keeps it.
 */
export const synced = <W extends Configuration>(world: W): W => ({ ...world, directory: derive(world).records })

/** GTINs of a company that products and rules ask to be in the directory, and somebody else stands in the way of. */
export const passedOver = (world: Configuration, company: string): ReadonlyArray<PassedOver> =>
  derive(world).passedOver.filter(({ product }) => product.owner === company)
