/**
 * Expiry dates as codes carry them (YYMMDD): whether two of them mean the same, and whether one has passed. Pure; what is
 * no date equals only the same text and never passes.
 */
import * as Gs1 from "../formats/Gs1.ts"

export interface Comparison {
  /** Year and month always count; the day only when this is true. */
  readonly checkDay: boolean
  /** Day 00 means the last of the month, or only another 00. */
  readonly dayZero: "lastDay" | "asWritten"
}

/** Two years of two digits are the same year in any century. */
const anyCentury = 2025

/** True when a unit labelled with the one may read as the other. */
export const same = (a: string, b: string, { checkDay, dayZero }: Comparison): boolean => {
  if (a === b) return true
  if (!checkDay) return a.length === 6 && a.slice(0, 4) === b.slice(0, 4)
  if (dayZero === "asWritten") return false
  const [one, other] = [Gs1.readDate(a, anyCentury), Gs1.readDate(b, anyCentury)]
  if (one === undefined || other === undefined) return false
  return one.year === other.year && one.month === other.month && one.day === other.day
}

/** A day as a number that sorts, e.g. 20261124. */
export const ordinal = (year: number, month: number, day: number): number => (year * 100 + month) * 100 + day

/** The day of an instant, in UTC, as such a number. */
export const today = (at: Date): number => ordinal(at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate())

/** True after the last day the text allows. */
export const hasPassed = (text: string, on: number): boolean => {
  const date = Gs1.readDate(text, Math.floor(on / 10_000))
  return date !== undefined && ordinal(date.year, date.month, date.day) < on
}
