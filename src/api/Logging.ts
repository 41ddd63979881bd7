/**
 * How the process logs: one JSON object a line, or a readable form when a person watches; always to stderr, because
 * stdout belongs to what a command prints. `THROUGHLINE_LOG_LEVEL` is one of fatal, error, warn, info (default), debug,
 * trace, none; any other word is said to be unknown and means info.
 *
 * Normal operation logs little: starts, stops, and what begins or ceases to be wrong. Single messages are debug.
 */
import { Config, Effect, Layer, Logger, LogLevel, References } from "effect"

/** What the variable says, compared without regard to case; undefined when it is no level. */
export const levelOf = (text: string): LogLevel.LogLevel | undefined => {
  const word = text.trim().toLowerCase()
  const wanted = word === "warning" ? "warn" : word
  return LogLevel.values.find((level) => level.toLowerCase() === wanted)
}

const level = Layer.unwrap(
  Effect.gen(function* () {
    const text = yield* Config.String("THROUGHLINE_LOG_LEVEL").pipe(Config.withDefault("info"))
    const wanted = levelOf(text)
    if (wanted === undefined)
      yield* Effect.logWarning(`THROUGHLINE_LOG_LEVEL is "${text}", which is no level; using info`)
    return Layer.succeed(References.MinimumLogLevel, wanted ?? "Info")
  })
)

/** Loggers and level of the process. `pretty` is for people; JSON for whatever collects logs. */
export const layer = (options: { readonly pretty: boolean } = { pretty: process.stderr.isTTY === true }) =>
  level.pipe(
    Layer.provideMerge(
      Layer.mergeAll(
        Logger.layer([
          options.pretty
            ? Logger.consolePretty({ mode: "tty", colors: true })
            : Logger.withConsoleError(Logger.formatJson)
        ]),
        Layer.succeed(Logger.LogToStderr, true)
      )
    )
  )
