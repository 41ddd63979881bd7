/**
 * Where a number stands in the document that changed it: the line, looked up in the exact bytes of the journal. Whole
 * texts are looked for first, then the bare serial between characters that are no part of one. A number that a document
 * means without writing it (all numbers of a reference document) has no line.
 *
 * Pure; a document in an encoding that is not ASCII's superset has no lines either.
 */

import { Result } from "effect"
import { parse } from "../serials/SerialNumber.ts"

/** Letters and digits: a serial that is part of a longer one is not meant. */
const isWord = (byte: number | undefined): boolean =>
  byte !== undefined && ((byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122))

const placeOf = (bytes: Buffer, text: string): number | undefined => {
  if (text === "") return undefined
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) {
    if (!isWord(bytes[at - 1]) && !isWord(bytes[at + text.length])) return at
  }
  return undefined
}

/** Line from 1 of the number's first place in the document. */
export const of = (document: Uint8Array, value: string): number | undefined => {
  const bytes = Buffer.from(document.buffer, document.byteOffset, document.byteLength)
  const number = parse(value)
  const serial = Result.isSuccess(number) ? number.success.serial : value
  const place = placeOf(bytes, value) ?? placeOf(bytes, serial)
  if (place === undefined) return undefined
  let line = 1
  for (let at = bytes.indexOf(10); at >= 0 && at < place; at = bytes.indexOf(10, at + 1)) line += 1
  return line
}
