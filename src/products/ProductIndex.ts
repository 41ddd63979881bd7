/**
 * Products, data rules and our own directory records as questions and answers, in memory: whose is this GTIN for that
 * expiration date, is it in the product directory, can this number be verified, may that consumer see this product.
 *
 * Pure. `of` builds the index of a configuration once and gives the same one for the same configuration afterwards, so
 * it may be asked on every look-up. Codes compare exactly; a GTIN of 8, 12 or 13 digits is its GTIN-14.
 */
import type { Directory } from "../partners/Directory.ts"
import { addTo, token } from "../partners/Places.ts"
import type { Company, Configuration, Product } from "../partners/World.ts"
import type { DataRules, DirectoryRecord, Market } from "../partners/WorldProducts.ts"
import * as Rules from "./DataRules.ts"

/** A product of one of our producers, with what decides about it. */
export interface Shared {
  readonly product: Product
  readonly owner: Company
  readonly rules: DataRules | undefined
  /** Its markets in scope. */
  readonly markets: ReadonlyArray<Market>
  /** True when its producer has module Product Verification. */
  readonly verifies: boolean
}

/** What the index knows of a GTIN for an expiration date. */
export interface Standing {
  readonly shared: Shared
  /** Our record that holds for the date; one with a `verifyUrl` says that somebody else answers. */
  readonly record: DirectoryRecord
  /** Whose numbers it speaks for: the owner of the record, and who had the GTIN before it and handed it over. */
  readonly holders: ReadonlyArray<string>
}

/** Whether a number can be verified, or why not. */
export type Verifiability =
  | { readonly _tag: "Verifiable"; readonly standing: Standing }
  | {
      readonly _tag: "NotVerifiable"
      readonly because:
        | "NotInDirectory"
        | "RecordDoesNotHold"
        | "ModuleOff"
        | "Owner"
        | "NoRule"
        | "ItemStatus"
        | "State"
    }

export interface ProductIndex {
  /** Every producer's product with this GTIN or NTIN; usually none or one. */
  readonly products: (gtin: string) => ReadonlyArray<Shared>
  /** Our records of a GTIN, by `validFrom`, open ones first. */
  readonly records: (gtin: string) => ReadonlyArray<DirectoryRecord>
  /** Our record and product for a GTIN and an expiration date (`2026-11-24`; any record when not given). */
  readonly standing: (gtin: string, expiry: string | undefined) => Standing | undefined
  /** Whether a number of that GTIN can be verified; one that somebody else made cannot, where its owner is said. */
  readonly verifiable: (
    gtin: string,
    expiry: string | undefined,
    number: { readonly state: string; readonly itemStatus?: string | undefined; readonly owner?: string | undefined }
  ) => Verifiability
  /** Products that a company may download, in the order of their keys. */
  readonly visibleTo: (company: string) => ReadonlyArray<Shared>
  readonly rulesOf: (company: string) => DataRules | undefined
}

/** Codes under which a product is looked up: NTINs stand in the same 14 digits. */
const lookedUp = new Set(["GTIN-14", "NTIN"])

/** A GTIN of any length as 14 digits. */
export const gtin14 = (gtin: string): string => (/^(?:\d{8}|\d{12,13})$/u.test(gtin) ? gtin.padStart(14, "0") : gtin)

/** Whether a record speaks of product that expires on this day; without a day, whether it speaks at all. */
export const holds = (
  record: { readonly validFrom?: string | null | undefined; readonly validTo?: string | null | undefined },
  expiry: string | undefined
): boolean => expiry === undefined || ((record.validFrom ?? "") <= expiry && expiry <= (record.validTo ?? "9999-12-31"))

/** What a record made by hand stands for, where its producer keeps no master data here. */
const unnamed = (record: DirectoryRecord): Product => ({
  id: record.id,
  owner: record.owner,
  name: record.description ?? record.gtin,
  packagingLevel: "EA",
  codes: [{ type: "GTIN-14", value: record.gtin }],
  itemCodes: [],
  markets: []
})

const make = (world: Configuration): ProductIndex => {
  const companies = new Map(world.companies.map((company) => [company.id, company]))
  const rules = new Map(world.dataRules.map((one) => [one.company, one]))

  const share = (product: Product, owner: Company): Shared => ({
    product,
    owner,
    rules: rules.get(owner.id),
    markets: Rules.marketsOf(product),
    verifies: Rules.produces(owner.modules?.productVerification)
  })

  const byGtin = new Map<string, Array<Shared>>()
  const all: Array<Shared> = []
  for (const product of world.products) {
    const owner = companies.get(product.owner)
    if (owner === undefined) continue
    const shared = share(product, owner)
    all.push(shared)
    for (const { type, value } of product.codes) if (lookedUp.has(token(type))) addTo(byGtin, gtin14(value), shared)
  }
  const records = new Map<string, Array<DirectoryRecord>>()
  for (const record of world.directory) addTo(records, record.gtin, record)
  for (const some of records.values()) some.sort((a, b) => ((a.validFrom ?? "") < (b.validFrom ?? "") ? -1 : 1))

  const standing = (gtin: string, expiry: string | undefined): Standing | undefined => {
    const some = records.get(gtin14(gtin)) ?? []
    const record = some.find((one) => holds(one, expiry))
    const owner = record === undefined ? undefined : companies.get(record.owner)
    if (record === undefined || owner === undefined) return undefined
    const known = byGtin.get(record.gtin)?.find(({ product }) => product.owner === record.owner)
    const before = expiry === undefined ? some : some.slice(0, some.indexOf(record))
    const handedOver = record.source === "transfer" ? before.filter(({ source }) => source === "transfer") : []
    return {
      record,
      shared: known ?? share(unnamed(record), owner),
      holders: [...handedOver, record].map((one) => one.owner)
    }
  }

  const verifiable: ProductIndex["verifiable"] = (gtin, expiry, number) => {
    const found = standing(gtin, expiry)
    const no = (because: Extract<Verifiability, { readonly _tag: "NotVerifiable" }>["because"]): Verifiability => ({
      _tag: "NotVerifiable",
      because
    })
    if (found === undefined) return no(records.has(gtin14(gtin)) ? "RecordDoesNotHold" : "NotInDirectory")
    const { shared } = found
    if (!shared.verifies) return no("ModuleOff")
    if (number.owner !== undefined && !found.holders.includes(number.owner)) return no("Owner")
    const met = Rules.verificationRulesFor(shared.rules, shared.product)
    if (met.length === 0) return no("NoRule")
    if (!met.some((rule) => Rules.takes(rule, number.itemStatus))) return no("ItemStatus")
    return Rules.isTold(number.state) ? { _tag: "Verifiable", standing: found } : no("State")
  }

  return {
    products: (gtin) => byGtin.get(gtin14(gtin)) ?? [],
    records: (gtin) => records.get(gtin14(gtin)) ?? [],
    standing,
    verifiable,
    rulesOf: (company) => rules.get(company),
    visibleTo: (company) =>
      Rules.consumes(companies.get(company)?.modules?.masterDataShare)
        ? all.filter(
            (shared) =>
              Rules.produces(shared.owner.modules?.masterDataShare) &&
              shared.product.dataStatus !== "INACTIVE" &&
              Rules.masterDataRulesFor(shared.rules, shared.product).some(({ download }) => download)
          )
        : []
  }
}

const made = new WeakMap<Configuration, ProductIndex>()

/** The index of a configuration. */
export const of = ({ configuration }: Pick<Directory, "configuration">): ProductIndex => {
  const known = made.get(configuration)
  if (known !== undefined) return known
  const index = make(configuration)
  made.set(configuration, index)
  return index
}
