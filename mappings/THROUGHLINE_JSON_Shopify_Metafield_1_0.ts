/**
 * SHIP_NOTICE for Shopify: a metafield of the order, because fulfillment lines have no place for lots. Namespace and key
 * are the channel's (`metafield`); the value is JSON in a text, as `metafieldsSet` takes it.
 */
import type { ShipNotice } from "../src/orders/Outbound.ts"

export const map = "THROUGHLINE_JSON_Shopify_Metafield_1_0"
export const file = import.meta.filename

export const document = (value: ShipNotice) => ({
  metafields: [
    {
      ownerReference: value.customerOrder ?? value.salesOrder,
      namespace: value.channel.metafield?.namespace ?? "throughline",
      key: value.channel.metafield?.key ?? "lots",
      type: "json",
      value: JSON.stringify({
        shipment: value.number,
        trackingNumber: value.trackingNumber,
        items: value.lines.map((line) => ({
          lineItem: line.soldAs?.lineRef ?? line.orderLineRef ?? line.sourceLineRef,
          sku: line.soldAs?.sku ?? line.sku,
          quantity: line.quantity,
          batchNumber: line.lotNumber,
          supplierBatchNumber: line.supplierLotNumber,
          warehouseBatchNumber: line.warehouseLotNumber,
          expiryDate: line.expirationDate,
          bestBeforeDate: line.bestBeforeDate,
          productionDate: line.productionDate,
          ...(line.serialNumbers.length === 0 ? {} : { serialNumbers: line.serialNumbers })
        }))
      })
    }
  ]
})
