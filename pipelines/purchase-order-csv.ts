/**
 * Purchase orders from CSV files, one row a line, a lot of it or a serial: the same documents as of `purchase-order`,
 * judged by the same rules.
 */
import * as PurchaseOrderCsv from "../mappings/THROUGHLINE_CSV_PurchaseOrder_1_0.ts"
import { profile } from "../mappings/TradeCsv.ts"
import * as CsvMessage from "../src/engine/CsvMessage.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import { checks } from "../src/orders/LineChecks.ts"
import { type OrderError, type OrderServices, patience, raises } from "../src/orders/OrderStages.ts"
import type { Outbound } from "../src/orders/Outbound.ts"
import * as PurchaseOrders from "../src/orders/PurchaseOrders.ts"
import type { PurchaseOrder } from "../src/orders/TradeDocument.ts"
import { orderReplies } from "./order-replies.ts"

export const purchaseOrderCsv = Pipeline.define<PurchaseOrder, Outbound, OrderError, OrderServices>({
  name: "purchase-order-csv",
  summary: "Takes purchase orders from CSV files.",
  accepts: CsvMessage.accepts({ type: "PURCHASE_ORDER", ...PurchaseOrderCsv, profile }),
  check: checks,
  raises,
  apply: PurchaseOrders.apply,
  reply: orderReplies,
  patience
})
