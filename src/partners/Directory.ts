/**
 * The configuration as questions and answers: whose number is this, where is that location, is there a link, a profile,
 * a pool, a product. Built once from a world; every answer is one or two map look-ups, whatever the size of the world.
 *
 * Pure. What is not there, or could mean two things, is `undefined`: the rules decide what that means. Type tokens
 * (`GLN`, `GTIN-14`) compare without case, values exactly.
 */
import * as Answers from "./Answers.ts"
import * as Places from "./Places.ts"
import { addTo, join, token } from "./Places.ts"
import * as Settings from "./Settings.ts"
import type { Company, Configuration, Link, Pool, Product, Profile, ProfileCode } from "./World.ts"

export type { Place } from "./Places.ts"

/** The two sides a message header names. */
export interface Parties {
  readonly sender: Company | undefined
  readonly receiver: Company | undefined
  /** The link between them, when both are known and it exists, whoever of them owns it. */
  readonly link: Link | undefined
}

/** What a directory answers; see the functions' comments. */
export interface Directory extends Answers.Answers {
  readonly settings: Settings.Settings
  /** What it was made of; the same value as long as the directory is the same. */
  readonly configuration: Configuration
  readonly companies: ReadonlyArray<Company>
  readonly links: ReadonlyArray<Link>
  readonly products: ReadonlyArray<Product>
  /** The order part of the world as it stands: `src/orders` reads it into an index of its own. */
  readonly orders: Pick<Configuration, "warehouses" | "partnerChannels" | "shippingPreferences" | "deskSettings">
  readonly company: (key: string) => Company | undefined
  /**
   * The company that goes by this number in a message header: an identifier of it or of one of its locations, else an
   * alternate identifier that means the same company on every link that has it.
   */
  readonly companyByNumber: (number: string) => Company | undefined
  /**
   * Both companies of a header. An alternate identifier counts on the link between the two, so the same one may mean
   * other companies elsewhere; where no link decides, `companyByNumber` does.
   */
  readonly parties: (senderNumber: string, receiverNumber: string) => Parties
  /**
   * The place with this identifier. A type of `undefined` means any. An identifier of a company itself gives its first
   * location. An SGLN with extension 0 also finds the location whose GLN has the same first twelve digits; the URN
   * prefix of an SGLN may be there or not.
   */
  readonly location: (type: string | undefined, value: string) => Places.Place | undefined
  /** The location of this key. */
  readonly locationByKey: (key: string) => Places.Place | undefined
  /** The link on which `owner` is the owner and `partner` the partner. */
  readonly linkBetween: (owner: string, partner: string) => Link | undefined
  /**
   * True when a document from the channel of this company may name this sender: the number means the company itself or
   * one that a link lets it speak for. The number means what `parties` says when the receiver's number is given, else
   * what `companyByNumber` says, so that nobody passes for another under a number that means two companies.
   */
  readonly speaksFor: (company: string, senderNumber: string, receiverNumber?: string | undefined) => boolean
  /** The Serial Number Exchange profile of a subscriber with the owner of the numbers. */
  readonly profile: (owner: string, subscriber: string) => Profile | undefined
  /** The packaging code in a profile; with a filter value, the one for it or the one for all. */
  readonly profileCode: (
    profile: Profile,
    codeType: string,
    code: string,
    filterValue?: string | undefined
  ) => ProfileCode | undefined
  /**
   * The active pool of a packaging code. With a filter value, the pool for it, else the pool without one; without a
   * filter value, the pool without one, else the only one.
   */
  readonly pool: (owner: string, codeType: string, code: string, filterValue?: string | undefined) => Pool | undefined
  /** The product that has this packaging code among its codes. */
  readonly product: (owner: string, codeType: string, code: string) => Product | undefined
  /** True when a link of the company, as owner or partner, asks for a processing response on success too. */
  readonly wantsSuccess: (company: string) => boolean
  /** A number the company goes by: its GLN, else its first identifier, else the first GLN of a location. */
  readonly numberOf: (company: string) => string | undefined
}

/** Links by their two sides, and what follows from them for each company. */
const indexLinks = (world: Configuration) => {
  const between = new Map<string, Link>()
  const spokenFor = new Map<string, Set<string>>()
  const wantsSuccess = new Set<string>()
  for (const link of world.links) {
    between.set(join(link.owner, link.partner), link)
    const others = spokenFor.get(link.partner) ?? new Set()
    for (const company of link.speaksFor) others.add(company)
    spokenFor.set(link.partner, others)
    if (link.successResponses) wantsSuccess.add(link.owner).add(link.partner)
  }
  return { between, spokenFor, wantsSuccess }
}

/** Builds the directory of a configuration. Takes any world that decodes; one that `WorldCheck` refuses answers less. */
export const make = (world: Configuration): Directory => {
  const settings = Settings.resolve(world.settings)
  const places = Places.make(world, settings)
  const links = indexLinks(world)

  const profiles = new Map<string, Profile>()
  const profileCodes = new Map<string, Array<ProfileCode>>()
  for (const profile of world.profiles) {
    profiles.set(join(profile.owner, profile.subscriber), profile)
    for (const code of profile.packagingCodes) addTo(profileCodes, join(profile.id, token(code.type), code.value), code)
  }
  const products = new Map<string, Product>()
  for (const product of world.products) {
    for (const code of product.codes) products.set(join(product.owner, token(code.type), code.value), product)
  }
  const pools = new Map<string, Array<Pool>>()
  for (const pool of world.pools) {
    if (pool.active) addTo(pools, join(pool.owner, token(pool.packagingCode.type), pool.packagingCode.value), pool)
  }

  const linkBetween = (owner: string, partner: string) => links.between.get(join(owner, partner))
  const linkOf = (a: string, b: string) => linkBetween(a, b) ?? linkBetween(b, a)

  const parties = (senderNumber: string, receiverNumber: string): Parties => {
    const pair = (sender: Company | undefined, receiver: Company | undefined): Parties => ({
      sender,
      receiver,
      link: sender === undefined || receiver === undefined ? undefined : linkOf(sender.id, receiver.id)
    })
    const byThemselves = () => pair(places.companyByNumber(senderNumber), places.companyByNumber(receiverNumber))
    if (places.isOwnNumber(senderNumber) && places.isOwnNumber(receiverNumber)) return byThemselves()
    // At least one side goes by an alternate identifier: the link on which both numbers fit decides.
    const candidates = new Set([...places.linksByAlternate(senderNumber), ...places.linksByAlternate(receiverNumber)])
    const fitting: Array<Parties> = []
    for (const link of candidates) {
      const a = places.companyOnLink(link, senderNumber)
      const b = places.companyOnLink(link, receiverNumber)
      const fits = (owner: Company | undefined, partner: Company | undefined) =>
        owner?.id === link.owner && partner?.id === link.partner
      if (fits(a, b) || fits(b, a)) fitting.push({ sender: a, receiver: b, link })
    }
    if (fitting[0] !== undefined && fitting.length === 1) return fitting[0]
    return byThemselves()
  }

  const forFilter = <A extends { readonly filterValue?: string }>(
    candidates: ReadonlyArray<A> | undefined,
    filterValue: string | undefined
  ): A | undefined => {
    const plain = candidates?.find((candidate) => candidate.filterValue === undefined)
    if (filterValue !== undefined)
      return candidates?.find((candidate) => candidate.filterValue === filterValue) ?? plain
    return plain ?? (candidates?.length === 1 ? candidates[0] : undefined)
  }

  return {
    ...Answers.make(world),
    settings,
    configuration: world,
    companies: world.companies,
    links: world.links,
    products: world.products,
    orders: world,
    company: (key) => places.companies.get(key),
    companyByNumber: places.companyByNumber,
    parties,
    location: places.location,
    locationByKey: (key) => places.byKey.get(key),
    linkBetween,
    speaksFor: (company, senderNumber, receiverNumber) => {
      const sender =
        receiverNumber === undefined
          ? places.companyByNumber(senderNumber)
          : parties(senderNumber, receiverNumber).sender
      if (sender === undefined) return false
      return sender.id === company || (links.spokenFor.get(company)?.has(sender.id) ?? false)
    },
    profile: (owner, subscriber) => profiles.get(join(owner, subscriber)),
    profileCode: (profile, codeType, code, filterValue) => {
      const candidates = profileCodes.get(join(profile.id, token(codeType), code))
      return filterValue === undefined ? candidates?.[0] : forFilter(candidates, filterValue)
    },
    pool: (owner, codeType, code, filterValue) => forFilter(pools.get(join(owner, token(codeType), code)), filterValue),
    product: (owner, codeType, code) => products.get(join(owner, token(codeType), code)),
    wantsSuccess: (company) => links.wantsSuccess.has(company),
    numberOf: (key) => {
      const company = places.companies.get(key)
      const isGln = ({ type }: { readonly type: string }) => token(type) === "GLN"
      const own = company?.identifiers.find(isGln) ?? company?.identifiers[0]
      return (own ?? company?.locations.flatMap(({ identifiers }) => identifiers).find(isGln))?.value
    }
  }
}
