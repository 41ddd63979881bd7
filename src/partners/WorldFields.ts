/**
 * The small schemas that the parts of a world are made of: keys, texts, lists that may be left out. `World.ts` and its
 * part files use them. Pure; a value that does not fit is a fault with its path.
 */
import { Effect, Schema } from "effect"

/** The key of a thing in the world. */
export const Key = Schema.String.check(
  Schema.isPattern(/^[a-z0-9][a-z0-9-]{0,63}$/u, { message: "must be a short lower-case key such as acme-printing" })
)
export const Keyed = { id: Key }

/** A text for people or machines: not empty, nothing unprintable in it, no blanks around it. */
export const Text = Schema.NonEmptyString.check(
  Schema.isPattern(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, { message: "must not contain control characters" }),
  Schema.isPattern(/^\S(?:.*\S)?$/su, { message: "must not begin or end with a blank" })
)

/** A list that may be left out. */
export const list = <S extends Schema.Top>(item: S) =>
  Schema.Array(item).pipe(Schema.withDecodingDefaultKey(Effect.succeed([])))

/** A switch that may be left out. */
export const flag = (otherwise: boolean) =>
  Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(otherwise)))

/** True for a day that the calendar has, written `2026-11-24`. */
export const isDay = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(text)) return false
  const moment = new Date(`${text}T00:00:00Z`)
  // Days past the end of a month roll over instead of failing.
  return !Number.isNaN(moment.getTime()) && moment.toISOString().slice(0, 10) === text
}

/** A calendar day, `2026-11-24`. Days compare as texts. */
export const Day = Schema.String.check(
  Schema.makeFilter((text: string) => isDay(text) || "must be a day such as 2026-11-24, in quotes")
)
