/**
 * The database goes away while messages flow: its connections are cut in the middle of whatever they are at, and the
 * server itself is killed and recovers. Processes stay, and everything comes to its end, once.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Random } from "effect"
import { defaults } from "../../src/engine/Limits.ts"
import * as Harm from "./Harm.ts"
import * as Site from "./Site.ts"
import * as Storm from "./Storm.ts"

const crew = [
  { role: "serve", maxAttempts: defaults.maxAttempts },
  { role: "work", maxAttempts: defaults.maxAttempts }
] as const

/** Sends for so many rounds, and does harm after each. */
const troubled = (site: Site.Site, rounds: number, files: number, harm: Effect.Effect<void, unknown>) =>
  Effect.gen(function* () {
    const partners = yield* Storm.partners(site, 3, 7)
    const members = yield* Effect.forEach(crew, site.start)
    yield* Effect.forEach(members, ({ ready }) => ready)
    for (let round = 0; round < rounds; round++) {
      for (let count = 0; count < files; count++) yield* partners.send()
      yield* Effect.sleep(yield* Random.nextIntBetween(1, 50))
      yield* harm
    }
    yield* Effect.promise(() => partners.post.finish())
    const open = yield* Storm.settle(site, partners)
    assert.isTrue(
      members.every(({ isAlive }) => isAlive()),
      "the processes live on"
    )
    const { totals } = yield* Storm.balance(site, partners, members)
    assert.deepStrictEqual(Storm.faults({ open, totals }), [], yield* site.log)
  })

describe("the database", { timeout: 600_000 }, () => {
  it.live("may cut connections in the middle of commits", () =>
    Effect.gen(function* () {
      const site = yield* Site.make(3, 150)
      yield* troubled(site, 150, 1, Harm.cut(site))
    })
  )

  it.live("may kill the process behind a commit", () =>
    Effect.gen(function* () {
      const site = yield* Site.make(1, 30)
      const partners = yield* Storm.partners(site, 1, 7)
      const started = performance.now()
      for (let round = 0; round < 3; round++) {
        yield* partners.send("good", 0)
        const member = yield* site.start({ at: { step: "flow/finished", pass: 1, act: "stand" } })
        yield* member.standing
        // Everything of the message is written, nothing is committed.
        assert.strictEqual(yield* Harm.killTransactions(site), 1)
        yield* member.goOn
        const open = yield* Storm.settle(site, partners)
        assert.deepStrictEqual(open, [], yield* site.log)
        yield* member.end("SIGTERM")
      }
      const { totals } = yield* Storm.balance(site, partners, [])
      assert.deepStrictEqual(Storm.faults({ open: [], totals }), [])
      assert.strictEqual(totals.processed, 3)
      assert.isBelow(performance.now() - started, 3 * 30_000)
    })
  )

  it.live("may be gone when a delivery is recorded: what was handed over is not handed over again", () =>
    Effect.gen(function* () {
      const site = yield* Site.make(1, 30)
      const partners = yield* Storm.partners(site, 1, 7)
      const member = yield* site.start({ leaseMs: 60_000, at: { step: "delivery/handed-over", pass: 3, act: "stand" } })
      for (let count = 0; count < 5; count++) yield* partners.send("good", 0)
      yield* member.standing
      yield* Harm.crash(site)
      yield* member.goOn
      const open = yield* Storm.settle(site, partners)
      const { totals } = yield* Storm.balance(site, partners, [member])
      assert.deepStrictEqual(Storm.faults({ open, totals }), [], yield* site.log)
      assert.deepStrictEqual([totals.processed, totals.resent], [5, 0])
    })
  )

  it.live("may be killed with all its processes and recover", () =>
    Effect.gen(function* () {
      const site = yield* Site.make(3, 150)
      yield* troubled(site, 3, 25, Harm.crash(site))
    })
  )
})
