/**
 * Reports about what arrived, declared: inventory arrivals, the same with serials, and the serials of purchase orders.
 * Headings are those of the documents, in their order.
 */
import * as Rows from "./ArrivalQueries.ts"
import * as Report from "./Report.ts"

const source = "Sellercloud, Serial Numbers (30 April 2025)"

const takes = ["vendor", "manufacturer", "product", "company", "warehouse", "po", "from", "to"] as const

const columns: ReadonlyArray<Report.Column<Rows.ArrivalRow>> = [
  Report.text("PO #", ({ po }) => po, 16),
  Report.day("PO DATE", ({ ordered }) => ordered),
  Report.text("VENDOR", ({ vendor }, words) => words.company(vendor), 22),
  Report.text("SKU", ({ product, sku }, words) => words.product(product) ?? sku),
  Report.text("PRODUCT NAME", ({ product }, words) => words.productName(product), 28),
  Report.money("PRICE", ({ price }) => price, 10),
  Report.moment("RECEIVED ON", ({ received }) => received),
  Report.number("QTY RECEIVED", ({ quantity }) => quantity, 14),
  Report.number("QTY BEFORE RECEIVE", ({ before }) => before, 20),
  Report.text("RECEIVE INVOICE NUMBER", ({ invoice }) => invoice, 24)
]

export const arrivals = Report.define<Rows.ArrivalRow>({
  name: "arrivals",
  title: "Inventory arrivals",
  about: "Every line of the confirmed receipts, with what was in stock before it came.",
  source: `${source}, Inventory > Inventory Arrivals`,
  takes,
  columns,
  rows: Rows.arrivals,
  examples: [
    { filters: "--vendor acme --from 2026-11-01 --out arrivals.pdf", description: "Of one vendor, for paper" },
    { filters: "--manufacturer alder-pharma", description: "Of what one manufacturer makes" }
  ]
})

export const arrivalsWithSerials = Report.define<Rows.ArrivalRow>({
  name: "arrivals-with-serials",
  title: "Inventory arrivals with serials",
  about: "The same with one row for each serial; lines without serials have one row.",
  source: `${source}, Inventory Arrivals > Export With Serials`,
  takes,
  columns: [...columns, Report.text("SERIAL NUMBER", ({ serial }) => serial, 22)],
  rows: Rows.arrivalsWithSerials,
  examples: [{ filters: "--po PO-1001 --out arrived.xlsx", description: "What came for one purchase order" }]
})

export const poSerials = Report.define<Rows.SessionRow>({
  name: "po-serials",
  title: "Serial numbers of purchase orders",
  about:
    "Serials as they were entered against receive sessions, a row for each unit; units that need a serial and have none are there without one. Flat, in the order of SKUs, where the company has the simple grid on; else by session.",
  source: `${source}, Purchase Order > Serial Numbers`,
  takes: ["po", "company", "product", "session", "serial", "receivedOn", "from", "to"],
  columns: [
    Report.text("SKU", ({ product, sku }, words) => words.product(product) ?? sku),
    Report.text("RECEIVE SESSION ID", ({ session }) => session, 20),
    Report.moment("RECEIVED ON", ({ received }) => received),
    Report.text("RECEIVED BY", ({ received_by }) => received_by),
    Report.number("QTY RECEIVED", ({ quantity }) => quantity, 14),
    Report.flag("REQUIRES SERIAL NUMBER", ({ required }) => required, 24),
    Report.text("SERIAL NUMBER", ({ serial }) => serial, 22),
    Report.text("NOTES", ({ notes }) => notes, 28)
  ],
  rows: Rows.sessions,
  examples: [{ filters: "--po PO-1001", description: "Of one purchase order" }]
})
