/**
 * Requests for serial numbers: a plant asks, the owner's pool gives, the response brings the numbers. TraceLink SNX
 * Request serial numbers (2024.4); what the page does not show is ours and marked in mapping and schema.
 */
import { Duration } from "effect"
import * as Response from "../mappings/THROUGHLINE_XML_SNX_Response_1_0_OB_V1_0.ts"
import * as Request from "../mappings/TL_XML_SNX_Request_1_0_IB_V2_2.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import * as XmlMessage from "../src/engine/XmlMessage.ts"
import type { NumberRequest, NumberResponse } from "../src/serials/NumberRequest.ts"
import * as NumberRequestApply from "../src/serials/NumberRequestApply.ts"
import { checks, refusals } from "../src/serials/NumberRequestRules.ts"
import type { Known } from "../src/serials/SnxMessage.ts"
import { type SnxError, type SnxServices, withSettings } from "../src/serials/SnxSettings.ts"

export const snxRequest = Pipeline.define<Known<NumberRequest>, NumberResponse, SnxError, SnxServices>({
  name: "snx-request",
  summary: "Provisions serial numbers from a pool to a plant, which gets them in the response.",
  accepts: withSettings(
    XmlMessage.accepts({ type: "SNX_REQUEST", layout: Request.layout, canonical: Request.canonical })
  ),
  check: checks,
  raises: refusals,
  apply: NumberRequestApply.apply,
  reply: XmlMessage.sends({ type: "SNX_RESPONSE", layout: Response.layout, document: Response.document }),
  // Park and Retry: every 15 minutes for up to 2 hours (the same page).
  patience: { every: Duration.minutes(15), until: Duration.hours(2) }
})
