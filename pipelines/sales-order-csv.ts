/**
 * Sales orders from CSV files, one row a line: the same documents as of `sales-order`, judged by the same rules. A
 * channel's profile may call the columns otherwise.
 */
import * as SalesOrderCsv from "../mappings/THROUGHLINE_CSV_SalesOrder_1_0.ts"
import { profile } from "../mappings/TradeCsv.ts"
import * as CsvMessage from "../src/engine/CsvMessage.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import { checks } from "../src/orders/LineChecks.ts"
import { type OrderError, type OrderServices, patience, raises } from "../src/orders/OrderStages.ts"
import type { Outbound } from "../src/orders/Outbound.ts"
import * as SalesOrders from "../src/orders/SalesOrders.ts"
import type { SalesOrder } from "../src/orders/TradeDocument.ts"
import { orderReplies } from "./order-replies.ts"

export const salesOrderCsv = Pipeline.define<SalesOrder, Outbound, OrderError, OrderServices>({
  name: "sales-order-csv",
  summary: "Takes sales orders from CSV files.",
  accepts: CsvMessage.accepts({ type: "SALES_ORDER", ...SalesOrderCsv, profile }),
  check: checks,
  raises,
  apply: SalesOrders.apply,
  reply: orderReplies,
  patience
})
