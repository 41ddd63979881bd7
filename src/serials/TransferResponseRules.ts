/**
 * Class 1 rules of the transfer response, with the exact texts of the public document. They guard both ways: no
 * response of ours leaves with one of them broken, and a received one that breaks them is refused.
 */
import * as Rule from "../engine/Rule.ts"
import * as Settings from "../partners/Settings.ts"
import * as Identifier from "./SnxIdentifier.ts"
import { filled, type Known, parsedOf } from "./SnxMessage.ts"
import * as Places from "./SnxPlaces.ts"
import * as Snx from "./SnxRules.ts"
import type { TransferResponse } from "./TransferResponse.ts"

const source = "TraceLink SNX Serial Number Transfer, Response errors, Class 1 (2024.4)"
const at = Places.transferResponse

export const encodingUnknown = Rule.define({
  id: "snx-transfer-response/encoding-unknown",
  class: 1,
  element: "cmn:NumberEncoding",
  text: "NumberEncoding is not one of the allowed enumeration values!!!",
  source,
  situation: "NumberEncoding has a value that is not in the setting numberEncodings. Compared without case.",
  example: { case: "snx-transfer-response/encoding-unknown" }
})

export const oneKey = Rule.define({
  id: "snx-transfer-response/one-key",
  class: 1,
  element: "cmn:ObjectIdentifier",
  text: "Only one choice element must be populated: CompanyPrefixObjectKey or GTIN-14 or cmn:CNSubtypeObjectKey or cmn:NTINObjectKey !!!",
  source,
  situation: "ObjectIdentifier has more than one key, or none where NumberEncoding does not say which one is missing.",
  example: { case: "snx-transfer-response/two-keys" }
})

export const gtinRequired = Rule.define({
  id: "snx-transfer-response/gtin-required",
  class: 1,
  element: "cmn:ObjectIdentifier",
  text: "Source GTIN-14 or NTINObjectKey must be populated if source NumberEncoding = AI(01)+AI(21) OR SGTIN-96 OR SGTIN-198 !!!",
  source,
  situation: "NumberEncoding is one of the three, and neither GTIN14ObjectKey nor NTINObjectKey has a value.",
  example: { case: "snx-transfer-response/gtin-missing" }
})

export const companyPrefixRequired = Rule.define({
  id: "snx-transfer-response/company-prefix-required",
  class: 1,
  element: "cmn:ObjectIdentifier",
  text: "Source CompanyPrefixObjectKey must be populated if source NumberEncoding = AI(00) OR SSCC-96!!!",
  source,
  situation: "NumberEncoding is one of the two, and CompanyPrefixObjectKey has no value.",
  example: { case: "snx-transfer-response/company-prefix-missing" }
})

export const cnSubtypeRequired = Rule.define({
  id: "snx-transfer-response/cn-subtype-required",
  class: 1,
  element: "cmn:ObjectIdentifier",
  text: "Source China encoded number type must be present if source NumberEncoding = CN-EDMC !!!",
  source,
  situation:
    "NumberEncoding is CN-EDMC, and CNSubtypeObjectKey has no value; ours when product master data has no subtype.",
  example: { case: "snx-transfer-response/cn-subtype-missing" }
})

export const listOnly = Rule.define({
  id: "snx-transfer-response/list-only",
  class: 1,
  element: "cmn:SerialNumberList",
  text: "Only SerialNumberList should be populated !!!",
  source,
  situation: "SerialNumberList is missing.",
  example: { case: "snx-transfer-response/list-missing" }
})

export const listEmpty = Rule.define({
  id: "snx-transfer-response/list-empty",
  class: 1,
  element: "cmn:SerialNumberList",
  text: "At least one SerialNumber must be present in SerialNumberList !!!",
  source,
  situation: "SerialNumberList holds no SerialNumber, or only empty ones.",
  example: { case: "snx-transfer-response/list-empty" }
})

export const quantityDiffers = Rule.define({
  id: "snx-transfer-response/quantity-differs",
  class: 1,
  element: "cmn:Quantity",
  text: "Quantity is [quantity], but SerialNumberList has [count] serial numbers.",
  source: "Throughline",
  situation: "Part of a list is missing or was added; the documented examples have equal numbers.",
  example: { case: "snx-transfer-response/quantity-differs" }
})

export const codeDiffers = Rule.define({
  id: "snx-transfer-response/code-differs",
  class: 1,
  severity: "warning",
  element: "cmn:SerialNumber",
  text: "[count] serial numbers are of [code], but the object identifier says [key].",
  source: "Throughline",
  situation:
    "The list has numbers of another GTIN or NTIN than the object identifier. The documented example does, so it is a warning.",
  example: { case: "snx-transfer/documented-by-reference" }
})

export const keyLength = Identifier.keyLength("snx-transfer-response")
export const serialUnreadable = Snx.serialUnreadable("snx-transfer-response", "cmn:SerialNumber")
export const serialRepeated = Snx.serialRepeated("snx-transfer-response", "cmn:SerialNumber")

type Response = Known<TransferResponse>

/** What has to hold for a response in either direction. */
export const checks: ReadonlyArray<Rule.Check<Response>> = [
  Rule.check<Response>(encodingUnknown, function* ({ numberEncoding: value, settings }) {
    if (filled(value) && Settings.canonical(settings.numberEncodings, value) === undefined)
      yield encodingUnknown.raise({ path: at.body("cmn:NumberEncoding"), value })
  }),
  Rule.check<Response>(oneKey, function* ({ numberEncoding, objectIdentifier }) {
    if (objectIdentifier === undefined) return
    const { keys } = objectIdentifier
    const none = Identifier.keysOf(objectIdentifier).length === 0 && Identifier.kindOf(numberEncoding) === undefined
    if (keys > 1 || none) yield oneKey.raise({ path: at.body("cmn:ObjectIdentifier") })
  }),
  ...Identifier.requiredChecks<Response>({ gtinRequired, companyPrefixRequired, cnSubtypeRequired }, at),
  Rule.check<Response>(listOnly, function* ({ serials }) {
    if (serials === undefined) yield listOnly.raise({ path: at.messageBody })
  }),
  Rule.check<Response>(listEmpty, function* ({ serials }) {
    if (serials !== undefined && !serials.values.some(filled))
      yield listEmpty.raise({ path: at.body("cmn:SerialNumberList") })
  }),
  Rule.check<Response>(quantityDiffers, function* ({ quantity, serials }) {
    const count = serials?.values.length ?? 0
    if (!/^[+-]?\d+$/u.test(quantity) || Number(quantity) === count || serials?.values.some(filled) !== true) return
    const place = { path: at.body("cmn:Quantity"), value: quantity }
    yield quantityDiffers.raise({ quantity, count: `${count}` }, place)
  }),
  Rule.check<Response>(codeDiffers, function* ({ objectIdentifier, serials }) {
    const key = objectIdentifier?.gtin14 ?? objectIdentifier?.ntin
    if (!filled(key) || serials === undefined) return
    for (const { encoding, code, positions } of parsedOf(serials).groups) {
      if (encoding !== "AI(01)+AI(21)" || code === key) continue
      const place = { path: at.serial(positions[0] ?? 0), value: serials.values[positions[0] ?? 0] }
      yield codeDiffers.raise({ count: `${positions.length}`, code, key }, place)
    }
  })
]

/** What else is looked at in a received response. */
export const received: ReadonlyArray<Rule.Check<Response>> = [
  ...checks,
  ...Identifier.lengthChecks<Response>(keyLength, at),
  ...Snx.headerChecks<Response>(at),
  ...Snx.serialChecks<Response>(
    { unreadable: serialUnreadable, repeated: serialRepeated },
    at,
    ({ serials }) => serials
  )
]
