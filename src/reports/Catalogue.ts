/**
 * The reports there are, in the order they are listed. A new one is declared in a file of its subject and added here.
 */
import { arrivals, arrivalsWithSerials, poSerials } from "./ArrivalReports.ts"
import { serialHistory } from "./MovementReport.ts"
import { invoiceLines, orderDetails, ordersBySerial, posBySerial } from "./PageReports.ts"
import { recall, recallCustomers } from "./RecallReports.ts"
import type { Report } from "./Report.ts"
import { productSerials, serialPanel, serialProfit, serialsExport } from "./SerialReports.ts"

export const reports: ReadonlyArray<Report> = [
  serialPanel,
  serialHistory,
  productSerials,
  serialsExport,
  serialProfit,
  arrivals,
  arrivalsWithSerials,
  poSerials,
  ordersBySerial,
  posBySerial,
  orderDetails,
  invoiceLines,
  recall,
  recallCustomers
]
