/**
 * The delimiters of an interchange, taken from its ISA segment and never assumed: the element separator is its fourth
 * character, the component separator its last element, the segment terminator the character after that, the repetition
 * separator ISA11 from version 00402 on. ISA elements are counted, not measured, so that a header padded wrongly is still
 * read.
 */

export interface Delimiters {
  readonly element: string
  readonly component: string
  readonly segment: string
  readonly repetition: string | undefined
}

/** What is written unless a partner asks for others. */
export const usual: Delimiters = { element: "*", component: ">", segment: "~", repetition: undefined }

/** An ISA has 106 bytes; one with every element at many times its length is none. */
const headerLimit = 400

/** The header as text without what comes before it; undefined where the bytes are no interchange. */
export const headerOf = (text: string): { readonly start: number; readonly text: string } | undefined => {
  const start = /^(?:\u00EF\u00BB\u00BF)?[ \t\r\n]*/u.exec(text)?.[0].length ?? 0
  return text.startsWith("ISA", start) ? { start, text: text.slice(start, start + headerLimit) } : undefined
}

const usable = (character: string): boolean => character !== "" && !/[\p{L}\p{N}]/u.test(character)

/** The delimiters, or why there are none to be had. */
export const delimitersOf = (header: string): { readonly delimiters: Delimiters } | { readonly reason: string } => {
  const element = header.charAt(3)
  if (!usable(element)) return { reason: "the character after ISA is no separator" }
  const parts = header.split(element)
  const last = parts[16]
  if (last === undefined || last.length < 2) return { reason: "the ISA segment does not have 16 elements" }
  const component = last.charAt(0)
  const segment = last.charAt(1)
  if (!usable(component) || !usable(segment)) return { reason: "a letter or digit stands where a delimiter has to be" }
  if (new Set([element, component, segment]).size < 3) return { reason: "two of its delimiters are the same character" }
  const version = parts[12] ?? ""
  const eleven = parts[11] ?? ""
  const repetition = version >= "00402" && eleven.length === 1 && usable(eleven) ? eleven : undefined
  if (repetition !== undefined && [element, component, segment].includes(repetition)) {
    return { reason: "two of its delimiters are the same character" }
  }
  return { delimiters: { element, component, segment, repetition } }
}
