/** Verification over HTTP against a real database: by scanned code, by parts, as a producer, by Set Event, and its history. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { SqlClient } from "effect/sql"
import { Api } from "../../src/api/Api.ts"
import { VerificationRequest } from "../../src/api/VerificationApi.ts"
import * as WorldImport from "../../src/cli/WorldImport.ts"
import { eventually } from "../contracts/ChannelContract.ts"
import { worldOf } from "../partners/worlds.ts"
import { gtin, lot, scanned, startedWithPacks } from "./VerificationWorld.ts"

const post = (key: string, body: unknown) => ({
  method: "POST",
  key,
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" }
})

const pack = { gtin, serial: "1001", lot, expiry: "271231" }

const event = (serials: ReadonlyArray<string>, changes: object = {}, packagingCode = gtin) => ({
  eventTime: "2026-11-24T12:00:00Z",
  eventType: "VERIFYING",
  locationType: "GLN",
  locationValue: "9521234000051",
  serialNumberList: serials.map((serialNumber) => ({
    packagingCode,
    serialNumber,
    lotNumber: lot,
    expirationDate: "271231"
  })),
  ...changes
})

describe("verifying", () => {
  it.live("answers yes and no for a scanned code and for its parts, in words too", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* startedWithPacks
      const key = yield* keyFor("dogwood", ["verify"])
      const verify = (body: unknown, by = key) => ask("/v1/verifications", post(by, body))
      const yes = yield* verify({ code: scanned("1001") })
      assert.strictEqual(yes.status, 200, yes.text)
      assert.deepInclude(yes.json(), {
        outcome: "verified",
        status: "PIE_SUCCESS",
        headline: "Verified",
        ...pack,
        responderGln: "9521234000013",
        inNetwork: true
      })
      assert.deepInclude((yield* verify(pack)).json(), { outcome: "verified" })
      assert.deepInclude((yield* verify({ ...pack, serial: "9" })).json(), {
        outcome: "not_verified",
        status: "PV_SUBMISSION_FAILURE",
        headline: "Not verified",
        failureReason: "No_match_GTIN_Serial"
      })
      assert.deepInclude((yield* verify({ code: scanned("2001") })).json(), { additionalInfo: "Recalled" })
      const other = yield* verify({ ...pack, gtin: "00614141999996" })
      assert.deepInclude(other.json(), { outcome: "not_asked", status: "PIE_FAILURE", headline: "Could not ask" })
      const abroad = yield* verify({ ...pack, gtin: "00992326050114" })
      assert.deepInclude(abroad.json(), { outcome: "no_impact", status: "SEM_NO_COMPLIANCE_IMPACT", markets: ["DE"] })
    })
  )

  it.live("says which of the four parts a code lacks, and everything else that is wrong", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* startedWithPacks
      const key = yield* keyFor("dogwood", ["verify"])
      const errors = (body: unknown) =>
        Effect.map(ask("/v1/verifications", post(key, body)), (answer) => {
          assert.strictEqual(answer.status, 400, answer.text)
          const { errors } = answer.json()
          return Array.isArray(errors) ? errors.map(({ element, message }) => `${element}: ${message}`) : []
        })
      assert.deepStrictEqual(yield* errors({ code: `01${gtin}211001` }), [
        "code: lacks lot number (10)",
        "code: lacks expiration date (17)"
      ])
      assert.strictEqual((yield* errors({ code: "hello" })).length, 1)
      assert.deepStrictEqual(yield* errors({ gtin, lot }), ["serial: is missing", "expiry: is missing"])
      const wrong = yield* errors({
        ...pack,
        gtin: "00992326050108",
        expiry: "271399",
        context: "curiosity",
        requesterGln: "5",
        corrUuid: "é"
      })
      assert.deepStrictEqual(
        wrong.map((text) => text.split(":")[0]),
        ["gtin", "expiry", "requesterGln", "corrUuid", "context"]
      )
      assert.deepStrictEqual(yield* errors({ ...pack, market: "Narnia" }), [
        "market: must be a country of ISO 3166-1 such as US"
      ])
      assert.strictEqual((yield* ask("/v1/verifications", { ...post(key, {}), body: "no JSON" })).status, 400)
    })
  )

  it.live("needs the scope, and leaves a history that each sees its part of", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* startedWithPacks
      const [producer, asker, third] = [
        yield* keyFor("alder", ["verify"]),
        yield* keyFor("dogwood", ["verify"]),
        yield* keyFor("elm", ["verify"])
      ]
      const noScope = yield* keyFor("dogwood", ["send", "read", "fetch", "manage"])
      assert.strictEqual((yield* ask("/v1/verifications", post(noScope, pack))).status, 403)
      assert.strictEqual((yield* ask("/v1/verifications", { key: noScope })).status, 403)
      yield* ask("/v1/verifications", post(asker, pack))
      yield* ask("/v1/verifications", post(asker, { ...pack, serial: "9" }))
      yield* ask("/v1/verifications", post(third, { ...pack, gtin: "00614141999996" }))
      const list = (key: string, query = "") =>
        Effect.map(ask(`/v1/verifications${query}`, { key }), (answer): ReadonlyArray<Record<string, unknown>> => {
          assert.strictEqual(answer.status, 200, answer.text)
          return JSON.parse(answer.text)
        })
      assert.deepStrictEqual(
        (yield* list(asker)).map(({ serial, outcome }) => [serial, outcome]),
        [
          ["9", "invalid"],
          ["1001", "valid"]
        ]
      )
      assert.strictEqual((yield* list(producer)).length, 2)
      assert.deepStrictEqual(
        (yield* list(third)).map(({ outcome }) => outcome),
        ["not_asked"]
      )
      assert.strictEqual((yield* list(asker, "?show=Valid")).length, 1)
      assert.strictEqual((yield* list(asker, "?limit=1")).length, 1)
      assert.strictEqual((yield* list(asker, "?to=2020-01-01T00:00:00Z")).length, 0)
      assert.strictEqual((yield* ask("/v1/verifications?from=yesterday", { key: asker })).status, 400)
    })
  )

  it.live("lets a producer look at its own products, and nobody at others'", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* startedWithPacks
      const t = { v: 1, m: "pie--producer-verify--v1", "app-id": "app", cid: "21EC2020-3AEA-4069-A2DD-08002B30309D" }
      const product = {
        packagingCode: gtin,
        packagingCodeType: "GTIN-14",
        serialNumber: "1001",
        lotNumber: lot,
        expiry: "271231"
      }
      const p = { product, context: "dscsaExceptionVerification", ctrlPossessAtt: true }
      const own = yield* ask("/v1/producer-verifications", post(yield* keyFor("alder", ["verify"]), { t, p }))
      assert.strictEqual(own.status, 200, own.text)
      assert.deepNestedInclude(own.json(), {
        "t.m": "pie--producer-verify-response--v1",
        "t.cid": t.cid,
        "p.product": product,
        "p.verified": true,
        "p.corrUUID": t.cid
      })
      const other = yield* ask("/v1/producer-verifications", post(yield* keyFor("dogwood", ["verify"]), { t, p }))
      assert.strictEqual(other.status, 403, other.text)
      const bad = yield* ask(
        "/v1/producer-verifications",
        post(yield* keyFor("alder", ["verify"]), { t, p: { product } })
      )
      assert.strictEqual(bad.status, 400)
      const wrong = yield* ask(
        "/v1/producer-verifications",
        post(yield* keyFor("alder", ["verify"]), {
          t: { ...t, cid: "é" },
          p: { ...p, product: { ...product, expiry: "271399" } }
        })
      )
      assert.strictEqual(wrong.status, 400)
      const { errors } = wrong.json()
      assert.deepStrictEqual(Array.isArray(errors) && errors.map(({ pointer }) => pointer), [
        "/p/product/expiry",
        "/t/cid"
      ])
    })
  )
})

describe("the typed client", () => {
  it.live("verifies through the same value that the server is made from", () =>
    Effect.gen(function* () {
      const { base, keyFor } = yield* startedWithPacks
      const key = yield* keyFor("dogwood", ["verify"])
      const client = yield* HttpApiClient.make(Api, {
        baseUrl: base,
        transformClient: HttpClient.mapRequest(HttpClientRequest.bearerToken(key))
      })
      const answer = yield* client.verifications.verify({ payload: new VerificationRequest({ code: scanned("1001") }) })
      assert.strictEqual(answer.outcome, "verified")
      const error = yield* Effect.flip(
        client.verifications.verify({ payload: new VerificationRequest({ code: `01${gtin}211001` }) })
      )
      assert(error._tag === "Invalid")
      assert.strictEqual(error.errors.length, 2)
      assert.strictEqual((yield* client.verifications.list({ query: {} })).length, 1)
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )
})

describe("Set Event", () => {
  it.live("answers one serial number at once", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* startedWithPacks
      const key = yield* keyFor("dogwood", ["verify"])
      const customData = { pallet: 7 }
      const extensionData = { market: "US", return: "R-1" }
      const answer = yield* ask("/v1/events", post(key, event([`01${gtin}211001`], { customData, extensionData })))
      assert.strictEqual(answer.status, 200, answer.text)
      assert.deepInclude(answer.json(), {
        companyID: "dogwood",
        state: "COMPLETED",
        status: "PIE_SUCCESS",
        message: "Verified. Its producer knows this pack.",
        customData,
        extensionData,
        eventTime: "2026-11-24T12:00:00Z"
      })
      assert.match(String(answer.json()["eventId"]), /^\d+$/u)
      const no = yield* ask("/v1/events", post(key, { t: { v: 1, m: "sem--set-event--v1" }, p: event(["9"]) }))
      assert.deepNestedInclude(no.json(), {
        "t.m": "sem--set-event-response--v1",
        "p.status": "PV_SUBMISSION_FAILURE",
        "p.serialNumberList[0].outcome.verificationFailureReason": "No_match_GTIN_Serial"
      })
      const shared = yield* ask("/v1/events", post(key, event(["1001"], { extensionData: { market: "DE" } })))
      assert.deepInclude(shared.json(), { status: "PIE_SUCCESS" })
      const foreign = event(["1001"], { extensionData: { market: "DE" } }, "00614141999996")
      const abroad = yield* ask("/v1/events", post(key, foreign))
      assert.deepInclude(abroad.json(), { status: "SEM_NO_COMPLIANCE_IMPACT" })
      const shipped = yield* ask("/v1/events", post(key, event(["1001"], { eventType: "SHIPPED" })))
      assert.deepInclude(shipped.json(), {
        status: "SEM_NO_COMPLIANCE_IMPACT",
        message: "There is no workflow for SHIPPED; nothing was recorded."
      })
    })
  )

  it.live("answers several later, under an id that only the asker can use", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* startedWithPacks
      const key = yield* keyFor("dogwood", ["verify"])
      const many = [...Array.from({ length: 600 }, (_, n) => `no${n}`), "1001", "2001"]
      const submitted = (yield* ask("/v1/events", post(key, event(many)))).json()
      assert.deepInclude(submitted, { state: "PROCESSING", message: "0 of 602 serial numbers are done." })
      const id = String(submitted["eventQueryResponseId"])
      const path = `/v1/events/${id}`
      yield* eventually(
        "done",
        Effect.map(ask(path, { key }), (answer) => answer.json()["state"] === "COMPLETED")
      )
      const { serialNumberList } = (yield* ask(path, { key })).json()
      const outcomes = Array.isArray(serialNumberList) ? serialNumberList.map(({ outcome }) => outcome.status) : []
      assert.strictEqual(outcomes.length, 602)
      assert.deepStrictEqual(outcomes.slice(-3), ["PV_SUBMISSION_FAILURE", "PIE_SUCCESS", "PV_SUBMISSION_FAILURE"])
      assert.strictEqual((yield* ask(path, { key: yield* keyFor("elm", ["verify"]) })).status, 404)
      assert.strictEqual((yield* ask("/v1/events/nothing", { key })).status, 404)
    })
  )

  it.live("goes on where a process that died has left a request", () =>
    Effect.gen(function* () {
      const { ask, keyFor, context } = yield* startedWithPacks
      const key = yield* keyFor("dogwood", ["verify"])
      const sql = yield* Effect.provide(SqlClient.SqlClient, context)
      const kept = [{ status: "PIE_FAILURE", message: "kept as it was" }]
      yield* sql`INSERT INTO event_requests (id, company, caller, event, at, outcomes, attempts, lease_until)
        VALUES ('left', 'dogwood', 'key x', ${JSON.stringify(event(["1001", "1002"]))}::text::jsonb, now(),
          ${JSON.stringify(kept)}::text::jsonb, 1, now() - interval '1 second')`
      const other = (yield* ask("/v1/events", post(key, event(["1001", "1003"])))).json()["eventQueryResponseId"]
      yield* eventually(
        "done",
        Effect.map(ask("/v1/events/left", { key }), (answer) => answer.json()["state"] === "COMPLETED")
      )
      const messages = (yield* ask("/v1/events/left", { key })).json()["serialNumberList"]
      assert.deepStrictEqual(Array.isArray(messages) ? messages.map(({ outcome }) => outcome.message) : [], [
        "kept as it was",
        "Verified. Its producer knows this pack."
      ])
      yield* sql`INSERT INTO event_requests (id, company, caller, event, at, outcomes, attempts)
        VALUES ('poison', 'dogwood', 'key x', ${JSON.stringify(event(["1001"]))}::text::jsonb, now(), '[]', 3)`
      yield* ask("/v1/events", post(key, event(["1001", "1003"])))
      yield* eventually(
        "given up",
        Effect.map(ask("/v1/events/poison", { key }), (answer) => answer.json()["status"] === "PIE_FAILURE")
      )
      yield* eventually(
        "the other too",
        Effect.map(ask(`/v1/events/${other}`, { key }), (answer) => answer.json()["state"] === "COMPLETED")
      )
    })
  )

  it.live("takes a code type in any case, one or several serial numbers, and answers as for any other", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* startedWithPacks
      const key = yield* keyFor("dogwood", ["verify"])
      const lower = (serials: ReadonlyArray<string>) => {
        const { serialNumberList, ...rest } = event(serials)
        const typed = serialNumberList.map((item) => ({ ...item, packagingCodeType: "gtin-14" }))
        return { ...rest, serialNumberList: typed }
      }
      const one = yield* ask("/v1/events", post(key, lower(["1001"])))
      assert.strictEqual(one.status, 200, one.text)
      assert.deepNestedInclude(one.json(), {
        status: "PIE_SUCCESS",
        "serialNumberList[0].packagingCodeType": "GTIN-14"
      })
      const several = yield* ask("/v1/events", post(key, lower(["1001", "1002"])))
      assert.strictEqual(several.status, 200, several.text)
      const id = String(several.json()["eventQueryResponseId"])
      yield* eventually(
        "done",
        Effect.map(ask(`/v1/events/${id}`, { key }), (answer) => answer.json()["state"] === "COMPLETED")
      )
    })
  )

  it.live("is stopped by no request that it cannot read: such a one is given up, and others go on meanwhile", () =>
    Effect.gen(function* () {
      const { ask, keyFor, context } = yield* startedWithPacks
      const key = yield* keyFor("dogwood", ["verify"])
      const sql = yield* Effect.provide(SqlClient.SqlClient, context)
      const unread = (id: string, attempts: number) => {
        const bad = JSON.stringify({ serialNumberList: [{}, {}] })
        return sql`INSERT INTO event_requests (id, company, caller, event, at, outcomes, attempts)
          VALUES (${id}, 'dogwood', 'key x', ${bad}::text::jsonb, now() - interval '1 hour', '[]', ${attempts})`
      }
      yield* Effect.forEach(["a", "b", "c"], (id) => unread(id, 0))
      yield* unread("given-up", 3)
      const start = Date.now()
      const good = (yield* ask("/v1/events", post(key, event(["1001", "1002"])))).json()["eventQueryResponseId"]
      yield* eventually(
        "the other",
        Effect.map(ask(`/v1/events/${good}`, { key }), (answer) => answer.json()["state"] === "COMPLETED")
      )
      assert.isBelow(Date.now() - start, 5000)
      const [row] = yield* sql<{
        readonly outcomes: ReadonlyArray<{ readonly status: string }>
        readonly done: boolean
      }>`
        SELECT outcomes, finished_at IS NOT NULL AS done FROM event_requests WHERE id = 'given-up'`
      assert.isTrue(row?.done)
      assert.deepStrictEqual(
        row?.outcomes.map(({ status }) => status),
        ["PIE_FAILURE", "PIE_FAILURE"]
      )
      const polled = yield* ask("/v1/events/given-up", { key })
      assert.strictEqual(polled.status, 503)
      assert.include(polled.text, "cannot be read any more")
    })
  )

  it.live("calls no answer negative that nobody gave", () =>
    Effect.gen(function* () {
      const { ask, keyFor, context } = yield* startedWithPacks
      const key = yield* keyFor("dogwood", ["verify"])
      const set = (changes: object, code = gtin) =>
        Effect.map(ask("/v1/events", post(key, event(["1001"], changes, code))), (answer) => [
          answer.status,
          answer.json()["status"],
          answer.json()["message"]
        ])
      assert.deepStrictEqual(yield* set({ locationValue: "9521234000068" }), [
        200,
        "PIE_FAILURE",
        "9521234000068 is no GLN of dogwood."
      ])
      const wrong = gtin.slice(0, 13) + ((Number(gtin.at(-1)) + 1) % 10)
      assert.deepStrictEqual(yield* set({}, wrong), [
        200,
        "PIE_FAILURE",
        "gtin: GTIN length must be 14 and check digit must match"
      ])
      const blocked = worldOf({
        blockedRequesters: [{ id: "9521234000051", reason: "licence withdrawn", company: "alder" }]
      })
      const loaded = WorldImport.run(blocked, { actor: "test", clock: new Date("2026-01-05T12:00:00Z") })
      yield* Effect.provideContext(loaded, context)
      assert.strictEqual((yield* set({}))[1], "PIE_FAILURE")
    })
  )

  it.live("refuses what is wrong with the documented texts, and asks nothing then", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* startedWithPacks
      const key = yield* keyFor("dogwood", ["verify"])
      const bad = yield* ask("/v1/events", post(key, event(["1001"], { eventTime: "", locationType: "X" })))
      assert.strictEqual(bad.status, 400)
      assert.include(bad.headers.get("content-type") ?? "", "application/problem+json")
      assert.strictEqual(
        bad.json()["detail"],
        "The Set Event Request cannot be processed. The eventTime is not specified. The Set Event Request cannot be processed. The locationType is not valid. The eventType must be one of the following: BR_CNES, BR_CNPJ, BR_CPF, BR_PROF_REG, COMPANYSITEID, DEA, DUNS, DUNS4, GLN, HIN, IN_LOCATION_ID, KR_BUS_REG_NUMBER, KR_PROVIDER_CODE, or SGLN."
      )
      assert.strictEqual((yield* ask("/v1/verifications", { key })).text, "[]")
      assert.strictEqual((yield* ask("/v1/events/xyz", { key })).status, 404)
      assert.strictEqual((yield* ask("/v1/events/%00", { key })).status, 400)
      const noScope = yield* keyFor("dogwood", ["send"])
      assert.strictEqual((yield* ask("/v1/events", post(noScope, event(["1001"])))).status, 403)
    })
  )
})
