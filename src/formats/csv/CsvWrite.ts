/**
 * CSV rows as text, RFC 4180: CRLF ends, quotes where they are needed. With `safe`, cells that a spreadsheet would run as
 * a formula get an apostrophe before them (OWASP, CSV Injection); numbers are left as they are. Row by row, so that a
 * report of a million rows needs no memory.
 */

export interface WriteOptions {
  readonly delimiter?: string
  /** For people who open it in a spreadsheet; off for files that programs read, where it would change values. */
  readonly safe?: boolean
}

const formula = /^[=+\-@\t\r]/u
const number = /^[+-]?\d+(?:[.,]\d+)?$/u

const cell = (text: string, delimiter: string, safe: boolean): string => {
  const value = safe && formula.test(text) && !number.test(text) ? `'${text}` : text
  const quoted =
    value.includes(delimiter) || /["\r\n]/u.test(value) || /^\s|\s$/u.test(value)
      ? `"${value.replaceAll('"', '""')}"`
      : value
  return quoted
}

/** One record with its line end. */
export const record = (cells: ReadonlyArray<string>, options: WriteOptions = {}): string => {
  const { delimiter = ",", safe = false } = options
  // A lone empty cell would be an empty line, which is no record.
  if (cells.length === 1 && cells[0] === "") return '""\r\n'
  return `${cells.map((text) => cell(text, delimiter, safe)).join(delimiter)}\r\n`
}
