/**
 * Finds out the encoding of a document and turns it into UTF-8 for the parser, so that every part of the format sees
 * the same characters (a parser that guesses differently is a way around checks). Accepted: UTF-8 and UTF-16 (a byte
 * order mark decides over the declaration), ISO-8859-1, US-ASCII and windows-1252 when declared.
 *
 * Nothing throws: an encoding that is unknown or bytes that do not fit it come back as a `Misfit`.
 */
import { isAscii, isUtf8 } from "node:buffer"

export type EncodingName = "UTF-8" | "UTF-16LE" | "UTF-16BE" | "ISO-8859-1" | "US-ASCII" | "windows-1252"

export interface Encoding {
  readonly name: EncodingName
  /** Bytes of the byte order mark. */
  readonly bom: number
  /** As the XML declaration has it. */
  readonly declared: string | undefined
}

/** Why bytes cannot be read, with the place where that shows. */
export interface Misfit {
  readonly reason: string
  readonly line: number | undefined
  readonly column: number | undefined
}

/**
 * A document as a string to search in, whose indices are code units of the original: index × `unit` + `start` is the
 * byte offset. Characters beyond ASCII are not decoded where a unit is one byte.
 */
export interface View {
  readonly text: string
  readonly unit: 1 | 2
  readonly start: number
  readonly encoding: EncodingName
}

const known: Readonly<Record<string, EncodingName>> = {
  "utf-8": "UTF-8",
  utf8: "UTF-8",
  "iso-8859-1": "ISO-8859-1",
  "iso_8859-1": "ISO-8859-1",
  latin1: "ISO-8859-1",
  "us-ascii": "US-ASCII",
  ascii: "US-ASCII",
  "windows-1252": "windows-1252",
  cp1252: "windows-1252"
}

const declaration = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']/u

const buffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** The encoding by byte order mark, by the look of the first characters, then by declaration; else UTF-8. */
export const detect = (bytes: Uint8Array): Encoding | Misfit => {
  const [a, b, c, d] = bytes
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff)) {
    return { reason: "UTF-32 is not supported", line: 1, column: 1 }
  }
  const wide = a === 0xff && b === 0xfe ? 2 : a === 0xfe && b === 0xff ? 2 : 0
  const littleEndian = wide > 0 ? a === 0xff : a !== 0 && b === 0
  if (wide > 0 || (a === 0x3c && b === 0 && c !== 0) || (a === 0 && b === 0x3c && c === 0)) {
    const name = littleEndian ? "UTF-16LE" : "UTF-16BE"
    const start = decodeWide(bytes.subarray(wide, wide + 512), name)
    return { name, bom: wide, declared: declaration.exec(start)?.[1] }
  }
  const bom = a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0
  const declared = declaration.exec(buffer(bytes).toString("latin1", bom, bom + 512))?.[1]
  if (bom > 0 || declared === undefined) return { name: "UTF-8", bom, declared }
  const name = known[declared.toLowerCase()]
  if (name !== undefined) return { name, bom, declared }
  const reason = /^utf-?16/iu.test(declared)
    ? `it is declared as ${declared} but is not`
    : `${declared} is not supported`
  return { reason, line: 1, column: 1 }
}

export const isMisfit = (value: object): value is Misfit => "reason" in value

const decodeWide = (bytes: Uint8Array, name: EncodingName): string => {
  const even = bytes.subarray(0, bytes.length - (bytes.length % 2))
  return name === "UTF-16LE" ? buffer(even).toString("utf16le") : Buffer.from(even).swap16().toString("utf16le")
}

/** A view of the first `limit` bytes, or of all. */
export const view = (bytes: Uint8Array, encoding: Encoding, limit = bytes.length): View => {
  const wide = encoding.name === "UTF-16LE" || encoding.name === "UTF-16BE"
  return {
    text: wide
      ? decodeWide(bytes.subarray(encoding.bom, limit), encoding.name)
      : buffer(bytes).toString("latin1", Math.min(encoding.bom, limit), Math.min(limit, bytes.length)),
    unit: wide ? 2 : 1,
    start: encoding.bom,
    encoding: encoding.name
  }
}

/** Text cut out of a view, as characters. */
export const characters = (cut: string, encoding: EncodingName): string =>
  encoding === "UTF-8"
    ? Buffer.from(cut, "latin1").toString("utf8")
    : encoding === "windows-1252"
      ? new TextDecoder("windows-1252").decode(Buffer.from(cut, "latin1"))
      : cut

/** Number of characters in part of a view. */
export const length = (of: View, from: number, to: number): number => {
  let count = to - from
  for (let at = from; at < to; at++) {
    const code = of.text.charCodeAt(at)
    // What continues a character is not one: UTF-8 trailing bytes, low surrogates.
    if (of.unit === 1 ? of.encoding === "UTF-8" && code >= 0x80 && code < 0xc0 : code >= 0xdc00 && code < 0xe000)
      count--
  }
  return count
}

/** Line and column of an index, both from 1. */
export const place = (of: View, index: number): { readonly line: number; readonly column: number } => {
  let line = 1
  let lineStart = 0
  for (let at = of.text.indexOf("\n"); at >= 0 && at < index; at = of.text.indexOf("\n", at + 1)) {
    line++
    lineStart = at + 1
  }
  return { line, column: 1 + length(of, lineStart, index) }
}

/** The document as UTF-8 without byte order mark, or where it does not fit its encoding. */
export const toUtf8 = (bytes: Uint8Array, encoding: Encoding): Uint8Array | Misfit => {
  const body = bytes.subarray(encoding.bom)
  switch (encoding.name) {
    case "UTF-8":
      return isUtf8(body) ? body : misfit(bytes, encoding, firstInvalidUtf8(body), "not valid UTF-8")
    case "US-ASCII":
      return isAscii(body)
        ? body
        : misfit(
            bytes,
            encoding,
            body.findIndex((byte) => byte > 0x7f),
            "not US-ASCII"
          )
    case "ISO-8859-1":
      return isAscii(body) ? body : Buffer.from(buffer(body).toString("latin1"), "utf8")
    case "windows-1252":
      return isAscii(body) ? body : Buffer.from(new TextDecoder("windows-1252").decode(body), "utf8")
    default: {
      if (body.length % 2 === 1)
        return misfit(bytes, encoding, (body.length - 1) / 2, "half a character at the end, in UTF-16")
      const text = decodeWide(body, encoding.name)
      return text.isWellFormed()
        ? Buffer.from(text, "utf8")
        : misfit(bytes, encoding, firstLoneSurrogate(text), "not valid UTF-16")
    }
  }
}

const misfit = (bytes: Uint8Array, encoding: Encoding, index: number, what: string): Misfit => {
  const seen = view(bytes, encoding)
  const offset = encoding.bom + index * seen.unit
  const hex = Array.from(bytes.subarray(offset, offset + seen.unit), (byte) =>
    byte.toString(16).toUpperCase().padStart(2, "0")
  )
  return { reason: `byte ${hex.join(" ")} at offset ${offset} is ${what}`, ...place(seen, index) }
}

const firstLoneSurrogate = (text: string): number => {
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at) ?? 0
    if (code >= 0xd800 && code < 0xe000) return at
    if (code > 0xffff) at++
  }
  return 0
}

/** Index of the first byte that is not part of a valid UTF-8 sequence (Unicode, table 3-7). */
const firstInvalidUtf8 = (bytes: Uint8Array): number => {
  let at = 0
  while (at < bytes.length) {
    const lead = bytes[at] ?? 0
    if (lead < 0x80) {
      at++
      continue
    }
    const size = lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0
    if (size === 0 || !isUtf8(bytes.subarray(at, at + size)) || at + size > bytes.length) return at
    at += size
  }
  return 0
}

/** Encodes characters for insertion into a document; `fallback` writes those its encoding does not have. */
export const encode = (text: string, encoding: EncodingName, fallback: (character: string) => string): Uint8Array => {
  switch (encoding) {
    case "UTF-8":
      return Buffer.from(text, "utf8")
    case "UTF-16LE":
      return Buffer.from(text, "utf16le")
    case "UTF-16BE":
      return Buffer.from(text, "utf16le").swap16()
    default: {
      // The 27 printable characters of windows-1252 in 80-9F are written by the fallback too: nothing is lost by that.
      const limit = encoding === "ISO-8859-1" ? 0xff : encoding === "windows-1252" ? 0xff : 0x7f
      const low = encoding === "windows-1252" ? 0xa0 : 0x80
      const fits = (code: number) => code < 0x80 || (code >= low && code <= limit)
      return Buffer.from(
        Array.from(text, (character) => (fits(character.codePointAt(0) ?? 0) ? character : fallback(character))).join(
          ""
        ),
        "latin1"
      )
    }
  }
}
