/**
 * The command line `throughline`: all commands, how usage errors are told, and the exit code of a process that ran one.
 * `run` never fails: it prints what went wrong with the next step, and gives 0, 1 or 2 (`Problem` says which is which).
 */
import { Cause, Config, Effect, Exit, Layer, References } from "effect"
import * as CliConfig from "effect/cli/CliConfig"
import type * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Logging from "../api/Logging.ts"
import { version } from "../engine/Version.ts"
import { checkCommand } from "./check.ts"
import { completeCommand } from "./complete.ts"
import { exportCommand } from "./export.ts"
import { importCommand } from "./import.ts"
import { lintCommand } from "./lint.ts"
import { messageCommand } from "./message.ts"
import { messagesCommand } from "./messages.ts"
import * as Print from "./Print.ts"
import { explain, plainly } from "./Problem.ts"
import { pipelinesCommand } from "./pipelines.ts"
import { reconcileCommand } from "./reconcile.ts"
import { redeliverCommand } from "./redeliver.ts"
import { replayCommand } from "./replay.ts"
import { reprocessCommand } from "./reprocess.ts"
import { rulesCommand } from "./rules.ts"
import { serialCommand } from "./serial.ts"
import { serialsCommand } from "./serials.ts"
import { serveCommand } from "./serve.ts"
import { workerCommand } from "./worker.ts"

/** Every command, in the groups the help shows. */
export const root = Command.make("throughline").pipe(
  Command.withDescription(
    "Message engine for companies that trade serialized products: takes partners' documents, proves each one right or says what is wrong, applies it to one serial repository, and answers."
  ),
  Command.withSubcommands([
    { group: "Run", commands: [serveCommand, workerCommand] },
    {
      group: "Operate",
      commands: [messagesCommand, messageCommand, reprocessCommand, completeCommand, redeliverCommand, reconcileCommand]
    },
    { group: "Serial numbers", commands: [serialsCommand, serialCommand] },
    { group: "Try", commands: [checkCommand, replayCommand] },
    { group: "Set up", commands: [importCommand, exportCommand] },
    { group: "Explain", commands: [pipelinesCommand, rulesCommand, lintCommand] }
  ]),
  Command.withExamples([
    { command: "throughline serve --demo", description: "Run everything, with a demo world in an empty database" },
    { command: "throughline messages --status failed", description: "What failed" },
    { command: "throughline message 12", description: "What was wrong with it" }
  ])
)

/** Usage errors in one line each, with where to read on; the help itself only when asked for. */
const presenter: CliOutput.Presenter = {
  present: Effect.fnUntraced(function* (event) {
    if (event._tag === "InvalidInvocation") {
      for (const { message } of event.errors)
        yield* Print.remark(`${Print.styledError("red", "error:")} ${plainly(message)}`)
      return yield* Print.remark(`See \`${event.commandPath.join(" ")} --help\`.`)
    }
    if (event._tag === "Version") return yield* Print.line(`${event.name} ${event.version}`)
    return yield* CliOutput.defaultPresenter.present(event)
  })
}

/** What a wizard would add is in the help; it is left out. */
export const config = CliConfig.layer({
  builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions, GlobalFlag.LogLevel]
})

const surroundings = Layer.mergeAll(config, CliOutput.layerPresenter(presenter), Logging.layer())

/** Commands that end by themselves log what is wrong, unless the environment asks for more; stdout is for results. */
const level = Effect.map(
  Config.String("THROUGHLINE_LOG_LEVEL").pipe(Config.withDefault("")),
  (text) => Logging.levelOf(text) ?? "Warn"
).pipe(Effect.orElseSucceed(() => "Warn" as const))

/** True when the arguments ask for the log level debug or finer. */
const wantsDebug = (args: ReadonlyArray<string>): boolean => {
  const at = args.findIndex((arg) => arg === "--log-level" || arg.startsWith("--log-level="))
  const level = args[at]?.includes("=") === true ? args[at]?.split("=")[1] : args[at + 1]
  return at >= 0 && ["all", "trace", "debug"].includes(level ?? "")
}

const isHelp = (error: unknown): error is CliError.ShowHelp =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "ShowHelp"

/** Runs one command; the result is the exit code. An interruption stays one. */
export const run = Effect.fn("Cli.run")(function* (args: ReadonlyArray<string>) {
  const debug = wantsDebug(args)
  const command = Command.runWith(root, { version })(args)
  const exit = yield* Effect.exit(Effect.provideService(command, References.MinimumLogLevel, yield* level))
  if (Exit.isSuccess(exit)) return 0
  if (Cause.hasInterruptsOnly(exit.cause)) return yield* Effect.failCause(Cause.interrupt())
  const error = Cause.squash(exit.cause)
  if (isHelp(error) && error.errors.length === 0) return 0
  const { exitCode, message, next } = explain(exit.cause, debug)
  if (message !== "") yield* Print.remark(`${Print.styledError("red", "error:")} ${message}`)
  if (next !== undefined) yield* Print.remark(next)
  return exitCode
}, Effect.provide(surroundings))
