/**
 * Writes a workbook for spreadsheet programs (Office Open XML, ECMA-376) row by row: one table, its header frozen and
 * filterable, numbers as numbers, days and moments as dates, everything else as text that no program takes for a number
 * or a formula. A table of more rows than a sheet may have goes on on further sheets, each with the header.
 *
 * Texts stand in the cells themselves: a table of shared texts would have to be kept in memory. A cell of more than 32,767
 * characters, which no program reads, fails with `XlsxError`, and so does a workbook of 4 GiB; nothing is ever cut.
 */
import { Buffer } from "node:buffer"
import { Data, Effect } from "effect"
import * as Zip from "./Zip.ts"

/** What a column holds. Money and days are texts: `5.00`, `2026-11-24`; numbers may be. */
export type CellKind = "text" | "number" | "money" | "day" | "moment" | "flag"
export type Cell = string | number | boolean | Date | undefined

export interface SheetColumn {
  readonly heading: string
  readonly kind: CellKind
  /** In characters. */
  readonly width: number
}

export type XlsxReason =
  | {
      readonly _tag: "CellTooLong"
      readonly heading: string
      readonly row: number
      readonly isRetryable: false
      readonly whoActs: "sender"
    }
  | { readonly _tag: "TooLarge"; readonly isRetryable: false; readonly whoActs: "sender" }

export class XlsxError extends Data.TaggedError("XlsxError")<{ readonly reason: XlsxReason }> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return this.reason._tag === "CellTooLong"
      ? `A cell of a spreadsheet holds at most ${maxText.toLocaleString("en-US")} characters; ${this.reason.heading} of row ${this.reason.row} has more`
      : "A spreadsheet file cannot hold 4 GiB"
  }
}

/** Rows of a sheet, its header counted (Excel specifications and limits). */
export const maxRows = 1_048_576
/** Characters of a cell. */
const maxText = 32_767
/** Where a sheet ends before its rows are full: what unpacks to 4 GiB needs another ZIP format than programs expect. */
const maxSheetBytes = 4_000_000_000

const textStyle = 1
const styles: Readonly<Record<CellKind, number>> = { number: 0, text: textStyle, money: 2, day: 3, moment: 4, flag: 0 }
const headerStyle = 5

const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
const relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

const stylesXml = `${declaration}<styleSheet xmlns="${main}"><numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/><numFmt numFmtId="166" formatCode="0.00####"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="6">${[0, 49, 166, 164, 165].map((format) => `<xf numFmtId="${format}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`).join("")}<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs></styleSheet>`

const special = /[&<>]|[^\t\n\u0020-\uD7FF\uE000-\uFFFD]|_x[0-9A-Fa-f]{4}_/u
const specials = /[&<>]|[^\t\n\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]|_x(?=[0-9A-Fa-f]{4}_)/gu

/** A character that XML cannot hold is written as `_xHHHH_`, and a text that reads so is told apart by its underline. */
const escaped = (found: string): string => {
  if (found === "&") return "&amp;"
  if (found === "<") return "&lt;"
  if (found === ">") return "&gt;"
  if (found === "_x") return "_x005F_x"
  return `_x${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}_`
}

const text = (value: string): string => (special.test(value) ? value.replace(specials, escaped) : value)

/** Name of the nth column, from 0: A, B, ... Z, AA. */
export const columnName = (index: number): string =>
  (index < 26 ? "" : columnName(Math.floor(index / 26) - 1)) + String.fromCharCode(65 + (index % 26))

const dayMs = 86_400_000
/** Days from the epoch of spreadsheets to that of Unix. */
const unixEpoch = 25_569
/** Before March 1900 spreadsheets count a day that never was. */
const firstSure = 61

/** Days since the epoch of spreadsheets; undefined for what they cannot show. */
const dayNumber = (at: number): number | undefined => {
  const days = at / dayMs + unixEpoch
  return days >= firstSure && days < 2_958_466 ? days : undefined
}

/** A day of the calendar; 31 November is none, though it can be parsed. */
const dayOf = (value: string): number => {
  const at = Date.parse(`${value}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(value) ? at : Number.NaN
}

const number = /^-?\d{1,15}(?:\.\d{1,15})?$/u

const inline = (reference: string, value: string, style: number) =>
  `<c r="${reference}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${text(value)}</t></is></c>`

const cell = (reference: string, kind: CellKind, value: Cell): string => {
  if (value === undefined || value === "") return ""
  if (typeof value === "boolean") return `<c r="${reference}" t="b"><v>${value ? 1 : 0}</v></c>`
  const asDate = kind === "day" ? dayOf(String(value)) : value instanceof Date ? value.getTime() : Number.NaN
  const days = dayNumber(asDate)
  if (days !== undefined) return `<c r="${reference}" s="${styles[kind]}"><v>${Number(days.toFixed(9))}</v></c>`
  if (value instanceof Date) return inline(reference, value.toISOString(), textStyle)
  if (kind !== "text" && kind !== "day" && number.test(String(value)))
    return `<c r="${reference}" s="${styles[kind]}"><v>${value}</v></c>`
  return inline(reference, String(value), textStyle)
}

/** What a sheet may be called: no more than 31 characters, and none of these. */
const sheetName = (title: string, index: number): string => {
  const suffix = index === 0 ? "" : ` (${index + 1})`
  const plain = title.replaceAll(/[[\]:*?/\\]|^'|'$/gu, " ").trim()
  return `${(plain === "" ? "Table" : plain).slice(0, 31 - suffix.length)}${suffix}`
}

export interface XlsxWriter {
  readonly begin: Effect.Effect<Uint8Array, XlsxError>
  readonly rows: (rows: ReadonlyArray<ReadonlyArray<Cell>>) => Effect.Effect<Uint8Array, XlsxError>
  readonly end: Effect.Effect<Uint8Array, XlsxError>
}

export interface XlsxOptions {
  readonly title: string
  readonly columns: ReadonlyArray<SheetColumn>
  /** When it was made; the same rows at the same moment are the same bytes. */
  readonly at: Date
  /** Rows of a sheet, its header counted; as many as programs take unless given. */
  readonly rowsPerSheet?: number | undefined
}

/** A workbook of one table. Call `begin`, `rows` any number of times, `end`; write down what each gives. */
export const make = ({ title, columns, at, rowsPerSheet = maxRows }: XlsxOptions): XlsxWriter => {
  const zip = Zip.make(at)
  const letters = columns.map((_, index) => columnName(index))
  let sheets = 0
  let row = 0
  let all = 0

  const head = `${declaration}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>${columns.map(({ width }, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`).join("")}</cols><sheetData><row r="1">${columns.map(({ heading }, index) => inline(`${letters[index]}1`, heading, headerStyle)).join("")}</row>`

  const both = (effects: ReadonlyArray<Effect.Effect<Uint8Array, Zip.ZipError>>) =>
    Effect.map(
      Effect.mapError(
        Effect.all(effects),
        () => new XlsxError({ reason: { _tag: "TooLarge", isRetryable: false, whoActs: "sender" } })
      ),
      (pieces) => (pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces))
    )

  const part = (name: string, content: string) => [zip.open(name), zip.write(Buffer.from(content)), zip.close]

  const openSheet = Effect.suspend(() => {
    sheets += 1
    row = 1
    return both([zip.open(`xl/worksheets/sheet${sheets}.xml`), zip.write(Buffer.from(head))])
  })

  const closeSheet = Effect.suspend(() => {
    const last = `${letters.at(-1) ?? "A"}${row}`
    return both([zip.write(Buffer.from(`</sheetData><autoFilter ref="A1:${last}"/></worksheet>`)), zip.close])
  })

  const longText = (cells: ReadonlyArray<Cell>) => {
    const at = cells.findIndex((value) => typeof value === "string" && value.length > maxText)
    if (at < 0) return undefined
    const heading = columns[at]?.heading ?? ""
    return new XlsxError({
      reason: { _tag: "CellTooLong", heading, row: all + 1, isRetryable: false, whoActs: "sender" }
    })
  }

  const rowXml = (cells: ReadonlyArray<Cell>): string => {
    row += 1
    let xml = `<row r="${row}">`
    for (let index = 0; index < letters.length; index++)
      xml += cell(`${letters[index]}${row}`, columns[index]?.kind ?? "text", cells[index])
    return `${xml}</row>`
  }

  const rows = Effect.fnUntraced(function* (table: ReadonlyArray<ReadonlyArray<Cell>>) {
    const pieces: Array<Uint8Array> = []
    let xml = ""
    const flush = Effect.suspend(() => {
      const bytes = Buffer.from(xml)
      xml = ""
      return Effect.map(both([zip.write(bytes)]), (piece) => pieces.push(piece))
    })
    for (const cells of table) {
      const long = longText(cells)
      if (long !== undefined) return yield* long
      if (row >= rowsPerSheet || zip.entryBytes() > maxSheetBytes) {
        yield* flush
        pieces.push(yield* closeSheet, yield* openSheet)
      }
      xml += rowXml(cells)
      all += 1
    }
    yield* flush
    return Buffer.concat(pieces)
  })

  const end = Effect.suspend(() => {
    const names = Array.from({ length: sheets }, (_, index) => sheetName(title, index))
    const worksheets = names.map((name, index) => ({ name: text(name).replaceAll('"', "&quot;"), n: index + 1 }))
    const type = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    const package_ = "http://schemas.openxmlformats.org/package/2006"
    return Effect.map(
      Effect.all([
        closeSheet,
        both([
          ...part("xl/styles.xml", stylesXml),
          ...part(
            "xl/workbook.xml",
            `${declaration}<workbook xmlns="${main}" xmlns:r="${relationships}"><sheets>${worksheets.map(({ name, n }) => `<sheet name="${name}" sheetId="${n}" r:id="rId${n}"/>`).join("")}</sheets></workbook>`
          ),
          ...part(
            "xl/_rels/workbook.xml.rels",
            `${declaration}<Relationships xmlns="${package_}/relationships">${worksheets.map(({ n }) => `<Relationship Id="rId${n}" Type="${relationships}/worksheet" Target="worksheets/sheet${n}.xml"/>`).join("")}<Relationship Id="rId${sheets + 1}" Type="${relationships}/styles" Target="styles.xml"/></Relationships>`
          ),
          ...part(
            "_rels/.rels",
            `${declaration}<Relationships xmlns="${package_}/relationships"><Relationship Id="rId1" Type="${relationships}/officeDocument" Target="xl/workbook.xml"/></Relationships>`
          ),
          ...part(
            "[Content_Types].xml",
            `${declaration}<Types xmlns="${package_}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${type}.styles+xml"/>${worksheets.map(({ n }) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${type}.worksheet+xml"/>`).join("")}</Types>`
          ),
          zip.end
        ])
      ]),
      (pieces) => Buffer.concat(pieces)
    )
  })

  return { begin: openSheet, rows, end }
}
