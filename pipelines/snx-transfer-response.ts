/**
 * Serial number transfer, the receiving end: a location that runs this engine takes the numbers of a transfer response
 * in. TraceLink SNX Serial Number Transfer (2024.4), Response.
 */
import { Duration } from "effect"
import * as Response from "../mappings/TL_XML_SNX_SerialNumberTransferResponse_1_0_OB_V1_1.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import * as XmlMessage from "../src/engine/XmlMessage.ts"
import type { Known } from "../src/serials/SnxMessage.ts"
import { type SnxError, type SnxServices, withSettings } from "../src/serials/SnxSettings.ts"
import * as TransferReceipt from "../src/serials/TransferReceipt.ts"
import { refusals } from "../src/serials/TransferReceiptRules.ts"
import type { TransferResponse } from "../src/serials/TransferResponse.ts"
import { received } from "../src/serials/TransferResponseRules.ts"

export const snxTransferResponse = Pipeline.define<Known<TransferResponse>, never, SnxError, SnxServices>({
  name: "snx-transfer-response",
  summary: "Takes in the numbers of a transfer at the location they went to.",
  accepts: withSettings(
    XmlMessage.accepts({ type: "SNX_TRANSFER", layout: Response.layout, canonical: Response.canonical })
  ),
  check: received,
  raises: refusals,
  apply: TransferReceipt.apply,
  reply: undefined,
  patience: { every: Duration.minutes(15), until: Duration.hours(2) }
})
