/**
 * `throughline serve`: everything in one process: takes files from the partners' inboxes, runs pipelines, makes
 * deliveries, answers health checks. Runs until it is asked to stop (Ctrl-C, SIGTERM), which is its good end: exit code 0.
 */
import { resolve } from "node:path"
import { Effect, Layer } from "effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Commands from "./Commands.ts"
import * as Demo from "./Demo.ts"
import * as Serving from "./Serving.ts"
import * as Stop from "./Stop.ts"

const flags = {
  exchange: Serving.exchange,
  port: Serving.port.pipe(Flag.withFallbackConfig(Serving.configuredPort)),
  host: Serving.host,
  demo: Flag.Boolean("demo").pipe(
    Flag.withDescription("Begin with a demo world when the database is empty, and tell what happens"),
    Flag.withDefault(false)
  )
}

type Input = Command.Command.Config.Infer<typeof flags>

const serving = Effect.fnUntraced(function* (root: string, demo: boolean) {
  const url = yield* Serving.address
  if (demo) yield* Effect.forkScoped(Demo.tell(root, url))
  else yield* Effect.logInfo("serving", { url, exchange: root })
  return yield* Serving.receiving
})

const handler = Effect.fn("serve")(function* ({ exchange, port, host, demo }: Input) {
  const root = resolve(exchange)
  if (demo) yield* Demo.prepare
  const surroundings = Layer.mergeAll(Serving.working(root), Serving.http({ port, host, api: true }))
  return yield* serving(root, demo).pipe(Effect.scoped, Effect.provide(surroundings))
})

const quietly = (input: Input) =>
  Serving.logged(Effect.andThen(Stop.isGood, Commands.withInstallation(handler)(input)), input.demo ? "Warn" : "Info")

export const serveCommand = Command.make("serve", flags, quietly).pipe(
  Command.withDescription(
    "Run everything: take documents from the partners' inboxes and by the channels of the configuration file, process them, deliver the answers, and answer on /v1 (the API), /console (verification, for people), /docs (what the API can do), /verify (other providers), /health/live, /health/ready and /metrics. The database is an embedded PostgreSQL unless DATABASE_URL names one. Several processes may run over one database. Ctrl-C or SIGTERM ends it in good order."
  ),
  Command.withShortDescription("Run everything"),
  Command.withExamples([
    { command: "throughline serve --demo", description: "With a demo world, telling what happens" },
    {
      command: "throughline serve --exchange /srv/exchange --port 9000",
      description: "Folders and port of your choice"
    },
    { command: "DATABASE_URL=postgres://... throughline serve", description: "On a PostgreSQL of your own" }
  ])
)
