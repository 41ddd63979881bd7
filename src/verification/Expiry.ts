/**
 * Expiry dates as codes carry them (YYMMDD): whether two of them mean the same under a producer's rules, and whether one
 * has passed. Pure; what is no date equals only the same text and never passes.
 */
import * as Gs1 from "../formats/Gs1.ts"
import type { ResponseRules } from "../partners/WorldVerification.ts"

/** The day of an instant, in UTC, e.g. `2026-11-24`. */
export const today = (at: Date): string => at.toISOString().slice(0, 10)

const yearOf = (day: string): number => Number(day.slice(0, 4))

/** True when a unit labelled with the one may read as the other. */
export const same = (
  a: string,
  b: string,
  { checkExpirationDay, dayZero }: Pick<ResponseRules, "checkExpirationDay" | "dayZero">,
  on: string
): boolean =>
  Gs1.sameDate(a, b, checkExpirationDay ? (dayZero === "lastDay" ? "day" : "asWritten") : "month", yearOf(on))

/** True after the last day the text allows. */
export const hasPassed = (text: string, on: string): boolean => {
  const date = Gs1.readDate(text, yearOf(on))
  return date !== undefined && Gs1.dayText(date) < on
}
