/**
 * Serial number transfer: a third-party printer hands encoded numbers over to the packaging location, which gets them
 * in the response. TraceLink SNX Serial Number Transfer (2024.4).
 */
import { Duration } from "effect"
import * as Request from "../mappings/TL_XML_SNX_SerialNumberTransfer_1_0_IB_V1_1.ts"
import * as Response from "../mappings/TL_XML_SNX_SerialNumberTransferResponse_1_0_OB_V1_1.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import * as XmlMessage from "../src/engine/XmlMessage.ts"
import { eventLocationUnknown } from "../src/serials/SnxApply.ts"
import type { Known } from "../src/serials/SnxMessage.ts"
import { type SnxError, type SnxServices, withSettings } from "../src/serials/SnxSettings.ts"
import * as Transfer from "../src/serials/Transfer.ts"
import { refusals } from "../src/serials/TransferRefusals.ts"
import type { TransferRequest } from "../src/serials/TransferRequest.ts"
import type { TransferResponse } from "../src/serials/TransferResponse.ts"
import * as ResponseRules from "../src/serials/TransferResponseRules.ts"
import { checks } from "../src/serials/TransferRules.ts"

export const snxTransfer = Pipeline.define<Known<TransferRequest>, Known<TransferResponse>, SnxError, SnxServices>({
  name: "snx-transfer",
  summary: "Moves serial numbers to a new location, which gets them in the response.",
  accepts: withSettings(
    XmlMessage.accepts({ type: "SNX_TRANSFER", layout: Request.layout, canonical: Request.canonical })
  ),
  check: checks,
  raises: [...refusals, eventLocationUnknown.rule],
  apply: Transfer.apply,
  reply: XmlMessage.sends({
    type: "SNX_TRANSFER",
    layout: Response.layout,
    document: Response.document,
    check: ResponseRules.checks
  }),
  // Park and Retry as documented for the sibling messages; the transfer's page gives no times.
  patience: { every: Duration.minutes(15), until: Duration.hours(2) }
})
