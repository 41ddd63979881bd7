/**
 * Rules of requests for numbers. The error table of SNX_REQUEST is not public; texts are those documented for Serial
 * Number Manager's request or for the transfer where the situation is the same, else ours.
 */
import * as Rule from "../engine/Rule.ts"
import * as Settings from "../partners/Settings.ts"
import type { NumberRequest } from "./NumberRequest.ts"
import * as Identifier from "./SnxIdentifier.ts"
import { givenDocuments, type Known } from "./SnxMessage.ts"
import * as Places from "./SnxPlaces.ts"
import * as Snx from "./SnxRules.ts"

const manager = "TraceLink SNM Request errors, Class 1 (2024.4), the text for the same element"
const response =
  "TraceLink SNX Serial Number Transfer, Response errors, Class 1 (2024.4), the text for the same element"
const transfer =
  "TraceLink SNX Serial Number Transfer, Request errors, Class 2 (2024.4), the text for the same situation"
const ours = "Throughline"
const at = Places.numberRequest

export const encodingRequired = Rule.define({
  id: "snx-request/encoding-required",
  class: 1,
  element: "cmn:NumberEncoding",
  text: "Valid number encoding code is required !!!",
  source: manager,
  situation: "NumberEncoding is missing, empty, or not in the setting numberEncodings.",
  example: { case: "snx-request/encoding-unknown" }
})

export const oneKey = Rule.define({
  id: "snx-request/one-key",
  class: 1,
  element: "cmn:ObjectIdentifier",
  text: "Only one of CompanyPrefixObjectKey OR GTIN14ObjectKey OR CNSubtypeObjectKey OR NTINObjectKey is required !!!",
  source: manager,
  situation: "No key has a value, or more than one key is there.",
  example: { case: "snx-request/two-keys" }
})

const keyFor = <const Text extends string>(name: string, text: Text) =>
  Rule.define({
    id: `snx-request/${name}`,
    class: 1,
    element: "cmn:ObjectIdentifier",
    text,
    source: response,
    situation: "There is one key, and it is not the one that NumberEncoding asks for.",
    example: { case: `snx-request/${name}` }
  })

export const gtinRequired = keyFor(
  "gtin-required",
  "Source GTIN-14 or NTINObjectKey must be populated if source NumberEncoding = AI(01)+AI(21) OR SGTIN-96 OR SGTIN-198 !!!"
)
export const companyPrefixRequired = keyFor(
  "company-prefix-required",
  "Source CompanyPrefixObjectKey must be populated if source NumberEncoding = AI(00) OR SSCC-96!!!"
)
export const cnSubtypeRequired = keyFor(
  "cn-subtype-required",
  "Source China encoded number type must be present if source NumberEncoding = CN-EDMC !!!"
)
export const keyLength = Identifier.keyLength("snx-request")

export const poNumber = Rule.define({
  id: "snx-request/po-number",
  class: 1,
  element: "cmn:PONumber",
  text: "ReferenceDocuments needs a PONumber of 1 to 20 characters.",
  source: ours,
  situation:
    "ReferenceDocuments is there without a PONumber, or with a longer one; the table prints it as 1...1 and 1/20.",
  example: { case: "snx-request/po-number" }
})

export const quantityTooSmall = Rule.define({
  id: "snx-request/quantity-too-small",
  class: 1,
  element: "cmn:Quantity",
  text: "Quantity [quantity] is less than one.",
  source: ours,
  situation: "Quantity is zero or negative.",
  example: { case: "snx-request/quantity-zero" }
})

export const quantityTooLarge = Rule.define({
  id: "snx-request/quantity-too-large",
  class: 1,
  element: "cmn:Quantity",
  text: "Quantity [quantity] is more than [maximum], the most a request may ask for.",
  source: "Throughline, after TraceLink SNM templates (2025.2): larger partner requests are denied",
  situation: "Quantity is above the setting maxQuantityPerRequest, 500,000 by default.",
  example: { case: "snx-request/quantity-too-large" }
})

export const profileNotFound = Rule.define({
  id: "snx-request/profile-not-found",
  class: 2,
  element: "cmn:FileSenderNumber or cmn:FileReceiverNumber",
  text: "Unable to find profile for serviceId [service ID] and subscriber company [Partner company ID].",
  source: transfer,
  situation: "The receiver number is of no company, or the sender has no Serial Number Exchange profile with it.",
  example: { case: "snx-request/profile-not-found" }
})

export const plantUnknown = Rule.define({
  id: "snx-request/plant-unknown",
  class: 2,
  element: "cmn:PlantLocationId",
  text: "PlantLocationId [location] is of no location of [sender].",
  source: ours,
  situation: "The SGLN is not known here, or is a location of another company than the sender.",
  example: { case: "snx-request/plant-unknown" }
})

export const codeNotInProfile = Rule.define({
  id: "snx-request/code-not-in-profile",
  class: 2,
  element: "cmn:ObjectIdentifier",
  text: "[key] [value] is not configured in the Serial Number Exchange profile of [sender].",
  source: ours,
  situation: "The sender's profile does not have the packaging code, or no code of it has the China subtype.",
  example: { case: "snx-request/code-not-in-profile" }
})

export const poolNotFound = Rule.define({
  id: "snx-request/pool-not-found",
  class: 2,
  element: "cmn:ObjectIdentifier",
  text: "Unable to find active product pool for serviceId [app ID], snType [ packaging code type], packagingCode [packagingcode value], filtervalue [filter value].",
  source: transfer,
  situation:
    "The receiver has no active pool for the packaging code and the filter value that the sender's profile gives it, or the pool has another encoding than the one asked for.",
  example: { case: "snx-request/pool-not-found" }
})

export const productNotFound = Rule.define({
  id: "snx-request/product-not-found",
  class: 2,
  element: "cmn:ObjectIdentifier",
  text: "Unable to find product entry record for pool id [pool ID].",
  source: transfer,
  situation:
    "The packaging code has an active pool, but no product of its owner has that code. A company prefix is no product and needs none.",
  example: { case: "snx-request/product-not-found" }
})

export const codeLevelInvalid = Rule.define({
  id: "snx-request/code-level-invalid",
  class: 2,
  element: "@codeLevel",
  text: "Master Data Code Level is invalid value!",
  source: transfer,
  situation: "CNSubtypeObjectKey has a code level other than that of product master data.",
  example: { case: "snx-request/code-level-invalid" }
})

export const poolExhausted = Rule.define({
  id: "snx-request/pool-exhausted",
  class: 2,
  element: "cmn:Quantity",
  text: "Pool [pool] has [left] serial numbers left; [wanted] were requested.",
  source: ours,
  situation: "The pool cannot give so many numbers. The message waits: the owner may refill the pool.",
  mayWait: true,
  example: { case: "snx-request/pool-exhausted" }
})

/** Class 2 rules that the pipeline raises. */
export const refusals: ReadonlyArray<Rule.RuleInfo> = [
  profileNotFound,
  plantUnknown,
  codeNotInProfile,
  poolNotFound,
  productNotFound,
  codeLevelInvalid,
  poolExhausted
]

type Request = Known<NumberRequest>
const integer = /^[+-]?\d+$/u

/** All class 1 checks. */
export const checks: ReadonlyArray<Rule.Check<Request>> = [
  Rule.check<Request>(encodingRequired, function* ({ numberEncoding: value, settings }) {
    if (Settings.canonical(settings.numberEncodings, value ?? "") !== undefined) return
    yield encodingRequired.raise({ path: value === undefined ? at.messageBody : at.body("cmn:NumberEncoding"), value })
  }),
  Rule.check<Request>(oneKey, function* ({ objectIdentifier: identifier }) {
    const path = identifier === undefined ? at.messageBody : at.body("cmn:ObjectIdentifier")
    const given = Identifier.keysOf(identifier ?? Identifier.noKeys).length
    if (given === 0 || (identifier?.keys ?? 0) > 1) yield oneKey.raise({ path })
  }),
  ...Identifier.requiredChecks<Request>({ gtinRequired, companyPrefixRequired, cnSubtypeRequired }, at, "one key"),
  ...Identifier.lengthChecks<Request>(keyLength, at),
  Rule.check<Request>(poNumber, function* ({ referenceDocuments: documents }) {
    if (documents === undefined) return
    const { poNumber: value = "" } = givenDocuments(documents) ?? {}
    if (value.length < 1 || value.length > 20) yield poNumber.raise({ path: at.body("cmn:ReferenceDocuments"), value })
  }),
  Rule.check<Request>(quantityTooSmall, function* ({ quantity }) {
    if (integer.test(quantity) && Number(quantity) < 1)
      yield quantityTooSmall.raise({ quantity }, { path: at.body("cmn:Quantity"), value: quantity })
  }),
  Rule.check<Request>(quantityTooLarge, function* ({ quantity, settings: { maxQuantityPerRequest } }) {
    if (!integer.test(quantity) || Number(quantity) <= maxQuantityPerRequest) return
    const place = { path: at.body("cmn:Quantity"), value: quantity }
    yield quantityTooLarge.raise({ quantity, maximum: `${maxQuantityPerRequest}` }, place)
  }),
  ...Snx.headerChecks<Request>(at)
]
