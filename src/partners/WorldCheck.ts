/**
 * Whether a world that decodes also makes sense: what it refers to exists, keys and identifiers are nobody else's, and
 * codes are of types the settings know. Run before every import; pure.
 *
 * Gives every fault at once, each with the place in the world and the key that is missing or taken; an empty list
 * means that the world may be imported.
 */
import * as Gs1 from "../formats/Gs1.ts"
import { join, token } from "./Places.ts"
import * as Settings from "./Settings.ts"
import type { Fault, Identifier, World } from "./World.ts"
import * as WorldOrdersCheck from "./WorldOrdersCheck.ts"
import * as WorldProductsCheck from "./WorldProductsCheck.ts"
import * as WorldVerificationCheck from "./WorldVerificationCheck.ts"

/** Collects faults; its methods are the questions that recur. */
class Faults {
  readonly all: Array<Fault> = []

  add(path: string, message: string): void {
    this.all.push({ path, message })
  }

  /** Each key once. `whose` names the first in messages. */
  once(seen: Map<string, string>, key: string, path: string, message: (first: string) => string): void {
    const first = seen.get(key)
    if (first === undefined) seen.set(key, path)
    else this.add(path, message(first))
  }

  exists(known: ReadonlySet<string>, key: string, path: string): void {
    if (!known.has(key)) this.add(path, `there is no company ${key}`)
  }

  oneOf(enumeration: ReadonlyArray<string>, value: string, path: string, what: string): void {
    if (Settings.canonical(enumeration, value) !== undefined) return
    this.add(path, `${value} is no ${what} of the settings: ${enumeration.join(", ")}`)
  }
}

const lists = [
  "companies",
  "links",
  "profiles",
  "products",
  "pools",
  "dataRules",
  "directory",
  "warehouses",
  "partnerChannels",
  "shippingPreferences",
  "deskSettings"
] as const

const checkKeys = (world: World, faults: Faults): void => {
  for (const list of lists) {
    const seen = new Map<string, string>()
    for (const { id } of world[list]) {
      faults.once(seen, id, `${list}[${id}].id`, () => `the key ${id} is used more than once in ${list}`)
    }
  }
  const locations = new Map<string, string>()
  for (const company of world.companies) {
    for (const { id } of company.locations) {
      const path = `companies[${company.id}].locations[${id}]`
      faults.once(locations, id, path, (first) => `the location key ${id} is taken by ${first}`)
    }
  }
}

/** Identifiers name one company each, except those that are only unique within a company, which name one place in it. */
const checkIdentifiers = (world: World, settings: Settings.Settings, faults: Faults): void => {
  const local = new Set(settings.companyLocalTypes.map(token))
  const companyOf = new Map<string, string>()
  const placeOf = new Map<string, string>()

  const look = (company: string, place: string, identifiers: ReadonlyArray<Identifier>) => {
    for (const [index, { type, value }] of identifiers.entries()) {
      const path = `${place}.identifiers[${index}]`
      faults.oneOf(settings.identifierTypes, type, `${path}.type`, "identifier type")
      if (settings.checkPartyCheckDigits && token(type) === "GLN" && !Gs1.isKey("GLN", value)) {
        faults.add(`${path}.value`, `${value} is no GLN of 13 digits with a right check digit`)
      }
      const isLocal = local.has(token(type))
      const owner = companyOf.get(value)
      if (!isLocal && owner !== undefined && owner !== company) {
        faults.add(`${path}.value`, `${value} already identifies ${owner}; a number must mean one company`)
      } else if (!isLocal) companyOf.set(value, company)
      const scope = join(isLocal ? company : "", token(type), value)
      const other = placeOf.get(scope)
      if (other === undefined) placeOf.set(scope, place)
      else if (isLocal || owner === undefined || owner === company) {
        faults.add(path, `${type} ${value} already identifies ${other}`)
      }
    }
  }
  for (const company of world.companies) {
    const at = `companies[${company.id}]`
    look(company.id, at, company.identifiers)
    for (const location of company.locations) look(company.id, `${at}.locations[${location.id}]`, location.identifiers)
  }

  for (const link of world.links) {
    const onLink = new Map<string, string>()
    for (const [index, { type, value, company }] of link.alternateIdentifiers.entries()) {
      const path = `links[${link.id}].alternateIdentifiers[${index}]`
      faults.oneOf(settings.identifierTypes, type, `${path}.type`, "identifier type")
      if (company !== link.owner && company !== link.partner) {
        faults.add(`${path}.company`, `${company} is neither ${link.owner} nor ${link.partner}`)
      }
      const owner = companyOf.get(value)
      if (owner !== undefined && owner !== company) faults.add(`${path}.value`, `${value} already identifies ${owner}`)
      const other = onLink.get(value)
      if (other !== undefined && other !== company)
        faults.add(`${path}.value`, `${value} already means ${other} on this link`)
      onLink.set(value, company)
    }
  }
}

const checkLinks = (world: World, companies: ReadonlySet<string>, faults: Faults): void => {
  const pairs = new Map<string, string>()
  for (const link of world.links) {
    const path = `links[${link.id}]`
    faults.exists(companies, link.owner, `${path}.owner`)
    faults.exists(companies, link.partner, `${path}.partner`)
    for (const [index, key] of link.speaksFor.entries()) faults.exists(companies, key, `${path}.speaksFor[${index}]`)
    if (link.owner === link.partner) faults.add(path, `${link.owner} cannot be linked to itself`)
    const taken = (first: string) => `${first} already links ${link.owner} to ${link.partner}`
    faults.once(pairs, join(link.owner, link.partner), path, taken)
  }
}

const checkProfiles = (
  world: World,
  settings: Settings.Settings,
  companies: ReadonlySet<string>,
  faults: Faults
): void => {
  const pairs = new Map<string, string>()
  for (const profile of world.profiles) {
    const path = `profiles[${profile.id}]`
    faults.exists(companies, profile.owner, `${path}.owner`)
    faults.exists(companies, profile.subscriber, `${path}.subscriber`)
    const taken = (first: string) => `${first} is already the profile of ${profile.subscriber} with ${profile.owner}`
    faults.once(pairs, join(profile.owner, profile.subscriber), path, taken)
    const codes = new Map<string, string>()
    for (const [index, { type, value, filterValue }] of profile.packagingCodes.entries()) {
      const at = `${path}.packagingCodes[${index}]`
      faults.oneOf(settings.packagingCodeTypes, type, `${at}.type`, "packaging code type")
      const twice = () => `${type} ${value} stands in this profile twice`
      faults.once(codes, join(token(type), value, filterValue ?? ""), at, twice)
    }
  }
}

const checkProducts = (
  world: World,
  settings: Settings.Settings,
  companies: ReadonlySet<string>,
  faults: Faults
): void => {
  const codes = new Map<string, string>()
  for (const product of world.products) {
    const path = `products[${product.id}]`
    faults.exists(companies, product.owner, `${path}.owner`)
    for (const [index, { type, value }] of product.codes.entries()) {
      const at = `${path}.codes[${index}]`
      faults.oneOf(settings.packagingCodeTypes, type, `${at}.type`, "packaging code type")
      const taken = (first: string) => `${type} ${value} of ${product.owner} already stands at ${first}`
      faults.once(codes, join(product.owner, token(type), value), at, taken)
    }
  }
}

const checkPools = (
  world: World,
  settings: Settings.Settings,
  companies: ReadonlySet<string>,
  faults: Faults
): void => {
  const active = new Map<string, string>()
  for (const pool of world.pools) {
    const path = `pools[${pool.id}]`
    const { type, value } = pool.packagingCode
    faults.exists(companies, pool.owner, `${path}.owner`)
    faults.oneOf(settings.packagingCodeTypes, type, `${path}.packagingCode.type`, "packaging code type")
    faults.oneOf(settings.numberEncodings, pool.encoding, `${path}.encoding`, "number encoding")
    const isPrefix = Settings.sameToken(type, settings.companyPrefixType)
    const isSscc = pool.encoding === "AI(00)" || pool.encoding === "SSCC-96"
    if (isPrefix !== isSscc) {
      faults.add(`${path}.encoding`, `${pool.encoding} does not go with a packaging code of type ${type}`)
    }
    if (isSscc && pool.extensionDigit === undefined) {
      faults.add(`${path}.extensionDigit`, "is missing: SSCCs begin with it")
    }
    if (pool.active) {
      const taken = (first: string) => `${first} is already the active pool of ${type} ${value}`
      faults.once(active, join(pool.owner, token(type), value, pool.filterValue ?? ""), path, taken)
    }
    const { template } = pool
    if (template.kind === "sequential" && template.last !== undefined && template.last < template.first) {
      faults.add(`${path}.template.last`, `${template.last} is before the first number ${template.first}`)
    }
    if (template.kind === "sequential" && String(template.last ?? template.first).length > template.digits) {
      faults.add(
        `${path}.template.digits`,
        `${template.last ?? template.first} has more than ${template.digits} digits`
      )
    }
  }
}

const checkSerials = (
  world: World,
  settings: Settings.Settings,
  companies: ReadonlySet<string>,
  faults: Faults
): void => {
  const companyOfLocation = new Map(world.companies.flatMap(({ id, locations }) => locations.map((l) => [l.id, id])))
  for (const [index, batch] of world.serials.entries()) {
    const path = `serials[${index}]`
    faults.exists(companies, batch.owner, `${path}.owner`)
    if (batch.company !== undefined) faults.exists(companies, batch.company, `${path}.company`)
    faults.oneOf(
      settings.packagingCodeTypes,
      batch.packagingCode.type,
      `${path}.packagingCode.type`,
      "packaging code type"
    )
    if (batch.location === undefined) continue
    const holder = batch.company ?? batch.owner
    const owner = companyOfLocation.get(batch.location)
    if (owner === undefined) faults.add(`${path}.location`, `there is no location ${batch.location}`)
    else if (owner !== holder)
      faults.add(`${path}.location`, `${batch.location} is a location of ${owner}, not of ${holder}`)
  }
}

/** Everything wrong with a world. */
export const check = (world: World): ReadonlyArray<Fault> => {
  const faults = new Faults()
  const settings = Settings.resolve(world.settings)
  const companies = new Set(world.companies.map(({ id }) => id))
  faults.oneOf(
    settings.packagingCodeTypes,
    settings.companyPrefixType,
    "settings.companyPrefixType",
    "packaging code type"
  )
  checkKeys(world, faults)
  checkIdentifiers(world, settings, faults)
  checkLinks(world, companies, faults)
  checkProfiles(world, settings, companies, faults)
  checkProducts(world, settings, companies, faults)
  checkPools(world, settings, companies, faults)
  checkSerials(world, settings, companies, faults)
  return [
    ...faults.all,
    ...WorldOrdersCheck.check(world),
    ...WorldProductsCheck.check(world),
    ...WorldVerificationCheck.faults(world)
  ]
}
