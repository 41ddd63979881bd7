/**
 * Kills a process between any two steps of a message's way, each once, while partners send; then everything has to come
 * to its end, once. Waiting messages are looked at on their own: they must not depend on a word that a killed process
 * could not say any more.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type Step, steps } from "../../src/engine/Checkpoint.ts"
import * as Lines from "./Lines.ts"
import * as Site from "./Site.ts"
import * as Storm from "./Storm.ts"

const isOfLine = (step: Step): boolean => /^(?:sftp|amqp|http)\//u.test(step)

/** Files for every member: each kind, from two partners. */
const letters = ["good", "broken", "waits", "good", "again", "number", "foreign", "good"] as const

describe("a process killed between two steps", { timeout: 600_000 }, () => {
  it.live("loses nothing and does nothing twice, whichever steps they are", () =>
    Effect.gen(function* () {
      const site = yield* Site.make(2, 100)
      const partners = yield* Storm.partners(site, 2, 7)
      const killed: Array<string> = []
      const wanted = steps.filter((step) => !isOfLine(step))
      for (const [index, step] of wanted.entries()) {
        for (const [place, kind] of letters.entries()) yield* partners.send(kind, place % 2)
        // Not always the first pass, so that the process has something behind it and something under way.
        const member = yield* site.start({ at: { step, pass: 1 + (index % 3), act: "die" } })
        const { signal } = yield* member.ended
        if (signal === "SIGKILL") killed.push(step)
      }
      assert.deepStrictEqual(killed, wanted)
      yield* Effect.promise(() => partners.post.finish())
      const last = yield* site.start({})
      const open = yield* Storm.settle(site, partners)
      const { totals } = yield* Storm.balance(site, partners, [last])
      assert.deepStrictEqual(Storm.faults({ open, totals }), [], yield* site.log)
      assert.isAbove(totals.processed, 0)
      assert.isAbove(totals.failedWithReport, 0)
    })
  )

  it.live.skipIf(Lines.isSkipped)(Lines.title("does so over SFTP, RabbitMQ and HTTP as well"), () =>
    Effect.gen(function* () {
      const site = yield* Site.make(Lines.printers, 100)
      const lines = yield* Lines.make(site)
      const partners = yield* Storm.partners(site, Lines.printers, 7, lines.couriers)
      const killed: Array<string> = []
      const wanted = steps.filter(isOfLine)
      for (const [index, step] of wanted.entries()) {
        for (const [place, kind] of [...letters, ...letters].entries()) yield* partners.send(kind, 1 + (place % 3))
        const member = yield* site.start({ lines: lines.orders, at: { step, pass: 1 + (index % 3), act: "die" } })
        const { signal } = yield* member.ended
        if (signal === "SIGKILL") killed.push(step)
      }
      assert.deepStrictEqual(killed, wanted)
      yield* Effect.promise(() => partners.post.finish())
      const last = yield* site.start({ lines: lines.orders })
      const open = yield* Storm.settle(site, partners)
      const { totals } = yield* Storm.balance(site, partners, [last])
      assert.deepStrictEqual(Storm.faults({ open, totals }), [], yield* site.log)
    })
  )

  it.live("does not keep a waiting message waiting that it was about to wake", () =>
    Effect.gen(function* () {
      const site = yield* Site.make(1, 10)
      const partners = yield* Storm.partners(site, 1, 7)
      yield* partners.send("waits", 0)
      const first = yield* site.start({})
      yield* Storm.until(site, `SELECT FROM messages WHERE status = 'waiting'`)
      yield* first.end("SIGKILL")
      yield* Effect.promise(() => partners.post.finish())
      const second = yield* site.start({ at: { step: "flow/committed", pass: 1, act: "die" } })
      assert.strictEqual((yield* second.ended).signal, "SIGKILL")
      const third = yield* site.start({})
      const open = yield* Storm.settle(site, partners)
      const { totals } = yield* Storm.balance(site, partners, [third])
      assert.deepStrictEqual(Storm.faults({ open, totals }), [], yield* site.log)
    })
  )
})

describe("a message that finds nothing while what it waits for is being committed", { timeout: 600_000 }, () => {
  it.live("does not wait for longer than that", () =>
    Effect.gen(function* () {
      const site = yield* Site.make(1, 10)
      const partners = yield* Storm.partners(site, 1, 7)
      yield* partners.send("crosses", 0)
      const member = yield* site.start({ at: { step: "flow/opened", pass: 1, act: "stand" } })
      yield* member.standing
      yield* Effect.promise(() => partners.post.finish())
      yield* Storm.until(site, `SELECT FROM messages WHERE direction = 'in' AND status = 'processed'`)
      yield* member.goOn
      const open = yield* Storm.settle(site, partners)
      const { totals } = yield* Storm.balance(site, partners, [member])
      assert.deepStrictEqual(Storm.faults({ open, totals }), [], yield* site.log)
    })
  )
})
