/** Acknowledgments of what was sent, on a real database: matched, refused, and chased when nobody answers. */
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Result } from "effect"
import { SqlClient } from "effect/sql"
import type { RunContext } from "../../src/engine/Pipeline.ts"
import { type Acknowledged, Acknowledgments, apply } from "../../src/orders/Acknowledgments.ts"
import { Configuration } from "../../src/partners/Configuration.ts"
import { Partners } from "../../src/partners/Partners.ts"
import * as World from "../../src/partners/World.ts"
import * as Database from "../Database.ts"

const day = 24 * 60 * 60 * 1000
const now = new Date("2026-11-24T09:00:00Z")

const context: RunContext = {
  messageId: 900,
  runId: 1,
  type: "X12",
  fileName: "997.edi",
  clock: now,
  company: "fir",
  given: {},
  controlNumber: () => "20261124090000900"
}

const said = (
  controlNumber: string,
  status: Acknowledged["groups"][number]["status"],
  functional = "AR"
): Acknowledged => ({
  header: { sender: "FIR", receiver: "ELM", controlNumber: "1" },
  groups: [
    {
      path: "/GS[1]/ST[1]/AK1@2/AK102",
      functional,
      controlNumber,
      status,
      detail: status === "accepted" ? undefined : "W04 at 7: 8"
    }
  ]
})

/** A 943 sent to fir in answer to message `reply`, delivered `ago` milliseconds ago. */
const sent = Effect.fnUntraced(function* (id: number, reply: number, ago: number | undefined) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`INSERT INTO messages (id, direction, company, channel, lane, type, file_name, size, sha256, received_at, status, map_version,
      control_number, reply_to, output_index)
    VALUES (${id}, 'out', 'fir', 'folder', 'fir', 'X12', 'f.edi', 1, ''::bytea, ${now}, 'processed', 'X12_004010_943',
      ${`20261120090000${`${reply}`.padStart(3, "0")}`}, ${reply}, 0)`
  if (ago === undefined) return
  yield* sql`INSERT INTO deliveries (message_id, company, destination, status, created_at, next_at, deadline, delivered_at)
    VALUES (${id}, 'fir', 'fir', 'delivered', ${now}, ${now}, ${now}, ${new Date(now.getTime() - ago)})`
})

const overdue = Effect.gen(function* () {
  const acknowledgments = yield* Acknowledgments
  const rows = yield* acknowledgments.list({ overdue: true, now, limit: 100 })
  return rows.map(({ messageId }) => messageId)
})

/** Elm's channel with fir, which acknowledges within four hours; every other has a day. */
const world = World.decode({
  companies: [
    { id: "elm", name: "Elm", role: "both", identifiers: [{ type: "GLN", value: "9521234001010" }] },
    { id: "fir", name: "Fir", role: "both" },
    { id: "oak", name: "Oak", role: "both", identifiers: [{ type: "GLN", value: "9521234001034" }] }
  ],
  partnerChannels: [
    { id: "elm-fir", owner: "elm", partner: "fir", kind: "warehouse", x12: { acknowledgeWithinHours: 4 } },
    { id: "oak-fir", owner: "oak", partner: "fir", kind: "warehouse", x12: {} }
  ]
})

const directory = Effect.gen(function* () {
  const configuration = yield* Configuration
  yield* configuration.import(Result.getOrThrow(world), { actor: "test" })
})

const services = Acknowledgments.layer.pipe(
  Layer.provideMerge(Layer.mergeAll(Partners.layer, Configuration.layer)),
  Layer.provideMerge(Database.layer)
)

layer(services, { excludeTestServices: true })("Acknowledgments", (it) => {
  it.effect("chase what was delivered and not acknowledged in time, and nothing else", () =>
    Effect.gen(function* () {
      yield* sent(101, 1, 2 * day)
      yield* sent(102, 2, 2 * day)
      yield* sent(103, 3, day / 2)
      yield* sent(104, 4, undefined)
      assert.deepStrictEqual(yield* overdue, [102, 101])
      yield* apply(said("000000100", "accepted"), context)
      assert.deepStrictEqual(yield* overdue, [102])
    })
  )

  it.effect("keep a rejection with the partner's reason; the newest word counts", () =>
    Effect.gen(function* () {
      yield* sent(201, 20, 2 * day)
      const { warnings } = yield* apply(said("2000", "rejected"), context)
      assert.deepStrictEqual(
        warnings.map(({ rule, text }) => [rule.id, text]),
        [["x12/rejected", "fir has rejected functional group AR 2000, sent as message 201: W04 at 7: 8."]]
      )
      yield* apply(said("2000", "accepted"), { ...context, messageId: 901 })
      const acknowledgments = yield* Acknowledgments
      const rows = yield* acknowledgments.list({ overdue: false, now, limit: 100 })
      const row = rows.find(({ messageId }) => messageId === 201)
      assert.deepStrictEqual([row?.status, row?.byMessage], ["accepted", 901])
    })
  )

  it.effect("are overdue after the hours that the partner's channel with the sending company gives", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      for (const [id, receiver] of [
        [40, "9521234001010"],
        [41, "9521234001034"]
      ] as const)
        yield* sql`INSERT INTO messages (id, direction, company, channel, lane, type, file_name, size, sha256, received_at, status, receiver)
            VALUES (${id}, 'in', 'elm', 'folder', 'elm', 'PURCHASE_ORDER', 'p.json', 1, ''::bytea, ${now}, 'processed', ${receiver})`
      yield* sent(401, 40, day / 4)
      yield* sent(411, 41, day / 4)
      yield* sent(412, 41, 2 * day)
      assert.notIncludeMembers(yield* overdue, [401, 411])
      yield* directory
      const found = yield* overdue
      assert.includeMembers(found, [401, 412])
      assert.notInclude(found, 411)
      const acknowledgments = yield* Acknowledgments
      const rows = yield* acknowledgments.list({ overdue: false, now, limit: 100 })
      const due = rows.find(({ messageId }) => messageId === 401)?.dueAt
      assert.deepStrictEqual(due, new Date(now.getTime() - 2 * 60 * 60 * 1000))
    })
  )

  it.effect("refuse words about what was never sent, or to somebody else, or as something else", () =>
    Effect.gen(function* () {
      yield* sent(301, 30, 1000)
      for (const [about, company] of [
        [said("000009900", "accepted"), "fir"],
        [said("000003000", "accepted"), "larch"],
        [said("000003000", "accepted", "OW"), "fir"],
        [said("no number", "accepted"), "fir"]
      ] as const) {
        const refused = yield* Effect.flip(apply(about, { ...context, company }))
        assert.isTrue("_tag" in refused && refused._tag === "Refused")
      }
      assert.notInclude(yield* overdue, 301)
    })
  )
})
