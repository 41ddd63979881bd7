/**
 * What turns a report into bytes: a beginning, rows any number at a time, an end. Made anew for each report; what each
 * step gives is written down in that order. A rendering that has to see everything first says so by a limit of rows.
 */
import type { Effect } from "effect"
import type { Cell, Report } from "./Report.ts"
import type { ReportsError } from "./ReportsError.ts"

/** Ways to write a report down. */
export const formats = ["csv", "json", "xlsx", "pdf"] as const
export type Format = (typeof formats)[number]

export interface Rendering {
  readonly begin: Effect.Effect<Uint8Array, ReportsError>
  readonly rows: (rows: ReadonlyArray<ReadonlyArray<Cell>>) => Effect.Effect<Uint8Array, ReportsError>
  readonly end: Effect.Effect<Uint8Array, ReportsError>
}

/** What is written, and what people ask for beside it. */
export interface About {
  readonly report: Pick<Report, "title" | "columns">
  /** The filters in words, for people. */
  readonly subtitle: string
  /** The run's clock. */
  readonly at: Date
  readonly options: RenderOptions
}

export interface RenderOptions {
  /** CSV: cells as they are, even those a spreadsheet would run as formulas. */
  readonly exact?: boolean | undefined
  /** PDF: a TrueType or OpenType font, for texts beyond western European letters. */
  readonly font?: string | undefined
}
