/**
 * Reports with a row for each serial, declared. Columns of the first two are those of the documents, in their order and
 * spelling; the last column holds the number as `throughline report serial-history --serial` takes it, where the
 * documents have a link.
 */
import * as Report from "./Report.ts"
import * as Rows from "./SerialRowsQueries.ts"

const source = "Sellercloud, Serial Numbers (30 April 2025)"

/** The link of the documents: what to ask the history for. */
const history = Report.text<{ readonly value: string }>("HISTORY", ({ value }) => value, 40)

export const serialPanel = Report.define<Rows.PanelRow>({
  name: "serial-panel",
  title: "Serial numbers of a product",
  about: "Every serial of a product with the order documents it went through, and where it lies.",
  source: `${source}, Product > Serial Numbers`,
  takes: ["product", "company", "warehouse", "serial", "inStock"],
  needs: ["product"],
  columns: [
    Report.text("SERIAL NUMBER", ({ serial }) => serial, 22),
    Report.text("PO", ({ po }) => po, 16),
    Report.text("ORDER ID", ({ sales_order }) => sales_order, 16),
    Report.text("ORDER ITEM ID", ({ item }) => item, 14),
    Report.text("CREDIT MEMO", ({ memo }) => memo, 14),
    Report.text("CREDIT MEMO REASON", ({ reason }) => reason, 22),
    Report.text("WAREHOUSE", ({ warehouse }, words) => words.warehouse(warehouse), 20),
    Report.text("BIN NAME", ({ bin }) => bin, 12),
    Report.text("FBA SHIPMENT", ({ fba }) => fba, 16),
    Report.text("WH TRANSF. #", ({ transfer }) => transfer, 14),
    Report.day("EXP. DATE", ({ expires }) => expires),
    history
  ],
  rows: Rows.panel,
  examples: [
    { filters: "--product AMX-500 --in-stock", description: "What is in stock, and where" },
    { filters: "--product AMX-500 --warehouse main --format xlsx --out panel.xlsx", description: "As a spreadsheet" }
  ]
})

export const productSerials = Report.define<Rows.ProductSerialRow>({
  name: "product-serials",
  title: "Product Serial Report",
  about: "For each serial: the purchase order and price it was bought at, the order and price it was sold at.",
  source: `${source}, Product Serials Report`,
  takes: ["product", "company", "serial"],
  columns: [
    Report.text("ProductID", ({ code_type, code }, words) => words.productOf(code_type, code)),
    Report.text("Serial#", ({ serial }) => serial, 22),
    Report.text("PO#", ({ po }) => po, 16),
    Report.day("Date Ordered", ({ ordered }) => ordered),
    Report.text("Vendor Name", ({ vendor }, words) => words.company(vendor), 22),
    Report.money("PurchasePrice", ({ price }) => price, 14),
    Report.text("SaleOrder#", ({ sales_order }) => sales_order, 16),
    Report.day("SaleOrder Date", ({ sold }) => sold),
    Report.money("Sales Order Price", ({ sale_price }) => sale_price, 18),
    Report.text("Recd Warehouse", ({ received_at }, words) => words.warehouse(received_at), 20),
    Report.text("ShipFrom Warehouse", ({ shipped_from }, words) => words.warehouse(shipped_from), 20),
    history
  ],
  rows: Rows.productSerials,
  examples: [
    { filters: "--serial 100011946933", description: "Where one unit came from and went to" },
    {
      filters: "--product AMX-500 --out serials.csv",
      description: "All serials of a product, for a spreadsheet or program"
    }
  ]
})

export const serialsExport = Report.define<Rows.ExportRow>({
  name: "serials-export",
  title: "Product serial numbers",
  about: "Serials of several products, or of all, with lot, expiry, status and place: one row a serial.",
  source: `${source}, Export Product Serial Number`,
  takes: ["product", "manufacturer", "company", "warehouse", "serial", "inStock"],
  columns: [
    Report.text("ProductID", ({ code_type, code }, words) => words.productOf(code_type, code)),
    Report.text("Serial#", ({ serial }) => serial, 22),
    Report.text("Lot", ({ lot }) => lot, 14),
    Report.day("Exp. Date", ({ expires }) => expires),
    Report.text("Status", ({ status }) => status, 16),
    Report.flag("In Stock", ({ in_stock }) => in_stock),
    Report.text("Warehouse", ({ warehouse }, words) => words.warehouse(warehouse), 20),
    Report.text("Bin Name", ({ bin }) => bin, 12),
    Report.text("PO#", ({ po }) => po, 16),
    Report.text("SaleOrder#", ({ sales_order }) => sales_order, 16),
    history
  ],
  rows: Rows.serials,
  examples: [
    { filters: "--product AMX-500 --product AMX-250 --out serials.xlsx", description: "Of two products" },
    { filters: "--in-stock --out stock.csv", description: "Everything in stock" }
  ]
})

export const serialProfit = Report.define<Rows.ProfitRow>({
  name: "serial-profit",
  title: "Profit and loss by serial number",
  about:
    "For each sold unit: the unit price that was kept with its serial at receipt, the price it was sold at, and what is left. A unit that came back counts as not sold.",
  source: `${source}, Enable Order profit and loss by serial numbers`,
  takes: ["product", "company", "serial", "order", "from", "to"],
  setting: {
    setting: "profitAndLossBySerial",
    otherwise: "Prices are kept with serials from the receipt on at which the setting is on."
  },
  columns: [
    Report.text("ProductID", ({ code_type, code }, words) => words.productOf(code_type, code)),
    Report.text("Serial#", ({ serial }) => serial, 22),
    Report.text("PO#", ({ po }) => po, 16),
    Report.text("Vendor Name", ({ vendor }, words) => words.company(vendor), 22),
    Report.money("PurchasePrice", ({ cost }) => cost, 14),
    Report.text("SaleOrder#", ({ sales_order }) => sales_order, 16),
    Report.day("SaleOrder Date", ({ sold }) => sold),
    Report.money("Sales Order Price", ({ sale_price }) => sale_price, 18),
    Report.flag("Returned", ({ came_back }) => came_back),
    Report.money("Profit", ({ profit }) => profit, 12)
  ],
  rows: Rows.profit,
  examples: [{ filters: "--order SO-1001", description: "Of one order" }]
})
