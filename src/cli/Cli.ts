/**
 * The command line `throughline`: all commands, how usage errors are told, and the exit code of a process that ran one.
 * `run` never fails: it prints what went wrong with the next step, and gives 0, 1 or 2 (`Problem` says which is which).
 */
import { Cause, Config, ConfigProvider, Effect, Exit, Layer, References } from "effect"
import * as CliConfig from "effect/cli/CliConfig"
import type * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Logging from "../api/Logging.ts"
import { version } from "../engine/Version.ts"
import { configFlag } from "./ConfigFlag.ts"
import * as Print from "./Print.ts"
import { explain, plainly } from "./Problem.ts"

/** Each command, loaded when it is asked for: `rules` need not wait for the modules of `serve`. */
const commands = {
  serve: async () => (await import("./serve.ts")).serveCommand,
  worker: async () => (await import("./worker.ts")).workerCommand,
  messages: async () => (await import("./messages.ts")).messagesCommand,
  message: async () => (await import("./message.ts")).messageCommand,
  reprocess: async () => (await import("./reprocess.ts")).reprocessCommand,
  complete: async () => (await import("./complete.ts")).completeCommand,
  acknowledgments: async () => (await import("./acknowledgments.ts")).acknowledgmentsCommand,
  redeliver: async () => (await import("./redeliver.ts")).redeliverCommand,
  reconcile: async () => (await import("./reconcile.ts")).reconcileCommand,
  serials: async () => (await import("./serials.ts")).serialsCommand,
  serial: async () => (await import("./serial.ts")).serialCommand,
  epcis: async () => (await import("./epcis.ts")).epcisCommand,
  trace: async () => (await import("./trace.ts")).traceCommand,
  verify: async () => (await import("./verify.ts")).verifyCommand,
  verifications: async () => (await import("./verifications.ts")).verificationsCommand,
  providers: async () => (await import("./providers.ts")).providersCommand,
  verification: async () => (await import("./verification.ts")).verificationCommand,
  products: async () => (await import("./products.ts")).productsCommand,
  directory: async () => (await import("./directory.ts")).directoryCommand,
  "data-rules": async () => (await import("./data-rules.ts")).dataRulesCommand,
  report: async () => (await import("./report.ts")).reportCommand,
  orders: async () => (await import("./orders.ts")).ordersCommand,
  check: async () => (await import("./check.ts")).checkCommand,
  replay: async () => (await import("./replay.ts")).replayCommand,
  import: async () => (await import("./import.ts")).importCommand,
  export: async () => (await import("./export.ts")).exportCommand,
  keys: async () => (await import("./keys.ts")).keysCommand,
  audit: async () => (await import("./audit.ts")).auditCommand,
  channels: async () => (await import("./channels.ts")).channelsCommand,
  pipelines: async () => (await import("./pipelines.ts")).pipelinesCommand,
  rules: async () => (await import("./rules.ts")).rulesCommand,
  lint: async () => (await import("./lint.ts")).lintCommand
}

type Name = keyof typeof commands

const isName = (word: string): word is Name => Object.hasOwn(commands, word)

/** The groups the help shows. */
const groups: ReadonlyArray<{ readonly group: string; readonly names: ReadonlyArray<Name> }> = [
  { group: "Run", names: ["serve", "worker"] },
  {
    group: "Operate",
    names: ["messages", "message", "reprocess", "complete", "redeliver", "reconcile", "acknowledgments", "audit"]
  },
  { group: "Serial numbers", names: ["serials", "serial", "trace", "epcis", "report"] },
  { group: "Orders", names: ["orders"] },
  { group: "Verification", names: ["verify", "verifications", "verification", "providers"] },
  { group: "Products", names: ["products", "directory", "data-rules"] },
  { group: "Try", names: ["check", "replay"] },
  { group: "Set up", names: ["import", "export", "keys", "channels"] },
  { group: "Explain", names: ["pipelines", "rules", "lint"] }
]

const base = Command.make("throughline").pipe(
  Command.withDescription(
    "Message engine for companies that trade serialized products: takes partners' documents, proves each one right or says what is wrong, applies it to one serial repository, and answers."
  ),
  Command.withExamples([
    { command: "throughline serve --demo", description: "Run everything, with a demo world in an empty database" },
    { command: "throughline messages --open", description: "What somebody may have to act on" },
    { command: "throughline message 12", description: "Everything about one message" },
    { command: "throughline check transfer.xml", description: "What would be wrong with a file" }
  ])
)

/** The command line with one command, or with all of them. */
export const rootOf = (only: Name | undefined) =>
  Effect.promise(async () => {
    const loaded = await Promise.all(
      groups.map(async ({ group, names }) => ({
        group,
        commands: await Promise.all(
          names.filter((name) => only === undefined || name === only).map((name) => commands[name]())
        )
      }))
    )
    return base.pipe(
      Command.withSubcommands(loaded.filter(({ commands }) => commands.length > 0)),
      Command.withGlobalFlags([configFlag])
    )
  })

/** The command that arguments begin with; undefined when only all of them can say what is meant. */
const named = (args: ReadonlyArray<string>): Name | undefined => {
  const [first] = args
  return first !== undefined && isName(first) ? first : undefined
}

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

/** What the arguments give for a flag, before they are read. */
const given = (args: ReadonlyArray<string>, flag: string): string | undefined => {
  const at = args.findIndex((arg) => arg === flag || arg.startsWith(`${flag}=`))
  if (at < 0) return undefined
  return args[at]?.startsWith(`${flag}=`) === true ? args[at]?.slice(flag.length + 1) : args[at + 1]
}

/** True when the arguments ask for the log level debug or finer. */
const wantsDebug = (args: ReadonlyArray<string>): boolean =>
  ["all", "trace", "debug"].includes(given(args, "--log-level") ?? "")

/** Commands that need no installation, and so no configuration; `lint` reads the file by itself. */
const apart: ReadonlySet<Name | undefined> = new Set([undefined, "pipelines", "rules", "lint"])

/**
 * What the configuration file says, for a command: read before the command is, because flags fall back on it. What the
 * environment says goes before it.
 */
const configured = Effect.fnUntraced(function* (args: ReadonlyArray<string>) {
  const path = given(args, "--config") ?? process.env["THROUGHLINE_CONFIG"]
  // Flags of all commands may stand before the command.
  if (apart.has(args.find(isName)) || args.includes("--help") || args.includes("-h")) return Layer.empty
  const ConfigFile = yield* Effect.promise(() => import("./ConfigFile.ts"))
  const configuration = yield* ConfigFile.load(path, process.cwd())
  return Layer.merge(
    ConfigFile.layer(configuration),
    ConfigProvider.layerAdd(ConfigProvider.fromUnknown(configuration.variables))
  )
})

const isHelp = (error: unknown): error is CliError.ShowHelp =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "ShowHelp"

/** Runs one command; the result is the exit code. An interruption stays one. */
export const run = Effect.fn("Cli.run")(function* (args: ReadonlyArray<string>) {
  const debug = wantsDebug(args)
  const read = Command.runWith(yield* rootOf(named(args)), { version })(args)
  const command = Effect.flatMap(configured(args), (layer) => Effect.provide(read, layer))
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
