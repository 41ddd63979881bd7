/**
 * Takes a whole world into an installation: its configuration and its serial numbers, in one transaction. Idempotent:
 * what is there already stays as it is.
 *
 * A world with faults is refused with all of them (`WorldError`); then, as on any failure, nothing was changed.
 */
import { Effect } from "effect"
import { Configuration } from "../partners/Configuration.ts"
import type { World } from "../partners/World.ts"
import { Serials } from "../serials/Serials.ts"
import * as Transaction from "../store/Transaction.ts"

/** Who imports, and how. */
export interface ImportOptions {
  readonly actor: string
  readonly why?: string | undefined
  readonly clock: Date
  /** Remove configuration that the world does not name. */
  readonly replace?: boolean | undefined
}

/** Imports it; the numbers of what became of configuration and serials. */
export const run = Effect.fn("WorldImport.run")(function* (
  world: World,
  { actor, why, clock, replace }: ImportOptions
) {
  const configuration = yield* Configuration
  const serials = yield* Serials
  const both = Effect.gen(function* () {
    const imported = yield* configuration.import(world, { actor, why, replace })
    const loaded = yield* serials.importWorld(world.serials, { actor, clock })
    return { configuration: imported, serials: loaded }
  })
  return yield* Transaction.transaction(both)
})
