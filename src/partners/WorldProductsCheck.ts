/**
 * Whether the product information of a world makes sense: data rules are a producer's, about each market once, and never
 * about all markets beside one; a directory record is a right GTIN of a producer, and two records of a GTIN never hold
 * for the same expiration date. Pure; every fault at once.
 */
import * as Gs1 from "../formats/Gs1.ts"
import type { Company, Fault, World } from "./World.ts"
import type { DataRules, DirectoryRecord, Module, RuleMarket } from "./WorldProducts.ts"

/** Why a market may not stand in a list of rules twice, or beside ALL (Set ... Sync Rules, validation). */
export const conflict = "Multiple sync rules cannot apply to the same target market"

const moduleNames: Readonly<Record<Module, string>> = {
  masterDataShare: "Master Data Share",
  productVerification: "Product Verification"
}

/** Why a company may not set rules of a module; undefined when it may. Only producers can. */
export const notAProducer = (company: Company, module: Module): string | undefined => {
  const only = "Only Producers can set these data rules"
  if (company.role === "consumer") return `${only}: ${company.id} is a consumer`
  const role = company.modules?.[module]
  if (role === undefined) return `${only}: the module ${moduleNames[module]} is not enabled for ${company.id}`
  if (role === "consumer") return `${only}: ${company.id} is a consumer in the module ${moduleNames[module]}`
  return undefined
}

type Add = (path: string, message: string) => void

const checkMarkets = (path: string, rules: ReadonlyArray<{ readonly market: RuleMarket }>, add: Add): void => {
  const seen = new Set<RuleMarket>()
  for (const [index, { market }] of rules.entries()) {
    const at = `${path}[${index}].market`
    if (seen.has(market)) add(at, `${conflict}: there is a rule for ${market} already`)
    else if (market === "ALL" && seen.size > 0) add(at, `${conflict}: ALL stands beside ${[...seen].join(", ")}`)
    else if (seen.has("ALL")) add(at, `${conflict}: ${market} stands beside ALL`)
    seen.add(market)
  }
}

const checkRules = (rules: DataRules, companies: ReadonlyMap<string, Company>, add: Add): void => {
  const path = `dataRules[${rules.id}]`
  const company = companies.get(rules.company)
  if (company === undefined) add(`${path}.company`, `there is no company ${rules.company}`)
  const lists = [
    ["masterData", "masterDataShare"],
    ["verification", "productVerification"]
  ] as const
  for (const [list, module] of lists) {
    checkMarkets(`${path}.${list}`, rules[list], add)
    const why = company === undefined || rules[list].length === 0 ? undefined : notAProducer(company, module)
    if (why !== undefined) add(`${path}.${list}`, why)
  }
}

/** Whether two records may speak of the same expiration date. */
export const overlap = (a: DirectoryRecord, b: DirectoryRecord): boolean =>
  (a.validFrom ?? "") <= (b.validTo ?? "9999-12-31") && (b.validFrom ?? "") <= (a.validTo ?? "9999-12-31")

const checkRecord = (record: DirectoryRecord, companies: ReadonlyMap<string, Company>, add: Add): void => {
  const path = `directory[${record.id}]`
  if (!companies.has(record.owner)) add(`${path}.owner`, `there is no company ${record.owner}`)
  // Records made by themselves have the code of the product, whatever its check digit.
  if (record.source !== "sync" && !Gs1.isKey("GTIN-14", record.gtin)) {
    add(`${path}.gtin`, "GTIN length must be 14 and check digit must match")
  }
  if (record.validFrom !== undefined && record.validTo !== undefined && record.validTo < record.validFrom) {
    add(`${path}.validTo`, `${record.validTo} is before ${record.validFrom}`)
  }
  if (record.transfer !== undefined) {
    if (!companies.has(record.transfer.to)) add(`${path}.transfer.to`, `there is no company ${record.transfer.to}`)
    if (record.transfer.to === record.owner) add(`${path}.transfer.to`, `${record.gtin} is ${record.owner}'s already`)
  }
}

/** Everything wrong with the product information of a world. */
export const check = (world: World): ReadonlyArray<Fault> => {
  const faults: Array<Fault> = []
  const add: Add = (path, message) => faults.push({ path, message })
  const companies = new Map(world.companies.map((company) => [company.id, company]))

  const ofCompany = new Map<string, string>()
  for (const rules of world.dataRules) {
    checkRules(rules, companies, add)
    const first = ofCompany.get(rules.company)
    if (first !== undefined) add(`dataRules[${rules.id}]`, `${first} already holds the rules of ${rules.company}`)
    else ofCompany.set(rules.company, rules.id)
  }
  const byGtin = Map.groupBy(world.directory, ({ gtin }) => gtin)
  for (const record of world.directory) checkRecord(record, companies, add)
  for (const [gtin, records] of byGtin) {
    for (const [index, record] of records.entries()) {
      const other = records.slice(0, index).find((one) => overlap(one, record))
      if (other === undefined) continue
      add(`directory[${record.id}]`, `${gtin} already exists in LD: ${other.id} holds for the same dates`)
    }
  }
  return faults
}
