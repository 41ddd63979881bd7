/**
 * Every pipeline of the product. Of those of one message type, the root element decides; for an unknown root the first
 * one says what it expected.
 */
import type { Pipeline } from "../src/engine/Pipeline.ts"
import type { OrderError, OrderServices } from "../src/orders/OrderStages.ts"
import type { ProductError, ProductServices } from "../src/products/ProductSettings.ts"
import type { SnxError, SnxServices } from "../src/serials/SnxSettings.ts"
import { productMaster, productMasterCsv, productMasterJson } from "./product-master.ts"
import { purchaseOrder } from "./purchase-order.ts"
import { purchaseOrderCsv } from "./purchase-order-csv.ts"
import { receipt } from "./receipt.ts"
import { receiptCsv } from "./receipt-csv.ts"
import { goodsReturn } from "./return.ts"
import { goodsReturnCsv } from "./return-csv.ts"
import { salesOrder } from "./sales-order.ts"
import { salesOrderCsv } from "./sales-order-csv.ts"
import { serialCorrection } from "./serial-correction.ts"
import { shipment } from "./shipment.ts"
import { shipmentCsv } from "./shipment-csv.ts"
import { snxDisaggregated } from "./snx-disaggregated.ts"
import { snxDispositionAssigned } from "./snx-disposition-assigned.ts"
import { snxDispositionUpdated } from "./snx-disposition-updated.ts"
import { snxEndOfBatch } from "./snx-end-of-batch.ts"
import { snxRequest } from "./snx-request.ts"
import { snxTransfer } from "./snx-transfer.ts"
import { snxTransferResponse } from "./snx-transfer-response.ts"
import { stockMovement } from "./stock-movement.ts"
import { stockMovementCsv } from "./stock-movement-csv.ts"
import { wmsReceiptAdvice } from "./wms-receipt-advice.ts"
import { wmsShippingAdvice } from "./wms-shipping-advice.ts"
import { x12Acknowledgment } from "./x12-acknowledgment.ts"

export const pipelines: ReadonlyArray<
  Pipeline<SnxError | ProductError | OrderError, SnxServices | ProductServices | OrderServices>
> = [
  snxTransfer,
  snxTransferResponse,
  snxDispositionUpdated,
  snxDispositionAssigned,
  snxDisaggregated,
  snxEndOfBatch,
  snxRequest,
  productMaster,
  productMasterJson,
  productMasterCsv,
  purchaseOrder,
  purchaseOrderCsv,
  receipt,
  receiptCsv,
  salesOrder,
  salesOrderCsv,
  shipment,
  shipmentCsv,
  goodsReturn,
  goodsReturnCsv,
  stockMovement,
  stockMovementCsv,
  serialCorrection,
  wmsReceiptAdvice,
  wmsShippingAdvice,
  x12Acknowledgment
]
