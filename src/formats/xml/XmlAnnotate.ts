/**
 * Puts remarks into a copy of the sender's document as comments, each before the element it is about, and takes them
 * out again: `removeAnnotations` gives back the original bytes exactly. Encoding and byte order mark stay.
 *
 * The caller knows that the document is well-formed and without DOCTYPE; any other gets a plain listing instead, which
 * does not repeat the document. Nothing throws.
 */
import { type Annotated, listing, type Note } from "../Listing.ts"
import { detect, type Encoding, encode, isMisfit, type View, view } from "./XmlEncoding.ts"
import { search } from "./XmlLocate.ts"

const word = "<!-- throughline"

/** Rounds are found by their digits; a document that claims more has been tampered with. */
const maxRound = 999_999_999

/** `<!-- throughline: `, or with a number where the document already holds such comments. */
const marker = (round: number): string => (round === 1 ? `${word}: ` : `${word}(${round}): `)

/** The highest round of our comments in a document; 0 without any. */
const lastRound = (text: string): number => {
  let last = 0
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const [, plain, round] = /^(?:(:)|\((\d{1,9})\):) /u.exec(text.slice(at + word.length, at + word.length + 16)) ?? []
    last = Math.max(last, plain === undefined ? Number(round ?? 0) : 1)
  }
  return last
}

const codePoint = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`

/** Text that may stand in a comment: two hyphens are parted, what XML cannot carry is written as its code point. */
const commentText = (text: string): string =>
  text
    .replace(/\s+/gu, " ")
    .replace(/[^\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, codePoint)
    .replace(/-(?=-)/gu, "- ")
    .trim()

/** More than this before an element is not indentation, and is not repeated before each comment. */
const longestIndent = 200

/** The blanks and tabs between the start of its line and an index; undefined where something else stands there. */
const indentBefore = (text: string, index: number): string | undefined => {
  let start = index
  while (start > 0 && (text[start - 1] === " " || text[start - 1] === "\t")) {
    start--
    if (index - start > longestIndent) return undefined
  }
  return start === 0 || text[start - 1] === "\n" ? text.slice(start, index) : undefined
}

const lineEnd = (text: string): string => {
  const first = text.indexOf("\n")
  return first > 0 && text[first - 1] === "\r" ? "\r\n" : "\n"
}

/** The document with its remarks. Without any, one comment before the root says so. */
export const annotate = (
  bytes: Uint8Array,
  namespaces: Readonly<Record<string, string>>,
  notes: ReadonlyArray<Note>,
  maxDepth: number
): Annotated => {
  const encoding = detect(bytes)
  if (isMisfit(encoding)) return listing(notes)
  const seen = view(bytes, encoding)
  const paths = notes.flatMap(({ path }) => (path === undefined ? [] : [path]))
  const lines = notes.flatMap(({ line }) => (line === undefined ? [] : [line])).sort((a, b) => a - b)
  const found = search(seen, namespaces, { paths: [...new Set(paths)], lines: [...new Set(lines)], maxDepth })
  const { root } = found
  if (root === undefined || lastRound(seen.text) >= maxRound) return listing(notes)

  const count = notes.length === 1 ? "1 remark is" : `${notes.length} remarks are`
  const places: Array<readonly [index: number, text: string]> = [
    [
      root,
      `${notes.length === 0 ? "nothing to remark" : `${count} marked in this copy`}; comments like this one are not part of the original.`
    ],
    ...notes.map(({ path, line, text }) => {
      const byPath = path === undefined ? undefined : found.paths.get(path)
      const byLine = line === undefined ? undefined : found.lines.get(line)
      return [byPath ?? byLine ?? root, text] as const
    })
  ]
  return { kind: "document", bytes: insert(bytes, seen, encoding, places) }
}

const insert = (
  bytes: Uint8Array,
  seen: View,
  encoding: Encoding,
  places: ReadonlyArray<readonly [number, string]>
): Uint8Array => {
  const opening = marker(lastRound(seen.text) + 1)
  const newline = lineEnd(seen.text)
  const parts: Array<Uint8Array> = []
  let done = 0
  for (const [index, text] of places.toSorted(([a], [b]) => a - b)) {
    const offset = seen.start + index * seen.unit
    const indent = indentBefore(seen.text, index)
    const comment = `${opening}${commentText(text)} -->${indent === undefined ? "" : `${newline}${indent}`}`
    parts.push(bytes.subarray(done, offset), encode(comment, encoding.name, codePoint))
    done = offset
  }
  parts.push(bytes.subarray(done))
  return Buffer.concat(parts)
}

/** Takes our comments out again, those of the last round: the bytes are what `annotate` was given. */
export const removeAnnotations = (bytes: Uint8Array): Uint8Array => {
  const encoding = detect(bytes)
  if (isMisfit(encoding)) return bytes
  const seen = view(bytes, encoding)
  const { text } = seen
  const round = lastRound(text)
  if (round === 0) return bytes
  const opening = marker(round)
  const parts: Array<Uint8Array> = []
  let done = 0
  for (let at = text.indexOf(opening); at >= 0; at = text.indexOf(opening, at + 1)) {
    const indent = indentBefore(text, at)
    const end = text.indexOf("-->", at) + 3
    const added = indent === undefined ? 0 : indent.length + (text[end] === "\r" ? 2 : 1)
    parts.push(bytes.subarray(done, seen.start + at * seen.unit))
    done = seen.start + (end + added) * seen.unit
  }
  parts.push(bytes.subarray(done))
  return Buffer.concat(parts)
}
