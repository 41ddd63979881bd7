/**
 * Databases for tests. `layer` is a migrated, empty database of its own for each time the layer is built: for a whole
 * file with `layer(Database.layer)("...", (it) => ...)` of @effect/vitest, for one test with
 * `Effect.provide(Database.layer)`. It gives PgClient and SqlClient, takes some 60 ms and is gone afterwards.
 *
 * Statements are real I/O: use `it.live`, or mind that time-outs of the driver do not pass under a TestClock.
 */
import { Layer, Redacted } from "effect"
import { inject } from "vitest"
import * as Store from "../src/store/Database.ts"
import * as Throwaway from "../src/store/Throwaway.ts"

/** The server of this test run, on which `Throwaway` makes databases. */
export const layerServer = Layer.suspend(() => Store.layerServerAt(Redacted.make(inject("databaseUrl"))))

/** For tests that need several databases: `yield* Throwaway.within(effect)`. */
export const layerThrowaway = Throwaway.Throwaway.layer.pipe(Layer.provideMerge(layerServer))

/** An empty, migrated database. */
export const layer = Layer.fresh(Throwaway.layerDatabase).pipe(Layer.provide(layerThrowaway))
