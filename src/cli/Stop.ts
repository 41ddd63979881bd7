/**
 * What it means that a command was interrupted. For most it is exit code 130, as for any program stopped by Ctrl-C; for
 * one that runs until it is stopped it is the good end, exit code 0.
 */
import { Context, Effect, MutableRef } from "effect"

/** Exit code of a process whose command is interrupted; a command that serves sets it to 0. */
export const InterruptedCode = Context.Reference<MutableRef.MutableRef<number>>(
  "throughline/cli/Stop/InterruptedCode",
  {
    defaultValue: () => MutableRef.make(130)
  }
)

/** Says that being stopped is how this command ends well. */
export const isGood = Effect.map(InterruptedCode, (code) => {
  MutableRef.set(code, 0)
})
