/**
 * Class 2 rules of a transfer: right file, wrong against stored data. The public document lists them twice, with the
 * request and with the response; they describe one processing, so a text that is the same in both tables is one rule
 * here and `element` is that of the request's table.
 *
 * Decisions on rows that look alike stand in `situation`. Class 3 is the engine's.
 */
import * as Rule from "../engine/Rule.ts"

const request = "TraceLink SNX Serial Number Transfer, Request errors, Class 2 (2024.4)"
const both = "TraceLink SNX Serial Number Transfer, Request and Response errors, Class 2 (2024.4)"
const response = "TraceLink SNX Serial Number Transfer, Response errors, Class 2 (2024.4)"
const ours = "Throughline"

export const productNotFound = Rule.define({
  id: "snx-transfer/product-not-found",
  class: 2,
  element: "cmn:FileSenderNumber or cmn:FileReceiverNumber",
  text: "Unable to find product entry record for pool id [pool ID].",
  source: both,
  situation:
    "The packaging code has an active pool, but no product of its owner has that code. A company prefix is no product and needs none.",
  example: { case: "snx-transfer/product-not-found" }
})

export const profileNotFound = Rule.define({
  id: "snx-transfer/profile-not-found",
  class: 2,
  element: "cmn:FileSenderNumber or cmn:FileReceiverNumber",
  text: "Unable to find profile for serviceId [service ID] and subscriber company [Partner company ID].",
  source: request,
  situation:
    "The receiver number is of no company, or the sender has no Serial Number Exchange profile with the receiver. An owner needs none to move its own numbers.",
  example: { case: "snx-transfer/profile-not-found" }
})

export const poolNotFound = Rule.define({
  id: "snx-transfer/pool-not-found",
  class: 2,
  element: "cmn:FileSenderNumber or cmn:FileReceiverNumber",
  text: "Unable to find active product pool for serviceId [app ID], snType [ packaging code type], packagingCode [packagingcode value], filtervalue [filter value].",
  source: both,
  situation:
    "The receiver has no active pool for the packaging code entered and the filter value that the sender's profile gives it (empty when it gives none).",
  example: { case: "snx-transfer/pool-not-found" }
})

export const recipientLacksCode = Rule.define({
  id: "snx-transfer/recipient-lacks-code",
  class: 2,
  element: "cmn:PackagingItemCode",
  text: "Transfer to Recipient [transfer to location] does not have Serial Number Profile configured for [packaging code type] [packaging code value].",
  source: both,
  situation:
    "The recipient has a Serial Number Exchange profile, and the packaging code is not in it. With the small r of `recipient` the text means a recipient without any profile.",
  example: { case: "snx-transfer/recipient-lacks-code" }
})

export const recipientLacksProfile = Rule.define({
  id: "snx-transfer/recipient-lacks-profile",
  class: 2,
  element: "cmn:SNTransferToLocation",
  text: "Transfer to recipient [message recipient] does not have Serial Number Profile configured for [packaging code type] [packaging code value].",
  source: both,
  situation:
    "The recipient's company has no Serial Number Exchange profile with the owner of the numbers at all. The twin with a capital R means a profile that lacks the code.",
  example: { case: "snx-transfer/recipient-lacks-profile" }
})

export const noneInState = Rule.define({
  id: "snx-transfer/none-in-state",
  class: 2,
  element: "cmn:PackagingItemCode",
  text: 'Serial Number Transfer failed. No serial numbers in [valid state (i.e. "encoded")] state were found for Packaging Item Code [packaging code] and Reference Document [reference document].',
  source: both,
  situation:
    "Earlier messages named the packaging code with these documents, but the sender holds no number of them any more that is reserved or encoded: transferred before, or used up.",
  example: { case: "snx-transfer/none-encoded" }
})

export const noMessages = Rule.define({
  id: "snx-transfer/no-messages",
  class: 2,
  element: "cmn:PackagingItemCode",
  text: "No SNX Messages found for Packaging Item Code [packaging code type] [packaging code value] and Reference Document [reference documents]. Perhaps the upstream operation has not yet completed.",
  source: request,
  situation:
    "No earlier message named the packaging code with these reference documents. The message waits: the update that says what was encoded may be on its way.",
  mayWait: true,
  example: { case: "snx-transfer/no-messages" }
})

export const recipientMissing = Rule.define({
  id: "snx-transfer/recipient-missing",
  class: 2,
  element: "cmn:SNTransferToLocation",
  text: "serviceDestinationCompanyID not specified.",
  source: request,
  situation:
    "SNTransferToLocation is there with neither value nor type. Where the element is missing altogether, the transfer is pending until an operator names the recipient, and this comes when nobody did in time.",
  example: { case: "snx-transfer/recipient-blank" }
})

export const fewerThanExpected = Rule.define({
  id: "snx-transfer/fewer-than-expected",
  class: 2,
  element: "cmn:PackagingItemCode and cmn:ReferenceDocuments",
  text: "Serial Number Transfer for encoding serial numbers by Packaging Item Code [packaging code] and Reference Document [reference documents] did not find the expected number of serial numbers. Perhaps the encoding has not yet completed.",
  source: both,
  situation:
    "Of the numbers provisioned to the sender for the packaging code and reference documents, some or all are still reserved. The message waits. A profile with partialTransfer moves what is encoded, and waits only while nothing is.",
  mayWait: true,
  example: { case: "snx-transfer/fewer-than-expected" }
})

export const codeLevelInvalid = Rule.define({
  id: "snx-transfer/code-level-invalid",
  class: 2,
  element: "@codeLevel",
  text: "Master Data Code Level is invalid value!",
  source: both,
  situation:
    "The packaging code is a China code whose product has a code level that is not a digit from 1 to 9. No code level is right: the attribute is optional.",
  example: { case: "snx-transfer/code-level-invalid" }
})

export const packagingCodeEmpty = Rule.define({
  id: "snx-transfer/packaging-code-empty",
  class: 2,
  element: "cmn:PackagingItemCode",
  text: "PackagingItemCode value cannot be empty.",
  source: both,
  situation: "PackagingItemCode has neither value nor type; with a type alone the Class 1 rule comes first.",
  example: { case: "snx-transfer/packaging-code-blank" }
})

export const packagingTypeInvalid = Rule.define({
  id: "snx-transfer/packaging-type-invalid",
  class: 2,
  element: "cmn:PackagingItemCode",
  text: "PackagingItemCode type must have a valid value.",
  source: both,
  situation:
    "PackagingItemCode has neither value nor type, so this stands beside the rule for the value; a value alone and an unknown type are Class 1.",
  example: { case: "snx-transfer/packaging-code-blank" }
})

export const recipientUnknown = Rule.define({
  id: "snx-transfer/recipient-unknown",
  class: 2,
  element: "cmn:SNTransferToLocation",
  text: "Unable to find Recipient Company [recipient location identifier].",
  source: both,
  situation: "No company or location has the identifier, of the type given.",
  example: { case: "snx-transfer/recipient-unknown" }
})

export const noSerials = Rule.define({
  id: "snx-transfer/no-serials",
  class: 2,
  element: "cmn:Serial",
  text: "No serial numbers specified.",
  source: both,
  situation: "SerialNumbers holds no Serial, or only empty ones.",
  example: { case: "snx-transfer/no-serials" }
})

export const expectedButFound = Rule.define({
  id: "snx-transfer/expected-but-found",
  class: 2,
  element: "N/A",
  text: "processTransferResponse: Expected [expected quantity of serial numbers] serial numbers but found [actual quantity of serial numbers] ...perhaps they are still being persisted to the SOM repo.",
  source: response,
  situation:
    "Numbers of an explicit list are not in the repository. The message waits for whatever provisions or loads them. Also a received response with fewer numbers than the transfer it answers moved.",
  mayWait: true,
  example: { case: "snx-transfer/serials-unknown" }
})

export const wrongState = Rule.define({
  id: "snx-transfer/wrong-state",
  class: 2,
  element: "cmn:Serial",
  text: "Cannot perform operation on serial number [serial number] with serial number state [invalid serial number state]. This operation can only be performed when the serial number is [reserved or encoded].",
  source: response,
  situation: "A number of an explicit list is neither reserved nor encoded; reported for each.",
  example: { case: "snx-transfer/serial-state" }
})

export const notHeld = Rule.define({
  id: "snx-transfer/not-held",
  class: 2,
  element: "cmn:Serial",
  text: "Serial number [serial number] is not one that [sender] owns, or holds for [receiver].",
  source: ours,
  situation:
    "A number of an explicit list is with another company than the sender, whose packaging code it is not either, or its packaging code is of another company than the receiver.",
  example: { case: "snx-transfer/serial-not-held" }
})

/** Everything the transfer pipeline can refuse for, in the order of the request's table. */
export const refusals: ReadonlyArray<Rule.RuleInfo> = [
  productNotFound,
  profileNotFound,
  poolNotFound,
  recipientLacksCode,
  noneInState,
  noMessages,
  recipientMissing,
  fewerThanExpected,
  codeLevelInvalid,
  packagingCodeEmpty,
  packagingTypeInvalid,
  recipientUnknown,
  noSerials,
  recipientLacksProfile,
  expectedButFound,
  wrongState,
  notHeld
]
