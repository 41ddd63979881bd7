/** Look-ups over HTTP: serial numbers for those who own or hold them, and reports over the caller's own company alone. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { gtin, pallet, startedWithPacks } from "./VerificationWorld.ts"

describe("serial numbers", () => {
  it.live("are told to their owner with their history, and to nobody else", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* startedWithPacks
      const key = yield* keyFor("alder", ["read"])
      const find = (serial: string, by = key) =>
        Effect.map(ask(`/v1/serials?serial=${encodeURIComponent(serial)}`, { key: by }), (answer) => {
          assert.strictEqual(answer.status, 200, answer.text)
          const list: ReadonlyArray<Record<string, unknown>> = JSON.parse(answer.text)
          return list
        })
      const [number] = yield* find(`(01)${gtin}(21)2001`)
      assert.deepInclude(number, {
        serialNumber: `01${gtin}212001`,
        owner: "alder",
        packagingCode: gtin,
        state: "commissioned",
        itemStatus: "available",
        attributes: ["recalled"],
        lot: "A1/2",
        expiry: "271231",
        company: "alder",
        children: 0
      })
      assert.isAbove(Array.isArray(number?.["history"]) ? number["history"].length : 0, 0)
      assert.strictEqual((yield* find("1001")).length, 1)
      assert.deepStrictEqual(yield* find("nothing"), [])
      assert.deepStrictEqual(yield* find("1001", yield* keyFor("dogwood", ["read"])), [])
      const noScope = yield* keyFor("alder", ["verify"])
      assert.strictEqual((yield* ask("/v1/serials?serial=1001", { key: noScope })).status, 403)
      assert.strictEqual((yield* ask("/v1/serials?serial=", { key })).status, 400)
    })
  )
})

describe("traces", () => {
  it.live("say of a company's own numbers what they are packed in, and whom they went to", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* startedWithPacks
      const trace = (serial: string, company: string) =>
        Effect.gen(function* () {
          const key = yield* keyFor(company, ["read"])
          const answer = yield* ask(`/v1/traces?serial=${serial}`, { key })
          assert.strictEqual(answer.status, 200, answer.text)
          const list: ReadonlyArray<Record<string, unknown>> = JSON.parse(answer.text)
          return list
        })
      const [packed] = yield* trace("3001", "alder")
      assert.deepInclude(packed, { serialNumber: `01${gtin}213001`, contains: [], isCut: false })
      const above: unknown = packed?.["packedIn"]
      assert.deepStrictEqual(
        Array.isArray(above) ? above.map(({ serialNumber, level }) => [serialNumber, level]) : [],
        [[pallet, 1]]
      )
      const [whole] = yield* trace(pallet, "alder")
      assert.strictEqual(Array.isArray(whole?.["contains"]) ? whole["contains"].length : 0, 2)
      assert.deepStrictEqual(yield* trace("3001", "dogwood"), [])
    })
  )
})

describe("reports", () => {
  it.live("come as files over the caller's company, whatever is asked for", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* startedWithPacks
      const key = yield* keyFor("alder", ["read"])
      const kinds: ReadonlyArray<Record<string, unknown>> = JSON.parse((yield* ask("/v1/reports", { key })).text)
      assert.includeMembers(
        kinds.map(({ name }) => name),
        ["orders-by-serial", "pos-by-serial"]
      )
      assert.isFalse(kinds.some(({ filters }) => Array.isArray(filters) && filters.includes("company")))
      const csv = yield* ask("/v1/reports/orders-by-serial?serial=1001", { key })
      assert.strictEqual(csv.status, 200, csv.text)
      assert.include(csv.headers.get("content-type") ?? "", "text/csv")
      assert.include(csv.headers.get("content-disposition") ?? "", "orders-by-serial.csv")
      assert.strictEqual(
        (yield* ask("/v1/reports/orders-by-serial?format=json&serial=1001&serial=1002", { key })).status,
        200
      )
      assert.strictEqual((yield* ask("/v1/reports/nothing", { key })).status, 404)
      const wrong = yield* ask("/v1/reports/orders-by-serial?from=2026-01-01&serial=1", { key })
      assert.strictEqual(wrong.status, 400, wrong.text)
      assert.strictEqual((yield* ask("/v1/reports/orders-by-serial?format=html", { key })).status, 400)
      assert.strictEqual((yield* ask("/v1/reports", { key: yield* keyFor("alder", ["send"]) })).status, 403)
    })
  )
})
