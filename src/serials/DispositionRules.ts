/**
 * Rules of status updates. The public page shows how the message is built and used, not its error table, so the texts
 * are ours, or those that SNX Serial Number Transfer documents for the same element or situation.
 */
import * as Rule from "../engine/Rule.ts"
import * as Settings from "../partners/Settings.ts"
import { type DispositionUpdate, operationOf, statuses } from "./DispositionUpdate.ts"
import { filled, type Known, parsedOf } from "./SnxMessage.ts"
import * as Places from "./SnxPlaces.ts"
import * as Snx from "./SnxRules.ts"

const ours = "Throughline"
const twin = "TraceLink SNX Serial Number Transfer (2024.4), the text for the same element"
const at = Places.dispositionUpdate

export const statusUnknown = Rule.define({
  id: "snx-disposition-updated/status-unknown",
  class: 1,
  element: "cmn:PackagingSerialNumberStatus",
  text: "PackagingSerialNumberStatus [status] is not one of the allowed enumeration values: [allowed].",
  source: ours,
  situation: "The status is missing, empty, or none of the four that the page describes. Compared without case.",
  example: { case: "snx-disposition-updated/status-unknown" }
})

export const packagingCodeRequired = Rule.define({
  id: "snx-disposition-updated/packaging-code-required",
  class: 1,
  element: "cmn:PackagingItemCode",
  text: "PackagingItemcode is required when source PackagingItemcode type is populated !!!",
  source: twin,
  situation: "PackagingItemCode has a type but no value.",
  example: { case: "snx-disposition-updated/packaging-code-missing" }
})

export const packagingTypeRequired = Rule.define({
  id: "snx-disposition-updated/packaging-type-required",
  class: 1,
  element: "cmn:PackagingItemCode | @type",
  text: "PackagingItemcode type attribute is required when source PackagingItemcode is populated !!!",
  source: twin,
  situation: "PackagingItemCode has a value but no type.",
  example: { case: "snx-disposition-updated/packaging-type-missing" }
})

export const packagingTypeUnknown = Rule.define({
  id: "snx-disposition-updated/packaging-type-unknown",
  class: 1,
  element: "cmn:PackagingItemCode | @type",
  text: "cmn:PackagingItemcode is not one of the allowed enumeration values!!!",
  source: twin,
  situation: "The type is not in the setting packagingCodeTypes.",
  example: { case: "snx-disposition-updated/packaging-type-unknown" }
})

export const poNumberRequired = Rule.define({
  id: "snx-disposition-updated/po-number-required",
  class: 1,
  element: "cmn:POLine",
  text: "PONumber is required when POLine is provided!!!",
  source: twin,
  situation: "POLine has a value and PONumber has none.",
  example: { case: "snx-disposition-updated/po-line-alone" }
})

export const serialFormatUnknown = Rule.define({
  id: "snx-disposition-updated/serial-format-unknown",
  class: 1,
  element: "cmn:Serial | @format",
  text: "Serial format attribute is not one of the allowed enumeration values!!!",
  source: twin,
  situation: "The format of a Serial is not in the setting serialFormats.",
  example: { case: "snx-disposition-updated/serial-format-unknown" }
})

export const noSerials = Rule.define({
  id: "snx-disposition-updated/no-serials",
  class: 1,
  element: "cmn:Serial",
  text: "No serial numbers specified.",
  source: twin,
  situation: "SerialNumbers is missing, or holds no Serial with a value.",
  example: { case: "snx-disposition-updated/no-serials" }
})

export const totalDiffers = Rule.define({
  id: "snx-disposition-updated/total-differs",
  class: 1,
  severity: "warning",
  element: "snx:TotalSerialNumberCount",
  text: "TotalSerialNumberCount is [total], but SerialNumbers has [count] serial numbers.",
  source: ours,
  situation: "The summary contradicts the list. The list is what counts.",
  example: { case: "snx-disposition-updated/total-differs" }
})

export const serialUnreadable = Snx.serialUnreadable("snx-disposition-updated", "cmn:Serial")
export const serialRepeated = Snx.serialRepeated("snx-disposition-updated", "cmn:Serial")

export const senderUnknown = Rule.define({
  id: "snx-disposition-updated/profile-not-found",
  class: 2,
  element: "cmn:FileSenderNumber or cmn:FileReceiverNumber",
  text: "Unable to find profile for serviceId [service ID] and subscriber company [Partner company ID].",
  source: twin,
  situation: "The receiver number is of no company, or the sender has no Serial Number Exchange profile with it.",
  example: { case: "snx-disposition-updated/profile-not-found" }
})

export const notProvisioned = Rule.define({
  id: "snx-disposition-updated/not-provisioned",
  class: 2,
  element: "cmn:Serial",
  text: "Serial number [serial number] has not been provisioned yet.",
  source: "Throughline, after TraceLink SNX Update serial number status (2024.4), Park and Retry",
  situation: "The number is not in the repository. The message waits: the page says that such messages are parked.",
  mayWait: true,
  example: { case: "snx-disposition-updated/not-provisioned" }
})

export const wrongState = Rule.define({
  id: "snx-disposition-updated/wrong-state",
  class: 2,
  element: "cmn:Serial",
  text: "Cannot perform operation on serial number [serial number] with serial number state [invalid serial number state]. This operation can only be performed when the serial number is [valid states].",
  source: "TraceLink SNX Serial Number Transfer, Response errors, Class 2 (2024.4), the text for the same situation",
  situation:
    "The number's state does not allow the status: reserved for ENCODED and DEACTIVATED, commissioned for the others.",
  example: { case: "snx-disposition-updated/wrong-state" }
})

export const notHeld = Rule.define({
  id: "snx-disposition-updated/not-held",
  class: 2,
  element: "cmn:Serial",
  text: "Serial number [serial number] is not one that [sender] owns, or holds for [receiver].",
  source: ours,
  situation:
    "The number is with another company than the sender, whose packaging code it is not either, or its packaging code is of another company than the receiver.",
  example: { case: "snx-disposition-updated/not-held" }
})

export const codeUnknown = Rule.define({
  id: "snx-disposition-updated/code-unknown",
  class: 2,
  element: "cmn:PackagingItemCode",
  text: "Packaging Item Code [packaging code type] [packaging code value] is of no product of [owner].",
  source: ours,
  situation: "An update names a packaging code that the receiver's products do not have.",
  example: { case: "snx-disposition-updated/code-unknown" }
})

export const codeDiffers = Rule.define({
  id: "snx-disposition-updated/code-differs",
  class: 1,
  severity: "warning",
  element: "cmn:PackagingItemCode",
  text: "[count] serial numbers are of [code], but PackagingItemCode says [packaging code value].",
  source: ours,
  situation:
    "The update says that numbers of one GTIN were encoded for another packaging code. The documented transfer example has it so; they count for the packaging code named.",
  example: { case: "snx-transfer/encoded-then-transferred" }
})

/** Class 2 rules that the pipeline raises. */
export const refusals: ReadonlyArray<Rule.RuleInfo> = [senderUnknown, notProvisioned, wrongState, notHeld, codeUnknown]

type Update = Known<DispositionUpdate>

/** All class 1 checks. */
export const checks: ReadonlyArray<Rule.Check<Update>> = [
  Rule.check<Update>(statusUnknown, function* ({ status }) {
    if (operationOf(status) !== undefined) return
    const path = status === undefined ? at.messageBody : at.body("cmn:PackagingSerialNumberStatus")
    const allowed = Object.keys(statuses).join(", ")
    yield statusUnknown.raise({ status: filled(status) ? status : "(none)", allowed }, { path, value: status })
  }),
  Rule.check<Update>(packagingCodeRequired, function* ({ packagingItemCode: code }) {
    if (code?.value === "" && filled(code.type))
      yield packagingCodeRequired.raise({ path: at.body("cmn:PackagingItemCode") })
  }),
  Rule.check<Update>(packagingTypeRequired, function* ({ packagingItemCode: code }) {
    if (filled(code?.value) && !filled(code?.type))
      yield packagingTypeRequired.raise({ path: at.body("cmn:PackagingItemCode") })
  }),
  Rule.check<Update>(packagingTypeUnknown, function* ({ packagingItemCode, settings }) {
    const type = packagingItemCode?.type
    if (filled(type) && Settings.canonical(settings.packagingCodeTypes, type) === undefined)
      yield packagingTypeUnknown.raise({ path: at.body("cmn:PackagingItemCode/@type"), value: type })
  }),
  Rule.check<Update>(poNumberRequired, function* ({ referenceDocuments: documents }) {
    if (filled(documents?.poLine) && !filled(documents?.poNumber))
      yield poNumberRequired.raise({ path: at.body("cmn:ReferenceDocuments/cmn:POLine"), value: documents?.poLine })
  }),
  Rule.check<Update>(serialFormatUnknown, function* ({ serials, settings }) {
    for (const [position, format] of serials?.formats?.entries() ?? []) {
      if (filled(format) && Settings.canonical(settings.serialFormats, format) === undefined)
        yield serialFormatUnknown.raise({ path: `${at.serial(position)}/@format`, value: format })
    }
  }),
  Rule.check<Update>(noSerials, function* ({ serials }) {
    const path = serials === undefined ? at.messageBody : at.body("snx:SerialNumbers")
    if (serials?.values.some(filled) !== true) yield noSerials.raise({ path })
  }),
  Rule.check<Update>(totalDiffers, function* ({ total, serials }) {
    const count = serials?.values.length ?? 0
    if (total === undefined || !/^\d+$/u.test(total) || Number(total) === count) return
    const place = { path: at.body("snx:EventSummary/snx:TotalSerialNumberCount"), value: total }
    yield totalDiffers.raise({ total, count: `${count}` }, place)
  }),
  Rule.check<Update>(codeDiffers, function* ({ packagingItemCode, serials }) {
    const named = packagingItemCode?.value
    const isTradeItem = ["GTIN-14", "NTIN"].includes((packagingItemCode?.type ?? "").toUpperCase())
    if (!filled(named) || !isTradeItem || serials === undefined) return
    for (const { encoding, code, positions } of parsedOf(serials).groups) {
      if (encoding !== "AI(01)+AI(21)" || code === named) continue
      yield codeDiffers.raise(
        { count: `${positions.length}`, code, "packaging code value": named },
        { path: at.body("cmn:PackagingItemCode"), value: named }
      )
    }
  }),
  ...Snx.eventChecks<Update>(at),
  ...Snx.headerChecks<Update>(at),
  ...Snx.serialChecks<Update>({ unreadable: serialUnreadable, repeated: serialRepeated }, at, ({ serials }) => serials)
]
