/**
 * Looks at a source of documents again and again, for as long as it runs. Whatever goes wrong is logged when it begins and
 * when it changes, and tried again with growing pauses; so is its end. It ends by interruption only.
 */
import { Cause, Duration, Effect, Exit, Option } from "effect"
import type { ChannelError } from "../engine/Channel.ts"
import type { JournalError } from "../engine/Journal.ts"

export type Failure = ChannelError | JournalError

/** What is wrong, in a sentence. */
export const textOf = (error: Failure): string =>
  error.message === "" ? `${error._tag} ${error.reason._tag}: ${String(error.cause)}` : error.message

export interface Pace {
  /** Between two looks; twice that while nothing is there. */
  readonly every: Duration.Duration
  /** Longest pause while nothing works. */
  readonly longest: Duration.Duration
}

/** `look` looks once and deals with what is there; true when something is. It is told of the failures before it. */
export const forEver = Effect.fnUntraced(function* <R>(
  look: (failures: number) => Effect.Effect<boolean, Failure, R>,
  { every, longest }: Pace
): Effect.fn.Return<never, never, R> {
  let failures = 0
  let said = ""

  const report = Effect.fnUntraced(function* (cause: Cause.Cause<Failure>) {
    const error = Cause.findErrorOption(cause)
    const text = Option.isSome(error) ? textOf(error.value) : Cause.pretty(cause)
    if (text === said) return
    said = text
    yield* Option.isSome(error)
      ? Effect.logWarning("no files are taken for now", { problem: text, whoActs: error.value.reason.whoActs })
      : Effect.logError("no files are taken for now", cause)
  })

  while (true) {
    const exit = yield* Effect.exit(look(failures))
    if (Exit.isFailure(exit)) {
      failures++
      yield* report(exit.cause)
    } else if (failures > 0) {
      failures = 0
      said = ""
      yield* Effect.logInfo("files are taken again")
    }
    const idle = Exit.isSuccess(exit) && !exit.value
    const factor = idle ? 2 : 2 ** Math.min(failures, 16)
    yield* Effect.sleep(Duration.min(Duration.times(every, factor), longest))
  }
})
