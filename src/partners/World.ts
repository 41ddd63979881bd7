/**
 * A world: companies, links, profiles, products, pools and serials as one document. It is the demo data, the fixture
 * of every case, the first import of an installation, and the shape in which configuration is kept and exported.
 *
 * Decoding reports every fault at once with its path; a world that decodes still has to refer to things that exist,
 * which `check` says (also all at once). Nothing here reads or writes anything.
 */
import { Effect, Schema } from "effect"

const Key = Schema.String.check(
  Schema.isPattern(/^[a-z0-9][a-z0-9-]{0,63}$/u, { message: "must be a short lower-case key such as acme-printing" })
)
const Keyed = { id: Key }

/** An identifier of a company or location: its type token as messages write it (`GLN`, `SGLN`, `DUNS`, ...) and value. */
export const Identifier = Schema.Struct({ type: Schema.NonEmptyString, value: Schema.NonEmptyString })
export type Identifier = typeof Identifier.Type

/** A place of a company. Transfers name it by GLN, events by SGLN without the urn prefix. */
export const Location = Schema.Struct({
  ...Keyed,
  name: Schema.NonEmptyString,
  identifiers: Schema.Array(Identifier)
})
export type Location = typeof Location.Type

export const Company = Schema.Struct({
  ...Keyed,
  name: Schema.NonEmptyString,
  role: Schema.Literals(["producer", "consumer", "both"]),
  identifiers: Schema.Array(Identifier),
  locations: Schema.Array(Location).pipe(Schema.withDecodingDefaultKey(Effect.succeed([]))),
  /** GS1 company prefixes it issues numbers under. */
  companyPrefixes: Schema.Array(Schema.String).pipe(Schema.withDecodingDefaultKey(Effect.succeed([])))
})
export type Company = typeof Company.Type

/**
 * The relation between an owner (publisher: whose numbers they are) and a partner (subscriber: who works with them),
 * with the alternate identifiers they use for each other and whom the partner may speak for.
 */
export const Link = Schema.Struct({
  ...Keyed,
  owner: Key,
  partner: Key,
  /** Other identifiers under which messages name these two; `company` says whom. */
  alternateIdentifiers: Schema.Array(Schema.Struct({ company: Key, ...Identifier.fields })).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed([]))
  ),
  /** Companies whose sender number the partner may use, besides its own. */
  speaksFor: Schema.Array(Key).pipe(Schema.withDecodingDefaultKey(Effect.succeed([]))),
  /** Send a processing response for successes too; failures are always reported. */
  successResponses: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false)))
})
export type Link = typeof Link.Type

/** A packaging code: kind (`GTIN-14`, `NTIN`, `CN-RESCODE`, `GCP` for an SSCC company prefix) and value. */
export const PackagingCode = Schema.Struct({ type: Schema.NonEmptyString, value: Schema.NonEmptyString })
export type PackagingCode = typeof PackagingCode.Type

/** Serial Number Exchange profile: which packaging codes a subscriber may request, use and receive. */
export const Profile = Schema.Struct({
  ...Keyed,
  owner: Key,
  subscriber: Key,
  packagingCodes: Schema.Array(Schema.Struct({ ...PackagingCode.fields, filterValue: Schema.optionalKey(Schema.String) })),
  /** Transfer by reference moves what is encoded even when fewer than provisioned. */
  partialTransfer: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false)))
})
export type Profile = typeof Profile.Type

/** A product's packaging level: its codes, and for China codes the level and ratio of product master data. */
export const Product = Schema.Struct({
  ...Keyed,
  owner: Key,
  name: Schema.NonEmptyString,
  packagingLevel: Schema.Literals(["EA", "PK", "CA", "PL"]),
  codes: Schema.Array(PackagingCode),
  /** CN-EDMC encoding subtype, 10 digits, e.g. 7022014170. */
  cnSubtype: Schema.optionalKey(Schema.String),
  codeLevel: Schema.optionalKey(Schema.String),
  packageRatio: Schema.optionalKey(Schema.String)
})
export type Product = typeof Product.Type

/** How a pool makes its numbers (templates of Serial Number Manager). */
export const PoolTemplate = Schema.Union([
  /** Generated sequential range: `first` counts up, padded to `digits`. */
  Schema.Struct({ kind: Schema.Literal("sequential"), digits: Schema.Int, first: Schema.Int, last: Schema.optionalKey(Schema.Int) }),
  /** Generated random list: every number of `digits` digits once, in an order that `key` decides. */
  Schema.Struct({ kind: Schema.Literal("random"), digits: Schema.Int, key: Schema.String, prefix: Schema.optionalKey(Schema.String) }),
  /** Manually imported list: numbers are `unreserved` serials of the world; the pool hands them out in order. */
  Schema.Struct({ kind: Schema.Literal("list") })
])
export type PoolTemplate = typeof PoolTemplate.Type

/** Where numbers for a packaging code come from. SSCC pools say their extension digit. */
export const Pool = Schema.Struct({
  ...Keyed,
  owner: Key,
  packagingCode: PackagingCode,
  encoding: Schema.NonEmptyString,
  filterValue: Schema.optionalKey(Schema.String),
  extensionDigit: Schema.optionalKey(Schema.String),
  active: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(true))),
  template: PoolTemplate
})
export type Pool = typeof Pool.Type

export const ReferenceDocuments = Schema.Struct({
  poNumber: Schema.optionalKey(Schema.String),
  poLine: Schema.optionalKey(Schema.String),
  workOrderNumber: Schema.optionalKey(Schema.String),
  referenceIdentifier: Schema.optionalKey(Schema.String)
})
export type ReferenceDocuments = typeof ReferenceDocuments.Type

export const serialStates = ["unreserved", "reserved", "encoded", "commissioned", "decommissioned", "destroyed", "deactivated"] as const
export const SerialState = Schema.Literals(serialStates)
export type SerialState = typeof SerialState.Type

/** Serials that are there from the start: a list, or a range counted up from `first`. AI(00) serials are whole SSCCs. */
export const SerialBatch = Schema.Struct({
  owner: Key,
  packagingCode: PackagingCode,
  state: SerialState,
  /** Who holds them now; the owner unless said otherwise. */
  company: Schema.optionalKey(Key),
  location: Schema.optionalKey(Key),
  referenceDocuments: Schema.optionalKey(ReferenceDocuments),
  serials: Schema.optionalKey(Schema.Array(Schema.NonEmptyString)),
  range: Schema.optionalKey(Schema.Struct({ first: Schema.NonEmptyString, count: Schema.Int }))
})
export type SerialBatch = typeof SerialBatch.Type

const list = <S extends Schema.Top>(item: S) => Schema.Array(item).pipe(Schema.withDecodingDefaultKey(Effect.succeed([])))

/** Installation-wide choices where the documents leave a name or a list open. Defaults: `Settings.ts`. */
export const SettingValues = Schema.Record(Schema.String, Schema.Json)

export const World = Schema.Struct({
  companies: list(Company),
  links: list(Link),
  profiles: list(Profile),
  products: list(Product),
  pools: list(Pool),
  serials: list(SerialBatch),
  settings: SettingValues.pipe(Schema.withDecodingDefaultKey(Effect.succeed({})))
})
export type World = typeof World.Type
