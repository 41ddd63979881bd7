/**
 * How order documents leave for warehouses and sales channels: each channel says which format it takes for which of
 * them, and this is where the format is found.
 */
import * as JsonNotice from "../mappings/THROUGHLINE_JSON_ShipNotice_1_0.ts"
import * as JsonOrder from "../mappings/THROUGHLINE_JSON_ShippingOrder_1_0.ts"
import * as JsonAdvice from "../mappings/THROUGHLINE_JSON_StockTransferAdvice_1_0.ts"
import * as JsonMessage from "../src/engine/JsonMessage.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import type { Outbound, ShipNotice, ShippingOrder, StockTransferAdvice } from "../src/orders/Outbound.ts"

const jsonAdvice = JsonMessage.sends<StockTransferAdvice>({ type: "STOCK_TRANSFER_ADVICE", ...JsonAdvice })
const jsonOrder = JsonMessage.sends<ShippingOrder>({ type: "SHIPPING_ORDER", ...JsonOrder })
const jsonNotice = JsonMessage.sends<ShipNotice>({ type: "SHIP_NOTICE", ...JsonNotice })

export const orderReplies = Pipeline.replies<Outbound, never, never>({
  all: [jsonAdvice, jsonOrder, jsonNotice],
  by: (value) => {
    switch (value._tag) {
      case "StockTransferAdvice":
        return Pipeline.departs(jsonAdvice, value)
      case "ShippingOrder":
        return Pipeline.departs(jsonOrder, value)
      case "ShipNotice":
        return Pipeline.departs(jsonNotice, value)
    }
  }
})
