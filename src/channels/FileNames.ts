/**
 * What a file or folder name may be to us. Names come from partners and are data: they are looked at here, cleaned
 * here, and never put into a path of ours in any other way. Pure functions; nothing fails.
 */

/** Folder names that can be a message type; anything else in an inbox is left alone. */
export const isTypeFolder = (name: string): boolean => /^[A-Z0-9_]{1,64}$/u.test(name)

/** Keys of companies, the same shape that a world demands; checked again because they become folders. */
export const isCompanyFolder = (name: string): boolean => /^[a-z0-9][a-z0-9-]{0,63}$/u.test(name)

const unfinished = /^\.|~$|\.(?:tmp|part|partial|filepart|crdownload|swp)$/iu

/** True for names by which programs mark what they are still writing (`.x`, `x.part`, `x.tmp`, `x.filepart`, `x~`). */
export const isUnfinished = (name: string): boolean => unfinished.test(name)

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** A name as text. Names are bytes on disk; those that are no UTF-8 come out with the bytes above 7F as `%XX`. */
export const textOf = (name: Uint8Array): string => {
  try {
    return utf8.decode(name)
  } catch {
    let text = ""
    for (const byte of name) {
      text += byte < 0x80 ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase()}`
    }
    return text
  }
}

/** Longest name most file systems take, in bytes. */
const longest = 255

/** Controls, separators, characters that other systems refuse, and marks that turn the reading direction. */
const unsafe = /[\u0000-\u001f\u007f-\u009f/\\:*?"<>|\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu

/** Cuts from the end of the stem, so that the extension stays. */
const shorten = (name: string, room: number): string => {
  if (Buffer.byteLength(name) <= room) return name
  const dot = name.lastIndexOf(".")
  const extension = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : ""
  let stem = Array.from(extension === "" ? name : name.slice(0, dot))
  while (Buffer.byteLength(stem.join("")) + Buffer.byteLength(extension) > room) {
    stem = stem.slice(0, Math.min(stem.length - 1, room))
  }
  return stem.join("") + extension
}

/** A name that is safe to write, to log and to show; the same name always gives the same. */
export const safe = (name: string, room: number = longest): string => {
  const cleaned = name
    .toWellFormed()
    .replace(unsafe, "_")
    .replace(/^[.\s]+|[.\s]+$/gu, "_")
  return shorten(cleaned === "" ? "_" : cleaned, room)
}

/** Name of a taken file in `archive/` and `failed/`: made unique by the message id. */
export const archived = (messageId: number, name: string): string => {
  const prefix = `${messageId}_`
  return prefix + safe(name, longest - prefix.length - 8)
}

/** The n-th alternative of a name that is taken: `x.xml`, `x.2.xml`, `x.3.xml`. */
export const alternative = (name: string, n: number): string => {
  if (n <= 1) return name
  const dot = name.lastIndexOf(".")
  return dot > 0 ? `${name.slice(0, dot)}.${n}${name.slice(dot)}` : `${name}.${n}`
}
