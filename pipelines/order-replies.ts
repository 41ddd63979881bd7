/**
 * How order documents leave for warehouses and sales channels: each channel says which format it takes for which of
 * them, and this is where the format is found.
 */
import * as AmazonNotice from "../mappings/THROUGHLINE_JSON_Amazon_Shipment_1_0.ts"
import * as JsonNotice from "../mappings/THROUGHLINE_JSON_ShipNotice_1_0.ts"
import * as JsonOrder from "../mappings/THROUGHLINE_JSON_ShippingOrder_1_0.ts"
import * as ShopifyNotice from "../mappings/THROUGHLINE_JSON_Shopify_Metafield_1_0.ts"
import * as JsonAdvice from "../mappings/THROUGHLINE_JSON_StockTransferAdvice_1_0.ts"
import * as X12Notice from "../mappings/X12_004010_856.ts"
import * as X12Order from "../mappings/X12_004010_940.ts"
import * as X12Advice from "../mappings/X12_004010_943.ts"
import * as JsonMessage from "../src/engine/JsonMessage.ts"
import * as Pipeline from "../src/engine/Pipeline.ts"
import * as X12Message from "../src/engine/X12Message.ts"
import type { X12Error } from "../src/formats/X12.ts"
import type { Outbound, ShipNotice, ShippingOrder, StockTransferAdvice } from "../src/orders/Outbound.ts"

const jsonAdvice = JsonMessage.sends<StockTransferAdvice>({ type: "STOCK_TRANSFER_ADVICE", ...JsonAdvice })
const jsonOrder = JsonMessage.sends<ShippingOrder>({ type: "SHIPPING_ORDER", ...JsonOrder })
const jsonNotice = JsonMessage.sends<ShipNotice>({ type: "SHIP_NOTICE", ...JsonNotice })
const shopifyNotice = JsonMessage.sends<ShipNotice>({ type: "SHIP_NOTICE", ...ShopifyNotice })
const amazonNotice = JsonMessage.sends<ShipNotice>({ type: "SHIP_NOTICE", ...AmazonNotice })
const x12Advice = X12Message.sends(X12Advice)
const x12Order = X12Message.sends(X12Order)
const x12Notice = X12Message.sends(X12Notice)

const noticeBy = (value: ShipNotice) => {
  switch (value.channel.shipNotices) {
    case "X12":
      return Pipeline.departs(x12Notice, value)
    case "SHOPIFY":
      return Pipeline.departs(shopifyNotice, value)
    case "AMAZON":
      return Pipeline.departs(amazonNotice, value)
    default:
      return Pipeline.departs(jsonNotice, value)
  }
}

export const orderReplies = Pipeline.replies<Outbound, X12Error, never>({
  all: [x12Advice, jsonAdvice, x12Order, jsonOrder, x12Notice, jsonNotice, shopifyNotice, amazonNotice],
  by: (value): Pipeline.Departure<X12Error, never> => {
    switch (value._tag) {
      case "StockTransferAdvice":
        return value.channel.purchaseOrders === "X12"
          ? Pipeline.departs(x12Advice, value)
          : Pipeline.departs(jsonAdvice, value)
      case "ShippingOrder":
        return value.channel.salesOrders === "X12"
          ? Pipeline.departs(x12Order, value)
          : Pipeline.departs(jsonOrder, value)
      case "ShipNotice":
        return noticeBy(value)
    }
  }
})
