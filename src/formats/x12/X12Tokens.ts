/**
 * Bytes of an interchange cut into segments and elements, each with its place in the file. Delimiters are bytes, so the
 * text is cut before it is decoded: values are UTF-8, or ISO 8859-1 where they are not valid UTF-8. Linear in the size of
 * the file, whatever stands in it.
 */
import { type Delimiters, delimitersOf, headerOf } from "./X12Delimiters.ts"

/** 1-based line and column, both in bytes, and the byte offset. */
export interface Position {
  readonly line: number
  readonly column: number
  readonly offset: number
}

export interface Token {
  readonly id: string
  /** From element 1 on; trailing empty ones are left out. */
  readonly elements: ReadonlyArray<string>
  /** Byte offset of its first character, and of its terminator. */
  readonly start: number
  readonly end: number
}

/** Numbers of a reader, each with its reason. */
export interface Limits {
  /** As for any document of the engine. */
  readonly maxBytes: number
  /** A shipment of a million serials, one a segment, with room to spare. */
  readonly maxSegments: number
  /** The longest real segment (LIN with 31 elements of 48) has under 2,000. */
  readonly maxSegmentBytes: number
  /** Details kept a rule. */
  readonly detail: number
}

export const defaultLimits: Limits = {
  maxBytes: 64 * 1024 * 1024,
  maxSegments: 2_000_000,
  maxSegmentBytes: 20_000,
  detail: 1000
}

export interface Tokens {
  readonly delimiters: Delimiters
  readonly tokens: ReadonlyArray<Token>
  /** Where a segment, or an element of it from 1 on, begins. */
  readonly position: (token: Token, element?: number) => Position
  /** Position of a byte offset. */
  readonly at: (offset: number) => Position
  /** What kept the file from being cut to its end. */
  readonly stopped: Stop | undefined
  readonly bytes: number
}

export type Stop =
  | { readonly _tag: "Unterminated"; readonly offset: number; readonly id: string }
  | { readonly _tag: "TooMany"; readonly offset: number }
  | { readonly _tag: "TooLong"; readonly offset: number; readonly id: string }

/** Why bytes are no interchange at all. */
export type NotX12 =
  | { readonly _tag: "Empty" }
  | { readonly _tag: "Foreign"; readonly reason: string }
  | { readonly _tag: "Header"; readonly reason: string }

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")

const utf8 = new TextDecoder("utf-8", { fatal: true })
const beyondAscii = /[\u0080-\u00FF]/u

const decoded = (raw: string): string => {
  if (!beyondAscii.test(raw)) return raw
  try {
    return utf8.decode(Buffer.from(raw, "latin1"))
  } catch {
    return raw
  }
}

const lineStarts = (text: string): ReadonlyArray<number> => {
  const starts = [0]
  for (const { index, 0: end } of text.matchAll(/\r\n|\n|\r/gu)) starts.push(index + end.length)
  return starts
}

/** Positions by line; the table is made when first asked for. */
const positions = (text: string) => {
  let table: ReadonlyArray<number> | undefined
  return (offset: number): Position => {
    table ??= lineStarts(text)
    let low = 0
    let high = table.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((table[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (table[low] ?? 0) + 1, offset }
  }
}

const blank = (code: number): boolean => code === 0x0d || code === 0x0a || code === 0x20 || code === 0x09

/** Line ends may follow a terminator, blanks too; they belong to nothing. */
const skipBlanks = (text: string, from: number, delimiters: Delimiters): number => {
  let at = from
  while (at < text.length && blank(text.charCodeAt(at)) && text.charAt(at) !== delimiters.segment) at += 1
  return at
}

const cut = (text: string, start: number, end: number, separator: string): Token => {
  const parts = text.slice(start, end).split(separator)
  let length = parts.length
  while (length > 1 && parts[length - 1] === "") length -= 1
  const id = parts[0] ?? ""
  return { id, elements: parts.slice(1, length).map(decoded), start, end }
}

/** Encodings that turn up in place of one with a byte a character, by how `ISA` begins in them. */
const encodings: ReadonlyArray<readonly [name: string, beginning: RegExp]> = [
  ["UTF-32", /^(?:\u00FF\u00FE\0\0|\0\0\u00FE\u00FF|I\0\0\0|\0\0\0I)/u],
  ["UTF-16", /^(?:\u00FF\u00FE|\u00FE\u00FF|I\0S\0|\0I\0S)/u],
  ["EBCDIC", /^\u00C9\u00E2\u00C1/u]
]

const foreign = (text: string): string => {
  const [encoding] = encodings.find(([, beginning]) => beginning.test(text)) ?? []
  return encoding === undefined
    ? "it does not begin with ISA"
    : `it is written in ${encoding}; ASCII, UTF-8 or ISO 8859-1 can be read`
}

/** Where the text ends without what block-wise storage fills a file up with: NUL, and the SUB of old systems. */
const endOf = (text: string, { segment }: Delimiters): number => {
  let end = text.length
  while (end > 0 && /[\0\u001A\s]/u.test(text.charAt(end - 1)) && text.charAt(end - 1) !== segment) end -= 1
  return end
}

/** Where the first segment begins that is one too many; found before any is kept. */
const excess = (text: string, start: number, delimiters: Delimiters, { maxSegments }: Limits): number | undefined => {
  let at = start
  for (let count = 0; at < text.length; ) {
    const end = text.indexOf(delimiters.segment, at)
    if (end === -1) return undefined
    if (end > at) count += 1
    if (count > maxSegments) return at
    at = skipBlanks(text, end + 1, delimiters)
  }
  return undefined
}

/** What a file that is too much is acknowledged by. */
const envelopeIds = new Set(["ISA", "GS", "ST", "SE", "GE", "IEA"])

/** Cuts. The first token is ISA; of a file with too many segments only those of its envelopes are kept. */
export const tokenize = (bytes: Uint8Array, limits: Limits): Tokens | NotX12 => {
  if (bytes.length === 0) return { _tag: "Empty" }
  const text = latin1(bytes)
  const header = headerOf(text)
  if (header === undefined) return /\S/u.test(text) ? { _tag: "Foreign", reason: foreign(text) } : { _tag: "Empty" }
  const found = delimitersOf(header.text)
  if ("reason" in found) return { _tag: "Header", reason: found.reason }
  const { delimiters } = found

  const tokens: Array<Token> = []
  let stopped: Stop | undefined
  let at = header.start
  const whole = endOf(text, delimiters)
  const beyond = excess(text, at, delimiters, limits)
  while (at < (beyond ?? whole) && stopped === undefined) {
    // The component separator of ISA16 may look like a terminator nowhere else, so the search is plain.
    const end = text.indexOf(delimiters.segment, at)
    if (end === -1) {
      stopped = { _tag: "Unterminated", offset: at, id: idAt(text, at, delimiters) }
      // What is there of it is still looked at, so that a trailer is not called missing for its last character.
      if (whole - at <= limits.maxSegmentBytes) tokens.push(cut(text, at, whole, delimiters.element))
    } else if (end - at > limits.maxSegmentBytes)
      stopped = { _tag: "TooLong", offset: at, id: idAt(text, at, delimiters) }
    else {
      // A doubled terminator is an empty line, as some translators write them.
      const isKept = end > at && (beyond === undefined || envelopeIds.has(idAt(text, at, delimiters)))
      if (isKept) tokens.push(cut(text, at, end, delimiters.element))
      at = skipBlanks(text, end + 1, delimiters)
    }
  }

  if (beyond !== undefined) stopped ??= { _tag: "TooMany", offset: beyond }

  const place = positions(text)
  return {
    delimiters,
    tokens,
    stopped,
    bytes: bytes.length,
    at: place,
    position: ({ start, end }, element = 0) => {
      let offset = start
      for (let skipped = 0; skipped < element; skipped += 1) {
        const next = text.indexOf(delimiters.element, offset)
        if (next === -1 || next >= end) return place(end)
        offset = next + 1
      }
      return place(offset)
    }
  }
}

/** The segment id at an offset, as far as it looks like one. */
const idAt = (text: string, at: number, { element }: Delimiters): string => {
  const word = text.slice(at, at + 4).split(element)[0] ?? ""
  return /^[A-Z][A-Z0-9]{1,2}$/u.test(word) ? word : ""
}
