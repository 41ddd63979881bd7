/**
 * No room for what is delivered: files of a process may not grow any more, as on a full disk. What cannot be written
 * waits, half of a file is never seen, and everything arrives when there is room again. The limit is the kernel's
 * (RLIMIT_FSIZE), so that no disk has to be filled; it is set by `prlimit`, which every Linux has.
 */
import { spawnSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Ledger from "./Ledger.ts"
import * as Site from "./Site.ts"
import * as Storm from "./Storm.ts"

const prlimit = (...args: ReadonlyArray<string>) => spawnSync("prlimit", args, { encoding: "utf8" })

const isThere = prlimit("--version").status === 0

/** Every answer is larger. */
const room = 512

describe.skipIf(!isThere && process.platform !== "linux")("a full disk under an outbox", { timeout: 600_000 }, () => {
  it.live("holds deliveries up, shows no half file, and all arrive when there is room", () =>
    Effect.gen(function* () {
      const site = yield* Site.make(1, 30)
      const partners = yield* Storm.partners(site, 1, 7)
      const member = yield* site.start({})
      yield* member.ready
      const limited = prlimit("--pid", `${member.pid}`, `--fsize=${room}:unlimited`)
      assert.strictEqual(limited.status, 0, limited.stderr)
      for (let count = 0; count < 5; count++) yield* partners.send("good", 0)
      yield* Storm.until(site, "SELECT FROM deliveries WHERE status = 'retrying'")
      yield* Storm.until(
        site,
        "SELECT FROM messages WHERE direction = 'in' AND status = 'processed' HAVING count(*) = 5"
      )
      assert.deepStrictEqual((yield* Ledger.found(partners.couriers)).arrived, [])
      const [said] = yield* site.sql<{ readonly error: string }>`SELECT last_error AS error FROM deliveries
        WHERE status = 'retrying' ORDER BY id LIMIT 1`
      assert.include(said?.error, "EFBIG")

      assert.strictEqual(prlimit("--pid", `${member.pid}`, "--fsize=unlimited:unlimited").status, 0)
      const from = performance.now()
      const open = yield* Storm.settle(site, partners)
      assert.isBelow(performance.now() - from, 30_000)
      const { totals } = yield* Storm.balance(site, partners, [member])
      assert.deepStrictEqual(Storm.faults({ open, totals }), [], yield* site.log)
      assert.strictEqual(totals.processed, 5)
    })
  )
})
