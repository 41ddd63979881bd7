/**
 * CSV files in and out. `read` gives rows by column names, wherever the columns stand, with everything that is wrong at
 * once, each with line and column; `record` writes one row. A partner's own column names are a profile: they replace the
 * names of a layout.
 *
 * A bad file is a reading with issues, never a failure, and reading never throws.
 */
import { cut, delimiterOf, lineAt, type Record as Row } from "./csv/CsvRecords.ts"
import { csvRules, type RuleId } from "./csv/CsvRules.ts"

export { type CsvRule, csvRules, type RuleId } from "./csv/CsvRules.ts"
export { record, type WriteOptions } from "./csv/CsvWrite.ts"

/** A column of a layout: names it may have in the header row, compared without case. */
export interface Column {
  readonly names: readonly [string, ...ReadonlyArray<string>]
  /** `column`: has to be in the header; `cell`: and filled in every row. */
  readonly required?: "column" | "cell"
}

export type Columns = { readonly [field: string]: Column }

/** Names that a partner uses instead, by field. */
export type Profile = { readonly [field: string]: string | undefined }

export interface Layout<C extends Columns = Columns> {
  readonly mapVersion: string
  readonly columns: C
}

export const layout = <const C extends Columns>(mapVersion: string, columns: C): Layout<C> => ({ mapVersion, columns })

/** A row: its number from 1, and its cells by field; empty ones are undefined, blanks around text are not kept. */
export interface RowOf<C extends Columns> {
  readonly row: number
  readonly cells: { readonly [K in keyof C]: string | undefined }
}

export interface Position {
  readonly line: number
  readonly column: number
  readonly offset: number
}

export interface Issue {
  readonly rule: RuleId
  /** Name of the column, or `N/A`. */
  readonly element: string
  readonly path: string | undefined
  readonly line: number | undefined
  readonly column: number | undefined
  readonly value: string | undefined
  readonly message: string
}

export interface Reading<C extends Columns> {
  /** Undefined where the file could not be read as rows. */
  readonly rows: ReadonlyArray<RowOf<C>> | undefined
  readonly issues: ReadonlyArray<Issue>
  /** Exact counts by rule. */
  readonly totals: Readonly<Record<string, number>>
}

export interface Limits {
  /** As for any document of the engine. */
  readonly maxBytes: number
  /** A million serials, one a row. */
  readonly maxRows: number
  /** No export of a warehouse or shop has more. */
  readonly maxColumns: number
  /** What spreadsheets hold in a cell. */
  readonly maxCell: number
  readonly detail: number
}

export const defaultLimits: Limits = {
  maxBytes: 64 * 1024 * 1024,
  maxRows: 1_000_000,
  maxColumns: 500,
  maxCell: 32_767,
  detail: 1000
}

export interface ReadOptions extends Partial<Limits> {
  /** Taken from the header row unless given. */
  readonly delimiter?: string | undefined
  readonly profile?: Profile | undefined
}

/** Path of a row, or of a cell of it: `/row[3]/Serial Number`. */
export const path = (row: number, column?: string): string =>
  column === undefined ? `/row[${row}]` : `/row[${row}]/${column}`

const utf8 = new TextDecoder("utf-8", { fatal: true })

/** UTF-8, else ISO 8859-1, which spreadsheets of the West still write; a byte order mark is not part of the text. */
const textOf = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes)
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")
  }
}

const texts = new Map(csvRules.map(({ id, text }) => [id, text]))
const quote = (text: string): string => (text.length > 500 ? `${text.slice(0, 500).toWellFormed()}…` : text)
/** Names of columns are compared without case; blanks, underscores and hyphens are one. */
export const sameName = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/gu, " ")

interface Where {
  readonly line?: number
  readonly column?: number
  readonly element?: string
  readonly path?: string
  readonly value?: string
}

class Issues {
  readonly list: Array<Issue> = []
  readonly #totals = new Map<string, number>()
  readonly #detail: number

  constructor(detail: number) {
    this.#detail = detail
  }

  add(rule: RuleId, filled: Readonly<Record<string, string | number>> = {}, where: Where = {}): void {
    const count = (this.#totals.get(rule) ?? 0) + 1
    this.#totals.set(rule, count)
    if (count > this.#detail) return
    const text = texts.get(rule) ?? rule
    this.list.push({
      rule,
      element: where.element ?? "N/A",
      path: where.path,
      line: where.line,
      column: where.column,
      value: where.value === undefined ? undefined : quote(where.value),
      message: text.replace(/\[(\w+)\]/gu, (whole, name: string) => quote(`${filled[name] ?? whole}`))
    })
  }

  get totals(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#totals)
  }
}

/** Which column of the file each field is; undefined where it is not there. */
const columnsOf = (header: Row, columns: Columns, profile: Profile, issues: Issues) => {
  const byName = new Map<string, number>()
  for (const [index, { text, index: at }] of header.cells.entries()) {
    const name = text.trim()
    if (name === "") continue
    const column = at - (header.cells[0]?.index ?? 0) + 1
    if (byName.has(sameName(name))) {
      issues.add("csv/column-repeated", { column: name }, { element: name, line: header.line, column, value: name })
    } else byName.set(sameName(name), index)
  }
  const taken = new Set<number>()
  const places = Object.entries(columns).map(([field, { names, required }]) => {
    const wanted = profile[field] === undefined ? names : [profile[field]]
    const index = wanted.map((name) => byName.get(sameName(name))).find((found) => found !== undefined)
    if (index !== undefined) taken.add(index)
    else if (required !== undefined) {
      issues.add(
        "csv/column-missing",
        { column: wanted[0] ?? field },
        { element: wanted[0] ?? field, line: header.line }
      )
    }
    return { field, name: header.cells[index ?? -1]?.text.trim() ?? wanted[0] ?? field, index, required }
  })
  for (const [index, { text, index: at }] of header.cells.entries()) {
    const name = text.trim()
    if (name === "" || taken.has(index) || byName.get(sameName(name)) !== index) continue
    const column = at - (header.cells[0]?.index ?? 0) + 1
    issues.add("csv/column-unknown", { column: name }, { element: name, line: header.line, column, value: name })
  }
  return places
}

/** Reads a file. */
export function read<C extends Columns>(bytes: Uint8Array, layout: Layout<C>, options?: ReadOptions): Reading<C>
export function read(bytes: Uint8Array, of: Layout, options: ReadOptions = {}): Reading<Columns> {
  const limits = { ...defaultLimits, ...options }
  const issues = new Issues(limits.detail)
  const refused = (): Reading<Columns> => ({ rows: undefined, issues: issues.list, totals: issues.totals })
  if (bytes.length > limits.maxBytes) {
    issues.add("csv/too-large", { bytes: bytes.length, limit: limits.maxBytes })
    return refused()
  }
  const text = textOf(bytes)
  if (text.includes("\u0000")) issues.add("csv/binary")
  if (text.trim() === "" || text.includes("\u0000")) {
    if (text.trim() === "") issues.add("csv/empty")
    return refused()
  }
  const { records, faults, lines, more } = cut(text, options.delimiter ?? delimiterOf(text), limits.maxRows + 1)
  const columnAt = (index: number) => index - (lines[lineAt(lines, index) - 1] ?? 0) + 1
  for (const { line, index, reason } of faults) issues.add("csv/quote", { reason }, { line, column: columnAt(index) })
  const [header, ...data] = records
  if (header === undefined) return refused()
  if (header.cells.length > limits.maxColumns) {
    issues.add("csv/too-many-columns", { limit: limits.maxColumns }, { line: header.line })
    return refused()
  }
  if (more) issues.add("csv/too-many-rows", { limit: limits.maxRows })
  const places = columnsOf(header, of.columns, options.profile ?? {}, issues)
  if (data.length === 0) issues.add("csv/empty")

  const rows = data.map(({ line, cells }, number): RowOf<Columns> => {
    const row = number + 1
    if (cells.length !== header.cells.length) {
      const filled = { actual: cells.length, expected: header.cells.length }
      issues.add("csv/cells", filled, { line, path: path(row), column: 1 })
    }
    const values = places.map(({ field, name, index, required }) => {
      const cell = index === undefined ? undefined : cells[index]
      const value = cell?.text.trim() ?? ""
      const where = () => ({
        element: name,
        path: path(row, name),
        line: lineAt(lines, cell?.index ?? lines[line - 1] ?? 0),
        column: columnAt(cell?.index ?? lines[line - 1] ?? 0)
      })
      if (value.length > limits.maxCell) issues.add("csv/cell-too-long", { limit: limits.maxCell }, where())
      if (value === "" && required === "cell" && index !== undefined) {
        issues.add("csv/cell-missing", { column: name }, where())
      }
      return [field, value === "" ? undefined : value] as const
    })
    return { row, cells: Object.fromEntries(values) }
  })
  return { rows, issues: issues.list, totals: issues.totals }
}

/** What is wrong with a file as a table, whatever its columns are. */
export const outline = (bytes: Uint8Array): Reading<Columns> => {
  const { rows, issues, totals } = read<Columns>(bytes, { mapVersion: "any", columns: {} })
  const { "csv/column-unknown": _, ...rest } = totals
  return { rows, issues: issues.filter(({ rule }) => rule !== "csv/column-unknown"), totals: rest }
}

/** Where paths of rows and cells stand in the file; those that lead nowhere are left out. */
export const locate = (
  bytes: Uint8Array,
  paths: ReadonlyArray<string>,
  delimiter?: string
): ReadonlyMap<string, Position> => {
  const text = textOf(bytes)
  const { records, lines } = cut(text, delimiter ?? delimiterOf(text), defaultLimits.maxRows + 1)
  const header = records[0]?.cells.map(({ text: name }) => sameName(name)) ?? []
  return new Map(
    paths.flatMap((wanted) => {
      const match = /^\/row\[(\d+)\](?:\/(.+))?$/su.exec(wanted)
      const record = match === null ? undefined : records[Number(match[1])]
      const name = match?.[2]
      const at = name === undefined ? 0 : header.indexOf(sameName(name))
      const cell = record?.cells[at]
      if (cell === undefined) return []
      const line = lineAt(lines, cell.index)
      const column = cell.index - (lines[line - 1] ?? 0) + 1
      return [[wanted, { line, column, offset: Buffer.byteLength(text.slice(0, cell.index)) }] as const]
    })
  )
}

/** The first row's cells under these names, from the beginning of a file. */
export const sniff = (
  bytes: Uint8Array,
  names: ReadonlyArray<string>
): Readonly<Record<string, string | undefined>> => {
  const text = textOf(bytes.subarray(0, 65_536))
  const { records } = cut(text, delimiterOf(text), 1)
  const [header, first] = records
  return Object.fromEntries(
    names.map((name) => {
      const at = header?.cells.findIndex(({ text: found }) => sameName(found) === sameName(name)) ?? -1
      const value = first?.cells[at]?.text.trim()
      return [name, value === "" ? undefined : value?.slice(0, 200)]
    })
  )
}

/** True for text whose first line looks like a header row: words, parted by a delimiter. */
export const claims = (bytes: Uint8Array): boolean => {
  const [line = ""] = textOf(bytes.subarray(0, 4096)).split(/[\r\n]/u)
  if (!/^["A-Za-z]/u.test(line) || /[\p{Cc}<>{}]/u.test(line.replaceAll("\t", ""))) return false
  const cells = line.split(delimiterOf(line))
  return cells.length > 1 && cells.every((cell) => /^"?[\p{L}\p{N} _#./()-]{0,60}"?$/u.test(cell.trim()))
}
