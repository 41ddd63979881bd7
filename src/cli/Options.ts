/**
 * Flags and arguments that several commands share, so that they are called and described alike everywhere. A value that
 * makes no sense is refused when the command line is read, before anything is done.
 */
import { userInfo } from "node:os"
import { Clock, Duration, Effect, Option } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import * as Moment from "../formats/Moment.ts"
import * as Problem from "./Problem.ts"

export const json = Flag.Boolean("json").pipe(
  Flag.withDescription("Print one JSON object a line, for programs"),
  Flag.withDefault(false)
)

/** Name of the account this process runs under; accounts without a name happen in containers. */
const account = (): string => {
  try {
    return userInfo().username
  } catch {
    return process.env["USER"] ?? "operator"
  }
}

export const actor = Flag.String("actor").pipe(
  Flag.withDescription("Who does it, for the journal; your account's name unless given"),
  Flag.optional,
  Flag.map(Option.getOrElse(account))
)

export const why = Flag.String("why").pipe(
  Flag.withDescription("The reason, for the journal and whoever asks later"),
  Flag.withMetavar("TEXT"),
  Flag.filter(
    (text) => text.trim() !== "",
    () => "a reason in words"
  )
)

/** A positive id. */
export const id = (of: string) =>
  Argument.Int("id").pipe(
    Argument.withDescription(of),
    Argument.filter(
      (number) => number > 0,
      () => "an id, which is 1 or more"
    )
  )

export const limit = (usual: number) =>
  Flag.Int("limit").pipe(
    Flag.withDescription(`At most this many; ${usual} unless given`),
    Flag.withDefault(usual),
    Flag.filter(
      (number) => number > 0,
      () => "1 or more"
    )
  )

/** A day or moment in ISO 8601; nothing that two countries read differently. */
export const moment = (name: string, description: string) =>
  Flag.String(name).pipe(
    Flag.withDescription(description),
    Flag.withMetavar("MOMENT"),
    Flag.filterMap(
      (text) => Option.fromUndefinedOr(Moment.read(text)),
      () => "a day (2026-11-23) or moment (2026-11-23T14:00:00Z)"
    ),
    Flag.optional
  )

/** A moment in the past: an ISO 8601 date or time, or how long ago (`2 hours`). */
export const since = Flag.String("since").pipe(
  Flag.withDescription("From this moment on: 2026-11-23, 2026-11-23T14:00:00Z, or how long ago: '2 hours'"),
  Flag.withMetavar("MOMENT"),
  Flag.optional
)

/** What `--since` means now. */
export const sinceMoment = Effect.fnUntraced(function* (text: Option.Option<string>) {
  if (Option.isNone(text)) return undefined
  const words = text.value.trim()
  const back = ago(words)
  if (back !== undefined) return new Date((yield* Clock.currentTimeMillis) - Duration.toMillis(back))
  const said = Moment.read(words)
  if (said !== undefined) return said
  return yield* Problem.usage(
    `"${words}" is no moment.`,
    "Write a date (2026-11-23), a time (2026-11-23T14:00:00Z), or how long ago (--since '2 hours')."
  )
})

const units: Readonly<Record<string, (count: number) => Duration.Duration>> = {
  second: Duration.seconds,
  minute: Duration.minutes,
  hour: Duration.hours,
  day: Duration.days,
  week: Duration.weeks
}

/** How long `2 hours` is; undefined when it is no such thing. */
const ago = (text: string): Duration.Duration | undefined => {
  const [, count = "", unit = ""] = /^(\d{1,6}) ([a-z]+?)s?(?: ago)?$/u.exec(text) ?? []
  return units[unit]?.(Number(count))
}
