/**
 * The short storm over every channel at once: partners send by folder, SFTP, RabbitMQ and HTTP while processes, broker,
 * sshd and processes of the database are killed. `npm run faults` is the long one. Skipped where RabbitMQ or sshd is
 * missing, which CI does not allow.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Random } from "effect"
import * as Lines from "./Lines.ts"
import * as Site from "./Site.ts"
import * as Storm from "./Storm.ts"

describe.skipIf(Lines.isSkipped)(Lines.title("all channels at once"), { timeout: 600_000 }, () => {
  it.live("lose nothing and do nothing twice, whatever is killed", () =>
    Effect.gen(function* () {
      const site = yield* Site.make(Lines.printers, 300)
      const lines = yield* Lines.make(site)
      // Each of them once, so that a short storm is none of luck; then what chance wants.
      const order = [...Lines.victims]
      const { strike } = Lines.havoc(lines)
      const next = Effect.suspend(() => {
        const victim = order.shift()
        return victim === undefined ? strike : lines.kill(victim)
      })
      const storm = yield* Storm.run(site, {
        ...Lines.weather(lines),
        seconds: 25,
        seed: 3,
        strike: next,
        strikes: Lines.victims.length
      })
      assert.deepStrictEqual(Storm.faults(storm), [], yield* site.log)
      assert.deepStrictEqual(order, [])
      assert.isAbove(storm.kills, 0)
      assert.isAbove(storm.totals.processed, 0)
      assert.isAbove(storm.totals.failedWithReport, 0)
    }).pipe(Random.withSeed("everywhere"))
  )
})
