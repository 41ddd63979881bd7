/**
 * GS1 identification keys: check digits, building SSCCs, character sets 82 and 39, and dates of element strings. Use it where a
 * key is made or judged; `Gs1Elements` reads and writes element strings, `Gs1Epc` EPC URIs.
 *
 * Pure functions over strings. What is not a key is `false` or `undefined`, never an exception.
 * Source: GS1 General Specifications, sections 7.9 (check digits), 7.11 (character sets 82 and 39), 7.12 (century and day 00).
 */

/** Lengths of the keys that end in a mod-10 check digit. */
export const keyLengths = { "GTIN-8": 8, "GTIN-12": 12, "GTIN-13": 13, "GTIN-14": 14, GLN: 13, SSCC: 18 } as const
export type KeyKind = keyof typeof keyLengths

const digits = /^\d+$/u
const cset82 = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*$/u
const cset39 = /^[#\-/0-9A-Z]*$/u
const zero = 48

/** True when the text is digits and nothing else. */
export const isDigits = (text: string): boolean => digits.test(text)

/** True when every character may stand in a serial or lot number. */
export const isCset82 = (text: string): boolean => cset82.test(text)

/** True when every character may stand in a component or part identifier. */
export const isCset39 = (text: string): boolean => cset39.test(text)

/** The digit that makes `payload` a key: weights 3, 1, 3, ... from its last digit. Undefined unless it is all digits. */
export const checkDigit = (payload: string): string | undefined => {
  if (!isDigits(payload)) return undefined
  let sum = 0
  for (let index = payload.length - 1, weight = 3; index >= 0; index--, weight = 4 - weight) {
    sum += (payload.charCodeAt(index) - zero) * weight
  }
  return String((10 - (sum % 10)) % 10)
}

/** True when the last digit is the check digit of those before it. */
export const hasCheckDigit = (key: string): boolean => key.length > 1 && checkDigit(key.slice(0, -1)) === key.slice(-1)

/** True when the text has the length of the key, is all digits, and its check digit is right. */
export const isKey = (kind: KeyKind, text: string): boolean => text.length === keyLengths[kind] && hasCheckDigit(text)

/** An SSCC from its parts; the reference is padded to the room the prefix leaves. Undefined when it does not fit. */
export const sscc = (parts: {
  readonly extensionDigit: string
  readonly companyPrefix: string
  readonly reference: string
}): string | undefined => {
  const payload =
    parts.extensionDigit + parts.companyPrefix + parts.reference.padStart(16 - parts.companyPrefix.length, "0")
  const check = checkDigit(payload)
  return payload.length === 17 && parts.extensionDigit.length === 1 && check !== undefined ? payload + check : undefined
}

/** A day as an element string means it. */
export interface Day {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
  /** False when the text said 00: the last day of the month is meant. */
  readonly exact: boolean
}

const lastDay = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

/**
 * Reads YYMMDD. The century is the one that brings the year nearest to `currentYear`: 51 or more years ahead means the
 * century before, 50 or more behind the one after.
 */
export const readDate = (text: string, currentYear: number): Day | undefined => {
  if (text.length !== 6 || !isDigits(text)) return undefined
  const short = Number(text.slice(0, 2))
  const ahead = short - (currentYear % 100)
  const century = Math.floor(currentYear / 100) + (ahead >= 51 ? -1 : ahead <= -50 ? 1 : 0)
  const year = century * 100 + short
  const month = Number(text.slice(2, 4))
  const day = Number(text.slice(4))
  if (month < 1 || month > 12 || day > lastDay(year, month)) return undefined
  return { year, month, day: day === 0 ? lastDay(year, month) : day, exact: day !== 0 }
}

/** Writes YYMMDD; day 00 where the day is not exact. */
export const writeDate = (day: Day): string =>
  [day.year % 100, day.month, day.exact ? day.day : 0].map((part) => String(part).padStart(2, "0")).join("")

/** The day in the form of calendars, `2026-11-30`; days in this form sort as texts. */
export const dayText = ({ year, month, day }: Day): string =>
  [String(year).padStart(4, "0"), String(month).padStart(2, "0"), String(day).padStart(2, "0")].join("-")

/** How two dates of element strings are compared. */
export type DateComparison =
  /** As texts: day 00 and the last day of the month differ (practice in the EU). */
  | "asWritten"
  /** As days: 00 is the last day of the month. */
  | "day"
  /** Year and month only. */
  | "month"

/** True when two YYMMDD mean the same. What is no date equals the same text only. */
export const sameDate = (a: string, b: string, how: DateComparison, currentYear: number): boolean => {
  if (a === b) return true
  const [one, other] = [readDate(a, currentYear), readDate(b, currentYear)]
  if (how === "asWritten" || one === undefined || other === undefined) return false
  return one.year === other.year && one.month === other.month && (how === "month" || one.day === other.day)
}
