/**
 * Rules of product master data. The public pages say that required fields have to be complete before a product is
 * shared, and list neither the fields nor error texts: which are required, and the texts, are ours. Enumerations are those
 * of the published schemas (`WorldProducts`), packaging code types the setting `packagingCodeTypes`.
 */
import * as Rule from "../engine/Rule.ts"

const source = "Throughline"

const define = <const Text extends string>(
  name: string,
  element: string,
  text: Text,
  situation: string,
  ruleClass: 1 | 2 = 1
) =>
  Rule.define({
    id: `product-master/${name}`,
    class: ruleClass,
    element,
    text,
    source,
    situation,
    example: { case: `product-master/${name}` }
  })

export const noProducts = Rule.define({
  id: "product-master/no-products",
  class: 1,
  element: "Product",
  text: "The message holds no product.",
  source,
  situation: "No product is there. An XML message without one is not valid by its schema; JSON can be.",
  example: { case: "product-master-json/no-products" }
})
export const productCodeRequired = define(
  "product-code-required",
  "ProductCode",
  "A product needs a ProductCode.",
  "ProductCode is missing or empty."
)
export const productCodeRepeated = define(
  "product-code-repeated",
  "ProductCode",
  "ProductCode [code] stands in the message more than once; each record is sent in full.",
  "Two products of the message bear one code."
)
export const nameRequired = define(
  "name-required",
  "ProductName",
  "A product needs a ProductName.",
  "ProductName is missing or empty."
)
export const marketRequired = define(
  "market-required",
  "ProductTargetMarket",
  "A product needs a target market.",
  "No ProductTargetMarket is there."
)
export const marketUnknown = define(
  "market-unknown",
  "TargetMarketCountry",
  "TargetMarketCountry [country] is no country of ISO 3166-1 (two capital letters).",
  "TargetMarketCountry is missing or is not two capital letters."
)
export const marketRepeated = define(
  "market-repeated",
  "TargetMarketCountry",
  "TargetMarketCountry [country] stands in the product more than once.",
  "A product names one market twice."
)
export const packagingRequired = define(
  "packaging-required",
  "PackagingInformation",
  "A product needs a packaging level.",
  "No PackagingInformation is there."
)
export const levelUnknown = define(
  "level-unknown",
  "PackagingUom",
  "PackagingUom [level] is none of [levels].",
  "PackagingUom is missing or is no packaging level."
)
export const codeRequired = define(
  "code-required",
  "PackagingItemCode",
  "A packaging level needs a PackagingItemCode.",
  "No PackagingItemCode is there, or it is empty."
)
export const codeTypeUnknown = define(
  "code-type-unknown",
  "PackagingItemCode|@type",
  "PackagingItemCode type [type] is none of [types].",
  "The type of a PackagingItemCode is missing or not in the setting packagingCodeTypes."
)
export const codeLength = define(
  "code-length",
  "PackagingItemCode",
  "[type] [value] must have 14 digits.",
  "A GTIN-14 or NTIN does not have 14 digits."
)
export const checkDigit = define(
  "check-digit",
  "PackagingItemCode",
  "The check digit of GTIN-14 [value] is wrong.",
  "The last digit of a GTIN-14 is not its check digit."
)
export const codeRepeated = define(
  "code-repeated",
  "PackagingItemCode",
  "[type] [value] stands in the message more than once.",
  "Two packaging levels of the message bear one code."
)
export const companyPrefix = define(
  "company-prefix",
  "CompanyPrefix",
  "CompanyPrefix [prefix] must be 4 to 12 digits with which the GTIN begins, behind its first digit.",
  "CompanyPrefix is no such number, or a GTIN-14 of the level does not begin with it."
)
export const quantity = define(
  "quantity",
  "PackagingQuantity",
  "PackagingQuantity [quantity] must be a whole number of at least 1.",
  "PackagingQuantity is no such number."
)
export const itemCodeType = define(
  "item-code-type",
  "ProductItemCode|@type",
  "ProductItemCode type [type] is not known.",
  "The type of a ProductItemCode is missing or is none of the published list."
)
export const itemCodeValue = define(
  "item-code-value",
  "ProductItemCode",
  "A ProductItemCode needs a value.",
  "A ProductItemCode is empty."
)
export const dataStatus = define(
  "data-status",
  "ProductDataStatus",
  "ProductDataStatus [status] is none of [statuses].",
  "ProductDataStatus is there and is none of the list."
)
export const commercialStatus = define(
  "commercial-status",
  "ProductCommercialStatus",
  "ProductCommercialStatus [status] is none of [statuses].",
  "ProductCommercialStatus is there and is none of the list."
)
export const notYesOrNo = define(
  "not-yes-or-no",
  "TraceabilityRequired or PointOfDispenseVerification",
  "[value] is neither true nor false.",
  "TraceabilityRequired or PointOfDispenseVerification is there and is neither true nor false (1, 0, yes, no)."
)
export const unprintable = define(
  "unprintable",
  "any text",
  "The text holds characters that cannot be printed.",
  "A text holds control characters or line separators."
)
export const notAProducer = define(
  "not-a-producer",
  "FileSenderNumber",
  "Only producers can share product master data: [company] is a consumer.",
  "The sender's role is consumer.",
  2
)
export const codeTaken = define(
  "code-taken",
  "PackagingItemCode",
  "[type] [value] belongs to the product [product].",
  "Another product of the sender has the code.",
  2
)
export const gtinTaken = define(
  "gtin-taken",
  "PackagingItemCode",
  "[type] [value] belongs to another company.",
  "A GTIN-14 or NTIN begins with another company's prefix, or with nobody's and another producer has it already; nobody transferred it to the sender.",
  2
)
export const notInDirectory = Rule.define({
  id: "product-master/not-in-directory",
  class: 2,
  severity: "warning",
  element: "PackagingItemCode",
  text: "[value] gets no record in the product directory: [reason].",
  source,
  situation: "A data rule asks for a directory record of the product, and another company's stands in the way.",
  example: { case: "product-master/not-in-directory" }
})
export const refused = Rule.define({
  id: "product-master/refused",
  class: 2,
  element: "Product",
  text: "The product does not go with the configuration: [fault]",
  source,
  situation:
    "What is configured here was changed past its checks, so that nothing can be added to it before it is mended.",
  example: { test: "test/products/ProductMaster.test.ts" }
})

/** Class 2 rules that the pipeline raises. */
export const refusals: ReadonlyArray<Rule.RuleInfo> = [notAProducer, codeTaken, gtinTaken, notInDirectory, refused]
