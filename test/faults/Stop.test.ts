/**
 * A process that is asked to stop gives back what it holds, so that the next one goes on at once. Leases are as long here
 * as in real life: what a process keeps would be seen.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Random } from "effect"
import type { Step } from "../../src/engine/Checkpoint.ts"
import * as Site from "./Site.ts"
import * as Storm from "./Storm.ts"

const leaseMs = 60_000

/** What processes hold: messages and deliveries. */
const held = (site: Site.Site) =>
  Effect.map(
    site.sql<{ readonly what: string }>`
      SELECT 'message ' || id || ' is held by claim ' || attempts AS what FROM messages
        WHERE direction = 'in' AND (status = 'processing' OR status = 'received' AND attempts > 0)
      UNION ALL
      SELECT 'delivery ' || id || ' is held by claim ' || attempts FROM deliveries
        WHERE status IN ('queued', 'retrying') AND lease_until IS NOT NULL`,
    (rows) => rows.map(({ what }) => what)
  )

describe("a process that is asked to stop", { timeout: 600_000 }, () => {
  it.live("holds nothing afterwards, whatever it was at", () =>
    Effect.gen(function* () {
      const site = yield* Site.make(6, 100)
      const partners = yield* Storm.partners(site, 6, 7)
      for (let count = 0; count < 240; count++) yield* partners.send()
      yield* Effect.promise(() => partners.post.finish())
      const receiver = yield* site.start({ role: "receive" })
      const sent = partners.post.sent.length
      yield* Storm.until(site, `SELECT FROM messages WHERE direction = 'in' HAVING count(*) = ${sent}`)
      yield* receiver.end("SIGTERM")
      for (let round = 0; round < 6; round++) {
        const member = yield* site.start({ role: "work", leaseMs })
        yield* member.ready
        yield* Effect.sleep(yield* Random.nextIntBetween(0, 400))
        const { signal } = yield* member.end("SIGTERM")
        assert.isNull(signal)
        assert.deepStrictEqual(yield* held(site), [], `after stop ${round}`)
      }
      const last = yield* site.start({ leaseMs })
      const open = yield* Storm.settle(site, partners)
      const { totals } = yield* Storm.balance(site, partners, [last])
      assert.deepStrictEqual(Storm.faults({ open, totals }), [], yield* site.log)
    })
  )

  it.live("gives a message back from the middle of its way", () =>
    Effect.gen(function* () {
      const site = yield* Site.make(1, 20)
      const partners = yield* Storm.partners(site, 1, 7)
      const steps: ReadonlyArray<Step> = ["flow/claimed", "flow/prepared", "flow/applied", "flow/finished"]
      for (const step of steps) {
        yield* partners.send("good", 0)
        const member = yield* site.start({ leaseMs, at: { step, pass: 1, act: "stand" } })
        yield* member.standing
        assert.strictEqual((yield* held(site)).length, 1, step)
        const { signal } = yield* member.end("SIGTERM")
        assert.isNull(signal)
        assert.deepStrictEqual(yield* held(site), [], step)
      }
      const last = yield* site.start({ leaseMs })
      const open = yield* Storm.settle(site, partners)
      const { totals } = yield* Storm.balance(site, partners, [last])
      assert.deepStrictEqual(Storm.faults({ open, totals }), [], yield* site.log)
    })
  )
})
