/**
 * Expiry dates as barcodes and messages give them. Kept as printed, six digits YYMMDD whose day may be 00, and as the day
 * they stand for: day 00 is the last one of the month. `YYYY-MM-DD` becomes the six digits of that day.
 *
 * The century is the one that puts the year within 50 years of today (GS1 General Specifications, 7.12). Text that is
 * no date is undefined.
 */

/** An expiry both ways. */
export interface Expiry {
  /** YYMMDD, as printed. */
  readonly printed: string
  /** YYYY-MM-DD. */
  readonly day: string
}

const dayOf = (year: number, month: number, day: number): string | undefined => {
  // Day 0 of the next month is the last of this one.
  const date = day === 0 ? new Date(Date.UTC(year, month, 0)) : new Date(Date.UTC(year, month - 1, day))
  const isThere = date.getUTCMonth() === month - 1 && month >= 1 && month <= 12
  return isThere ? date.toISOString().slice(0, 10) : undefined
}

/** The century window of GS1: a year more than 50 ahead is of the century before, one more than 49 behind of the next. */
const yearOf = (yy: number, today: Date): number => {
  const year = today.getUTCFullYear()
  const century = year - (year % 100)
  const apart = yy - (year % 100)
  return century + yy + (apart >= 51 ? -100 : apart <= -50 ? 100 : 0)
}

/** Reads an expiry, as of today. */
export const read = (text: string, today: Date): Expiry | undefined => {
  const short = /^(\d{2})(\d{2})(\d{2})$/u.exec(text)
  if (short !== null) {
    const [, yy = "", month = "", day = ""] = short
    const resolved = dayOf(yearOf(Number(yy), today), Number(month), Number(day))
    return resolved === undefined ? undefined : { printed: text, day: resolved }
  }
  const long = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(text)
  if (long === null) return undefined
  const [, year = "", month = "", day = ""] = long
  if (day === "00" || dayOf(Number(year), Number(month), Number(day)) !== text) return undefined
  return { printed: `${year.slice(2)}${month}${day}`, day: text }
}
