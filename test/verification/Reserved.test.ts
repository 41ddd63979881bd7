/**
 * Verification while imports and reports hold every connection of the process: it has its own, for the look-up, the
 * record, the key of who asks, and a configuration that has just changed.
 */
import { assert, it } from "@effect/vitest"
import { Context, Effect } from "effect"
import { Partners } from "../../src/partners/Partners.ts"
import { History } from "../../src/verification/History.ts"
import * as Site from "./Site.ts"

it.live("verification does not wait for connections that others hold", () =>
  Effect.gen(function* () {
    const site = yield* Site.started()
    const { sql } = site
    const authorization = `Bearer ${yield* site.keyOf("elm-wholesale")}`
    const asked = () => Site.ask(site.base, Site.target(Site.ours), { headers: { authorization } })
    assert.strictEqual((yield* asked()).status, 200)

    // The next question is the first one after this, so it has to read the configuration anew.
    const rules = { id: "alder-pharma", company: "alder-pharma", masterData: [{ market: "ALL" }], verification: [] }
    yield* Effect.provideContext(Site.put({ dataRules: [rules] }), site.context)

    yield* Effect.scoped(
      Effect.gen(function* () {
        const free = Effect.timeoutOption(sql`SELECT 1`, "300 millis")
        while ((yield* free)._tag === "Some") yield* sql.reserve
        const { status, text } = yield* Effect.timeout(asked(), "5 seconds")
        assert.deepStrictEqual([status, text.includes("No_match_GTIN_Serial")], [200, true], text)
        // Whoever has to do with the shared connections does wait.
        const partners = Context.get(site.context, Partners)
        assert.strictEqual((yield* Effect.timeoutOption(partners.current, "300 millis"))._tag, "None")
      })
    )
    const history = Context.get(site.context, History)
    assert.strictEqual((yield* history.list("operator", { limit: 10 })).length, 2)
  })
)
