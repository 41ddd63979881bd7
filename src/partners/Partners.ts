/**
 * The directory of the moment: what the current transaction sees of the configuration, or, outside of one, what is
 * committed. Each ask is one small statement, or none where the flow has just seen the version; the directory itself is kept until the configuration changes.
 *
 * Fails with `PartnersError` when the database does not answer or a stored version cannot be read.
 */
import { Context, Effect, Layer, Result } from "effect"
import { SeenConfiguration } from "../engine/Parties.ts"
import * as Configuration from "./Configuration.ts"
import * as Queries from "./ConfigurationQueries.ts"
import * as Directory from "./Directory.ts"
import { type PartnersError, unusable } from "./PartnersError.ts"

/**
 * Directories kept. While an import commits, transactions begun before it still ask for the one before; more than that
 * are rare and are built again.
 */
const kept = 3

const make = Effect.gen(function* () {
  const queries = yield* Queries.make
  const byVersion = new Map<number, Directory.Directory>()

  /** Keeps a directory as the one used last. */
  const keep = (version: number, directory: Directory.Directory) => {
    byVersion.delete(version)
    byVersion.set(version, directory)
    for (const oldest of [...byVersion.keys()].slice(0, -kept)) byVersion.delete(oldest)
    return directory
  }

  const load = Effect.fn("Partners.load")(function* () {
    const versions = yield* queries.current
    const newest = versions.reduce((id, version) => Math.max(id, version.id), 0)
    const known = byVersion.get(newest)
    if (known !== undefined) return keep(newest, known)
    const world = yield* Effect.fromResult(Result.mapError(Configuration.fromVersions(versions), unusable))
    return keep(newest, Directory.make(world))
  })

  const current = Effect.gen(function* () {
    const newest = (yield* SeenConfiguration) ?? (yield* queries.newest)
    const known = byVersion.get(newest)
    return known === undefined ? yield* load() : keep(newest, known)
  })
  return { current }
})

export class Partners extends Context.Service<
  Partners,
  { readonly current: Effect.Effect<Directory.Directory, PartnersError> }
>()("throughline/partners/Partners") {
  static readonly layer = Layer.effect(this, make)
}
