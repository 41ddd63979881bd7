/**
 * Returns from CSV files, one row a line or a serial: the same documents as of `return`, judged by the same rules. A
 * channel's profile may call the columns otherwise.
 */
import * as ReturnCsv from "../mappings/THROUGHLINE_CSV_Return_1_0.ts"
import { profile } from "../mappings/TradeCsv.ts"
import * as CsvMessage from "../src/engine/CsvMessage.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import { checks } from "../src/orders/LineChecks.ts"
import { type OrderError, type OrderServices, patience, raises } from "../src/orders/OrderStages.ts"
import * as Returns from "../src/orders/Returns.ts"
import type { Return } from "../src/orders/TradeDocument.ts"

export const goodsReturnCsv = Pipeline.define<Return, never, OrderError, OrderServices>({
  name: "return-csv",
  summary: "Takes returns from CSV files.",
  accepts: CsvMessage.accepts({ type: "RETURN", ...ReturnCsv, profile }),
  check: checks,
  raises,
  apply: Returns.apply,
  reply: undefined,
  patience
})
