/**
 * Reports as CSV (RFC 4180, UTF-8, headings first) and as JSON, one object a line. Moments are ISO 8601 in UTC. In CSV,
 * cells that a spreadsheet would run as a formula are made safe unless somebody asks for them exactly; JSON leaves out
 * what is not there.
 */
import { Buffer } from "node:buffer"
import { Effect } from "effect"
import * as Csv from "../formats/Csv.ts"
import type { About, Rendering } from "./Rendering.ts"
import type { Cell } from "./Report.ts"

const nothing = Effect.succeed(new Uint8Array())

/** A moment to the second. */
const momentText = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`

const cellText = (cell: Cell): string => {
  if (cell === undefined) return ""
  return cell instanceof Date ? momentText(cell) : String(cell)
}

export const csv = ({ report, options }: About): Rendering => {
  const safe = { safe: options.exact !== true }
  const record = (cells: ReadonlyArray<string>) => Csv.record(cells, safe)
  return {
    begin: Effect.sync(() => Buffer.from(record(report.columns.map(({ heading }) => heading)))),
    rows: (rows) =>
      Effect.sync(() => {
        let text = ""
        for (const cells of rows) text += record(cells.map(cellText))
        return Buffer.from(text)
      }),
    end: nothing
  }
}

export const json = ({ report }: About): Rendering => ({
  begin: nothing,
  rows: (rows) =>
    Effect.sync(() => {
      let text = ""
      for (const cells of rows) {
        const object: Record<string, Cell> = {}
        report.columns.forEach(({ key, kind }, index) => {
          const cell = cells[index]
          if (cell !== undefined) object[key] = kind === "number" ? Number(cell) : cell
        })
        text += `${JSON.stringify(object)}\n`
      }
      return Buffer.from(text)
    }),
  end: nothing
})
