/**
 * SHIP_NOTICE for Shopify: a metafield of the order, because fulfillment lines have no place for lots. Namespace and key
 * are the channel's (`metafield`); the value is JSON in a text, as `metafieldsSet` takes it. Setting a metafield replaces
 * it, so each notice tells all shipments of the order so far, and the last one is complete whichever were lost.
 */
import type { OutboundLine, ShipNotice, Told } from "../src/orders/Outbound.ts"

export const map = "THROUGHLINE_JSON_Shopify_Metafield_1_0"
export const file = import.meta.filename

const itemOf = (line: OutboundLine) => ({
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
})

/** A shipment that came in several messages is one here. */
const shipmentsOf = ({ number, trackingNumber, lines, before = [] }: ShipNotice) => {
  const now = lines.map((line): Told => ({ shipment: number, trackingNumber, line }))
  return [...Map.groupBy([...before, ...now], ({ shipment }) => shipment)].map(([shipment, told]) => ({
    shipment,
    trackingNumber: told.findLast((each) => each.trackingNumber !== undefined)?.trackingNumber,
    items: told.map(({ line }) => itemOf(line))
  }))
}

export const document = (value: ShipNotice) => ({
  metafields: [
    {
      ownerReference: value.customerOrder ?? value.salesOrder,
      namespace: value.channel.metafield?.namespace ?? "throughline",
      key: value.channel.metafield?.key ?? "lots",
      type: "json",
      value: JSON.stringify({ shipments: shipmentsOf(value) })
    }
  ]
})
