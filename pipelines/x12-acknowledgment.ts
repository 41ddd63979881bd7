/**
 * Functional acknowledgments (X12 997) of what we sent: matched to the interchange they speak of, rejections told. They
 * are not acknowledged themselves. What nobody acknowledges in time is chased: `throughline acknowledgments --overdue`.
 */
import { Effect } from "effect"
import * as Acknowledgment from "../mappings/X12_004010_997.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import * as X12Message from "../src/engine/X12Message.ts"
import * as Acknowledgments from "../src/orders/Acknowledgments.ts"
import { type OrderError, patience } from "../src/orders/OrderStages.ts"
import type { SnxServices } from "../src/serials/SnxSettings.ts"

export const x12Acknowledgment = Pipeline.define<Acknowledgments.Acknowledged, never, OrderError, SnxServices>({
  name: "x12-acknowledgment",
  summary: "Takes what partners say about interchanges we sent them (X12 997).",
  accepts: X12Message.accepts({
    ...Acknowledgment,
    // Partners answer in the standard's own terms, whatever their dialect of the other sets.
    dialect: () => Effect.succeed({ unknownSegments: "error" as const })
  }),
  check: [],
  raises: [Acknowledgments.nothingSent, Acknowledgments.rejected],
  apply: Acknowledgments.apply,
  reply: undefined,
  patience
})
