/**
 * CSV text cut into records and cells, each with its place: RFC 4180 with any delimiter and any line end. What breaks
 * the quoting is told and read on from the next line, so that one bad row does not hide the others. One pass, linear.
 */

export interface Cell {
  readonly text: string
  /** Character index of its first character. */
  readonly index: number
}

export interface Record {
  /** Line it begins on, from 1. */
  readonly line: number
  readonly cells: ReadonlyArray<Cell>
}

export interface QuoteFault {
  readonly line: number
  readonly index: number
  readonly reason: string
}

export interface Cut {
  readonly records: ReadonlyArray<Record>
  readonly faults: ReadonlyArray<QuoteFault>
  /** Character index at which each line begins. */
  readonly lines: ReadonlyArray<number>
  /** True when there is more than was asked for. */
  readonly more: boolean
}

const lineTable = (text: string): ReadonlyArray<number> => {
  const starts = [0]
  for (const { index, 0: end } of text.matchAll(/\r\n|\n|\r/gu)) starts.push(index + end.length)
  return starts
}

/** Line of a character index, from 1. */
export const lineAt = (lines: ReadonlyArray<number>, index: number): number => {
  let low = 0
  let high = lines.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((lines[middle] ?? 0) <= index) low = middle
    else high = middle - 1
  }
  return low + 1
}

class Cutter {
  readonly records: Array<Record> = []
  readonly faults: Array<QuoteFault> = []
  readonly #text: string
  readonly #delimiter: string
  readonly #lines: ReadonlyArray<number>
  #at = 0

  constructor(text: string, delimiter: string, lines: ReadonlyArray<number>) {
    this.#text = text
    this.#delimiter = delimiter
    this.#lines = lines
  }

  #lineEnd(at: number): number {
    const code = this.#text.charAt(at)
    if (code === "\n") return 1
    if (code === "\r") return this.#text.charAt(at + 1) === "\n" ? 2 : 1
    return 0
  }

  #fault(index: number, reason: string): void {
    this.faults.push({ line: lineAt(this.#lines, index), index, reason })
  }

  /** Skips what cannot be read, to the end of its line. */
  #giveUp(): void {
    while (this.#at < this.#text.length && this.#lineEnd(this.#at) === 0) this.#at += 1
  }

  #quoted(): string {
    const start = this.#at
    const parts: Array<string> = []
    let from = start + 1
    for (;;) {
      const quote = this.#text.indexOf('"', from)
      if (quote === -1) {
        // Everything behind it would be one cell: the line it began on is given up, the rest is read.
        this.#fault(start, "A quoted cell is not closed")
        this.#giveUp()
        return ""
      }
      parts.push(this.#text.slice(from, quote))
      if (this.#text.charAt(quote + 1) !== '"') {
        this.#at = quote + 1
        break
      }
      parts.push('"')
      from = quote + 2
    }
    const next = this.#text.charAt(this.#at)
    if (next !== "" && next !== this.#delimiter && this.#lineEnd(this.#at) === 0) {
      this.#fault(this.#at, "Text stands behind the closing quote of a cell")
      this.#giveUp()
    }
    return parts.join("")
  }

  #plain(): string {
    const start = this.#at
    let end = start
    for (;;) {
      const character = this.#text.charAt(end)
      if (character === "" || character === this.#delimiter || character === "\n" || character === "\r") break
      end += 1
    }
    this.#at = end
    return this.#text.slice(start, end)
  }

  record(): void {
    const line = lineAt(this.#lines, this.#at)
    const cells: Array<Cell> = []
    for (;;) {
      const index = this.#at
      const text = this.#text.charAt(index) === '"' ? this.#quoted() : this.#plain()
      cells.push({ text, index })
      if (this.#text.charAt(this.#at) !== this.#delimiter) break
      this.#at += 1
    }
    this.#at += this.#lineEnd(this.#at)
    // An empty line is no record.
    const [only] = cells
    if (cells.length > 1 || only?.text !== "") this.records.push({ line, cells })
  }

  get done(): boolean {
    return this.#at >= this.#text.length
  }
}

/** Cuts up to `most` records. */
export const cut = (text: string, delimiter: string, most: number): Cut => {
  const lines = lineTable(text)
  const cutter = new Cutter(text, delimiter, lines)
  while (!cutter.done && cutter.records.length <= most) cutter.record()
  return { records: cutter.records, faults: cutter.faults, lines, more: cutter.records.length > most }
}

const candidates = [",", ";", "\t", "|"] as const

/** The delimiter a header row uses: the candidate that is in it most often outside of quotes. */
export const delimiterOf = (text: string): string => {
  const [header = ""] = text
    .slice(0, 65_536)
    .replace(/"[^"]*"/gu, "")
    .split(/[\r\n]/u)
  const counts = candidates.map((candidate) => header.split(candidate).length)
  return candidates[counts.indexOf(Math.max(...counts))] ?? ","
}
