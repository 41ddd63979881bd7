/**
 * Rules of assignments. The public page shows how the message is built and used; where the registration of numbers, its
 * sibling, documents a text for the same element, that text is used, the others are ours.
 */
import * as Rule from "../engine/Rule.ts"
import * as Snx from "./SnxRules.ts"

const room = "snx-disposition-assigned"
const ours = "Throughline"
const twin = "TraceLink SOM Registration errors, Class 1 (2024.6), the text for the same element"
const transfer = "TraceLink SNX Serial Number Transfer (2024.4), the text for the same situation"

const rule = <const Text extends string>(
  name: string,
  element: string,
  text: Text,
  source: string,
  situation: string,
  more: { readonly class?: 1 | 2; readonly severity?: "warning"; readonly mayWait?: boolean } = {}
) =>
  Rule.define({
    id: `${room}/${name}`,
    class: more.class ?? 1,
    ...(more.severity === undefined ? {} : { severity: more.severity }),
    ...(more.mayWait === undefined ? {} : { mayWait: more.mayWait }),
    element,
    text,
    source,
    situation,
    example: { case: `${room}/${name}` }
  })

export const noEvents = rule(
  "no-events",
  "snx:MessageBody",
  "At least one instance of the CommissionEvent or AggregationEvent group is required !!!",
  ours,
  "The body has neither block. The text follows that of the ItemRegistration group."
)

export const serialRequired = rule(
  "serial-required",
  "cmn:SerialNumber",
  "At least one serial number is required !!!",
  twin,
  "A CommissionEvent without a detail, or a SerialNumberList without a number."
)

export const listRequired = rule(
  "list-required",
  "cmn:SerialNumberList",
  "Serial number list is required !!!",
  twin,
  "An AggregationEventDetail without a SerialNumberList."
)

export const levelUnknown = rule(
  "level-unknown",
  "cmn:PackagingLevel",
  "Valid packaging level code is required !!!",
  twin,
  "PackagingLevel is there and none of EA, PK, CA, PL. Compared without case."
)

export const formatUnknown = rule(
  "format-unknown",
  "cmn:SerialNumber | @format",
  "Valid format code is required !!!",
  twin,
  "The format of a number is not in the setting serialFormats."
)

export const locationTypeUnknown = rule(
  "location-type-unknown",
  "cmn:EventLocation | @type",
  "Valid event location type is required !!!",
  twin,
  "EventLocation has a type that is not in the setting locationTypes."
)

export const itemTypeRequired = rule(
  "item-type-required",
  "cmn:ItemCode | @type",
  "Item type attribute is required when source ItemCode is populated !!!",
  twin,
  "ItemCode has a value and no type."
)

export const itemTypeUnknown = rule(
  "item-type-unknown",
  "cmn:ItemCode | @type",
  "Valid item code type is required !!!",
  twin,
  "The type of ItemCode is not in the setting packagingCodeTypes."
)

export const countryTypeRequired = rule(
  "country-type-required",
  "cmn:CountryDrugCode | @type",
  "Type attribute is required when source CountryDrugCode is populated !!!",
  twin,
  "CountryDrugCode has a value and no type."
)

export const lotRequired = rule(
  "lot-required",
  "cmn:LotNumber",
  "Lot number is required for serial number format AI(01)+AI(21) !!!",
  twin,
  "Numbers of a trade item are commissioned without a lot."
)

export const expiryRequired = rule(
  "expiry-required",
  "cmn:ExpirationDate",
  "Expiration date is required for serial number format AI(01)+AI(21) !!!",
  twin,
  "Numbers of a trade item are commissioned without an expiration date."
)

export const dateForm = rule(
  "date-form",
  "cmn:ExpirationDate or cmn:ManufacturingDate",
  "Expiration Date or Manufacturing Date formatted incorrectly. Expected format is: YYYY-MM-DD",
  "TraceLink SOM Registration errors, DATEINVALID (2024.3)",
  "Another form, a day that does not exist, or day 00: XML dates never have it."
)

export const itemOrPrefix = rule(
  "item-or-prefix",
  "snx:ItemDetail or cmn:CompanyPrefix",
  "Only one of either ItemDetail or CompanyPrefix must be present in source !!!",
  ours,
  "A CommissionEvent has both or neither. The text follows that of choice%1 of the transfer."
)

export const secondLot = rule(
  "second-lot",
  "cmn:LotNumber",
  "LotNumber [lot] is not [first lot]: all numbers of a message are of one lot.",
  "Throughline, after TraceLink SNX Commission and aggregate serial numbers (2024.4): one lot per message",
  "A later CommissionEvent names another lot than the first."
)

export const packedStatusUnknown = rule(
  "packed-status-unknown",
  "cmn:PackedStatus",
  "PackedStatus [status] is not one of the allowed enumeration values: PARTIAL, FULL.",
  ours,
  "Files in use say PARTIAL; FULL is taken as its opposite. Compared without case."
)

export const quantityDiffers = rule(
  "quantity-differs",
  "cmn:Quantity",
  "Quantity is [quantity], but SerialNumberList has [count] serial numbers.",
  ours,
  "The quantity of a parent contradicts its list. The list is what counts.",
  { severity: "warning" }
)

export const barcodeDiffers = rule(
  "barcode-differs",
  "cmn:BarcodeContent",
  "BarcodeContent [barcode] says [printed], the message says [said].",
  ours,
  "Number, lot or expiration date on the label are not those of the message; day 00 is the last of its month. Reported once an event.",
  { severity: "warning" }
)

export const serialUnreadable = Snx.serialUnreadable(room, "cmn:SerialNumber")
export const serialRepeated = Snx.serialRepeated(room, "cmn:SerialNumber")

export const senderUnknown = rule(
  "profile-not-found",
  "cmn:FileSenderNumber or cmn:FileReceiverNumber",
  "Unable to find profile for serviceId [service ID] and subscriber company [Partner company ID].",
  transfer,
  "The receiver number is of no company, or the sender has no Serial Number Exchange profile with it.",
  { class: 2 }
)

export const codeUnknown = rule(
  "code-unknown",
  "cmn:ItemCode",
  "Packaging Item Code [packaging code type] [packaging code value] is of no product of [owner].",
  ours,
  "The item is none of the receiver's products.",
  { class: 2 }
)

export const notProvisioned = rule(
  "not-provisioned",
  "cmn:SerialNumber",
  "Serial number [serial number] has not been provisioned yet.",
  "Throughline, after TraceLink SNX Commission and aggregate serial numbers (2024.4), Park and Retry",
  "The number is not in the repository. The message waits, up to four hours.",
  { class: 2, mayWait: true }
)

export const wrongState = rule(
  "wrong-state",
  "cmn:SerialNumber",
  "Cannot perform operation on serial number [serial number] with serial number state [invalid serial number state]. This operation can only be performed when the serial number is [valid states].",
  "TraceLink SNX Serial Number Transfer, Response errors, Class 2 (2024.4), the text for the same situation",
  "A number to be commissioned is in use already or final, or one to be aggregated is not commissioned.",
  { class: 2 }
)

export const wrongStatus = rule(
  "wrong-status",
  "cmn:SerialNumber",
  "Serial number [serial number] has item status [item status] and cannot be packed.",
  ours,
  "A parent or child is shipped, or awaits its receipt elsewhere.",
  { class: 2 }
)

export const notHeld = rule(
  "not-held",
  "cmn:SerialNumber",
  "Serial number [serial number] is not one that [sender] owns, or holds for [receiver].",
  ours,
  "The number is with another company than the sender, whose packaging code it is not either, or its packaging code is of another company than the receiver.",
  { class: 2 }
)

export const packedElsewhere = rule(
  "packed-elsewhere",
  "cmn:SerialNumber",
  "Serial number [serial number] is packed in [parent] already.",
  ours,
  "A child is in another parent; it has to be disaggregated first.",
  { class: 2 }
)

export const packedInItself = rule(
  "packed-in-itself",
  "cmn:ParentSerialNumber",
  "Serial number [serial number] would be packed in itself.",
  ours,
  "A parent is, over however many levels, one of its own contents.",
  { class: 2 }
)

export const expiryDiffers = rule(
  "expiry-differs",
  "cmn:ExpirationDate",
  "Lot [lot] of [packaging code value] has expiration date [known], the message says [said].",
  ours,
  "Numbers of the lot were commissioned before with another date. Both are kept as they were said.",
  { class: 2, severity: "warning" }
)

/** Class 2 rules that the pipeline raises. */
export const refusals: ReadonlyArray<Rule.RuleInfo> = [
  senderUnknown,
  codeUnknown,
  notProvisioned,
  wrongState,
  wrongStatus,
  notHeld,
  packedElsewhere,
  packedInItself,
  expiryDiffers
]
