/**
 * Commissioning and aggregation: numbers are bound to packaging code, lot and expiry, and packed in one another. TraceLink
 * SNX Commission and aggregate serial numbers (2024.4).
 */
import { Duration } from "effect"
import * as Assigned from "../mappings/TL_XML_SerialNumberDispositionAssigned_2_0.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import * as XmlMessage from "../src/engine/XmlMessage.ts"
import type { DispositionAssigned } from "../src/serials/DispositionAssigned.ts"
import { apply } from "../src/serials/DispositionAssignedApply.ts"
import { checks } from "../src/serials/DispositionAssignedChecks.ts"
import { refusals } from "../src/serials/DispositionAssignedRules.ts"
import { eventLocationUnknown } from "../src/serials/SnxApply.ts"
import type { Known } from "../src/serials/SnxMessage.ts"
import { type SnxError, type SnxServices, withSettings } from "../src/serials/SnxSettings.ts"

export const snxDispositionAssigned = Pipeline.define<Known<DispositionAssigned>, never, SnxError, SnxServices>({
  name: "snx-disposition-assigned",
  summary: "Commissions serial numbers with lot and expiry, and packs them in cases and pallets.",
  accepts: withSettings(
    XmlMessage.accepts({ type: "SNX_DISPOSITION_ASSIGNED", layout: Assigned.layout, canonical: Assigned.canonical })
  ),
  check: checks,
  raises: [...refusals, eventLocationUnknown.rule],
  apply,
  reply: undefined,
  // Park and Retry: every 15 minutes for up to 4 hours when numbers are not provisioned yet (the same page).
  patience: { every: Duration.minutes(15), until: Duration.hours(4) }
})
