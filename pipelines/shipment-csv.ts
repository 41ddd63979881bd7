/**
 * Shipments from CSV files, one row a line, a lot of it or a serial: the same documents as of `shipment`, judged by the
 * same rules, and told to the sales channel alike.
 */
import * as ShipmentCsv from "../mappings/THROUGHLINE_CSV_Shipment_1_0.ts"
import { profile } from "../mappings/TradeCsv.ts"
import * as CsvMessage from "../src/engine/CsvMessage.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import { checks } from "../src/orders/LineChecks.ts"
import { type OrderError, type OrderServices, patience, raises } from "../src/orders/OrderStages.ts"
import type { Outbound } from "../src/orders/Outbound.ts"
import * as Shipments from "../src/orders/Shipments.ts"
import type { Shipment } from "../src/orders/TradeDocument.ts"
import { orderReplies } from "./order-replies.ts"

export const shipmentCsv = Pipeline.define<Shipment, Outbound, OrderError, OrderServices>({
  name: "shipment-csv",
  summary: "Takes shipments from CSV files, one row a serial.",
  accepts: CsvMessage.accepts({ type: "SHIPMENT", ...ShipmentCsv, profile }),
  check: checks,
  raises,
  apply: Shipments.apply,
  reply: orderReplies,
  patience
})
