/**
 * Reports about orders, declared: which orders a serial is on, and an order's page and invoice lines with their serials
 * where the company's settings show them there.
 */
import * as Rows from "./PageQueries.ts"
import * as Report from "./Report.ts"

const source = "Sellercloud, Serial Numbers (30 April 2025)"

const byProduct = Report.text<Rows.OnOrderRow>("PRODUCT", ({ product }, words) => words.product(product))

export const ordersBySerial = Report.define<Rows.OnOrderRow>({
  name: "orders-by-serial",
  title: "Orders by serial number",
  about: "The sales orders that serials are on, by themselves or through a shipment.",
  source: `${source}, search of orders by serial`,
  takes: ["serial", "company", "product"],
  needs: ["serial"],
  columns: [
    Report.text("SERIAL NUMBER", ({ serial }) => serial, 22),
    byProduct,
    Report.text("ORDER ID", ({ number }) => number, 16),
    Report.text("ORDER ITEM ID", ({ item }) => item, 14),
    Report.day("ORDER DATE", ({ ordered }) => ordered),
    Report.text("CUSTOMER", ({ partner }, words) => words.company(partner), 22),
    Report.text("STATUS", ({ status }) => status, 12),
    Report.text("SHIPMENT", ({ document }) => document, 16),
    Report.moment("SHIPPED ON", ({ happened }) => happened),
    Report.text("SHIPFROM WAREHOUSE", ({ warehouse }, words) => words.warehouse(warehouse), 20),
    Report.money("PRICE", ({ price }) => price, 10)
  ],
  rows: Rows.salesOrders,
  examples: [{ filters: "--serial 100011946933", description: "To whom it was sold" }]
})

export const posBySerial = Report.define<Rows.OnOrderRow>({
  name: "pos-by-serial",
  title: "Purchase orders by serial number",
  about: "The purchase orders that serials were planned on or received against: from which vendor a unit came.",
  source: `${source}, search of purchase orders by serial`,
  takes: ["serial", "company", "product"],
  needs: ["serial"],
  columns: [
    Report.text("SERIAL NUMBER", ({ serial }) => serial, 22),
    byProduct,
    Report.text("PO #", ({ number }) => number, 16),
    Report.day("PO DATE", ({ ordered }) => ordered),
    Report.text("VENDOR", ({ partner }, words) => words.company(partner), 22),
    Report.text("STATUS", ({ status }) => status, 12),
    Report.text("RECEIPT", ({ document }) => document, 16),
    Report.moment("RECEIVED ON", ({ happened }) => happened),
    Report.text("RECD WAREHOUSE", ({ warehouse }, words) => words.warehouse(warehouse), 20),
    Report.money("PRICE", ({ price }) => price, 10)
  ],
  rows: Rows.purchaseOrders,
  examples: [{ filters: "--serial 100011946933", description: "From which vendor it came" }]
})

const head: ReadonlyArray<Report.Column<Rows.OrderLineRow>> = [
  Report.text("ORDER ID", ({ number }) => number, 16),
  Report.text("ORDER ITEM ID", ({ item }) => item, 14),
  Report.text("SKU", ({ product, sku }, words) => words.product(product) ?? sku)
]

export const orderDetails = Report.define<Rows.OrderLineRow>({
  name: "order-details",
  title: "Order details",
  about:
    "Lines of sales or purchase orders, with a row for each serial shipped or received where the company shows serials on order pages.",
  source: `${source}, Show Serial Number on Order Details`,
  takes: ["order", "po", "company"],
  columns: [
    ...head,
    Report.text("PRODUCT NAME", ({ product }, words) => words.productName(product), 28),
    Report.number("QTY", ({ quantity }) => quantity, 10),
    Report.money("PRICE", ({ price }) => price, 10),
    Report.text("SERIAL NUMBER", ({ serials }) => serials, 22)
  ],
  rows: Rows.details,
  examples: [
    { filters: "--order SO-1001", description: "A sales order" },
    { filters: "--po PO-1001", description: "A purchase order" }
  ]
})

export const invoiceLines = Report.define<Rows.OrderLineRow>({
  name: "invoice-lines",
  title: "Invoice lines",
  about:
    "Lines of sales orders as an invoice prints them: the serials stand in the description where the company wants that.",
  source: `${source}, Show Serial Number on Invoice Details`,
  takes: ["order", "company"],
  columns: [
    ...head,
    Report.text(
      "DESCRIPTION",
      ({ product, sku, serials }, words) => {
        const name = words.productName(product) ?? sku ?? ""
        return serials === null ? name : `${name}\nSerial numbers: ${serials}`
      },
      50
    ),
    Report.number("QTY", ({ quantity }) => quantity, 10),
    Report.money("PRICE", ({ price }) => price, 10),
    Report.money("TOTAL", ({ total }) => total, 12)
  ],
  rows: Rows.invoice,
  examples: [{ filters: "--order SO-1001", description: "Of one order" }]
})
