/**
 * The columns of CSV order documents, by field: those that every document has, and those of each kind. Mappings read files
 * by them, and partners may call them otherwise (`WorldCsv`). Pure data.
 */
import type { Columns } from "../formats/Csv.ts"

/** Columns of every document. */
export const shared = {
  number: { names: ["Number"], required: "column" },
  date: { names: ["Date"] },
  warehouse: { names: ["Warehouse"] },
  tool: { names: ["Tool"] },
  status: { names: ["Status"] },
  line: { names: ["Line"] },
  parentLine: { names: ["Parent Line"] },
  orderLine: { names: ["Order Line"] },
  sku: { names: ["SKU"] },
  gtin: { names: ["GTIN", "UPC"] },
  quantity: { names: ["Quantity"] },
  uom: { names: ["UOM"] },
  lotNumber: { names: ["Lot Number", "Lot"] },
  supplierLotNumber: { names: ["Supplier Lot Number"] },
  warehouseLotNumber: { names: ["Warehouse Lot Number"] },
  serialNumber: { names: ["Serial Number", "Serial"] },
  expirationDate: { names: ["Expiration Date"] },
  bestBeforeDate: { names: ["Best Before Date"] },
  productionDate: { names: ["Production Date"] },
  sscc: { names: ["SSCC"] },
  price: { names: ["Price"] },
  notes: { names: ["Notes"] },
  overriddenBy: { names: ["Overridden By"] },
  overrideReason: { names: ["Override Reason"] }
} as const satisfies Columns

export const purchaseOrders = {
  vendor: { names: ["Vendor"] },
  expectedOn: { names: ["Expected On"] }
} as const satisfies Columns

export const receipts = {
  purchaseOrder: { names: ["Purchase Order"] },
  creditMemo: { names: ["Credit Memo"] },
  session: { names: ["Receive Session ID"] },
  receivedOn: { names: ["Received On"] },
  receivedBy: { names: ["Received By"] },
  vendorInvoice: { names: ["Receive Invoice Number"] }
} as const satisfies Columns

export const returns = {
  salesOrder: { names: ["Sales Order"] },
  customer: { names: ["Customer"] },
  creditMemo: { names: ["Credit Memo"] },
  reason: { names: ["Reason"] }
} as const satisfies Columns

export const salesOrders = {
  customer: { names: ["Customer"] },
  salesChannel: { names: ["Sales Channel"] },
  customerOrder: { names: ["Customer Order"] }
} as const satisfies Columns

export const shipments = {
  salesOrder: { names: ["Sales Order"], required: "column" },
  carrier: { names: ["Carrier"] },
  trackingNumber: { names: ["Tracking Number"] }
} as const satisfies Columns

export const stockMovements = {
  operation: { names: ["Operation"], required: "column" },
  fromWarehouse: { names: ["From Warehouse"] },
  fromBin: { names: ["From Bin"] },
  toWarehouse: { names: ["To Warehouse"] },
  toBin: { names: ["To Bin"] },
  toSku: { names: ["To SKU"] },
  direction: { names: ["Direction"] },
  reference: { names: ["Reference"] },
  box: { names: ["Box"] },
  reason: { names: ["Reason"] }
} as const satisfies Columns

/** Columns of each kind of document, without the shared ones. */
export const kinds: ReadonlyArray<Columns> = [purchaseOrders, receipts, returns, salesOrders, shipments, stockMovements]
