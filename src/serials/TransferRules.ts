/**
 * Class 1 rules of the transfer request: what is wrong with the file itself. Texts are exactly those of the public
 * document, odd spaces, exclamation marks and the small c of `PackagingItemcode` included.
 *
 * `checks` looks at a canonical value; nothing here reads stored data except the enumerations in its settings.
 */
import * as Rule from "../engine/Rule.ts"
import * as Settings from "../partners/Settings.ts"
import { filled, type Known } from "./SnxMessage.ts"
import * as Places from "./SnxPlaces.ts"
import * as Snx from "./SnxRules.ts"
import type { TransferRequest } from "./TransferRequest.ts"

const source = "TraceLink SNX Serial Number Transfer, Request errors, Class 1 (2024.4)"
const at = Places.transferRequest

export const choice = Rule.define({
  id: "snx-transfer/choice",
  class: 1,
  element: "choice%1",
  text: "Only one of either PackagingItemCode / ReferenceDocuments or SerialNumbers must be present in source !!!",
  source,
  situation:
    "PackagingItemCode or ReferenceDocuments stands beside SerialNumbers, neither PackagingItemCode nor SerialNumbers is there, or PackagingItemCode is there twice. An empty element counts as being there.",
  example: { case: "snx-transfer/choice-both" }
})

export const packagingCodeRequired = Rule.define({
  id: "snx-transfer/packaging-code-required",
  class: 1,
  element: "cmn:PackagingItemCode",
  text: "PackagingItemcode is required when source PackagingItemcode type is populated !!!",
  source,
  situation: "PackagingItemCode has a type but no value.",
  example: { case: "snx-transfer/packaging-code-missing" }
})

export const packagingTypeRequired = Rule.define({
  id: "snx-transfer/packaging-type-required",
  class: 1,
  element: "cmn:PackagingItemCode | @type",
  text: "PackagingItemcode type attribute is required when source PackagingItemcode is populated !!!",
  source,
  situation: "PackagingItemCode has a value but no type, or an empty one.",
  example: { case: "snx-transfer/packaging-type-missing" }
})

export const packagingTypeUnknown = Rule.define({
  id: "snx-transfer/packaging-type-unknown",
  class: 1,
  element: "cmn:PackagingItemCode | @type",
  text: "cmn:PackagingItemcode is not one of the allowed enumeration values!!!",
  source,
  situation:
    "The type of PackagingItemCode is not in the setting packagingCodeTypes. Compared without case: the documents write both CN-ResCode and CN-RESCODE.",
  example: { case: "snx-transfer/packaging-type-unknown" }
})

export const referenceRequired = Rule.define({
  id: "snx-transfer/reference-required",
  class: 1,
  element: "cmn:ReferenceDocuments",
  text: "A PONumber, WorkOrderNumber or ReferenceIdentifier is required when PackagingItemcode is provided!!!",
  source,
  situation:
    "PackagingItemCode has a value, and ReferenceDocuments is missing or has none of the three; a POLine alone is not enough.",
  example: { case: "snx-transfer/reference-missing" }
})

export const poNumberRequired = Rule.define({
  id: "snx-transfer/po-number-required",
  class: 1,
  element: "cmn:POLine",
  text: "PONumber is required when POLine is provided!!!",
  source,
  situation: "POLine has a value and PONumber has none.",
  example: { case: "snx-transfer/po-line-alone" }
})

export const serialFormatUnknown = Rule.define({
  id: "snx-transfer/serial-format-unknown",
  class: 1,
  element: "cmn:Serial | @format",
  text: "Serial format attribute is not one of the allowed enumeration values!!!",
  source,
  situation: "The format of a Serial is not in the setting serialFormats. No format and an empty one are right.",
  example: { case: "snx-transfer/serial-format-unknown" }
})

export const recipientRequired = Rule.define({
  id: "snx-transfer/recipient-required",
  class: 1,
  element: "cmn:SNTransferToLocation",
  text: "SNTransferToLocation is required when source SNTransferToLocation type is populated !!!",
  source,
  situation:
    "SNTransferToLocation has a type but no value. Without type and value it is `serviceDestinationCompanyID not specified.`; where the whole element is missing the transfer waits for an operator.",
  example: { case: "snx-transfer/recipient-empty" }
})

export const recipientTypeRequired = Rule.define({
  id: "snx-transfer/recipient-type-required",
  class: 1,
  element: "cmn:SNTransferToLocation | @type",
  text: "SNTransferToLocation type attribute is required when source SNTransferToLocation is populated !!!",
  source,
  situation: "SNTransferToLocation has a value but no type, or an empty one.",
  example: { case: "snx-transfer/recipient-type-missing" }
})

export const recipientTypeUnknown = Rule.define({
  id: "snx-transfer/recipient-type-unknown",
  class: 1,
  element: "cmn:SNTransferToLocation | @type",
  text: "Value [source] is not on the restriction list of the field.",
  source,
  situation: "The type of SNTransferToLocation is not in the setting locationTypes. Compared without case.",
  example: { case: "snx-transfer/recipient-type-unknown" }
})

export const serialUnreadable = Snx.serialUnreadable("snx-transfer", "cmn:Serial")
export const serialRepeated = Snx.serialRepeated("snx-transfer", "cmn:Serial")

type Request = Known<TransferRequest>

/** All class 1 checks of the request, in the order of the document's table; ours follow. */
export const checks: ReadonlyArray<Rule.Check<Request>> = [
  Rule.check<Request>(choice, function* ({ packagingItemCode, referenceDocuments, serials }) {
    const both = serials !== undefined && (packagingItemCode !== undefined || referenceDocuments !== undefined)
    const neither = serials === undefined && packagingItemCode === undefined
    const twice = (packagingItemCode?.occurrences ?? 0) > 1
    const element = packagingItemCode === undefined ? "cmn:ReferenceDocuments" : "cmn:PackagingItemCode"
    if (neither) yield choice.raise({ path: at.messageBody })
    else if (both || twice) yield choice.raise({ path: at.body(element) })
  }),
  Rule.check<Request>(packagingCodeRequired, function* ({ packagingItemCode: code }) {
    if (code?.value === "" && filled(code.type))
      yield packagingCodeRequired.raise({ path: at.body("cmn:PackagingItemCode") })
  }),
  Rule.check<Request>(packagingTypeRequired, function* ({ packagingItemCode: code }) {
    if (filled(code?.value) && !filled(code?.type))
      yield packagingTypeRequired.raise({ path: at.body("cmn:PackagingItemCode") })
  }),
  Rule.check<Request>(packagingTypeUnknown, function* ({ packagingItemCode, settings }) {
    const type = packagingItemCode?.type
    if (filled(type) && Settings.canonical(settings.packagingCodeTypes, type) === undefined)
      yield packagingTypeUnknown.raise({ path: at.body("cmn:PackagingItemCode/@type"), value: type })
  }),
  Rule.check<Request>(referenceRequired, function* ({ packagingItemCode, referenceDocuments: documents }) {
    const named = [documents?.poNumber, documents?.workOrderNumber, documents?.referenceIdentifier].some(filled)
    const element = documents === undefined ? "cmn:PackagingItemCode" : "cmn:ReferenceDocuments"
    if (filled(packagingItemCode?.value) && !named) yield referenceRequired.raise({ path: at.body(element) })
  }),
  Rule.check<Request>(poNumberRequired, function* ({ referenceDocuments: documents }) {
    if (filled(documents?.poLine) && !filled(documents?.poNumber))
      yield poNumberRequired.raise({ path: at.body("cmn:ReferenceDocuments/cmn:POLine"), value: documents?.poLine })
  }),
  Rule.check<Request>(serialFormatUnknown, function* ({ serials, settings }) {
    for (const [position, format] of serials?.formats?.entries() ?? []) {
      if (filled(format) && Settings.canonical(settings.serialFormats, format) === undefined)
        yield serialFormatUnknown.raise({ path: `${at.serial(position)}/@format`, value: format })
    }
  }),
  Rule.check<Request>(recipientRequired, function* ({ transferTo }) {
    if (transferTo?.value === "" && filled(transferTo.type))
      yield recipientRequired.raise({ path: at.body("cmn:SNTransferToLocation") })
  }),
  Rule.check<Request>(recipientTypeRequired, function* ({ transferTo }) {
    if (filled(transferTo?.value) && !filled(transferTo?.type))
      yield recipientTypeRequired.raise({ path: at.body("cmn:SNTransferToLocation") })
  }),
  Rule.check<Request>(recipientTypeUnknown, function* ({ transferTo, settings }) {
    const type = transferTo?.type
    if (filled(type) && Settings.canonical(settings.locationTypes, type) === undefined)
      yield recipientTypeUnknown.raise(
        { source: type },
        { path: at.body("cmn:SNTransferToLocation/@type"), value: type }
      )
  }),
  ...Snx.eventChecks<Request>(at),
  ...Snx.headerChecks<Request>(at),
  ...Snx.serialChecks<Request>({ unreadable: serialUnreadable, repeated: serialRepeated }, at, ({ serials }) => serials)
]
