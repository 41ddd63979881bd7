/**
 * Receipts from warehouses as X12 944: lots and serials of what came in, against purchase orders and credit memos. The
 * 997 goes back in any case.
 */
import * as ReceiptAdvice from "../mappings/X12_004010_944.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import { acknowledged } from "../src/engine/X12Acknowledge.ts"
import * as X12Message from "../src/engine/X12Message.ts"
import { type OrderError, type OrderServices, patience, raises } from "../src/orders/OrderStages.ts"
import * as Receipts from "../src/orders/Receipts.ts"
import type { Receipt } from "../src/orders/TradeDocument.ts"
import { applyAll, checks, dialect, type WarehouseAdvice } from "../src/orders/WarehouseAdvice.ts"

export const wmsReceiptAdvice = Pipeline.define<WarehouseAdvice<Receipt>, never, OrderError, OrderServices>({
  name: "wms-receipt-advice",
  summary: "Takes in what a warehouse says it received (X12 944).",
  accepts: X12Message.accepts({ ...ReceiptAdvice, dialect }),
  check: checks,
  raises,
  apply: applyAll(Receipts.apply),
  reply: undefined,
  acknowledge: acknowledged(ReceiptAdvice.set),
  patience
})
