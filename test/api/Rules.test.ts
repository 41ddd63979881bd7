/** Data rules, answer rules and the block list over HTTP: documented order and texts, who may, and the audit trail of it. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Audit from "../../src/audit/Audit.ts"
import * as WorldImport from "../../src/cli/WorldImport.ts"
import { worldOf } from "../partners/worlds.ts"
import { gtin, lot, startedWithPacks } from "./VerificationWorld.ts"

const send = (method: string, key: string, body: unknown) => ({
  method,
  key,
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" }
})

const rule = (market: string, ...itemStatuses: ReadonlyArray<string>) => ({
  targetMarketCountryCode: market,
  itemStatuses
})

describe("rules over HTTP", () => {
  it.live("are set in the documented order, or refused with every contradiction", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* startedWithPacks
      const key = yield* keyFor("alder", ["manage", "read"])
      const set = (...records: ReadonlyArray<unknown>) => ask("/v1/rules/verification", send("POST", key, { records }))
      const conflict = yield* set(rule("US", "All"))
      assert.strictEqual(conflict.status, 400)
      assert.include(String(conflict.json()["detail"]), "Multiple sync rules cannot apply to the same target market")
      assert.strictEqual((yield* ask("/v1/rules/verification/ALL", { method: "DELETE", key })).status, 204)
      assert.strictEqual((yield* ask("/v1/rules/verification/ALL", { method: "DELETE", key })).status, 404)
      assert.deepStrictEqual(
        JSON.parse((yield* set(rule("US", "All"), rule("Puerto Rico", "Available", "Shipped"))).text),
        [
          { market: "US", did: "created" },
          { market: "PR", did: "created" }
        ]
      )
      assert.deepStrictEqual(JSON.parse((yield* set(rule("US", "Available"))).text), [{ market: "US", did: "updated" }])
      assert.strictEqual((yield* set(rule("ALL", "All"))).status, 400)
      const none = (yield* set()).json()
      assert.deepStrictEqual(
        [none["detail"], none["errors"]],
        ["records: is required", [{ in: "body", element: "records", pointer: "/records", message: "is required" }]]
      )
      const faults = (yield* set(rule("DE", "All"), rule("US", "Sold"), rule("GU"))).json()["errors"]
      assert.deepStrictEqual(Array.isArray(faults) ? faults.map(({ element }) => element) : [], [
        "records[0].targetMarketCountryCode",
        "records[1].itemStatuses",
        "records[2].itemStatuses"
      ])
      const twice = yield* set(rule("US", "All"), rule("United States of America", "Shipped"))
      assert.strictEqual(twice.status, 400)
      assert.include(String(twice.json()["detail"]), "each target market can only be selected once")
      // None of what was refused counts.
      assert.deepStrictEqual((yield* ask("/v1/rules", { key })).json(), {
        masterData: [{ market: "ALL", verification: true, download: true }],
        verification: [
          { market: "US", itemStatuses: ["available"] },
          { market: "PR", itemStatuses: ["available", "shipped"] }
        ]
      })
    })
  )

  it.live("are for producers with the scope, and stand in the audit trail with the reason", () =>
    Effect.gen(function* () {
      const { ask, keyFor, context } = yield* startedWithPacks
      const body = { records: [{ targetMarketCountryCode: "ALL", download: false }], why: "partners asked" }
      const path = "/v1/rules/master-data"
      const refused = yield* ask(path, send("POST", yield* keyFor("dogwood", ["manage"]), body))
      assert.strictEqual(refused.status, 403)
      assert.include(String(refused.json()["detail"]), "Only Producers can set these data rules")
      assert.strictEqual((yield* ask(path, send("POST", yield* keyFor("alder", ["read", "verify"]), body))).status, 403)
      const done = yield* ask(path, send("POST", yield* keyFor("alder", ["manage"]), body))
      assert.strictEqual(done.status, 200, done.text)
      const audit = yield* Effect.provide(Audit.make, context)
      const [entry] = yield* audit.list({ limit: 10, words: "dataRules" })
      assert.deepInclude(entry, { act: "dataRules.changed", subject: "alder", why: "partners asked" })
      assert.match(entry?.actor ?? "", /^alder, key [a-z2-9]{8}$/u)
      assert.strictEqual((yield* audit.check()).broken, undefined)
    })
  )

  it.live("change answers at once: whether recalled packs are valid, and who gets none", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* startedWithPacks
      const key = yield* keyFor("alder", ["manage", "read"])
      const asker = yield* keyFor("dogwood", ["verify"])
      const verify = ask("/v1/verifications", send("POST", asker, { gtin, serial: "2001", lot, expiry: "271231" }))
      assert.deepInclude((yield* verify).json(), { outcome: "not_verified", additionalInfo: "Recalled" })
      const before = (yield* ask("/v1/rules/answers", { key })).json()
      const customVerificationRule = { ...before, validWhenRecalled: true }
      const set = yield* ask("/v1/rules/answers", send("POST", key, { customVerificationRule }))
      assert.deepStrictEqual([set.status, set.json()], [200, customVerificationRule])
      assert.deepInclude((yield* verify).json(), { outcome: "verified", additionalInfo: "Recalled" })
      const partial = { ...customVerificationRule, checkExpirationDay: undefined, sendSuspectStatus: undefined }
      const refused = yield* ask("/v1/rules/answers", send("POST", key, { customVerificationRule: partial }))
      assert.strictEqual(refused.status, 400)
      for (const flag of ["checkExpirationDay", "sendSuspectStatus"]) assert.include(refused.text, flag)

      const consumer = yield* keyFor("dogwood", ["read", "manage"])
      for (const path of ["/v1/rules", "/v1/rules/answers", "/v1/rules/blocked-requesters"]) {
        const told = yield* ask(path, { key: consumer })
        assert.strictEqual(told.status, 403)
        assert.include(told.text, "Only Producers can set these data rules: dogwood")
      }

      const block = "/v1/rules/blocked-requesters/9521234000044"
      assert.strictEqual((yield* ask(block, send("PUT", key, { reason: "no licence" }))).status, 200)
      assert.strictEqual((yield* verify).status, 403)
      assert.strictEqual(JSON.parse((yield* ask("/v1/rules/blocked-requesters", { key })).text).length, 1)
      assert.strictEqual((yield* ask(block, { method: "DELETE", key })).status, 204)
      assert.strictEqual((yield* ask(block, { method: "DELETE", key })).status, 404)
      assert.strictEqual((yield* verify).status, 200)
    })
  )

  it.live("block requesters for each producer apart, without telling one of the other's list", () =>
    Effect.gen(function* () {
      const { ask, keyFor, context } = yield* startedWithPacks
      const modules = { productVerification: "producer" }
      const other = worldOf({ companies: [{ id: "birch", name: "Birch", role: "producer", modules }] })
      const at = new Date("2026-01-06T12:00:00Z")
      yield* Effect.provideContext(WorldImport.run(other, { actor: "test", clock: at }), context)
      const keys = {
        alder: yield* keyFor("alder", ["manage", "read"]),
        birch: yield* keyFor("birch", ["manage", "read"])
      }
      const asker = yield* keyFor("dogwood", ["verify"])
      const verified = Effect.map(
        ask("/v1/verifications", send("POST", asker, { gtin, serial: "1001", lot, expiry: "271231" })),
        ({ status }) => status
      )
      const gln = "9521234000044"
      const block = `/v1/rules/blocked-requesters/${gln}`
      const listed = (key: string) =>
        Effect.map(ask("/v1/rules/blocked-requesters", { key }), ({ text }) => JSON.parse(text))

      assert.strictEqual((yield* ask(block, send("PUT", keys.birch, { reason: "of birch" }))).status, 200)
      assert.deepStrictEqual(yield* listed(keys.alder), [])
      assert.strictEqual((yield* ask(block, { method: "DELETE", key: keys.alder })).status, 404)
      assert.strictEqual(yield* verified, 200)
      assert.strictEqual((yield* ask(block, send("PUT", keys.alder, { reason: "of alder" }))).status, 200)
      assert.strictEqual(yield* verified, 403)
      assert.deepStrictEqual(yield* listed(keys.birch), [{ id: gln, reason: "of birch", company: "birch" }])
      assert.deepStrictEqual(yield* listed(keys.alder), [{ id: gln, reason: "of alder", company: "alder" }])
      assert.strictEqual((yield* ask(block, { method: "DELETE", key: keys.alder })).status, 204)
      assert.strictEqual(yield* verified, 200)
      assert.lengthOf(yield* listed(keys.birch), 1)

      const wrong = yield* ask(
        "/v1/rules/blocked-requesters/9521234000045",
        send("PUT", keys.alder, { reason: "Theft" })
      )
      assert.strictEqual(wrong.status, 400)
      assert.deepStrictEqual(wrong.json()["errors"], [
        {
          in: "path",
          element: "gln",
          value: "9521234000045",
          message: "must be a GLN of 13 digits with a right check digit."
        }
      ])

      const audit = yield* Effect.provide(Audit.make, context)
      const entries = yield* audit.list({ limit: 10, words: "blockedRequester" })
      assert.deepStrictEqual(
        entries.map(({ act, subject }) => [act, subject]),
        [
          ["blockedRequester.removed", `alder/${gln}`],
          ["blockedRequester.added", `alder/${gln}`],
          ["blockedRequester.added", `birch/${gln}`]
        ]
      )
    })
  )
})

describe("the verification history", () => {
  it.live("comes as a report: submitted, polled, listed, downloaded, by its company only", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* startedWithPacks
      const key = yield* keyFor("dogwood", ["verify"])
      yield* ask("/v1/verifications", send("POST", key, { gtin, serial: "1001", lot, expiry: "271231" }))
      const day = new Date().toISOString().slice(0, 10).split("-").reverse().join("-")
      const t = { v: 1, m: "pie--submit-verification-history-request--v1", cid: "c-1" }
      const path = "/v1/verification-history-requests"
      const submitted = yield* ask(path, send("POST", key, { t, p: { startDateRange: day, endDateRange: day } }))
      assert.strictEqual(submitted.status, 200, submitted.text)
      assert.deepNestedInclude(submitted.json(), {
        "t.m": "pie--submit-verification-history-request-response--v1",
        "t.cid": "c-1"
      })
      const id = JSON.parse(submitted.text).p.requestId
      const polled = yield* ask(`${path}/${id}`, { key })
      assert.deepInclude(polled.json(), { requestId: id, startDateRange: day, verificationStatus: "All" })
      assert.strictEqual(JSON.parse((yield* ask(path, { key })).text).length, 1)
      assert.strictEqual((yield* ask(`${path}/${id}`, { key: yield* keyFor("elm", ["verify"]) })).status, 404)
      const wrong = { startDateRange: "2026-11-24", endDateRange: "31-02-2026", verificationStatus: "Sometimes" }
      const bad = yield* ask(path, send("POST", key, { t, p: wrong }))
      assert.strictEqual(bad.status, 400)
      const { errors } = bad.json()
      assert.deepStrictEqual(Array.isArray(errors) && errors.map(({ pointer, message }) => `${pointer} ${message}`), [
        "/p/startDateRange must be a date as DD-MM-YYYY.",
        "/p/endDateRange must be a date as DD-MM-YYYY.",
        '/p/verificationStatus Expected "All" | "Invalid" | "Valid".'
      ])
      const turned = yield* ask(
        path,
        send("POST", key, { t, p: { startDateRange: "02-11-2026", endDateRange: "01-11-2026" } })
      )
      assert.deepStrictEqual(turned.json()["errors"], [
        {
          in: "body",
          element: "endDateRange",
          pointer: "/p/endDateRange",
          message: "endDateRange must not be before startDateRange"
        }
      ])
      assert.strictEqual((yield* ask("/v1/verification-history-files/nothing", { key })).status, 404)
    })
  )
})
