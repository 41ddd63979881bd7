/**
 * `throughline worker`: pipelines and deliveries only, for more machines over the same database and exchange folder.
 * Runs until it is asked to stop, which is its good end: exit code 0.
 */
import { resolve } from "node:path"
import { Effect, Layer, Option } from "effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Commands from "./Commands.ts"
import * as Serving from "./Serving.ts"
import * as Stop from "./Stop.ts"

const flags = {
  exchange: Serving.exchange,
  port: Serving.port.pipe(
    Flag.withDescription("For health and metrics, which nobody can ask for unless it is given; 0 for any free one"),
    Flag.optional
  ),
  host: Serving.host
}

type Input = Command.Command.Config.Infer<typeof flags>

const handler = Effect.fn("worker")(function* ({ exchange, port, host }: Input) {
  const root = resolve(exchange)
  const http = Option.match(port, {
    onNone: () => Layer.empty,
    onSome: (port) => Layer.effectDiscard(Effect.void).pipe(Layer.provide(Serving.http({ port, host, api: false })))
  })
  const working = Effect.andThen(Effect.logInfo("working", { exchange: root }), Effect.never)
  return yield* Effect.provide(working, Layer.mergeAll(Serving.working(root), http))
})

export const workerCommand = Command.make("worker", flags, (input: Input) =>
  Serving.logged(Effect.andThen(Stop.isGood, Commands.withInstallation(handler)(input)), "Info")
).pipe(
  Command.withDescription(
    "Run pipelines and deliveries only. Any number of workers, on any number of machines, may share one database (DATABASE_URL) with a `throughline serve` that receives; they need to reach the same exchange folder to deliver."
  ),
  Command.withShortDescription("Run pipelines and deliveries only"),
  Command.withExamples([
    { command: "DATABASE_URL=postgres://... throughline worker", description: "One more machine" },
    { command: "throughline worker --port 8081", description: "With health and metrics of its own" }
  ])
)
