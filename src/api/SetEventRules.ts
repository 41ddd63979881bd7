/**
 * What a Set Event request is held to, with the texts as Smart Event Manager documents them (Set Event Errors, 2025.2),
 * the slip of the pen in the text about `locationType` included. The documented list was read as far as `locationValue`;
 * texts of fields behind it follow its form and are marked `inferred`.
 */

export interface SetEventRule {
  readonly element: string
  readonly text: string
  readonly inferred?: true
}

export const eventTypes = [
  "VERIFYING",
  "SHIPPED",
  "RECEIVED",
  "UNDER_INVESTIGATION",
  "AVAILABLE",
  "DAMAGED",
  "DESTROYED",
  "DISPENSED",
  "STOLEN",
  "SAMPLED_BY_AUTHORITIES",
  "UNDO_SHIPPED",
  "UNDO_RECEIVED",
  "UNDO_UNDER_INVESTIGATION",
  "UNDO_AVAILABLE",
  "UNDO_DAMAGED",
  "UNDO_DESTROYED",
  "UNDO_DISPENSED",
  "UNDO_STOLEN",
  "UNDO_SAMPLED_BY_AUTHORITIES"
] as const

export const locationTypes = [
  "BR_CNES",
  "BR_CNPJ",
  "BR_CPF",
  "BR_PROF_REG",
  "COMPANYSITEID",
  "DEA",
  "DUNS",
  "DUNS4",
  "GLN",
  "HIN",
  "IN_LOCATION_ID",
  "KR_BUS_REG_NUMBER",
  "KR_PROVIDER_CODE",
  "SGLN"
] as const

export const extensionFields = [
  "market",
  "supplyType",
  "po",
  "salesOrder",
  "return",
  "transfer",
  "asn",
  "bol",
  "packslip",
  "invoice",
  "destruction",
  "notaFiscal",
  "scriptId"
] as const

export const packagingCodeTypes = ["GTIN-14", "NTIN", "CN-RESCODE"] as const

const rule = (element: string, text: string): SetEventRule => ({
  element,
  text: `The Set Event Request cannot be processed. ${text}`
})

const inferred = (element: string, text: string): SetEventRule => ({ ...rule(element, text), inferred: true })

const missing = (element: string): SetEventRule => inferred(element, `The ${element} is not specified.`)

const orList = (words: ReadonlyArray<string>): string => `${words.slice(0, -1).join(", ")}, or ${words.at(-1)}`

export const eventTimeMissing = rule("eventTime", "The eventTime is not specified.")
export const eventTimeFormat = rule(
  "eventTime",
  'The eventTime is not properly formatted (e.g. "2018-06-05T01:33:34.711Z").'
)
export const eventTypeMissing = rule("eventType", "The eventType is not specified.")
export const eventTypeUnknown = rule(
  "eventType",
  `The eventType is not valid. The eventType must be one of the following: ${orList(eventTypes)}.`
)
export const expirationDateFormat = rule("expirationDate", "The expirationDate must be in YYMMDD format.")
export const extensionDataFields = rule("extensionData", "The extensionData element contains invalid fields.")
export const locationTypeMissing = rule("locationType", "The locationType is not specified.")
export const locationTypeUnknown = rule(
  "locationType",
  `The locationType is not valid. The eventType must be one of the following: ${orList(locationTypes)}.`
)

export const marketUnknown = inferred(
  "extensionData.market",
  "The market is not valid. The market must be a country of ISO 3166-1 such as US."
)

/** A field that stands twice in one object. */
export const twice = (field: string): SetEventRule => rule(field, `The ${field} is specified more than once.`)

export const locationValueMissing = missing("locationValue")
export const serialNumberListMissing = missing("serialNumberList")
export const packagingCodeMissing = missing("packagingCode")
export const packagingCodeTypeUnknown = inferred(
  "packagingCodeType",
  `The packagingCodeType is not valid. The packagingCodeType must be one of the following: ${orList(packagingCodeTypes)}.`
)
export const serialNumberMissing = missing("serialNumber")
export const serialNumberCode = inferred(
  "serialNumber",
  "The serialNumber does not belong to the packagingCode that is specified."
)
export const lotNumberMissing = missing("lotNumber")
export const expirationDateMissing = missing("expirationDate")
export const productionDateFormat = inferred("productionDate", "The productionDate must be in YYMMDD format.")

export const variantFormat = inferred("variant", "The variant must be a text.")

/** All of them, for the tests: each has a request that breaks it and nothing else. */
export const all: ReadonlyArray<SetEventRule> = [
  eventTimeMissing,
  eventTimeFormat,
  eventTypeMissing,
  eventTypeUnknown,
  expirationDateMissing,
  expirationDateFormat,
  extensionDataFields,
  marketUnknown,
  locationTypeMissing,
  locationTypeUnknown,
  locationValueMissing,
  serialNumberListMissing,
  packagingCodeMissing,
  packagingCodeTypeUnknown,
  serialNumberMissing,
  serialNumberCode,
  lotNumberMissing,
  productionDateFormat,
  variantFormat
]
