/**
 * A world: companies, links, profiles, products, pools and serials as one document. It is the demo data, the fixture
 * of every case, the first import of an installation, and the shape in which configuration is kept and exported.
 *
 * `decode` reports every fault at once with its path, unknown fields too; a world that decodes still has to refer to
 * things that exist, which `WorldCheck` says (also all at once). Nothing here reads or writes anything.
 */
import { Data, Effect, Predicate, Result, Schema, SchemaIssue } from "effect"
import { Overrides } from "./Settings.ts"
import { Key, Keyed, list, Text } from "./WorldFields.ts"
import { lotFields } from "./WorldLots.ts"
import { DeskSetting, PartnerChannel, ShippingPreferences, Warehouse } from "./WorldOrders.ts"
import {
  companyPrefix,
  DataRules,
  DirectoryRecord,
  Modules,
  masterDataFields,
  packagingLevels
} from "./WorldProducts.ts"
import { BlockedRequester, ResponseRules } from "./WorldVerification.ts"

/** An identifier of a company or location: its type token as messages write it (`GLN`, `SGLN`, `DUNS`, ...) and value. */
export const Identifier = Schema.Struct({ type: Text, value: Text })
export type Identifier = typeof Identifier.Type

/** A place of a company. Transfers name it by GLN, events by SGLN without the urn prefix. Its key is its own in the whole world. */
export const Location = Schema.Struct({
  ...Keyed,
  name: Text,
  identifiers: list(Identifier)
})
export type Location = typeof Location.Type

export const Company = Schema.Struct({
  ...Keyed,
  name: Text,
  role: Schema.Literals(["producer", "consumer", "both"]),
  identifiers: list(Identifier),
  locations: list(Location),
  /** GS1 company prefixes it issues numbers under. */
  companyPrefixes: list(companyPrefix),
  /** Modules of product information that are enabled for it. */
  modules: Schema.optionalKey(Modules)
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
  /** Other identifiers under which messages between these two name one of them; `company` says which. */
  alternateIdentifiers: list(Schema.Struct({ company: Key, ...Identifier.fields })),
  /** Companies whose sender number the partner may use, besides its own. */
  speaksFor: list(Key),
  /** Send both sides a processing response for successes too; failures are always reported. */
  successResponses: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false))),
  /** Who is told by e-mail of what fails or waits for a person between these two. */
  alerts: Schema.optionalKey(
    Schema.Struct({
      emails: list(
        Schema.String.check(
          Schema.isPattern(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/u, {
            message: "must be an e-mail address such as desk@example.com"
          })
        )
      )
    })
  )
})
export type Link = typeof Link.Type

/** A packaging code: kind (`GTIN-14`, `NTIN`, `CN-RESCODE`, `GCP` for an SSCC company prefix) and value. */
export const PackagingCode = Schema.Struct({ type: Text, value: Text })
export type PackagingCode = typeof PackagingCode.Type

/** A packaging code in a profile; without a filter value it stands for all of them. */
export const ProfileCode = Schema.Struct({ ...PackagingCode.fields, filterValue: Schema.optionalKey(Text) })
export type ProfileCode = typeof ProfileCode.Type

/** Serial Number Exchange profile: which packaging codes a subscriber may request, use and receive. */
export const Profile = Schema.Struct({
  ...Keyed,
  owner: Key,
  subscriber: Key,
  packagingCodes: list(ProfileCode),
  /** Transfer by reference moves what is encoded even when fewer than provisioned. */
  partialTransfer: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false)))
})
export type Profile = typeof Profile.Type

/** A product's packaging level: its codes, its master data, and for China codes the level and ratio of that. */
export const Product = Schema.Struct({
  ...Keyed,
  owner: Key,
  name: Text,
  packagingLevel: Schema.Literals(packagingLevels),
  codes: list(PackagingCode),
  /** CN-EDMC encoding subtype, 10 digits, e.g. 7022014170. */
  cnSubtype: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^\d{10}$/u, { message: "must be 10 digits" }))),
  codeLevel: Schema.optionalKey(Text),
  packageRatio: Schema.optionalKey(Text),
  ...masterDataFields
})
export type Product = typeof Product.Type

/** Numbers are counted exactly, so no more digits than an integer holds. */
const Digits = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 15 }))
const Counter = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 999_999_999_999_999 }))

/** How a pool makes its numbers (templates of Serial Number Manager). */
export const PoolTemplate = Schema.Union([
  /** Generated sequential range: `first` counts up, padded to `digits`. */
  Schema.Struct({
    kind: Schema.Literal("sequential"),
    digits: Digits,
    first: Counter,
    last: Schema.optionalKey(Counter)
  }),
  /** Generated random list: every number of `digits` digits once, in an order that `key` decides. */
  Schema.Struct({
    kind: Schema.Literal("random"),
    digits: Digits,
    key: Schema.String,
    prefix: Schema.optionalKey(Schema.String)
  }),
  /** Manually imported list: numbers are `unreserved` serials of the world; the pool hands them out in order. */
  Schema.Struct({ kind: Schema.Literal("list") })
])
export type PoolTemplate = typeof PoolTemplate.Type

/** Where numbers for a packaging code come from. SSCC pools say their extension digit. */
export const Pool = Schema.Struct({
  ...Keyed,
  owner: Key,
  packagingCode: PackagingCode,
  encoding: Text,
  filterValue: Schema.optionalKey(Text),
  extensionDigit: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^\d$/u, { message: "must be one digit" }))),
  active: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(true))),
  template: PoolTemplate
})
export type Pool = typeof Pool.Type

export const ReferenceDocuments = Schema.Struct({
  poNumber: Schema.optionalKey(Text),
  poLine: Schema.optionalKey(Text),
  workOrderNumber: Schema.optionalKey(Text),
  referenceIdentifier: Schema.optionalKey(Text)
})
export type ReferenceDocuments = typeof ReferenceDocuments.Type

export const serialStates = [
  "unreserved",
  "reserved",
  "encoded",
  "commissioned",
  "decommissioned",
  "destroyed",
  "deactivated"
] as const
export const SerialState = Schema.Literals(serialStates)
export type SerialState = typeof SerialState.Type

/**
 * Serials that are there from the start: a list, or a range counted up from `first`, which keeps its number of digits.
 * Each is one of
 *
 * - a bare serial of the packaging code (for a company prefix the whole 18-digit SSCC, for a China code its 20 digits);
 * - a whole AI text without parentheses: `01` + GTIN-14 + `21` + serial, or `00` + SSCC. A text of the form
 *   `01`, 14 digits, `21`, serial is always read so. It may carry another GTIN than the packaging code it was
 *   provisioned under, as in the first response example of SNX Serial Number Transfer.
 *
 * Ranges are bare serials; the range of a company prefix counts SSCCs up by serial reference, check digits made.
 */
export const SerialBatch = Schema.Struct({
  owner: Key,
  packagingCode: PackagingCode,
  state: SerialState,
  /** Who holds them now; the owner unless said otherwise. */
  company: Schema.optionalKey(Key),
  /** Where: a location of that company. */
  location: Schema.optionalKey(Key),
  referenceDocuments: Schema.optionalKey(ReferenceDocuments),
  ...lotFields,
  serials: Schema.optionalKey(Schema.Array(Text).check(Schema.isMinLength(1))),
  range: Schema.optionalKey(
    Schema.Struct({
      first: Schema.String.check(Schema.isPattern(/^\d{1,20}$/u, { message: "must be 1 to 20 digits" })),
      count: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))
    })
  )
}).check(
  Schema.makeFilter(
    (batch) =>
      (batch.serials === undefined) !== (batch.range === undefined) || "needs either `serials` or `range`, not both"
  )
)
export type SerialBatch = typeof SerialBatch.Type

export const World = Schema.Struct({
  companies: list(Company),
  links: list(Link),
  profiles: list(Profile),
  products: list(Product),
  pools: list(Pool),
  dataRules: list(DataRules),
  directory: list(DirectoryRecord),
  responseRules: list(ResponseRules),
  blockedRequesters: list(BlockedRequester),
  warehouses: list(Warehouse),
  partnerChannels: list(PartnerChannel),
  shippingPreferences: list(ShippingPreferences),
  deskSettings: list(DeskSetting),
  serials: list(SerialBatch),
  /** Installation-wide choices where the documents leave a name or a list open. */
  settings: Overrides.pipe(Schema.withDecodingDefaultKey(Effect.succeed({})))
})
export type World = typeof World.Type

/** The part of a world that is configuration: everything but the serials. */
export type Configuration = Omit<World, "serials">

/** A world with nothing in it. */
export const empty: World = {
  companies: [],
  links: [],
  profiles: [],
  products: [],
  pools: [],
  dataRules: [],
  directory: [],
  responseRules: [],
  blockedRequesters: [],
  warehouses: [],
  partnerChannels: [],
  shippingPreferences: [],
  deskSettings: [],
  serials: [],
  settings: {}
}

/** One thing wrong with a world: where (`companies[birch-printing].identifiers[0].type`) and what. */
export interface Fault {
  readonly path: string
  readonly message: string
}

/** A world that cannot be taken, with everything that is wrong with it. */
export class WorldError extends Data.TaggedError("WorldError")<{
  readonly reason: {
    readonly _tag: "Invalid"
    readonly isRetryable: false
    readonly whoActs: "operator"
    readonly faults: ReadonlyArray<Fault>
  }
}> {
  override get message() {
    return this.reason.faults.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("\n")
  }
}

/** Makes the error of these faults. */
export const invalid = (faults: ReadonlyArray<Fault>): WorldError =>
  new WorldError({ reason: { _tag: "Invalid", isRetryable: false, whoActs: "operator", faults } })

/** A path in the words of the world: an item of a list by its `id` where it has one, else by its number from 0. */
const follow = (
  root: unknown,
  path: ReadonlyArray<PropertyKey>
): { readonly text: string; readonly value: unknown } => {
  let at: unknown = root
  let text = ""
  for (const step of path) {
    const inList = Array.isArray(at)
    at = Predicate.hasProperty(at, step) ? at[step] : undefined
    if (inList) text += `[${Predicate.hasProperty(at, "id") && typeof at.id === "string" ? at.id : String(step)}]`
    else text += text === "" ? String(step) : `.${String(step)}`
  }
  return { text, value: at }
}

const decodeWorld = Schema.decodeUnknownResult(World, { errors: "all", onExcessProperty: "error" })
/** Words for faults that Effect names by its own terms. */
const plainly: Readonly<Record<string, string>> = {
  "Expected no excess property": "there is no such field",
  "Missing key": "is missing"
}
const format = SchemaIssue.makeFormatterStandardSchemaV1()

const faultOf = (input: unknown, path: ReadonlyArray<PropertyKey>, message: string): Fault => {
  const { text, value } = follow(input, path)
  // A GLN without quotes is a number to YAML and JSON.
  const unquoted = message === "Expected string" && typeof value === "number"
  return { path: text, message: unquoted ? `${value} must stand in quotes` : (plainly[message] ?? message) }
}

/** Decodes what a file held. All faults at once. */
export const decode = (input: unknown): Result.Result<World, WorldError> =>
  Result.mapError(decodeWorld(input ?? {}), ({ issue }) =>
    invalid(
      format(issue).issues.map(({ path = [], message }) => {
        const steps = path.map((step) => (typeof step === "object" ? step.key : step))
        return faultOf(input, steps, message)
      })
    )
  )
