/**
 * Corrections of serials as JSON: somebody adds serials to a purchase order, a sales order or a product by hand, or takes
 * them off again.
 */
import * as SerialCorrectionJson from "../mappings/THROUGHLINE_JSON_SerialCorrection_1_0.ts"
import { profile } from "../mappings/Trade.ts"
import * as JsonMessage from "../src/engine/JsonMessage.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import { checks } from "../src/orders/LineChecks.ts"
import { type OrderError, type OrderServices, patience, raises } from "../src/orders/OrderStages.ts"

import * as SerialCorrections from "../src/orders/SerialCorrections.ts"
import type { SerialCorrection } from "../src/orders/TradeDocument.ts"

export const serialCorrection = Pipeline.define<SerialCorrection, never, OrderError, OrderServices>({
  name: "serial-correction",
  summary: "Adds serials by hand, or takes them off.",
  accepts: JsonMessage.accepts({ type: "SERIAL_CORRECTION", ...SerialCorrectionJson, profile }),
  check: checks,
  raises,
  apply: SerialCorrections.apply,
  reply: undefined,
  patience
})
