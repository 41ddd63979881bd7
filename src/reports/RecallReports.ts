/**
 * Reports for the recall of a lot, declared: where every unit of it is and whom it was shipped to, and the customers with
 * how many units each still has. Units without serials are told by the lots that documents name: the company's own number
 * of a lot, the supplier's or the warehouse's.
 */
import * as Rows from "./RecallQueries.ts"
import * as Report from "./Report.ts"
import type { Words } from "./Scope.ts"

const source = "Throughline: which customers received a lot, directly or packed in something"

/** What a unit goes by now, where that is not what was asked for. */
const nowOf = (
  { now_type, now_code, now_product, now_lot, assembled_by, kit }: Rows.RecallRow,
  words: Words
): string | undefined => {
  const parts = [
    now_type === null || now_code === null ? words.product(now_product) : words.productOf(now_type, now_code),
    now_lot === null ? undefined : `lot ${now_lot}`,
    kit === null && assembled_by === null ? undefined : `in ${words.product(kit) ?? "a kit"}`,
    assembled_by === null ? undefined : `kit assembly ${assembled_by}`
  ].filter((part) => part !== undefined)
  return parts.length === 0 ? undefined : parts.join(", ")
}

export const recall = Report.define<Rows.RecallRow>({
  name: "recall",
  title: "Recall list of a lot",
  about:
    "Every number of a lot with where it is and whom it was shipped to; then units of the lot without serials, as shipments, returns and stock tell of them, those in kits, and the kits shipped since that may hold some. A lot goes by its own number, the supplier's or the warehouse's; NOW says what a unit became since: another product, another lot, part of a kit.",
  source,
  takes: ["lot", "product", "company", "warehouse"],
  needs: ["lot"],
  columns: [
    Report.text("PRODUCT", ({ product, code }, words) => words.product(product) ?? code),
    Report.text("LOT", ({ lot }) => lot, 14),
    Report.day("EXP. DATE", ({ expires }) => expires),
    Report.text("SERIAL NUMBER", ({ serial }) => serial, 22),
    Report.number("QTY", ({ quantity }) => quantity, 8),
    Report.text("STATUS", ({ status }) => status, 16),
    Report.text("NOW", nowOf, 30),
    Report.text("HELD BY", ({ holder }, words) => words.company(holder), 22),
    Report.text("WAREHOUSE", ({ warehouse }, words) => words.warehouse(warehouse), 20),
    Report.text("CUSTOMER", ({ customer }, words) => words.company(customer), 22),
    Report.text("ORDER ID", ({ sales_order }) => sales_order, 16),
    Report.text("SHIPMENT", ({ shipment }) => shipment, 16),
    Report.moment("SHIPPED ON", ({ happened }) => happened),
    Report.flag("RETURNED", ({ returned }) => returned),
    Report.text("HISTORY", ({ value }) => value, 40)
  ],
  rows: Rows.recall,
  examples: [{ filters: "--lot L1 --product SERUM-10 --out recall.xlsx", description: "Where a lot is" }]
})

export const recallCustomers = Report.define<Rows.CustomerRow>({
  name: "recall-customers",
  title: "Customers of a lot",
  about:
    "Whom units of a lot were shipped to, how many came back, and how many are still out; units that went out as another lot or product, and kits that may hold some, beside them.",
  source,
  takes: ["lot", "product", "company"],
  needs: ["lot"],
  columns: [
    Report.text("CUSTOMER", ({ customer }, words) => words.company(customer), 28),
    Report.text("PRODUCT", ({ product, code }, words) => words.product(product) ?? code),
    Report.text("LOT", ({ lot }) => lot, 14),
    Report.text("ORDERS", ({ orders }) => orders, 28),
    Report.number("SHIPPED", ({ shipped }) => shipped, 10),
    Report.number("RETURNED", ({ returned }) => returned, 10),
    Report.number("STILL OUT", ({ out }) => out, 10),
    Report.number("RELABELLED", ({ relabelled }) => relabelled, 12),
    Report.number("KITS", ({ kits }) => kits, 10)
  ],
  rows: Rows.customers,
  examples: [{ filters: "--lot L1", description: "Whom to tell" }]
})
