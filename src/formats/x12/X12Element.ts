/**
 * Data elements of X12 as values: type, length and codes, with the number the standard knows them by (which a 997
 * repeats). Segments are declared with these builders; nothing here looks at a document.
 */

/** `AN` text, `ID` code, `N` whole number, `R` decimal number, `DT` CCYYMMDD, `TM` HHMM(SS(dd)), `C` composite. */
export type ElementType = "AN" | "ID" | "N" | "R" | "DT" | "TM" | "C"

/** A longer maximum from a version on: `["004030", 50]`. */
export type Since = readonly [version: string, max: number]

export interface Element<Required extends boolean = boolean> {
  /** Data element reference number; 0 where the envelope's elements have none worth repeating. */
  readonly number: number
  readonly type: ElementType
  readonly min: number
  readonly max: number
  readonly since: ReadonlyArray<Since>
  readonly codes: ReadonlySet<string> | undefined
  /** A count or control number: without a sign. */
  readonly unsigned: boolean
  readonly required: Required
}

interface Options {
  readonly codes?: ReadonlyArray<string>
  readonly since?: ReadonlyArray<Since>
  readonly unsigned?: boolean
}

const element =
  (type: ElementType) =>
  (number: number, min: number, max: number = min, options: Options = {}): Element<false> => ({
    number,
    type,
    min,
    max,
    since: options.since ?? [],
    codes: options.codes === undefined ? undefined : new Set(options.codes),
    unsigned: options.unsigned === true,
    required: false
  })

export const an = element("AN")
export const id = element("ID")
export const n = element("N")
/** A count or control number, which has no sign. */
export const n0 = (number: number, min: number, max?: number) => n(number, min, max, { unsigned: true })
export const r = element("R")
export const dt = element("DT")
export const tm = element("TM")
export const composite = element("C")

/** The same element where it is mandatory. */
export const must = (optional: Element): Element<true> => ({ ...optional, required: true })

/** Longest value in a version such as `004010` or `005010X222`. */
export const maxIn = (of: Element, version: string): number =>
  of.since.reduce((max, [from, longer]) => (version.slice(0, 6) >= from ? longer : max), of.max)

const numbers: Readonly<Record<"N" | "R", RegExp>> = { N: /^-?\d+$/u, R: /^-?(?:\d+\.?\d*|\.\d+)$/u }

/** Length as the standard counts it: sign and decimal point of numbers do not count. */
export const lengthOf = (of: Element, value: string): number =>
  of.type === "R" || of.type === "N" ? value.replace(/[-.]/gu, "").length : value.length

const isDate = (text: string): boolean => {
  const match = /^(\d{2}|\d{4})(\d{2})(\d{2})$/u.exec(text)
  if (match === null) return false
  const [, year = "", month = "", day = ""] = match
  const moment = new Date(
    Date.UTC(year.length === 2 ? 2000 + Number(year) : Number(year), Number(month) - 1, Number(day))
  )
  return moment.getUTCMonth() === Number(month) - 1 && moment.getUTCDate() === Number(day)
}

const isTime = (text: string): boolean => /^(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d\d{0,2})?$/u.test(text)

/** Control characters have no place in an element; the delimiters are looked for apart. */
const control = /\p{Cc}/u

/** What is wrong with a value, as the code of data element 723; undefined when nothing is. */
export type ElementFault = "short" | "long" | "character" | "code" | "date" | "time"

export const faultOf = (of: Element, value: string, version: string): ElementFault | undefined => {
  if (control.test(value)) return "character"
  if (of.type === "C") return undefined
  if ((of.type === "N" || of.type === "R") && !numbers[of.type].test(value)) return "character"
  if (of.unsigned && value.startsWith("-")) return "character"
  const length = lengthOf(of, value)
  if (length > maxIn(of, version)) return "long"
  if (length < of.min) return "short"
  if (of.type === "DT" && !isDate(value)) return "date"
  if (of.type === "TM" && !isTime(value)) return "time"
  return of.codes === undefined || of.codes.has(value) ? undefined : "code"
}
