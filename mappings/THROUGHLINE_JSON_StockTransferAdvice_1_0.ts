/**
 * STOCK_TRANSFER_ADVICE as JSON: a released purchase order for the warehouse that will receive it, or
 * its cancellation (as X12 943). Ours.
 */
import type { StockTransferAdvice } from "../src/orders/Outbound.ts"
import { documentOf, party } from "./OutboundJson.ts"

export const map = "THROUGHLINE_JSON_StockTransferAdvice_1_0"
export const file = import.meta.filename

export const document = (value: StockTransferAdvice) => ({
  ...documentOf(value),
  status: value.status,
  purchaseOrder: value.number,
  vendor: party(value.vendor),
  expectedOn: value.expectedOn
})
