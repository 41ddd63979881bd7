/**
 * The rules of the serial desk: what receiving, shipping, returning and moving ask of serials. Each is switched and
 * weighed by a setting of the desk (`WorldOrders.deskSettings`), per company, product, vendor and tool; `Desk` does that.
 *
 * The texts are ours: the documents describe the settings and print no messages. Ids of the settings' descriptions stand
 * in `docs/generated/lots-and-serials.md`.
 */

import * as Rule from "../engine/Rule.ts"
import type { DeskSettingName } from "../partners/WorldOrders.ts"

const help = "Sellercloud Serial Numbers (2025-04-30)"
const ours = "Throughline"

export const requiredToReceive = Rule.define({
  id: "desk/required-to-receive",
  class: 2,
  element: "serialNumbers",
  text: "[product] wants a serial number for each unit received: [quantity] units, [count] serial numbers.",
  source: `${help}, Require Serial Number input`,
  situation: "The product requires serials, the tool asks for them when receiving, and a unit has none.",
  example: { case: "receipt/serials-required" }
})

export const awaited = Rule.define({
  id: "desk/awaited",
  class: 2,
  severity: "warning",
  element: "serialNumbers",
  text: "[product] requires serial numbers: [missing] of [quantity] units of receiving session [session] have none yet.",
  source: `${help}, Receive Inventory with Serials`,
  situation: "The product requires serials and the tool lets them be entered later against the session.",
  example: { case: "receipt/serials-awaited" }
})

export const requiredToShip = Rule.define({
  id: "desk/required-to-ship",
  class: 2,
  element: "serialNumbers",
  text: "[product] wants a serial number for each unit shipped: [quantity] units, [count] serial numbers.",
  source: `${help}, Require Serial Number Scan In Scan & Ship`,
  situation: "The product requires serials and a shipped unit has none.",
  example: { case: "shipment/serials-required" }
})

export const requiredToMove = Rule.define({
  id: "desk/required-to-move",
  class: 2,
  element: "serialNumbers",
  text: "[product] wants a serial number for each unit of a [operation]: [quantity] units, [count] serial numbers.",
  source: `${help}, Validate Serial Globally`,
  situation: "The product requires serials and the tool asks for them in every movement of stock.",
  example: { case: "stock-movement/serials-required" }
})

export const repeated = Rule.define({
  id: "desk/repeated",
  class: 2,
  element: "serialNumbers",
  text: "Serial number [serial] of [product] stands in the document more than once.",
  source: ours,
  situation: "Judged after blanks, bar code heads and, where wanted, case are taken off.",
  example: { case: "receipt/serial-repeated" }
})

export const alreadyInOrder = Rule.define({
  id: "desk/already-in-order",
  class: 2,
  element: "serialNumbers",
  text: "Serial number [serial] was already received on purchase order [order].",
  source: `${help}, Require Unique Serial Number`,
  situation: "Another receipt of the same purchase order lists the serial.",
  example: { case: "receipt/serial-already-in-order" }
})

export const equalsCode = Rule.define({
  id: "desk/equals-code",
  class: 2,
  element: "serialNumbers",
  text: "Serial number [serial] is the UPC of [product] on purchase order [order]: the wrong bar code was scanned.",
  source: `${help}, Require Unique Serial Number`,
  situation: "The serial equals the UPC, EAN or GTIN of any product of the purchase order.",
  example: { case: "receipt/serial-equals-upc" }
})

export const duplicate = Rule.define({
  id: "desk/duplicate",
  class: 2,
  element: "serialNumbers",
  text: "Serial number [serial] of [product] is there already: [where].",
  source: `${help}, Validate all product serial #s for duplicates`,
  situation: "The product has the serial, whatever purchase order it came on. Returns are exempt.",
  example: { case: "receipt/serial-duplicate" }
})

export const wrongLength = Rule.define({
  id: "desk/wrong-length",
  class: 2,
  element: "serialNumbers",
  text: "Serial number [serial] of [product] has [length] characters instead of [wanted].",
  source: `${help}, Enable Product Serial number length validation`,
  situation: "The length of the product's shipping preferences, else the default length.",
  example: { case: "receipt/serial-length" }
})

export const moreThanReceived = Rule.define({
  id: "desk/more-than-received",
  class: 2,
  element: "serialNumbers",
  text: "[count] serial numbers for [quantity] units of [product].",
  source: `${help}, Allow user to enter more serials than qty received`,
  situation: "More serials than units, and the setting is off.",
  example: { case: "receipt/more-serials" }
})

export const expiryMissing = Rule.define({
  id: "desk/expiry-missing",
  class: 2,
  severity: "warning",
  element: "expirationDate",
  text: "[product] is expirable and the line has no expiration date.",
  source: `${help}, Is Expirable`,
  situation: "A receipt of an expirable product without expiry.",
  example: { case: "receipt/expirable" }
})

export const transparencySticker = Rule.define({
  id: "desk/transparency-sticker",
  class: 2,
  severity: "warning",
  element: "lines",
  text: "[product] requires a Transparency sticker on each of [quantity] units.",
  source: `${help}, Require Transparency Sticker`,
  situation: "A shipment of a product with that preference. Stickers themselves are not kept.",
  example: { case: "shipment/transparency-sticker" }
})

export const notReceived = Rule.define({
  id: "desk/not-received",
  class: 2,
  element: "serialNumbers",
  text: "Serial number [serial] of [product] was not received on any purchase order.",
  source: `${help}, Enable Serial Number validation; Require Serial Number validation`,
  situation: "Shipping under validation a serial that no receipt brought.",
  example: { case: "shipment/serial-not-received" }
})

export const notInStock = Rule.define({
  id: "desk/not-in-stock",
  class: 2,
  element: "serialNumbers",
  text: "Serial number [serial] of [product] is not in stock: [where].",
  source: `${help}, Require serials to match PO (product in stock)`,
  situation: "It must have come on a purchase order and still be there; it was shipped, or never came.",
  example: { case: "shipment/serial-not-in-stock" }
})

export const returnNotShipped = Rule.define({
  id: "desk/return-not-shipped",
  class: 2,
  element: "serialNumbers",
  text: "Serial number [serial] of [product] was not shipped on [order].",
  source: `${help}, Require serial number validation in RMAs`,
  situation: "A returned serial must match one that was shipped.",
  example: { case: "return/serial-foreign" }
})

export const alreadyReturned = Rule.define({
  id: "desk/already-returned",
  class: 2,
  element: "serialNumbers",
  text: "Serial number [serial] of [product] came back already: [where].",
  source: ours,
  situation:
    "Another return, or a receipt against a credit memo, lists the serial, and it was not shipped again since.",
  example: { case: "return/already-returned" }
})

export const deletionBlocked = Rule.define({
  id: "desk/deletion-blocked",
  class: 2,
  element: "page",
  text: "Serial numbers cannot be deleted on the product's page: take them off on the purchase order.",
  source: `${help}, Enable Serial Number validation`,
  situation: "Serials are taken off on the product's page while validation is on.",
  example: { case: "serial-correction/deletion-blocked" }
})

export const managementOff = Rule.define({
  id: "desk/management-off",
  class: 2,
  element: "page",
  text: "Serial numbers of an order cannot be changed: serial number management is off.",
  source: `${help}, Enable Serial Number Management`,
  situation: "Serials of a sales order are added or taken off by hand without the setting.",
  example: { case: "serial-correction/management-off" }
})

export const notTransferred = Rule.define({
  id: "desk/not-transferred",
  class: 2,
  severity: "warning",
  element: "serialNumbers",
  text: "[count] serial numbers stay with [from]: they are not transferred with the units.",
  source: `${help}, Transfer Serial numbers while transferring inventory between warehouses`,
  situation: "A SKU-to-SKU transfer names serials and the setting is off.",
  example: { case: "stock-movement/serials-stay" }
})

export const overrideNotAllowed = Rule.define({
  id: "desk/override-not-allowed",
  class: 2,
  element: "override",
  text: "The document overrides the serial desk; in [tool] that is not allowed.",
  source: `${help}, Allow manual serial # input (overriding validation)`,
  situation: "An override where the setting is off for the tool.",
  example: { case: "shipment/override-not-allowed" }
})

/** The rules with the setting that switches and weighs each. A rule that has none always holds. */
export const driven: ReadonlyArray<{ readonly rule: Rule.RuleInfo; readonly by: ReadonlyArray<DeskSettingName> }> = [
  { rule: requiredToReceive, by: ["requireSerialInput", "requireSerialWhenReceiving", "skipPromptForVendor"] },
  { rule: awaited, by: ["requireSerialScan"] },
  { rule: requiredToShip, by: ["requireSerialScan"] },
  { rule: requiredToMove, by: ["validateSerialGlobally"] },
  { rule: repeated, by: [] },
  { rule: alreadyInOrder, by: ["requireUniqueSerial"] },
  { rule: equalsCode, by: ["requireUniqueSerial"] },
  { rule: duplicate, by: ["uniqueSerialOfProduct"] },
  { rule: wrongLength, by: ["serialLengthValidation"] },
  { rule: moreThanReceived, by: ["allowMoreSerialsThanReceived"] },
  { rule: expiryMissing, by: [] },
  { rule: transparencySticker, by: [] },
  { rule: notReceived, by: ["serialNumberValidation", "requireSerialNumberValidation"] },
  { rule: notInStock, by: ["requireSerialsToMatchOrder"] },
  { rule: returnNotShipped, by: ["requireSerialValidationInReturns"] },
  { rule: alreadyReturned, by: [] },
  { rule: deletionBlocked, by: ["serialNumberValidation"] },
  { rule: managementOff, by: ["serialNumberManagement"] },
  { rule: notTransferred, by: ["transferSerialsWithSku"] },
  { rule: overrideNotAllowed, by: ["allowManualSerialInput"] }
]
