/**
 * Rules of the end of a batch. No public page has its error table; the texts are ours, or those that sibling messages
 * document for the same element.
 */
import * as Rule from "../engine/Rule.ts"
import * as Settings from "../partners/Settings.ts"
import { packagingLevels } from "./DispositionAssigned.ts"
import { type EndOfBatch, quantityPath } from "./EndOfBatch.ts"
import { filled, type Known } from "./SnxMessage.ts"
import * as Places from "./SnxPlaces.ts"
import * as Snx from "./SnxRules.ts"

const room = "snx-end-of-batch"
const ours = "Throughline"
const som = "TraceLink SOM Registration errors, Class 1 (2024.6), the text for the same element"
const transfer = "TraceLink SNX Serial Number Transfer (2024.4), the text for the same element"
const at = Places.endOfBatch

export const quantityRequired = Rule.define({
  id: `${room}/quantity-required`,
  class: 1,
  element: "snx:ProductionQuantity",
  text: "At least one instance of the ProductionQuantity group is required !!!",
  source: ours,
  situation: "The report has no quantities. The text follows that of the ItemRegistration group.",
  example: { case: `${room}/quantity-required` }
})

export const lotRequired = Rule.define({
  id: `${room}/lot-required`,
  class: 1,
  element: "cmn:LotNumber",
  text: "Lot number is required for serial number format AI(01)+AI(21) !!!",
  source: som,
  situation: "LotNumber is empty.",
  example: { case: `${room}/lot-required` }
})

export const typeRequired = Rule.define({
  id: `${room}/packaging-type-missing`,
  class: 1,
  element: "cmn:PackagingItemCode | @type",
  text: "PackagingItemcode type attribute is required when source PackagingItemcode is populated !!!",
  source: transfer,
  situation: "PackagingItemCode has no type.",
  example: { case: `${room}/packaging-type-missing` }
})

export const typeUnknown = Rule.define({
  id: `${room}/packaging-type-unknown`,
  class: 1,
  element: "cmn:PackagingItemCode | @type",
  text: "cmn:PackagingItemcode is not one of the allowed enumeration values!!!",
  source: transfer,
  situation: "The type is not in the setting packagingCodeTypes.",
  example: { case: `${room}/packaging-type-unknown` }
})

export const levelUnknown = Rule.define({
  id: `${room}/level-unknown`,
  class: 1,
  element: "cmn:PackagingLevel",
  text: "Valid packaging level code is required !!!",
  source: som,
  situation: "PackagingLevel is there and none of EA, PK, CA, PL.",
  example: { case: `${room}/level-unknown` }
})

export const senderUnknown = Rule.define({
  id: `${room}/profile-not-found`,
  class: 2,
  element: "cmn:FileSenderNumber or cmn:FileReceiverNumber",
  text: "Unable to find profile for serviceId [service ID] and subscriber company [Partner company ID].",
  source: transfer,
  situation: "The receiver number is of no company, or the sender has no Serial Number Exchange profile with it.",
  example: { case: `${room}/profile-not-found` }
})

export const lotUnknown = Rule.define({
  id: `${room}/lot-unknown`,
  class: 2,
  element: "cmn:LotNumber",
  text: "No serial numbers of lot [lot] have been commissioned yet.",
  source: ours,
  situation: "No number of the receiver is of the lot. The message waits: the commissioning may be on its way.",
  mayWait: true,
  example: { case: `${room}/lot-unknown` }
})

export const quantityDiffers = Rule.define({
  id: `${room}/quantity-differs`,
  class: 2,
  severity: "warning",
  element: "cmn:QuantityReported",
  text: "[reported] of [packaging code value] are reported for lot [lot], [count] have been commissioned.",
  source: ours,
  situation: "More or fewer numbers of the packaging code were commissioned for the lot; those destroyed since count.",
  example: { case: `${room}/quantity-differs` }
})

export const codeNotReported = Rule.define({
  id: `${room}/code-not-reported`,
  class: 2,
  severity: "warning",
  element: "snx:ProductionQuantity",
  text: "[count] of [packaging code value] have been commissioned for lot [lot], and none are reported.",
  source: ours,
  situation: "The report leaves a packaging code of the lot out.",
  example: { case: `${room}/code-not-reported` }
})

/** Class 2 rules that the pipeline raises. */
export const refusals: ReadonlyArray<Rule.RuleInfo> = [senderUnknown, lotUnknown, quantityDiffers, codeNotReported]

type Message = Known<EndOfBatch>

/** All class 1 checks. */
export const checks: ReadonlyArray<Rule.Check<Message>> = [
  Rule.check<Message>(quantityRequired, function* ({ quantities }) {
    if (quantities.length === 0) yield quantityRequired.raise({ path: at.messageBody })
  }),
  Rule.check<Message>(lotRequired, function* ({ lotNumber }) {
    if (lotNumber === "") yield lotRequired.raise({ path: at.body("cmn:LotNumber") })
  }),
  Rule.check<Message>(typeRequired, function* ({ quantities }) {
    for (const [index, { packagingItemCode: code }] of quantities.entries())
      if (!filled(code.type))
        yield typeRequired.raise({ path: quantityPath(index, "cmn:PackagingItemCode"), value: code.value })
  }),
  Rule.check<Message>(typeUnknown, function* ({ quantities, settings }) {
    for (const [index, { packagingItemCode: code }] of quantities.entries())
      if (filled(code.type) && Settings.canonical(settings.packagingCodeTypes, code.type) === undefined)
        yield typeUnknown.raise({ path: quantityPath(index, "cmn:PackagingItemCode/@type"), value: code.type })
  }),
  Rule.check<Message>(levelUnknown, function* ({ quantities }) {
    for (const [index, { packagingLevel: level }] of quantities.entries())
      if (level !== undefined && Settings.canonical(packagingLevels, level) === undefined)
        yield levelUnknown.raise({ path: quantityPath(index, "cmn:PackagingLevel"), value: level })
  }),
  ...Snx.headerChecks<Message>(at)
]
