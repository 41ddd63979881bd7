/**
 * SHIP_NOTICE for Amazon vendors: the shape of a shipment confirmation (SP-API vendorShipments v1), with lot and expiry in
 * `itemDetails`. A lot has at most 256 characters there.
 */
import type { OutboundLine, ShipNotice } from "../src/orders/Outbound.ts"

export const map = "THROUGHLINE_JSON_Amazon_Shipment_1_0"
export const file = import.meta.filename

/** Moments there carry a time; days stand at midnight, GMT. */
const moment = (day: string | undefined) => (day === undefined ? undefined : `${day.slice(0, 10)}T00:00:00Z`)

const expiry = ({ productionDate, expirationDate }: OutboundLine) =>
  productionDate === undefined && expirationDate === undefined
    ? undefined
    : { manufacturerDate: moment(productionDate), expiryDate: moment(expirationDate) }

const itemOf = (line: OutboundLine, index: number, value: ShipNotice) => ({
  itemSequenceNumber: `${index + 1}`,
  vendorProductIdentifier: line.soldAs?.sku ?? line.sku ?? line.gtin,
  shippedQuantity: { amount: line.quantity, unitOfMeasure: line.uom === "CA" ? "Cases" : "Eaches" },
  itemDetails: {
    purchaseOrderNumber: value.customerOrder ?? value.salesOrder,
    lotNumber: line.lotNumber,
    lotNumberSourceReference: line.lotSource?.value,
    lotNumberSourceType: line.lotSource?.type,
    expiry: expiry(line)
  }
})

const containers = (value: ShipNotice) =>
  [...Map.groupBy(value.lines.entries(), ([, { sscc }]) => sscc)].flatMap(([sscc, lines], index) =>
    sscc === undefined
      ? []
      : [
          {
            cartonIdentifiers: [{ containerIdentificationType: "SSCC", containerIdentificationNumber: sscc }],
            cartonSequenceNumber: `${index + 1}`,
            items: lines.map(([at, line]) => ({
              itemReference: `${at + 1}`,
              shippedQuantity: { amount: line.quantity, unitOfMeasure: line.uom === "CA" ? "Cases" : "Eaches" },
              itemDetails: {
                purchaseOrderNumber: value.customerOrder ?? value.salesOrder,
                lotNumber: line.lotNumber,
                expiry: expiry(line)
              }
            }))
          }
        ]
  )

export const document = (value: ShipNotice) => ({
  shipmentConfirmations: [
    {
      shipmentIdentifier: value.number,
      shipmentConfirmationType: "Original",
      shipmentType: "TruckLoad",
      shipmentStructure: "PalletizedAssortmentCase",
      shipmentConfirmationDate: value.at.toISOString(),
      shippedDate: moment(value.date ?? value.at.toISOString()),
      sellingParty: { partyId: value.owner.number ?? value.owner.name },
      shipFromParty: { partyId: value.warehouse?.number ?? value.owner.number ?? value.owner.name },
      shipToParty: { partyId: value.customer?.number ?? value.customer?.name },
      transportationDetails: { carrierScac: value.carrier, carrierShipmentReferenceNumber: value.trackingNumber },
      shippedItems: value.lines.map((line, index) => itemOf(line, index, value)),
      cartons: containers(value)
    }
  ]
})
