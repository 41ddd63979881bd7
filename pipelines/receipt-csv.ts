/**
 * Receipts from CSV files, one row a line, a lot of it or a serial: the same documents as of `receipt`, judged by the
 * same rules. A channel's profile may call the columns otherwise.
 */
import * as ReceiptCsv from "../mappings/THROUGHLINE_CSV_Receipt_1_0.ts"
import { profile } from "../mappings/TradeCsv.ts"
import * as CsvMessage from "../src/engine/CsvMessage.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import { checks } from "../src/orders/LineChecks.ts"
import { type OrderError, type OrderServices, patience, raises } from "../src/orders/OrderStages.ts"
import * as Receipts from "../src/orders/Receipts.ts"
import type { Receipt } from "../src/orders/TradeDocument.ts"

export const receiptCsv = Pipeline.define<Receipt, never, OrderError, OrderServices>({
  name: "receipt-csv",
  summary: "Takes in receipts from CSV files, one row a serial.",
  accepts: CsvMessage.accepts({ type: "RECEIPT", ...ReceiptCsv, profile }),
  check: checks,
  raises,
  apply: Receipts.apply,
  reply: undefined,
  patience
})
