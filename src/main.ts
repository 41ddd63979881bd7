/**
 * The program: runs the command line on Node. Wires what a process needs and ends it with the command's exit code;
 * everything else is in `cli/`.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Cause, Effect, Exit, MutableRef } from "effect"
import * as Cli from "./cli/Cli.ts"
import * as Stop from "./cli/Stop.ts"

const interrupted = MutableRef.make(130)

// A reader that has seen enough (`throughline serials | head`) ends the command in good order.
process.stdout.once("error", (error: NodeJS.ErrnoException) => {
  process.stdout.on("error", () => {})
  MutableRef.set(interrupted, error.code === "EPIPE" ? 0 : 2)
  process.kill(process.pid, "SIGTERM")
})

Cli.run(process.argv.slice(2)).pipe(
  Effect.provideService(Stop.InterruptedCode, interrupted),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain({
    disableErrorReporting: true,
    teardown: (exit, end) => {
      if (Exit.isSuccess(exit)) return end(typeof exit.value === "number" ? exit.value : 0)
      end(Cause.hasInterruptsOnly(exit.cause) ? MutableRef.get(interrupted) : 2)
    }
  })
)
