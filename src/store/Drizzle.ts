/**
 * Drizzle's query builder on the SQL client of this context, for queries that are easier to read with it; statements of
 * both kinds join the same transaction. Its errors wrap the `SqlError` as `cause`; SqlErrors.ts looks into them.
 * A module of its own, because loading it takes 60 ms.
 */
import { makeWithDefaults } from "drizzle-orm/effect-postgres"
import { Context, Layer } from "effect"

export class Drizzle extends Context.Service<Drizzle>()("throughline/store/Drizzle", { make: makeWithDefaults() }) {
  static readonly layer = Layer.effect(this, this.make)
}
