/**
 * What commands print: lines of JSON for programs, aligned text for people. Results go to stdout, remarks and progress
 * to stderr. Colours only on a terminal, and none when NO_COLOR is set. What partners wrote is printed without control
 * characters, so that a file name cannot move the cursor.
 */
import { styleText } from "node:util"
import { Console, type Effect, Predicate } from "effect"
import * as CliOutput from "effect/cli/CliOutput"

type Style = Parameters<typeof styleText>[0]

/** Text in a style, where stdout shows styles. */
export const styled = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout })

/** The same for stderr. */
export const styledError = (style: Style, text: string): string => styleText(style, text, { stream: process.stderr })

/** Without control characters. */
export const plain = (text: string): string => text.replace(/\p{Cc}/gu, "\uFFFD")

/** A line of text. */
export const line = (text = ""): Effect.Effect<void> => Console.log(text)

/** A remark for the person at the terminal; not part of the result. */
export const remark = (text: string): Effect.Effect<void> => Console.error(text)

/** The value without absent fields, of itself and of what it holds. */
export const present = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(present)
  if (!Predicate.isObject(value) || value instanceof Date) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]) =>
      field === null || field === undefined ? [] : [[key, present(field)]]
    )
  )
}

/** One object on one line. Absent fields are left out; moments are ISO 8601 in UTC. */
export const json = (value: unknown): Effect.Effect<void> => Console.log(JSON.stringify(present(value)))

const pad = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - CliOutput.displayWidth(text)))

/** At most this many characters, for a column that one long cell would make too wide. */
export const clipped = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}\u2026`

/** Rows in aligned columns under a heading; the last column may be long. Cells may be styled. */
export const table = (headings: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = headings.map((heading, column) =>
    Math.max(CliOutput.displayWidth(heading), ...rows.map((row) => CliOutput.displayWidth(row[column] ?? "")))
  )
  const aligned = (row: ReadonlyArray<string>): string =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join("  ")
      .trimEnd()
  return [styled("bold", aligned(headings)), ...rows.map(aligned)].join("\n")
}

/** A moment as people read it, UTC, to the second. */
export const moment = (at: Date | null | undefined): string =>
  at === null || at === undefined ? "" : `${at.toISOString().slice(0, 19).replace("T", " ")}Z`

/** A count with its word: `1 message`, `2,000 messages`. */
export const count = (number: number, word: string, plural = `${word}s`): string =>
  `${number.toLocaleString("en-US")} ${number === 1 ? word : plural}`

/** A status in its colour. */
export const status = (word: string): string => {
  if (word === "processed" || word === "delivered") return styled("green", word)
  if (word.endsWith("failed")) return styled("red", word)
  return word === "waiting" || word === "retrying" ? styled("yellow", word) : word
}
