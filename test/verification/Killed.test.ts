/** A process that is killed while it answers: every answer that left it is in the history, and the next process answers. */
import { randomUUID } from "node:crypto"
import { assert, it } from "@effect/vitest"
import { Context, Effect, Redacted } from "effect"
import * as ApiKeys from "../../src/api/ApiKeys.ts"
import * as Processes from "./Processes.ts"
import { ours, target, world } from "./Site.ts"

it.live(
  "an answer that was given is recorded, whenever the process is killed",
  () =>
    Effect.gen(function* () {
      const site = yield* Processes.site(world())
      const port = yield* Processes.freePort
      const keys = Context.get(site.context, ApiKeys.ApiKeys)
      const { key } = yield* keys.add({ company: "elm-wholesale", scopes: ["verify"], note: "", actor: "test" })
      const authorization = `Bearer ${Redacted.value(key)}`
      const answered: Array<string> = []

      /** One question after another until nobody is there. */
      const asking = Effect.promise(async () => {
        for (;;) {
          const corrUUID = randomUUID()
          const path = target(ours, { corrUUID })
          const text = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization } }).then(
            (response) => response.text(),
            () => undefined
          )
          if (text === undefined) return
          assert.include(text, corrUUID)
          answered.push(corrUUID)
        }
      })
      for (const after of [400, 700, 1000]) {
        const running = yield* site.serve({ http: { port } })
        const asked = Effect.all(
          Array.from({ length: 32 }, () => asking),
          { concurrency: "unbounded", discard: true }
        )
        const killed = Effect.andThen(Effect.sleep(after), running.kill("SIGKILL"))
        yield* Effect.all([asked, killed], { concurrency: "unbounded", discard: true })
      }
      const rows = yield* site.sql<{ readonly uuid: string }>`SELECT corr_uuid AS uuid FROM verifications`
      const recorded = new Set(rows.map(({ uuid }) => uuid))
      assert.isAbove(answered.length, 100)
      assert.deepStrictEqual(
        answered.filter((uuid) => !recorded.has(uuid)),
        []
      )
    }),
  120_000
)
