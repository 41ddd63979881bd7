/**
 * Days and moments as order documents write them: `2026-11-24`, or `2026-11-24T10:00:00Z` with whatever offset. A day is
 * its beginning in UTC, and a time without an offset is of UTC too, so that a run means the same on every machine. Pure.
 */

const form = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:\d{2})?)?$/u

/** True for a day of the calendar, `YYYY-MM-DD`. */
export const isDay = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text
}

/** What a text says; undefined when it is no day and no moment. */
export const read = (text: string): Date | undefined => {
  const [, day = "", time = "00:00", offset = "Z"] = form.exec(text) ?? []
  if (!isDay(day)) return undefined
  const date = new Date(`${day}T${time}${offset}`)
  return Number.isNaN(date.getTime()) ? undefined : date
}

/** The same of a field that may be missing; what is none was refused before (`orders/bad-moment`). */
export const of = (text: string | undefined): Date | undefined => (text === undefined ? undefined : read(text))

/** A moment as documents write it: the day alone where it is the beginning of one. */
export const text = (date: Date | undefined): string | undefined => date?.toISOString().replace("T00:00:00.000Z", "")
