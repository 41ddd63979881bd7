/**
 * Rules of order documents that no setting switches: who may send them, what they refer to, what their lines say, and
 * what the repository makes of their serials. Ours; the documents describe the flow and print no messages.
 *
 * Class 1 rules carry their looks (`LineChecks`); class 2 rules are raised by the stages.
 */
import * as Rule from "../engine/Rule.ts"

const ours = "Throughline"
const oms = "techOMS, Understanding Lot and Serial Numbers Synchronization (28 April)"

export const notPartner = Rule.define({
  id: "orders/not-partner",
  class: 2,
  element: "sender",
  text: "[sender] has no partner channel with [owner], whose document this is.",
  source: ours,
  situation: "The sender is neither the company itself nor a partner of one of its channels.",
  example: { case: "receipt/not-partner" }
})

export const notTheirs = Rule.define({
  id: "orders/not-theirs",
  class: 2,
  element: "sender",
  text: "[sender] may send no [kind] for [owner]; its channel lets it send: [allowed].",
  source: ours,
  situation:
    "A partner sends a kind of document that is not its business: a shop receives goods, a warehouse orders them. `maySend` of its channel says what may be sent.",
  example: { case: "receipt/not-theirs" }
})

export const notTheirWarehouse = Rule.define({
  id: "orders/not-their-warehouse",
  class: 2,
  element: "warehouse",
  text: "[sender] does not run the warehouse [warehouse] of [owner]: it cannot say what came, left or moved there.",
  source: ours,
  situation:
    "A partner's receipt, shipment, received return, movement or correction names a warehouse that none of its channels runs, or names none while its order has such a one.",
  example: { case: "receipt/not-their-warehouse" }
})

export const notItsTool = Rule.define({
  id: "orders/not-its-tool",
  class: 2,
  element: "tool",
  text: "[sender] is a partner of [owner]: its documents are judged as partner, not as [tool].",
  source: ours,
  situation: "A partner names a tool of the company's own, whose settings may ask for less.",
  example: { case: "receipt/not-its-tool" }
})

export const ownerUnknown = Rule.define({
  id: "orders/owner-unknown",
  class: 2,
  element: "receiver",
  text: "[receiver] is no company here: nobody's document.",
  source: ours,
  situation: "The receiver's number, which says whose document it is, is of no company.",
  example: { case: "receipt/owner-unknown" }
})

export const productUnknown = Rule.define({
  id: "orders/product-unknown",
  class: 2,
  element: "sku or gtin",
  text: "[code] is no product of [owner].",
  source: ours,
  situation: "Neither SKU nor GTIN of a line is among the company's products.",
  example: { case: "receipt/product-unknown" }
})

export const gtinOfOther = Rule.define({
  id: "orders/gtin-of-other",
  class: 2,
  element: "gtin",
  text: "[gtin] is no GTIN of [product].",
  source: ours,
  situation: "SKU and GTIN of a line name two products; nobody can tell which of them it is of.",
  example: { case: "receipt/gtin-of-other" }
})

export const warehouseUnknown = Rule.define({
  id: "orders/warehouse-unknown",
  class: 2,
  element: "warehouse",
  text: "[warehouse] is no warehouse of [owner].",
  source: ours,
  situation: "Neither a key, a name nor an identifier of the location of one of the company's warehouses.",
  example: { case: "receipt/warehouse-unknown" }
})

export const orderUnknown = Rule.define({
  id: "orders/order-unknown",
  class: 2,
  element: "order",
  text: "[kind] [number] is not there.",
  source: ours,
  situation: "The document is about an order that has not come yet; it waits for it.",
  mayWait: true,
  example: { case: "receipt/order-unknown" }
})

export const numberTaken = Rule.define({
  id: "orders/number-taken",
  class: 2,
  element: "number",
  text: "The [kind] [number] that is there is another document: [why].",
  source: ours,
  situation:
    "A receipt, shipment or movement has the number of another partner's, of another order or operation; or a partner changes an order or return that neither came from it nor was sold through it.",
  example: { case: "receipt/number-taken" }
})

export const notTheirChannel = Rule.define({
  id: "orders/not-their-channel",
  class: 2,
  element: "salesChannel",
  text: "[channel] is no sales channel of [sender] with [owner].",
  source: ours,
  situation: "A partner's sales order names a channel by which somebody else would be told what was shipped.",
  example: { case: "sales-order/not-their-channel" }
})

export const orderNotReleased = Rule.define({
  id: "orders/order-not-released",
  class: 2,
  element: "order",
  text: "[kind] [number] is [status]; only a released one is received or shipped.",
  source: ours,
  situation: "A receipt or shipment of a draft or cancelled order.",
  example: { case: "receipt/order-not-released" }
})

export const notOnOrder = Rule.define({
  id: "orders/not-on-order",
  class: 2,
  element: "lines",
  text: "[product] is not on [kind] [number].",
  source: "techOMS Extensiv set-up guide, limitations",
  situation: "A warehouse received or shipped something that nobody ordered.",
  example: { case: "shipment/not-on-order" }
})

export const moreThanOrdered = Rule.define({
  id: "orders/more-than-ordered",
  class: 2,
  element: "quantity",
  text: "[quantity] of [product] in all, but [kind] [number] has [ordered].",
  source: "techOMS Extensiv set-up guide, limitations",
  situation: "More was shipped than ordered, earlier shipments counted.",
  example: { case: "shipment/more-than-ordered" }
})

export const receivedMore = Rule.define({
  id: "orders/received-more",
  class: 2,
  severity: "warning",
  element: "quantity",
  text: "[quantity] of [product] received in all, but [kind] [number] has [ordered].",
  source: ours,
  situation: "More came than was ordered, earlier receipts counted. What came is there.",
  example: { case: "receipt/received-more" }
})

export const notPlanned = Rule.define({
  id: "orders/not-planned",
  class: 2,
  severity: "warning",
  element: "serialNumbers",
  text: "[count] serial numbers of [product] are not among those planned on purchase order [number].",
  source: ours,
  situation: "The purchase order announced serials, and others came. Planned and received serials are kept apart.",
  example: { case: "receipt/serial-not-planned" }
})

export const lotNotPlanned = Rule.define({
  id: "orders/lot-not-planned",
  class: 2,
  severity: "warning",
  element: "lotNumber",
  text: "Lot [lot] of [product] is not among those planned on purchase order [number].",
  source: ours,
  situation: "The purchase order announced lots, and another one came.",
  example: { case: "receipt/lot-not-planned" }
})

export const lotsAfterDraft = Rule.define({
  id: "orders/lots-after-draft",
  class: 2,
  element: "lotNumber or serialNumbers",
  text: "Purchase order [number] is [status]: lots and serial numbers can be added to a draft only.",
  source: `${oms}, A. Purchase orders`,
  situation: "Lots or serials on a purchase order that is not, or no longer, a draft.",
  example: { case: "purchase-order/lots-after-draft" }
})

export const orderClosed = Rule.define({
  id: "orders/order-closed",
  class: 2,
  element: "status",
  text: "[kind] [number] is [status] and cannot become [wanted].",
  source: ours,
  situation:
    "An order goes from draft to released or cancelled, from released to cancelled, and no other way. What was received stays returned.",
  example: { case: "purchase-order/status-back" }
})

export const linesAfterRelease = Rule.define({
  id: "orders/lines-after-release",
  class: 2,
  element: "lines",
  text: "[kind] [number] is released: its lines cannot change any more.",
  source: ours,
  situation: "Other lines for an order the warehouse already has.",
  example: { case: "sales-order/lines-after-release" }
})

export const lotOnSalesOrder = Rule.define({
  id: "orders/lot-on-sales-order",
  class: 2,
  severity: "warning",
  element: "lotNumber",
  text: "Lot [lot] of [product] was left out: nobody orders by lot or serial number.",
  source: `${oms}, note`,
  situation: "A sales order asks for a lot or serials.",
  example: { case: "sales-order/lot-left-out" }
})

export const notYet = Rule.define({
  id: "orders/not-yet",
  class: 2,
  severity: "warning",
  element: "status",
  text: "[kind] [number] is [status]: noted, and nothing taken from it before it is [wanted].",
  source: `${oms}, B. Receipts and C. Shipments`,
  situation: "A receipt that is not confirmed, a shipment that is not shipped and closed.",
  example: { case: "receipt/not-confirmed" }
})

export const known = Rule.define({
  id: "orders/known",
  class: 2,
  severity: "warning",
  element: "lines",
  text: "[count] lines of [kind] [number] were taken before and change nothing.",
  source: ours,
  situation: "The warehouse was polled again. Units are known by document and product, serials by themselves.",
  example: { case: "receipt/polled-again" }
})

export const cameAlready = Rule.define({
  id: "orders/came-already",
  class: 2,
  severity: "warning",
  element: "quantity",
  text: "[quantity] of [product] came with [where] already and are not counted again.",
  source: ours,
  situation:
    "A return was received, and a receipt against its credit memo tells the same units, or the other way round. Units without serial numbers are taken for the same.",
  example: { case: "return/came-already" }
})

export const fewerThanBefore = Rule.define({
  id: "orders/fewer-than-before",
  class: 2,
  severity: "warning",
  element: "quantity",
  text: "[quantity] of [product] are on [kind] [number] now, and [before] were taken from it before: nothing is taken back.",
  source: ours,
  situation:
    "A document that comes again has less than it had. What was taken may have moved on since; an adjustment takes it off.",
  example: { case: "receipt/polled-fewer" }
})

export const takenOtherwise = Rule.define({
  id: "orders/taken-otherwise",
  class: 2,
  severity: "warning",
  element: "lines",
  text: "[what] of line [line] is [now] now, but was taken as [before], and stays so.",
  source: ours,
  situation:
    "A line comes again with another product, lot, price, unit of measure or date than it was taken with. What is new of the line is taken as it says.",
  example: { case: "receipt/polled-otherwise" }
})

export const skipped = Rule.define({
  id: "orders/skipped",
  class: 2,
  severity: "warning",
  element: "lines",
  text: "Not passed [direction] channel [channel]: [count] [what], [reason].",
  source: `${oms}, options and limitations`,
  situation:
    "The channel cannot take it, or the option is off. The reason is one of the codes of the capability registry.",
  example: { case: "purchase-order/pass-through-off" }
})

export const notRouted = Rule.define({
  id: "orders/not-routed",
  class: 2,
  severity: "warning",
  element: "document",
  text: "[kind] [number] went to nobody: [why].",
  source: ours,
  situation:
    "No channel runs the warehouse, the sale came through none, or the channel takes no such documents, or no cancellations of them.",
  example: { case: "purchase-order/not-routed" }
})

export const serialIllegal = Rule.define({
  id: "orders/serial-illegal",
  class: 2,
  element: "serialNumbers",
  text: '"[serial]" is no serial number of [product]: [why].',
  source: ours,
  situation: "Empty, of another GTIN than the line, or not to be written under the product's GTIN while it has no SKU.",
  example: { case: "receipt/serial-illegal" }
})

export const serialObstacle = Rule.define({
  id: "orders/serial-obstacle",
  class: 2,
  element: "serialNumbers",
  text: "Serial number [serial] of [product] cannot be [verb]: [why].",
  source: ours,
  situation:
    "The repository has it destroyed, blocked, with another company, packed in something else, or of another lot.",
  example: { case: "shipment/serial-blocked" }
})

export const notListed = Rule.define({
  id: "orders/not-listed",
  class: 2,
  element: "serialNumbers",
  text: "Serial number [serial] of [product] is not on [kind] [number].",
  source: ours,
  situation:
    "A correction takes a serial off that is not there, or a transfer or FBA box has one that was not picked for it.",
  example: { case: "serial-correction/not-listed" }
})

/** Everything the stages raise besides the desk. */
export const refusals: ReadonlyArray<Rule.RuleInfo> = [
  notPartner,
  notTheirs,
  notTheirWarehouse,
  notItsTool,
  ownerUnknown,
  productUnknown,
  gtinOfOther,
  warehouseUnknown,
  orderUnknown,
  numberTaken,
  notTheirChannel,
  orderNotReleased,
  notOnOrder,
  moreThanOrdered,
  receivedMore,
  notPlanned,
  lotNotPlanned,
  lotsAfterDraft,
  orderClosed,
  linesAfterRelease,
  lotOnSalesOrder,
  notYet,
  known,
  cameAlready,
  fewerThanBefore,
  takenOtherwise,
  skipped,
  notRouted,
  serialIllegal,
  serialObstacle,
  notListed
]
