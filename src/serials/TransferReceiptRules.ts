/**
 * Class 2 rules of a transfer response that comes in, besides those it shares with the request (`TransferRefusals`).
 *
 * Rows of the document's response table that speak of reference documents describe the transfer that makes the
 * response; the request raises them. What a received response raises is said here.
 */
import * as Rule from "../engine/Rule.ts"
import * as Refusals from "./TransferRefusals.ts"

const response = "TraceLink SNX Serial Number Transfer, Response errors, Class 2 (2024.4)"

export const originalNotFound = Rule.define({
  id: "snx-transfer-response/original-not-found",
  class: 2,
  element: "N/A",
  text: "Original snx transfer [request ID] not found.",
  source: "TraceLink SNX Serial Number Transfer, Request and Response errors, Class 2 (2024.4)",
  situation:
    "A received response names a request (RequestId, the control number of the transfer) that no transfer here carried. The request's table has the same row with [request identifier]; only a response can name another message.",
  example: { case: "snx-transfer-response/original-not-found" }
})

export const noMessages = Rule.define({
  id: "snx-transfer-response/no-messages",
  class: 2,
  element: "cmn:PackagingItemCode",
  text: "No SNX Messages found for Packaging Item Code [value] [type] and Reference Document [reference ID]. Perhaps the upstream operation has not yet completed.",
  source: response,
  situation:
    "A received response names reference documents (ours: the table has none) and no earlier message named them with its packaging code. Value and type stand the other way round than in the request's text.",
  mayWait: true,
  example: { case: "snx-transfer-response/no-messages" }
})

export const recipientMissing = Rule.define({
  id: "snx-transfer-response/recipient-missing",
  class: 2,
  element: "cmn:FileReceiverNumber",
  text: "serviceDestinationCompanyID not specified.",
  source: response,
  situation:
    "The receiver is the owner of the numbers, as in the documented example, and not exactly one subscriber of the owner has their packaging codes, so the new location is not known. The message is pending until an operator names it; this comes when nobody did in time.",
  example: { case: "snx-transfer-response/recipient-missing" }
})

export const alreadyHeld = Rule.define({
  id: "snx-transfer-response/already-held",
  class: 2,
  severity: "warning",
  element: "cmn:SerialNumber",
  text: "[count] of the serial numbers are here already and were left as they are.",
  source: "Throughline",
  situation: "Numbers of the response are in the repository, reserved or encoded and with the recipient.",
  example: { case: "snx-transfer-response/already-held" }
})

/** Everything a received response can be refused for, and what it warns of. */
export const refusals: ReadonlyArray<Rule.RuleInfo> = [
  Refusals.profileNotFound,
  originalNotFound,
  Refusals.expectedButFound,
  noMessages,
  recipientMissing,
  Refusals.codeLevelInvalid,
  Refusals.wrongState,
  Refusals.recipientUnknown,
  Refusals.recipientLacksCode,
  Refusals.recipientLacksProfile,
  alreadyHeld
]
