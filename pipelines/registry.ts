/**
 * Every pipeline of the product. Of those of one message type, the root element decides; for an unknown root the first
 * one says what it expected.
 */
import type { Pipeline } from "../src/engine/Pipeline.ts"
import type { ProductError, ProductServices } from "../src/products/ProductSettings.ts"
import type { SnxError, SnxServices } from "../src/serials/SnxSettings.ts"
import { productMaster } from "./product-master.ts"
import { snxDispositionUpdated } from "./snx-disposition-updated.ts"
import { snxRequest } from "./snx-request.ts"
import { snxTransfer } from "./snx-transfer.ts"
import { snxTransferResponse } from "./snx-transfer-response.ts"

export const pipelines: ReadonlyArray<Pipeline<SnxError | ProductError, SnxServices | ProductServices>> = [
  snxTransfer,
  snxTransferResponse,
  snxDispositionUpdated,
  snxRequest,
  productMaster
]
