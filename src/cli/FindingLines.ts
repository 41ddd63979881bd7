/**
 * Errors and warnings of a run as lines of text: where, which rule, what. Used by `message`, `replay` and `check`, so
 * that they read alike. Takes what a report line holds, also as it comes back from the database.
 */
import { Predicate } from "effect"
import * as Print from "./Print.ts"

const field = (line: unknown, name: string): string | undefined => {
  const value = Predicate.hasProperty(line, name) ? line[name] : undefined
  return typeof value === "string" || typeof value === "number" ? `${value}` : undefined
}

const place = (line: unknown): string => {
  const row = field(line, "line")
  const column = field(line, "column")
  if (row !== undefined) return `line ${row}${column === undefined ? "" : `:${column}`}`
  return field(line, "path") ?? ""
}

const one = (line: unknown, severity: "error" | "warning"): string => {
  const word =
    severity === "error"
      ? Print.styled("red", `class ${field(line, "class") ?? "?"}`)
      : Print.styled("yellow", "warning")
  const parts = [word, field(line, "rule") ?? "", place(line), field(line, "message") ?? ""]
  return parts
    .filter((part) => part !== "")
    .map((part, index) => (index === 0 ? part : Print.plain(part)))
    .join("  ")
}

/** What was found in a run, and how much of it to show. */
export interface Shown {
  readonly errors: ReadonlyArray<unknown>
  readonly warnings: ReadonlyArray<unknown>
  /** Exact counts by rule, also of what is not listed. */
  readonly totals: Readonly<Record<string, number>>
  readonly most: number
  /** What shows the rest. */
  readonly hint?: string | undefined
}

/** One line for each finding, errors first, and one for those left out. */
export const text = ({ errors, warnings, totals, most, hint }: Shown): ReadonlyArray<string> => {
  const all = [...errors.map((line) => one(line, "error")), ...warnings.map((line) => one(line, "warning"))]
  const total = Math.max(
    all.length,
    Object.values(totals).reduce((sum, count) => sum + count, 0)
  )
  const kept = all.slice(0, most)
  if (kept.length === total) return kept
  const more = all.length > most && hint !== undefined ? ` (${hint})` : ""
  return [...kept, `and ${(total - kept.length).toLocaleString("en-US")} more${more}`]
}
