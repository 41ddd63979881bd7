/**
 * Alerts about X12 that was sent: rejected by the partner, or delivered and not acknowledged in time; told once, and
 * never about acknowledgments themselves.
 */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as EmailQueries from "../../src/channels/EmailQueries.ts"
import * as EmailText from "../../src/channels/EmailText.ts"
import * as Database from "../Database.ts"

const patience = { partners: ["larch", "larch"], numbers: ["ELM", "OAK"], hours: [48, 2], longest: 48 }
const hour = 3_600_000
const now = new Date("2026-11-24T09:00:00Z")
const before = (hours: number) => new Date(now.getTime() - hours * hour)

/** An interchange delivered that many hours ago. */
const sent = Effect.fnUntraced(function* (id: number, map: string, hours: number, company = "fir", owner?: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`INSERT INTO messages (id, direction, company, channel, lane, type, file_name, size, sha256, received_at, status, map_version,
      control_number, reply_to)
    VALUES (${id}, 'out', ${company}, 'folder', 'fir', 'X12', 'f.edi', 1, ''::bytea, ${now}, 'processed', ${map}, ${`${id}`}, ${owner === undefined ? null : id + 500}::int8)`
  if (owner !== undefined)
    yield* sql`INSERT INTO messages (id, direction, company, channel, lane, type, file_name, size, sha256, received_at, status, receiver)
      VALUES (${id + 500}, 'in', 'elm', 'folder', 'elm', 'PURCHASE_ORDER', 'p.json', 1, ''::bytea, ${now}, 'processed', ${owner})`
  yield* sql`INSERT INTO deliveries (message_id, company, destination, status, created_at, next_at, deadline, delivered_at)
    VALUES (${id}, 'fir', 'fir', 'delivered', ${now}, ${now}, ${now}, ${before(hours)})`
})

const said = (id: number, status: string) =>
  SqlClient.SqlClient.use(
    (sql) =>
      sql`INSERT INTO acknowledgments (message_id, by_message, status, at) VALUES (${id}, ${id + 100}, ${status}, ${before(1)})`
  )

layer(Database.layer, { excludeTestServices: true })("alerts about acknowledgments", (it) => {
  it.effect("tell what was rejected and what nobody acknowledged, once", () =>
    Effect.gen(function* () {
      yield* sent(1, "X12_004010_943", 30)
      yield* sent(2, "X12_004010_940", 20)
      yield* sent(3, "X12_004010_997", 30)
      yield* sent(4, "X12_004010_856", 30)
      yield* said(4, "accepted")
      yield* sent(5, "X12_004010_943", 30)
      yield* said(5, "rejected")
      const queries = yield* EmailQueries.make
      const events = yield* queries.untold(before(72), now, before(1), patience, 100)
      const found = events.map(({ kind, messageId }) => `${kind} ${messageId}`)
      assert.sameMembers(found, ["not_acknowledged 1", "rejected 5"])

      yield* queries.record(
        events.map(({ kind, messageId, afterAct, at }) => ({
          kind,
          messageId,
          afterAct,
          at,
          address: "desk@example.com"
        }))
      )
      assert.deepStrictEqual(yield* queries.untold(before(72), now, before(1), patience, 100), [])
      // A day later the 940 is overdue too; the older ones were told.
      const later = yield* queries.untold(before(48), new Date(now.getTime() + 24 * hour), before(1), patience, 100)
      assert.deepStrictEqual(
        later.map(({ kind, messageId }) => `${kind} ${messageId}`),
        ["not_acknowledged 2"]
      )
    })
  )

  it.effect("wait as long as the partner's channel with the company says", () =>
    Effect.gen(function* () {
      yield* sent(11, "X12_004010_943", 30, "larch", "ELM")
      yield* sent(12, "X12_004010_943", 3, "larch", "OAK")
      yield* sent(13, "X12_004010_943", 49, "larch", "ELM")
      yield* sent(14, "X12_004010_943", 3, "larch", "somebody's alternate number")
      const queries = yield* EmailQueries.make
      const events = yield* queries.untold(before(6), now, before(1), patience, 100)
      assert.deepStrictEqual(
        events.filter(({ kind }) => kind === "not_acknowledged").map(({ messageId, at }) => [messageId, at]),
        [
          [12, before(1)],
          [13, before(1)],
          [14, before(1)]
        ]
      )
    })
  )

  it.effect("say in words what happened and where to look", () =>
    Effect.gen(function* () {
      const queries = yield* EmailQueries.make
      const details = yield* queries.details([1, 5])
      const told = details.map((detail) => ({
        kind: detail.messageId === 1 ? ("not_acknowledged" as const) : ("rejected" as const),
        detail
      }))
      assert.strictEqual(
        EmailText.subject(told),
        "[Throughline] 2 messages need attention: 1 not acknowledged, 1 rejected"
      )
      const text = EmailText.text(told)
      assert.include(text, "X12 1 was delivered and not acknowledged")
      assert.include(text, "throughline acknowledgments --overdue")
      assert.include(text, "X12 5 was rejected by the partner")
    })
  )
})
