/**
 * The program: runs the command line on Node. Wires what a process needs and ends it with the command's exit code;
 * everything else is in `cli/`.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Cause, Effect, Exit, MutableRef } from "effect"
import * as Cli from "./cli/Cli.ts"
import * as Stop from "./cli/Stop.ts"

// A reader that has seen enough (`throughline serials | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2))

const interrupted = MutableRef.make(130)

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
