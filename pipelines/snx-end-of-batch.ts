/**
 * End of batch: quantities reported for a lot are held against what was commissioned. The message type's token is ours; the
 * public documents name the event SNX_END_OF_BATCH_SUCCESS.
 */
import { Duration } from "effect"
import * as Message from "../mappings/THROUGHLINE_XML_SNX_EndOfBatch_1_0_IB_V1_0.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import * as XmlMessage from "../src/engine/XmlMessage.ts"
import type { EndOfBatch } from "../src/serials/EndOfBatch.ts"
import { apply } from "../src/serials/EndOfBatchApply.ts"
import { checks, refusals } from "../src/serials/EndOfBatchRules.ts"
import type { Known } from "../src/serials/SnxMessage.ts"
import { type SnxError, type SnxServices, withSettings } from "../src/serials/SnxSettings.ts"

export const snxEndOfBatch = Pipeline.define<Known<EndOfBatch>, never, SnxError, SnxServices>({
  name: "snx-end-of-batch",
  summary: "Holds the quantities reported for a lot against what was commissioned.",
  accepts: withSettings(
    XmlMessage.accepts({ type: "SNX_END_OF_BATCH", layout: Message.layout, canonical: Message.canonical })
  ),
  check: checks,
  raises: refusals,
  apply,
  reply: undefined,
  // As for the commissioning it speaks of: every 15 minutes for up to 4 hours.
  patience: { every: Duration.minutes(15), until: Duration.hours(4) }
})
