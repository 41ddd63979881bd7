/**
 * Returns as JSON, posted by hand or by receiving tools: what may come back, with its credit memo, and what came. A
 * return of an order that has not come yet waits for it.
 */
import * as ReturnJson from "../mappings/THROUGHLINE_JSON_Return_1_0.ts"
import { profile } from "../mappings/Trade.ts"
import * as JsonMessage from "../src/engine/JsonMessage.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import { checks } from "../src/orders/LineChecks.ts"
import { type OrderError, type OrderServices, patience, raises } from "../src/orders/OrderStages.ts"

import * as Returns from "../src/orders/Returns.ts"
import type { Return } from "../src/orders/TradeDocument.ts"

export const goodsReturn = Pipeline.define<Return, never, OrderError, OrderServices>({
  name: "return",
  summary: "Takes what may come back and what came, and judges it by what was shipped.",
  accepts: JsonMessage.accepts({ type: "RETURN", ...ReturnJson, profile }),
  check: checks,
  raises,
  apply: Returns.apply,
  reply: undefined,
  patience
})
