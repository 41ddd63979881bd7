/**
 * What a merchant's documents do in the tests of reports: a purchase order with lots and serials, its receipt, movements
 * within the house and to another SKU, a sale, a return, and a serial added by hand. The world is that of the order cases.
 */

let control = 0
const document = (type: string, body: Readonly<Record<string, unknown>>) => {
  control += 1
  const own = "9521234001010"
  const header = { sender: own, receiver: own, controlNumber: `${control}`.padStart(6, "0") }
  const text = JSON.stringify({ header, ...body })
  return [type, new TextEncoder().encode(text)] as const
}

const serum = (serialNumbers: ReadonlyArray<string>, more: Readonly<Record<string, unknown>> = {}) => ({
  sku: "SERUM-10",
  quantity: serialNumbers.length,
  serialNumbers,
  ...more
})
const scanner = (serialNumbers: ReadonlyArray<string>) => ({
  sku: "SCAN-1",
  quantity: serialNumbers.length,
  serialNumbers
})
/** Units that have a lot and no serials. */
const salve = (quantity: number) => ({ sku: "SALVE-50", quantity, lotNumber: "K7" })

/** The documents in the order they come. */
export const story = [
  document("PURCHASE_ORDER", {
    number: "PO-1",
    status: "released",
    date: "2026-11-20",
    vendor: "gorse-supply",
    warehouse: "main",
    lines: [
      { line: 1, sku: "SERUM-10", quantity: 4, price: "5.00" },
      { line: 2, sku: "SCAN-1", quantity: 3, price: "20.00" },
      { line: 3, sku: "SALVE-50", quantity: 10, price: "2.00" }
    ]
  }),
  document("RECEIPT", {
    number: "R-1",
    status: "confirmed",
    purchaseOrder: "PO-1",
    warehouse: "main",
    vendorInvoice: "INV-9",
    session: { id: "77", receivedOn: "2026-11-22T10:00:00Z", receivedBy: "pat" },
    lines: [
      serum(["A1", "A2", "A3", "A4"], { lotNumber: "L1", expirationDate: "2027-11-30" }),
      scanner(["S1", "S2"]),
      salve(10)
    ]
  }),
  document("STOCK_MOVEMENT", {
    number: "M-1",
    operation: "put_away",
    warehouse: "main",
    from: { bin: "PACK" },
    to: { bin: "A-01" },
    lines: [scanner(["S1"])]
  }),
  document("STOCK_MOVEMENT", {
    number: "M-2",
    operation: "warehouse_transfer_pick",
    reference: "WT-1",
    warehouse: "main",
    from: { bin: "A-01" },
    lines: [serum(["A1"])]
  }),
  document("STOCK_MOVEMENT", {
    number: "M-3",
    operation: "warehouse_transfer_receive",
    reference: "WT-1",
    warehouse: "fir",
    to: { warehouse: "fir" },
    lines: [serum(["A1"])]
  }),
  document("STOCK_MOVEMENT", {
    number: "M-4",
    operation: "fba_pick",
    reference: "FBA-1",
    warehouse: "main",
    from: { bin: "A-01" },
    lines: [serum(["A4"])]
  }),
  document("STOCK_MOVEMENT", {
    number: "M-5",
    operation: "sku_transfer",
    warehouse: "main",
    from: { bin: "A-01" },
    to: { bin: "A-02" },
    toProduct: { sku: "SCAN-1R" },
    lines: [scanner(["S2"])]
  }),
  document("SALES_ORDER", {
    number: "SO-1",
    status: "released",
    date: "2026-11-23",
    customer: "ivy-clinic",
    warehouse: "main",
    lines: [
      { line: 10, sku: "SERUM-10", quantity: 2, price: "9.50" },
      { line: 20, sku: "SALVE-50", quantity: 4, price: "3.00" }
    ]
  }),
  document("SHIPMENT", {
    number: "S-1",
    status: "closed",
    salesOrder: "SO-1",
    warehouse: "main",
    lines: [serum(["A2", "A3"], { lotNumber: "L1" }), salve(4)]
  }),
  document("RETURN", {
    number: "RMA-1",
    status: "received",
    salesOrder: "SO-1",
    creditMemo: "CM-1",
    reason: "damaged box",
    warehouse: "main",
    lines: [serum(["A2"]), salve(1)]
  }),
  document("SERIAL_CORRECTION", {
    number: "C-1",
    page: "purchase_order",
    action: "add",
    order: "PO-1",
    lines: [scanner(["S3"])]
  }),
  document("PURCHASE_ORDER", {
    number: "PO-2",
    status: "draft",
    vendor: "gorse-supply",
    warehouse: "main",
    lines: [scanner(["P1"])]
  })
]
