/**
 * Product master data, the rules by which producers share it, and the records of the product directory, as parts of a
 * world. Enumerations stand here once; mappings, rules and commands take them from here.
 *
 * Schemas and lists only. Source of the lists: TraceLink Product Information Exchange (2024.6) and the JSON schemas of
 * tracelink/code-samples; what is marked ours has no public source.
 */
import { Schema } from "effect"
import { Day, flag, Key, Keyed, list, Text } from "./WorldFields.ts"

/** What a company is in a module. */
export const ModuleRole = Schema.Literals(["producer", "consumer", "both"])
export type ModuleRole = typeof ModuleRole.Type

/** The two modules of product information, each enabled for a company by naming its role there. */
export const Modules = Schema.Struct({
  /** Shares product master data, or downloads it. */
  masterDataShare: Schema.optionalKey(ModuleRole),
  /** Has its products verified, or verifies those of others. */
  productVerification: Schema.optionalKey(ModuleRole)
})
export type Modules = typeof Modules.Type
export type Module = keyof Modules

/** Markets in which saleable returns must be verified (US DSCSA): ISO 3166-1 codes and the names the documents print. */
export const marketNames = {
  AS: "American Samoa",
  GU: "Guam",
  MP: "Northern Mariana Islands",
  PR: "Puerto Rico",
  US: "United States of America",
  UM: "US Minor Outlying Islands",
  VI: "Virgin Islands"
} as const
export const markets = ["AS", "GU", "MP", "PR", "US", "UM", "VI"] as const
export type Market = (typeof markets)[number]

/** A rule's market: one of the seven, or all of them. */
export const RuleMarket = Schema.Literals(["ALL", ...markets])
export type RuleMarket = typeof RuleMarket.Type

/** Item statuses of a number, as `Serials` keeps them. */
export const itemStatuses = [
  "available",
  "blocked",
  "pending_receipt",
  "picked",
  "received",
  "shipped",
  "under_investigation"
] as const
export type ItemStatus = (typeof itemStatuses)[number]

/** An item status in a rule; `all` takes numbers whatever their status. */
export const RuleItemStatus = Schema.Literals(["all", ...itemStatuses])
export type RuleItemStatus = typeof RuleItemStatus.Type

/** National and own codes of a product (`productItemCodeType`). */
export const itemCodeTypes = [
  "AT_PZN",
  "BE_ABP_CODE",
  "BG_NATIONAL_NUMBER",
  "BR_ANVISA_REGISTRATION",
  "CA_DIN",
  "CH_SWISSMEDIC",
  "CN_SUBTYPE",
  "DE_PPN",
  "DE_PZN",
  "EU_EAN13",
  "ES_CODIGO_NATIONAL",
  "FR_CIP13",
  "GR_EOF",
  "HR_CROATIA_NATIONAL",
  "IN_PRODUCT_CODE",
  "IT_BOLLINO",
  "KR_KFDA_CODE",
  "NL_KNMP",
  "NRD_VNR_CODE",
  "PT_AIM",
  "SA_SAUDI_DRUG_CODE",
  "CZ_SUKL_CODE",
  "US_NDC442",
  "US_NDC532",
  "US_NDC541",
  "US_NDC542",
  "INTERNAL_MATERIAL_CODE",
  "CN_NDC",
  "CN_STANDARD",
  "UK_AMPP",
  "LU_NATIONAL_NUMBER",
  "TRACELINK_ID"
] as const
export const ItemCode = Schema.Struct({ type: Schema.Literals(itemCodeTypes), value: Text })
export type ItemCode = typeof ItemCode.Type

export const dataStatuses = ["ACTIVE", "INACTIVE"] as const
/** The first is a published token; the others are ours, after the labels of the screen. */
export const commercialStatuses = [
  "RELEASED",
  "ALTERNATE_ITEMS_AVAILABLE",
  "PHASE_OUT",
  "ITEMS_NO_LONGER_STOCKED",
  "WITHDRAWN"
] as const

export const packagingLevels = ["EA", "PK", "CA", "PL"] as const

export const companyPrefix = Schema.String.check(Schema.isPattern(/^\d{4,12}$/u, { message: "must be 4 to 12 digits" }))

/** A market a product is made for; countries outside the seven in scope are kept and never verified. */
export const ProductMarket = Schema.Struct({
  country: Schema.String.check(
    Schema.isPattern(/^[A-Z]{2}$/u, { message: "must be a country of ISO 3166-1, two capital letters" })
  ),
  traceabilityRequired: Schema.optionalKey(Schema.Boolean),
  pointOfDispenseVerification: Schema.optionalKey(Schema.Boolean),
  /** `productOrigin`, e.g. ORIGINATOR_EXCLUSIVE_DISTRIBUTOR; the whole list is not public. */
  origin: Schema.optionalKey(Text),
  distributionPartners: list(Text)
})
export type ProductMarket = typeof ProductMarket.Type

/** Master data of a packaging level. Levels of one product bear the same `productCode`. */
export const masterDataFields = {
  productCode: Schema.optionalKey(Text),
  description: Schema.optionalKey(Text),
  genericName: Schema.optionalKey(Text),
  strength: Schema.optionalKey(Text),
  dosageForm: Schema.optionalKey(Text),
  containerSize: Schema.optionalKey(Text),
  companyPrefix: Schema.optionalKey(companyPrefix),
  /** How many of the next smaller packaging level are in one. */
  quantity: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
  itemCodes: list(ItemCode),
  markets: list(ProductMarket),
  /** Inactive products are kept and shared with nobody. Active where not said. */
  dataStatus: Schema.optionalKey(Schema.Literals(dataStatuses)),
  commercialStatus: Schema.optionalKey(Schema.Literals(commercialStatuses))
}

/** Which products of a market are shared, and what for. */
export const MasterDataRule = Schema.Struct({ market: RuleMarket, verification: flag(true), download: flag(true) })
export type MasterDataRule = typeof MasterDataRule.Type

/** Which numbers of a market can be verified: those in one of these item statuses. */
export const VerificationRule = Schema.Struct({
  market: RuleMarket,
  itemStatuses: Schema.Array(RuleItemStatus).check(Schema.isMinLength(1))
})
export type VerificationRule = typeof VerificationRule.Type

/** Product Information Manager data rules of one producer. */
export const DataRules = Schema.Struct({
  ...Keyed,
  company: Key,
  masterData: list(MasterDataRule),
  verification: list(VerificationRule)
})
export type DataRules = typeof DataRules.Type

/** Where a directory record came from. `sync` ones follow products and rules by themselves. */
export const recordSources = ["sync", "manual", "upload", "transfer"] as const

/**
 * Who answers for a GTIN: a record of our own part of the product directory (lookup directory). What other providers
 * tell is kept beside it, in the table `directory_records`.
 */
export const DirectoryRecord = Schema.Struct({
  ...Keyed,
  gtin: Schema.String.check(Schema.isPattern(/^\d{14}$/u, { message: "must be 14 digits" })),
  /** The producer that answers for it. */
  owner: Key,
  /** The producer's GLN. */
  responder: Schema.String.check(Schema.isPattern(/^\d{13}$/u, { message: "must be a GLN of 13 digits" })),
  description: Schema.optionalKey(Text),
  companyPrefix: Schema.optionalKey(companyPrefix),
  source: Schema.Literals(recordSources),
  /** Expiration dates it holds for, both included; open where not given. */
  validFrom: Schema.optionalKey(Day),
  validTo: Schema.optionalKey(Day),
  /** Where to ask, when that is not this installation (a former owner's or another provider's endpoint). */
  verifyUrl: Schema.optionalKey(Text),
  checkUrl: Schema.optionalKey(Text),
  comment: Schema.optionalKey(Text),
  /** A transfer of the GTIN that its new owner has not accepted yet: product expiring on `from` or later goes over. */
  transfer: Schema.optionalKey(Schema.Struct({ to: Key, from: Day }))
})
export type DirectoryRecord = typeof DirectoryRecord.Type
