/**
 * A message whose processing kills the process: it fails after three times, with a report that says nothing of the
 * house, and nobody else is taken for it, though others were under way each time the process died.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Site from "./Site.ts"
import * as Storm from "./Storm.ts"

describe("a message that kills the process", { timeout: 600_000 }, () => {
  it.live("fails as class 3 after three times; its lane and the others go on", () =>
    Effect.gen(function* () {
      const lanes = 4
      const site = yield* Site.make(lanes, 10)
      const partners = yield* Storm.partners(site, lanes, 7)
      const receiver = yield* site.start({ role: "receive" })
      for (let lane = 0; lane < lanes; lane++) yield* partners.send("good", lane)
      const [poison] = partners.post.sent
      for (let lane = 0; lane < lanes; lane++) yield* partners.send("good", lane)
      yield* Storm.until(site, "SELECT FROM messages WHERE direction = 'in' HAVING count(*) = 8")
      yield* receiver.end("SIGTERM")
      assert.isDefined(poison)
      partners.post.poison(poison.file)
      const [row] = yield* site.sql<{ readonly id: number }>`
        SELECT id::int4 FROM messages WHERE file_name = ${poison.file}`
      const at = { step: "flow/applied", pass: 1, messageId: row?.id, act: "die" } as const

      let deaths = 0
      let open: ReadonlyArray<string> = []
      while (true) {
        const member = yield* site.start({ role: "work", maxAttempts: 3, leaseMs: 1000, at })
        const rest = Effect.map(Storm.settle(site, partners), (left) => ({ left, signal: undefined }))
        const { left, signal } = yield* Effect.raceFirst(
          Effect.map(member.ended, ({ signal }) => ({ left: open, signal })),
          rest
        )
        open = left
        if (signal !== "SIGKILL") break
        deaths += 1
      }
      assert.strictEqual(deaths, 3)
      const keeper = yield* site.start({})
      const { totals } = yield* Storm.balance(site, partners, [keeper])
      assert.deepStrictEqual(Storm.faults({ open, totals }), [], yield* site.log)
      const [run] = yield* site.sql<{ readonly classes: ReadonlyArray<number>; readonly rules: string }>`
        SELECT jsonb_path_query_array(errors, '$[*].class') AS classes, errors::text AS rules
        FROM runs WHERE message_id = ${row?.id ?? 0}`
      assert.deepStrictEqual(run?.classes, [3])
    })
  )
})
