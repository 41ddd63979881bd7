/**
 * Status updates: numbers were encoded, deactivated, decommissioned or destroyed. Updates to ENCODED come before the
 * transfers that refer to them. TraceLink SNX Update serial number status (2024.4).
 */
import { Duration } from "effect"
import * as Update from "../mappings/TL_XML_SNX_SerialNumberDispositionUpdated_1_0_IB_V1_6.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import * as XmlMessage from "../src/engine/XmlMessage.ts"
import * as Disposition from "../src/serials/Disposition.ts"
import { checks, refusals } from "../src/serials/DispositionRules.ts"
import type { DispositionUpdate } from "../src/serials/DispositionUpdate.ts"
import { eventLocationUnknown } from "../src/serials/SnxApply.ts"
import type { Known } from "../src/serials/SnxMessage.ts"
import { type SnxError, type SnxServices, withSettings } from "../src/serials/SnxSettings.ts"

export const snxDispositionUpdated = Pipeline.define<Known<DispositionUpdate>, never, SnxError, SnxServices>({
  name: "snx-disposition-updated",
  summary: "Takes serial numbers to encoded, deactivated, decommissioned or destroyed.",
  accepts: withSettings(
    XmlMessage.accepts({ type: "SNX_DISPOSITION_UPDATED", layout: Update.layout, canonical: Update.canonical })
  ),
  check: checks,
  raises: [...refusals, eventLocationUnknown.rule],
  apply: Disposition.apply,
  reply: undefined,
  // Park and Retry: every 15 minutes for up to 2 hours (the same page).
  patience: { every: Duration.minutes(15), until: Duration.hours(2) }
})
