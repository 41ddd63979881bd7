/**
 * Who and where, by identifier: the index behind the directory's look-ups of companies, locations and alternate
 * identifiers. An identifier that could mean two things finds nothing.
 *
 * Pure, built once from a configuration.
 */
import type { Settings } from "./Settings.ts"
import type { Company, Configuration, Identifier, Link, Location } from "./World.ts"

/** A place found by an identifier. Without a location the identifier is of a company that has none. */
export interface Place {
  readonly company: Company
  readonly location: Location | undefined
}

/** Joins the parts of a look-up key; identifiers contain no control characters. */
export const join = (...parts: ReadonlyArray<string>): string => parts.join("\u0000")
export const token = (type: string): string => type.toUpperCase()

/** Remembers one value a key, and that a key means several. */
class Unique<A> {
  readonly #byKey = new Map<string, A | undefined>()
  readonly #same: (a: A, b: A) => boolean
  constructor(same: (a: A, b: A) => boolean = (a, b) => a === b) {
    this.#same = same
  }
  add(key: string, value: A): void {
    if (!this.#byKey.has(key)) this.#byKey.set(key, value)
    else {
      const known = this.#byKey.get(key)
      if (known !== undefined && !this.#same(known, value)) this.#byKey.set(key, undefined)
    }
  }
  has(key: string): boolean {
    return this.#byKey.has(key)
  }
  get(key: string): A | undefined {
    return this.#byKey.get(key)
  }
}

export const addTo = <A>(map: Map<string, Array<A>>, key: string, value: A): void => {
  const known = map.get(key)
  if (known === undefined) map.set(key, [value])
  else known.push(value)
}

const sglnPrefix = "urn:epc:id:sgln:"
const sgln = /^(\d+)\.(\d*)\.0$/u

/** The first twelve digits of the GLN that an SGLN with extension 0 stands for. */
const glnBody = (value: string): string | undefined => {
  const match = sgln.exec(value)
  const digits = match === null ? "" : `${match[1]}${match[2]}`
  return digits.length === 12 ? digits : undefined
}

/** Builds the index. */
export const make = (world: Configuration, settings: Settings) => {
  const local = new Set(settings.companyLocalTypes.map(token))
  const samePlace = (a: Place, b: Place) => a.company === b.company && a.location === b.location
  const byKey = new Map<string, Place>()
  const companyByNumber = new Unique<Company>()
  const ofLocation = { typed: new Unique<Place>(samePlace), any: new Unique<Place>(samePlace) }
  const ofCompany = { typed: new Unique<Place>(samePlace), any: new Unique<Place>(samePlace) }
  const ofAlternate = { typed: new Unique<Place>(samePlace), any: new Unique<Place>(samePlace) }
  const byGlnBody = new Unique<Place>(samePlace)

  const add = (index: typeof ofLocation, place: Place, { type, value }: Identifier) => {
    index.typed.add(join(token(type), value), place)
    index.any.add(value, place)
  }

  const companies = new Map(world.companies.map((company) => [company.id, company]))
  const alternates = new Unique<Company>()
  const onLink = new Unique<Company>()
  const linksByAlternate = new Map<string, Array<Link>>()

  for (const company of world.companies) {
    for (const identifier of company.identifiers) {
      add(ofCompany, { company, location: company.locations[0] }, identifier)
      if (!local.has(token(identifier.type))) companyByNumber.add(identifier.value, company)
    }
    for (const location of company.locations) {
      const place = { company, location }
      byKey.set(location.id, place)
      for (const identifier of location.identifiers) {
        add(ofLocation, place, identifier)
        if (!local.has(token(identifier.type))) companyByNumber.add(identifier.value, company)
        if (token(identifier.type) === "GLN") byGlnBody.add(identifier.value.slice(0, 12), place)
      }
    }
  }
  for (const link of world.links) {
    for (const alternate of link.alternateIdentifiers) {
      const company = companies.get(alternate.company)
      if (company === undefined) continue
      add(ofAlternate, { company, location: company.locations[0] }, alternate)
      alternates.add(alternate.value, company)
      onLink.add(join(link.id, alternate.value), company)
      addTo(linksByAlternate, alternate.value, link)
    }
  }

  const find = (type: string | undefined, value: string): Place | undefined => {
    const key = type === undefined ? value : join(token(type), value)
    const kind = type === undefined ? "any" : "typed"
    return ofLocation[kind].get(key) ?? ofCompany[kind].get(key) ?? ofAlternate[kind].get(key)
  }

  return {
    companies,
    byKey,
    linksByAlternate: (number: string): ReadonlyArray<Link> => linksByAlternate.get(number) ?? [],
    /** Whom the number means by itself: its own number, else an alternate identifier that is nobody else's. */
    companyByNumber: (number: string) =>
      companyByNumber.has(number) ? companyByNumber.get(number) : alternates.get(number),
    /** Whom it means on a link: own numbers are the same everywhere. */
    companyOnLink: (link: Link, number: string) =>
      companyByNumber.has(number) ? companyByNumber.get(number) : onLink.get(join(link.id, number)),
    isOwnNumber: (number: string) => companyByNumber.has(number),
    location: (type: string | undefined, value: string): Place | undefined => {
      const bare = value.startsWith(sglnPrefix) ? value.slice(sglnPrefix.length) : value
      const found = find(type, bare)
      if (found !== undefined || (type !== undefined && token(type) !== "SGLN")) return found
      const body = glnBody(bare)
      return body === undefined ? undefined : byGlnBody.get(body)
    }
  }
}
