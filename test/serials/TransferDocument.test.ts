/**
 * The error tables of "TraceLink SNX Serial Number Transfer" (2024.4), row by row, as printed: each row has a rule with
 * exactly its text, raised by a pipeline of its message.
 */
import { describe, expect, it } from "vitest"
import { snxTransfer } from "../../pipelines/snx-transfer.ts"
import { snxTransferResponse } from "../../pipelines/snx-transfer-response.ts"
import { engineRules } from "../../src/engine/EngineRules.ts"

type Row = readonly [table: "request" | "response", ruleClass: 1 | 2 | 3, text: string, rule: string]

const fewer =
  "Serial Number Transfer for encoding serial numbers by Packaging Item Code [packaging code] and Reference Document [reference documents] did not find the expected number of serial numbers. Perhaps the encoding has not yet completed."
const noneInState =
  'Serial Number Transfer failed. No serial numbers in [valid state (i.e. "encoded")] state were found for Packaging Item Code [packaging code] and Reference Document [reference document].'
const capital =
  "Transfer to Recipient [transfer to location] does not have Serial Number Profile configured for [packaging code type] [packaging code value]."
const internal = "INTERNALERROR=Internal error from server [server details]."

const rows: ReadonlyArray<Row> = [
  [
    "request",
    1,
    "Only one of either PackagingItemCode / ReferenceDocuments or SerialNumbers must be present in source !!!",
    "snx-transfer/choice"
  ],
  [
    "request",
    1,
    "PackagingItemcode is required when source PackagingItemcode type is populated !!!",
    "snx-transfer/packaging-code-required"
  ],
  [
    "request",
    1,
    "PackagingItemcode type attribute is required when source PackagingItemcode is populated !!!",
    "snx-transfer/packaging-type-required"
  ],
  [
    "request",
    1,
    "cmn:PackagingItemcode is not one of the allowed enumeration values!!!",
    "snx-transfer/packaging-type-unknown"
  ],
  [
    "request",
    1,
    "A PONumber, WorkOrderNumber or ReferenceIdentifier is required when PackagingItemcode is provided!!!",
    "snx-transfer/reference-required"
  ],
  ["request", 1, "PONumber is required when POLine is provided!!!", "snx-transfer/po-number-required"],
  [
    "request",
    1,
    "Serial format attribute is not one of the allowed enumeration values!!!",
    "snx-transfer/serial-format-unknown"
  ],
  [
    "request",
    1,
    "SNTransferToLocation is required when source SNTransferToLocation type is populated !!!",
    "snx-transfer/recipient-required"
  ],
  [
    "request",
    1,
    "SNTransferToLocation type attribute is required when source SNTransferToLocation is populated !!!",
    "snx-transfer/recipient-type-required"
  ],
  ["request", 1, "Value [source] is not on the restriction list of the field.", "snx-transfer/recipient-type-unknown"],
  ["request", 2, "Original snx transfer [request identifier] not found.", "snx-transfer-response/original-not-found"],
  ["request", 2, "Unable to find product entry record for pool id [pool ID].", "snx-transfer/product-not-found"],
  [
    "request",
    2,
    "Unable to find profile for serviceId [service ID] and subscriber company [Partner company ID].",
    "snx-transfer/profile-not-found"
  ],
  [
    "request",
    2,
    "Unable to find active product pool for serviceId [app ID], snType [ packaging code type], packagingCode [packagingcode value], filtervalue [filter value].",
    "snx-transfer/pool-not-found"
  ],
  ["request", 2, capital, "snx-transfer/recipient-lacks-code"],
  ["request", 2, noneInState, "snx-transfer/none-in-state"],
  [
    "request",
    2,
    "No SNX Messages found for Packaging Item Code [packaging code type] [packaging code value] and Reference Document [reference documents]. Perhaps the upstream operation has not yet completed.",
    "snx-transfer/no-messages"
  ],
  ["request", 2, "serviceDestinationCompanyID not specified.", "snx-transfer/recipient-missing"],
  ["request", 2, fewer, "snx-transfer/fewer-than-expected"],
  ["request", 2, "Master Data Code Level is invalid value!", "snx-transfer/code-level-invalid"],
  ["request", 2, "PackagingItemCode value cannot be empty.", "snx-transfer/packaging-code-empty"],
  ["request", 2, "PackagingItemCode type must have a valid value.", "snx-transfer/packaging-type-invalid"],
  ["request", 2, "Unable to find Recipient Company [recipient location identifier].", "snx-transfer/recipient-unknown"],
  ["request", 2, "No serial numbers specified.", "snx-transfer/no-serials"],
  [
    "request",
    2,
    "Transfer to recipient [message recipient] does not have Serial Number Profile configured for [packaging code type] [packaging code value].",
    "snx-transfer/recipient-lacks-profile"
  ],
  ["request", 3, internal, "engine/internal"],
  [
    "response",
    1,
    "NumberEncoding is not one of the allowed enumeration values!!!",
    "snx-transfer-response/encoding-unknown"
  ],
  [
    "response",
    1,
    "Only one choice element must be populated: CompanyPrefixObjectKey or GTIN-14 or cmn:CNSubtypeObjectKey or cmn:NTINObjectKey !!!",
    "snx-transfer-response/one-key"
  ],
  [
    "response",
    1,
    "Source GTIN-14 or NTINObjectKey must be populated if source NumberEncoding = AI(01)+AI(21) OR SGTIN-96 OR SGTIN-198 !!!",
    "snx-transfer-response/gtin-required"
  ],
  [
    "response",
    1,
    "Source CompanyPrefixObjectKey must be populated if source NumberEncoding = AI(00) OR SSCC-96!!!",
    "snx-transfer-response/company-prefix-required"
  ],
  [
    "response",
    1,
    "Source China encoded number type must be present if source NumberEncoding = CN-EDMC !!!",
    "snx-transfer-response/cn-subtype-required"
  ],
  ["response", 1, "Only SerialNumberList should be populated !!!", "snx-transfer-response/list-only"],
  [
    "response",
    1,
    "At least one SerialNumber must be present in SerialNumberList !!!",
    "snx-transfer-response/list-empty"
  ],
  ["response", 2, "Original snx transfer [request ID] not found.", "snx-transfer-response/original-not-found"],
  [
    "response",
    2,
    "processTransferResponse: Expected [expected quantity of serial numbers] serial numbers but found [actual quantity of serial numbers] ...perhaps they are still being persisted to the SOM repo.",
    "snx-transfer/expected-but-found"
  ],
  ["response", 2, "Unable to find product entry record for pool id [pool ID].", "snx-transfer/product-not-found"],
  [
    "response",
    2,
    "Unable to find active product pool for serviceId [app ID], snType [packaging code type], packagingCode [packaging code value], filtervalue [filter value].",
    "snx-transfer/pool-not-found"
  ],
  ["response", 2, "serviceDestinationCompanyID not specified.", "snx-transfer-response/recipient-missing"],
  ["response", 2, noneInState, "snx-transfer/none-in-state"],
  ["response", 2, capital, "snx-transfer/recipient-lacks-code"],
  ["response", 2, "PackagingItemCode value cannot be empty.", "snx-transfer/packaging-code-empty"],
  ["response", 2, "PackagingItemCode type must have a valid value.", "snx-transfer/packaging-type-invalid"],
  ["response", 2, fewer, "snx-transfer/fewer-than-expected"],
  [
    "response",
    2,
    "No SNX Messages found for Packaging Item Code [value] [type] and Reference Document [reference ID]. Perhaps the upstream operation has not yet completed.",
    "snx-transfer-response/no-messages"
  ],
  ["response", 2, "Master Data Code Level is invalid value!", "snx-transfer/code-level-invalid"],
  [
    "response",
    2,
    "Cannot perform operation on serial number [serial number] with serial number state [invalid serial number state]. This operation can only be performed when the serial number is [reserved or encoded].",
    "snx-transfer/wrong-state"
  ],
  ["response", 2, "No serial numbers specified.", "snx-transfer/no-serials"],
  ["response", 2, "Unable to find Recipient Company [company ID].", "snx-transfer/recipient-unknown"],
  [
    "response",
    2,
    "Transfer to recipient [company ID] does not have Serial Number Profile configured for [packaging code type] [packaging code value].",
    "snx-transfer/recipient-lacks-profile"
  ],
  ["response", 3, internal, "engine/internal"]
]

const rules = new Map(
  [...engineRules, ...snxTransfer.rules, ...snxTransferResponse.rules].map((rule) => [rule.id, rule] as const)
)

/** The tables name the same placeholder differently; filled in, both read the same. */
const blank = (text: string) => text.replaceAll(/\[[^\]]*\]/gu, "[]")

describe("the error tables of Serial Number Transfer", () => {
  it.each(rows)("%s, class %i: %s", (_table, ruleClass, text, id) => {
    const rule = rules.get(id)
    expect(rule?.class).toBe(ruleClass)
    expect(blank(rule?.text ?? "")).toBe(blank(text))
    expect(rule?.severity).toBe("error")
    expect(rule?.source).toContain("TraceLink SNX Serial Number Transfer")
  })

  it("may wait exactly where the text says that something is perhaps on its way", () => {
    const waits = [...rules.values()].filter(({ mayWait }) => mayWait).map(({ id }) => id)
    const perhaps = rows.filter(([, , text]) => /perhaps/iu.test(text)).map(([, , , id]) => id)
    expect(waits.sort()).toEqual([...new Set(perhaps)].sort())
  })

  it("has no rule of the document that is not in a table", () => {
    const ids = new Set(rows.map(([, , , id]) => id))
    const strays = [...rules.values()].filter(
      ({ id, source }) => source.startsWith("TraceLink SNX Serial Number Transfer") && !ids.has(id)
    )
    expect(strays.map(({ id }) => id)).toEqual([])
  })
})
