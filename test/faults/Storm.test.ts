/**
 * The short storm: a process that takes files and two that work, killed at random for a while as partners send, on one
 * database. `npm run faults` is the long one. And the ledger itself: that it sees what is missing and what is there twice.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Random } from "effect"
import type { Arrived } from "./Courier.ts"
import * as Ledger from "./Ledger.ts"
import * as Site from "./Site.ts"
import * as Storm from "./Storm.ts"

describe("processes killed at random while messages flow", { timeout: 600_000 }, () => {
  it.live("lose nothing, do nothing twice, and keep the order of lanes", () =>
    Effect.gen(function* () {
      const site = yield* Site.make(4, 300)
      const storm = yield* Storm.run(site, { ...Storm.usual, seconds: 20, printers: 4, seed: 1 })
      assert.deepStrictEqual(Storm.faults(storm), [], yield* site.log)
      assert.isAbove(storm.kills, 0)
      assert.isAbove(storm.totals.processed, 0)
    }).pipe(Random.withSeed("storm"))
  )
})

describe("the ledger", { timeout: 600_000 }, () => {
  it.live("sees what is lost, doubled or wrong", () =>
    Effect.gen(function* () {
      const site = yield* Site.make(1, 20)
      const partners = yield* Storm.partners(site, 1, 7)
      const member = yield* site.start({})
      for (const kind of ["good", "good", "broken", "again", "stranded"] as const) yield* partners.send(kind, 0)
      assert.deepStrictEqual(yield* Storm.settle(site, partners), [])
      const { totals } = yield* Storm.balance(site, partners, [member])
      assert.deepStrictEqual(totals, {
        sent: 5,
        processed: 3,
        failedWithReport: 1,
        waiting: 1,
        lost: 0,
        doubled: 0,
        resent: 0,
        wrong: 0,
        disorder: 0,
        details: []
      })

      const { sent } = partners.post
      const [good] = sent
      const found = yield* Ledger.found(partners.couriers)
      const [response, ...rest] = found.arrived
      assert.isDefined(good)
      assert.isDefined(response)
      const look = (arrived: ReadonlyArray<Arrived>, files = sent) =>
        Effect.map(
          Ledger.balance(site.sql, files, { ...found, arrived }),
          ({ lost, doubled, resent, wrong, disorder }) => ({
            lost: lost > 0,
            doubled: doubled > 0,
            resent,
            wrong: wrong > 0,
            disorder: disorder > 0
          })
        )
      const well = { lost: false, doubled: false, resent: 0, wrong: false, disorder: false }
      const all = [response, ...rest]
      assert.deepStrictEqual(yield* look(all), well)
      assert.deepStrictEqual(yield* look(rest), { ...well, lost: true })
      assert.deepStrictEqual(yield* look([...all, response]), { ...well, resent: 1 })
      assert.deepStrictEqual(yield* look([...all, { ...response, sha256: "other" }]), {
        ...well,
        doubled: true,
        resent: 1
      })
      assert.deepStrictEqual(yield* look([...all, { ...response, name: "other" }]), {
        ...well,
        doubled: true,
        wrong: true
      })
      assert.deepStrictEqual(yield* look([{ ...response, at: response.at + 10n ** 12n }, ...rest]), {
        ...well,
        disorder: true
      })
      assert.deepStrictEqual(yield* look(all, [...sent, { ...good, file: "never.xml" }]), { ...well, lost: true })
      assert.deepStrictEqual(yield* look(all, sent.slice(1)), { ...well, doubled: true })

      /** What the ledger says after a change, which is taken back. */
      const after = (change: string) =>
        Effect.gen(function* () {
          yield* site.sql.unsafe(change)
          return yield* Effect.fail(yield* look(all))
        }).pipe(site.sql.withTransaction, Effect.flip)
      const copied = "direction, company, channel, lane, type, file_name, size, sha256, received_at, status"
      const transfer = "serial_changes o WHERE o.kind = 'transfer'"
      const changes = [
        ["UPDATE messages SET status = 'processing' WHERE id = 1", { lost: true }],
        ["UPDATE message_chunks SET bytes = 'x' WHERE message_id = 1", { lost: true }],
        ["DELETE FROM transfers WHERE message_id = 1", { lost: true }],
        ["DELETE FROM serial_history WHERE change_id = (SELECT max(o.id) FROM serial_changes o)", { lost: true }],
        ["UPDATE deliveries SET status = 'delivery_failed' WHERE id = 1", { lost: true }],
        [`INSERT INTO messages (${copied}) SELECT ${copied} FROM messages WHERE id = 1`, { doubled: true }],
        [
          `WITH c AS (INSERT INTO serial_changes (kind, message_id, quantity, recorded_at)
            SELECT kind, message_id, quantity, recorded_at FROM ${transfer} LIMIT 1 RETURNING id)
          INSERT INTO serial_history (serial_id, change_id) SELECT h.serial_id, c.id FROM c, serial_history h
            WHERE h.change_id = (SELECT min(o.id) FROM ${transfer})`,
          { doubled: true }
        ],
        ["UPDATE messages SET wait_until = NULL WHERE status = 'waiting'", { wrong: true }],
        ["UPDATE messages SET duplicate_of = NULL WHERE duplicate_of IS NOT NULL", { wrong: true }],
        ["UPDATE runs SET xid = '3' WHERE message_id = 3", { disorder: true }]
      ] as const
      for (const [change, seen] of changes) assert.deepStrictEqual(yield* after(change), { ...well, ...seen }, change)
      assert.deepStrictEqual(yield* look(all), well)
    })
  )
})
