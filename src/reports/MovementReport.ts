/**
 * The movement history of a serial, declared: from the purchase order over transfers to the order and back, with the
 * message and file each step came from.
 */
import type { MovementRow } from "./HistoryQueries.ts"
import * as History from "./HistoryQueries.ts"
import * as Report from "./Report.ts"

const documents: Readonly<Record<string, string>> = {
  purchase_order: "PO",
  receipt: "receipt",
  sales_order: "order",
  shipment: "shipment",
  return: "RMA",
  credit_memo: "credit memo",
  stock_movement: "movement",
  serial_correction: "correction"
}

const named = (kind: string | null, number: string | null): ReadonlyArray<string> =>
  kind === null || number === null ? [] : [`${documents[kind] ?? kind} ${number}`]

/** `PO PO-1, receipt R-1`: the order first, as people look for it. */
const documentText = ({ document_kind, number, order_kind, order_number }: MovementRow): string =>
  [...named(order_kind, order_number), ...named(document_kind, number)].join(", ")

export const serialHistory = Report.define<MovementRow>({
  name: "serial-history",
  title: "Movement history of a serial number",
  about:
    "Everything that happened to a serial, oldest first: purchase order, transfers, order, return. A bare serial may mean several numbers; all are told.",
  source: "Sellercloud, Serial Numbers (30 April 2025), History",
  takes: ["serial", "company"],
  needs: ["serial"],
  columns: [
    Report.text("SERIAL NUMBER", ({ serial }) => serial, 22),
    Report.text("PRODUCT", ({ code_type, code }, words) => words.productOf(code_type, code)),
    Report.moment("HAPPENED", ({ happened }) => happened),
    Report.text("WHAT", ({ operation, kind }) => operation ?? kind, 20),
    Report.text("DOCUMENT", documentText, 30),
    Report.text("PARTNER", ({ partner }, words) => words.company(partner), 22),
    Report.text("WAREHOUSE", ({ warehouse }, words) => words.warehouse(warehouse), 20),
    Report.text("BIN NAME", ({ bin }) => bin, 12),
    Report.text("STATUS", ({ status }) => status, 16),
    Report.text("HELD BY", ({ holder }, words) => words.company(holder), 22),
    Report.moment("RECORDED", ({ recorded }) => recorded),
    Report.text("MESSAGE", ({ message_id }) => message_id, 10),
    Report.text("FILE", ({ file, actor }) => file ?? actor, 28)
  ],
  rows: History.movements,
  examples: [{ filters: "--serial 100011946933", description: "The story of one unit" }]
})
