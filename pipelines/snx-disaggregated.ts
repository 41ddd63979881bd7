/**
 * Disaggregation: numbers come out of a case or pallet. TraceLink SNX Disaggregate serial numbers (2024.4).
 */
import { Duration } from "effect"
import * as Message from "../mappings/TL_XML_SNX_Disaggregation_1_0_IB_V1_0.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import * as XmlMessage from "../src/engine/XmlMessage.ts"
import type { Disaggregation } from "../src/serials/Disaggregation.ts"
import { apply } from "../src/serials/DisaggregationApply.ts"
import { checks, refusals } from "../src/serials/DisaggregationRules.ts"
import { eventLocationUnknown } from "../src/serials/SnxApply.ts"
import type { Known } from "../src/serials/SnxMessage.ts"
import { type SnxError, type SnxServices, withSettings } from "../src/serials/SnxSettings.ts"

export const snxDisaggregated = Pipeline.define<Known<Disaggregation>, never, SnxError, SnxServices>({
  name: "snx-disaggregated",
  summary: "Takes serial numbers out of a case or pallet.",
  accepts: withSettings(
    XmlMessage.accepts({ type: "SNX_DISAGGREGATED", layout: Message.layout, canonical: Message.canonical })
  ),
  check: checks,
  raises: [...refusals, eventLocationUnknown.rule],
  apply,
  reply: undefined,
  // Park and Retry as documented for the sibling messages; the page of this one gives no times.
  patience: { every: Duration.minutes(15), until: Duration.hours(2) }
})
