/**
 * The same documents as of `shipment`, from CSV files; judged by the same rules.
 */
import * as ShipmentCsv from "../mappings/THROUGHLINE_CSV_Shipment_1_0.ts"
import { dialect } from "../mappings/TradeCsv.ts"
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
  accepts: CsvMessage.accepts({ type: "SHIPMENT", ...ShipmentCsv, dialect }),
  check: checks,
  raises,
  apply: Shipments.apply,
  reply: orderReplies,
  patience
})
