/**
 * Reports as a workbook: real numbers and dates, the header frozen on every sheet. See `formats/Xlsx` for its limits.
 */
import { Effect } from "effect"
import * as Xlsx from "../formats/Xlsx.ts"
import type { About, Rendering } from "./Rendering.ts"
import { tooLarge } from "./ReportsError.ts"

const failed = (error: Xlsx.XlsxError) =>
  tooLarge(`${error.message}.`, "Narrow the report by filters, or write it as CSV.", error)

export const xlsx = ({ report, at }: About): Rendering => {
  const writer = Xlsx.make({ title: report.title, columns: report.columns, at })
  return {
    begin: Effect.mapError(writer.begin, failed),
    rows: (rows) => Effect.mapError(writer.rows(rows), failed),
    end: Effect.mapError(writer.end, failed)
  }
}
