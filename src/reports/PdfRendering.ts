/**
 * Reports for people to print: A4 across, title and filters on every page, the headings again on each, pages numbered,
 * long texts wrapped and never cut. All rows are laid out before the first byte is given, so their number is limited, and
 * nobody reads more on paper.
 *
 * Without a font the letters are those of Helvetica, western European; others become question marks, and a note on every
 * page says so. Fails with `ReportsError`: too many rows, or a font that cannot be read.
 */
import { Buffer } from "node:buffer"
import { Effect } from "effect"
import type { About, Rendering } from "./Rendering.ts"
import type { Cell, Column } from "./Report.ts"
import { type ReportsError, tooLarge, unprintable } from "./ReportsError.ts"

type Document = PDFKit.PDFDocument

/** Some 300 pages. */
export const maxRows = 10_000

const page = { width: 841.89, height: 595.28, margin: 28 }
const size = { title: 13, small: 7.5, cell: 7 }
const gap = 6
const top = 66
const bottom = page.height - page.margin - 16
/** What is left for rows under headings of three lines. */
const room = bottom - top - 30
const grey = "#666666"
const line = "#bbbbbb"

/** Rows laid out before others get their turn. */
const atATime = 200

/** What Helvetica has no letter for: anything outside of Windows-1252. */
const foreign =
  /[^\n\u0020-\u007E\u00A0-\u00FF\u20AC\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u017D\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u017E\u0178]/gu

const isNumeric = (kind: Column<never>["kind"]): boolean => kind === "money" || kind === "number"

const cellText = (cell: Cell): string => {
  if (cell === undefined) return ""
  if (typeof cell === "boolean") return cell ? "yes" : "no"
  return cell instanceof Date ? `${cell.toISOString().slice(0, 16).replace("T", " ")}Z` : String(cell)
}

interface Place {
  readonly left: number
  readonly width: number
  readonly align: "left" | "right"
}

/** What columns of a kind have to hold in one line; moments may break between day and time. */
const unbroken: Readonly<Partial<Record<Column<never>["kind"], string>>> = {
  day: "2026-12-31",
  moment: "2026-12-31",
  money: "99999.99"
}

const sumOf = (widths: ReadonlyArray<number>): number => widths.reduce((sum, width) => sum + width, 0)

/**
 * Widths over the page in proportion to what columns ask for, none below its `least`; where all of those are more than
 * the page has, in proportion to them.
 */
const widthsOf = (asked: ReadonlyArray<number>, least: ReadonlyArray<number>): ReadonlyArray<number> => {
  const room = page.width - 2 * page.margin
  const needed = sumOf(least)
  if (needed > room) return least.map((width) => (room * width) / needed)
  const held = new Set<number>()
  for (;;) {
    const free = asked.map((width, index) => (held.has(index) ? 0 : width))
    const share = (room - sumOf(least.filter((_, index) => held.has(index)))) / sumOf(free)
    const widths = free.map((width, index) => (held.has(index) ? (least[index] ?? 0) : width * share))
    const narrow = widths.findIndex((width, index) => width < (least[index] ?? 0))
    if (narrow < 0) return widths
    held.add(narrow)
  }
}

/** Where columns stand; `wide` measures a text in its font. */
const places = (
  columns: About["report"]["columns"],
  wide: (text: string, font: "plain" | "bold") => number
): ReadonlyArray<Place> => {
  const least = columns.map(({ heading, kind }) => {
    const words = heading.split(/\s+/u).map((word) => wide(word, "bold"))
    // A hair more than measured, so that rounding breaks nothing.
    return Math.max(...words, wide(unbroken[kind] ?? "", "plain")) + gap + 0.5
  })
  const asked = columns.map(({ width }) => width)
  let left = page.margin
  return widthsOf(asked, least).map((width, index) => {
    const kind = columns[index]?.kind
    const place: Place = { left, width: width - gap, align: kind !== undefined && isNumeric(kind) ? "right" : "left" }
    left += width
    return place
  })
}

/** Draws one report. */
class Drawing {
  readonly #document: Document
  readonly #about: About
  readonly #places: ReadonlyArray<Place>
  readonly #fonts: { readonly plain: string; readonly bold: string }
  #y = bottom
  hasForeign = false

  constructor(document: Document, about: About) {
    this.#document = document
    this.#about = about
    const { font } = about.options
    this.#fonts = font === undefined ? { plain: "Helvetica", bold: "Helvetica-Bold" } : { plain: font, bold: font }
    this.#places = places(about.report.columns, (text, weight) =>
      document.font(this.#fonts[weight]).fontSize(size.cell).widthOfString(text)
    )
  }

  /** Text as the font can show it. */
  #shown(text: string): string {
    const plain = text.replaceAll(/(?!\n)\p{Cc}/gu, "\uFFFD")
    if (this.#about.options.font !== undefined || !foreign.test(plain)) return plain
    this.hasForeign = true
    return plain.replaceAll(foreign, "?")
  }

  /** False when the row does not fit on a page. */
  #row(texts: ReadonlyArray<string>, font: string): boolean {
    const document = this.#document
    document.font(font).fontSize(size.cell)
    const lineHeight = document.currentLineHeight(true)
    const heights = texts.map((text, index) => {
      const width = this.#places[index]?.width ?? 0
      // Most cells are one line; to measure a wrapped text takes ten times as long.
      return text.includes("\n") || document.widthOfString(text) > width
        ? document.heightOfString(text, { width })
        : lineHeight
    })
    const height = Math.max(lineHeight, ...heights)
    if (height > room) return false
    if (this.#y + height > bottom && font === this.#fonts.plain) {
      this.#open()
      document.font(font).fontSize(size.cell)
    }
    texts.forEach((text, index) => {
      const place = this.#places[index]
      if (text !== "" && place !== undefined)
        document.text(text, place.left, this.#y, { width: place.width, align: place.align })
    })
    this.#y += height + 3
    return true
  }

  /** A new page with title, filters and headings. */
  #open(): void {
    const { report, subtitle } = this.#about
    const document = this.#document
    document.addPage()
    document.fillColor("black").font(this.#fonts.bold).fontSize(size.title)
    document.text(this.#shown(report.title), page.margin, page.margin, { lineBreak: false })
    document.fillColor(grey).font(this.#fonts.plain).fontSize(size.small)
    document.text(this.#shown(subtitle), page.margin, page.margin + 18, {
      width: page.width - 2 * page.margin,
      height: size.small + 2,
      ellipsis: true
    })
    document.fillColor("black")
    this.#y = top - 6
    this.#row(
      report.columns.map(({ heading }) => heading),
      this.#fonts.bold
    )
    document.strokeColor(line).lineWidth(0.5)
    document
      .moveTo(page.margin, this.#y - 1)
      .lineTo(page.width - page.margin, this.#y - 1)
      .stroke()
    this.#y += 2
  }

  begin(): void {
    this.#open()
  }

  row(cells: ReadonlyArray<Cell>): boolean {
    return this.#row(
      this.#about.report.columns.map((_, index) => this.#shown(cellText(cells[index]))),
      this.#fonts.plain
    )
  }

  /** What stands at the foot of every page. */
  finish(rows: number): void {
    const document = this.#document
    const { count } = document.bufferedPageRange()
    const made = `${rows.toLocaleString("en-US")} rows, ${this.#about.at.toISOString().slice(0, 16).replace("T", " ")}Z`
    const note = this.hasForeign ? "  ·  ? stands for letters that this font lacks; name one that has them" : ""
    for (let index = 0; index < count; index++) {
      document.switchToPage(index)
      document.fillColor(grey).font(this.#fonts.plain).fontSize(size.small)
      const y = page.height - page.margin - 6
      document.text(made + note, page.margin, y, { lineBreak: false })
      const number = `Page ${index + 1} of ${count}`
      document.text(number, page.width - page.margin - document.widthOfString(number), y, { lineBreak: false })
    }
  }
}

const tallRow = tooLarge(
  "A text of the report is longer than a page.",
  "Write it as XLSX or CSV, or take a report that has a row for each serial."
)

const draw = Effect.fnUntraced(function* (about: About, rows: ReadonlyArray<ReadonlyArray<Cell>>) {
  const { default: PDFDocument } = yield* Effect.promise(() => import("pdfkit"))
  const { report, at, options } = about
  const document = new PDFDocument({
    size: [page.width, page.height],
    margins: { top: 0, bottom: 0, left: page.margin, right: page.margin },
    autoFirstPage: false,
    bufferPages: true,
    info: { Title: report.title, CreationDate: at, Creator: "Throughline" }
  })
  const pieces: Array<Uint8Array> = []
  document.on("data", (piece: Uint8Array) => pieces.push(piece))
  const ended = new Promise<void>((resolve) => document.once("end", resolve))
  const drawing = yield* Effect.try({
    try: () => {
      const made = new Drawing(document, about)
      made.begin()
      return made
    },
    catch: (cause): ReportsError => unprintable(`The font ${options.font} cannot be used.`, cause)
  })
  for (let start = 0; start < rows.length; start += atATime) {
    for (const cells of rows.slice(start, start + atATime)) {
      if (!drawing.row(cells)) return yield* tallRow
    }
    yield* Effect.yieldNow
  }
  drawing.finish(rows.length)
  document.end()
  yield* Effect.promise(() => ended)
  return Buffer.concat(pieces)
})

export const pdf = (about: About): Rendering => {
  const all: Array<ReadonlyArray<Cell>> = []
  return {
    begin: Effect.succeed(new Uint8Array()),
    rows: (rows) => {
      for (const row of rows) all.push(row)
      return all.length <= maxRows
        ? Effect.succeed(new Uint8Array())
        : Effect.fail(
            tooLarge(
              `The report has more than ${maxRows.toLocaleString("en-US")} rows, which is what a PDF takes: some 300 pages.`,
              "Narrow it by filters, or write it as XLSX (any number of rows, on as many sheets as it needs) or CSV."
            )
          )
    },
    end: Effect.suspend(() => draw(about, all))
  }
}
