/** The API over real sockets and a real database: taking documents in, saying what became of them, handing answers out. */
import * as net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { SqlClient } from "effect/sql"
import { Api } from "../../src/api/Api.ts"
import { eventually } from "../contracts/ChannelContract.ts"
import { maxBytes, started } from "./ApiServer.ts"

const post = (key: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) => ({
  method: "POST",
  key,
  body,
  headers
})

const problem = (answer: { readonly headers: Headers; readonly json: () => Record<string, unknown> }) => {
  assert.include(answer.headers.get("content-type") ?? "", "application/problem+json")
  return answer.json()
}

describe("sending", () => {
  it.live("takes any bytes of any content type, commits them, and says so", () =>
    Effect.gen(function* () {
      const { ask, keyFor, context } = yield* started({ works: false })
      const key = yield* keyFor("acme")
      const bytes = Uint8Array.from({ length: 2_000_000 }, (_, at) => (at * 7) % 256)
      const answer = yield* ask("/v1/messages/SNX_TRANSFER?fileName=a%20b.xml", {
        ...post(key, bytes, { "content-type": "application/x-whatever" })
      })
      assert.deepStrictEqual([answer.status, answer.json()], [202, { id: 1, again: false }])
      assert.strictEqual(answer.headers.get("location"), "/v1/messages/1")
      const rows = yield* Effect.provide(
        SqlClient.SqlClient.use(
          (sql) => sql<Record<string, unknown>>`
            SELECT company, channel, type, file_name, size::int4 AS size, status::text AS status,
              (SELECT sum(length(bytes))::int4 FROM message_chunks WHERE message_id = m.id) AS kept FROM messages m`
        ),
        context
      )
      assert.deepStrictEqual(rows, [
        {
          company: "acme",
          channel: "http",
          type: "SNX_TRANSFER",
          file_name: "a b.xml",
          size: bytes.length,
          status: "received",
          kept: bytes.length
        }
      ])
      const got = yield* ask("/v1/messages/1", { key })
      assert.deepStrictEqual(
        [got.json()["status"], got.json()["direction"], got.json()["answers"]],
        ["received", "in", []]
      )
      assert.strictEqual((yield* ask("/v1/messages/1/report", { key })).status, 404)
      // An empty body and one without a content type are documents too; what they are worth is for the pipeline to say.
      assert.strictEqual((yield* ask("/v1/messages/TEXT", { method: "POST", key })).status, 202)
    })
  )

  it.live("takes a document once under one idempotency key, and nothing else under it", () =>
    Effect.gen(function* () {
      const { ask, keyFor, context } = yield* started({ works: false })
      const key = yield* keyFor("acme")
      const other = yield* keyFor("other")
      const send = (body: string, type = "TEXT", by = key) =>
        ask(`/v1/messages/${type}`, post(by, body, { "idempotency-key": "order-1" }))
      assert.deepStrictEqual((yield* send("one")).json(), { id: 1, again: false })
      assert.deepStrictEqual((yield* send("one")).json(), { id: 1, again: true })
      const reused = yield* send("two")
      assert.strictEqual(reused.status, 422)
      assert.strictEqual(problem(reused)["type"], "urn:throughline:problem:key-reused")
      assert.strictEqual((yield* send("one", "OTHER")).status, 422)
      // Keys of companies have nothing to do with each other.
      assert.deepStrictEqual((yield* send("one", "TEXT", other)).json(), { id: 2, again: false })
      const bad = yield* ask("/v1/messages/TEXT", post(key, "x", { "idempotency-key": "a b" }))
      assert.strictEqual(bad.status, 400)
      assert.include(JSON.stringify(problem(bad)["errors"]), "idempotency-key")

      // Twenty at once, two documents: one of the documents wins, and is there once.
      const answers = yield* Effect.all(
        Array.from({ length: 20 }, (_, n) =>
          ask("/v1/messages/TEXT", post(key, n % 2 === 0 ? "even" : "odd", { "idempotency-key": "race" }))
        ),
        { concurrency: "unbounded" }
      )
      const taken = answers.filter(({ status }) => status === 202)
      assert.strictEqual(taken.length, 10)
      assert.strictEqual(answers.filter(({ status }) => status === 422).length, 10)
      assert.strictEqual(new Set(taken.map((answer) => answer.json()["id"])).size, 1)
      const rows = yield* Effect.provide(
        SqlClient.SqlClient.use((sql) => sql<{ readonly n: number }>`SELECT count(*)::int4 AS n FROM messages`),
        context
      )
      assert.strictEqual(rows[0]?.n, 3)
    })
  )

  it.live("journals the beginning of what is too large, says so, and reports it like any other", () =>
    Effect.gen(function* () {
      const { ask, keyFor, context } = yield* started({ works: true })
      const key = yield* keyFor("acme")
      const idempotent = { "idempotency-key": "large-1" }
      const large = new Uint8Array(maxBytes + 5)
      const said = yield* ask("/v1/messages/TEXT", post(key, large, idempotent))
      assert.deepStrictEqual([said.status, problem(said)["status"]], [413, 413])
      const id = problem(said)["id"]
      assert.strictEqual(problem(said)["instance"], `/v1/messages/${id}`)
      // The same again under its key is that message.
      assert.strictEqual(problem(yield* ask("/v1/messages/TEXT", post(key, large, idempotent)))["id"], id)
      const inPieces = (piece: number) => {
        const body = new ReadableStream({
          start: (controller) => {
            for (let sent = 0; sent < 5_000_000; sent += piece) controller.enqueue(new Uint8Array(piece))
            controller.close()
          }
        })
        const headers = { "idempotency-key": "large-2" }
        return ask("/v1/messages/TEXT", { method: "POST", key, headers, body, duplex: "half" })
      }
      const unsaid = yield* inPieces(1_000_000)
      assert.strictEqual(unsaid.status, 413)
      assert.notStrictEqual(problem(unsaid)["id"], id)
      assert.strictEqual(problem(yield* inPieces(700_001))["id"], problem(unsaid)["id"])
      const exact = yield* ask("/v1/messages/TEXT", post(key, new Uint8Array(maxBytes)))
      assert.strictEqual(exact.status, 202)
      const rows = yield* Effect.provide(
        SqlClient.SqlClient.use(
          (sql) => sql<{ readonly size: number; readonly kept: number }>`
            SELECT size::int4, (SELECT sum(length(bytes))::int4 FROM message_chunks WHERE message_id = m.id) AS kept
            FROM messages m WHERE direction = 'in' ORDER BY id`
        ),
        context
      )
      const [first, second, third, ...others] = rows
      assert.deepStrictEqual(first, { size: maxBytes + 5, kept: maxBytes + 1 })
      assert.isAbove(second?.size ?? 0, maxBytes)
      assert.strictEqual(second?.kept, maxBytes + 1)
      assert.deepStrictEqual([third, others], [{ size: maxBytes, kept: maxBytes }, []])
      yield* eventually(
        "reported",
        Effect.map(ask(`/v1/messages/${id}`, { key }), (answer) => answer.json()["status"] === "map_in_failed")
      )
      const report = yield* ask(`/v1/messages/${id}/report`, { key })
      assert.include(report.text, `${maxBytes + 5}`)
    })
  )

  it.live("keeps nothing of a request whose connection breaks in the middle", () =>
    Effect.gen(function* () {
      const { base, ask, keyFor, context } = yield* started({ works: false })
      const key = yield* keyFor("acme")
      yield* Effect.promise(
        () =>
          new Promise<void>((resolve) => {
            const socket = net.connect(Number(new URL(base).port), "127.0.0.1", () => {
              socket.write(
                `POST /v1/messages/TEXT HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-length: 1000\r\n\r\nhalf`,
                () => setTimeout(() => socket.destroy(), 100)
              )
            })
            socket.on("close", () => resolve())
          })
      )
      yield* Effect.sleep("200 millis")
      assert.strictEqual((yield* ask("/v1/messages/1", { key })).status, 404)
      const rows = yield* Effect.provide(
        SqlClient.SqlClient.use((sql) => sql<{ readonly n: number }>`SELECT count(*)::int4 AS n FROM messages`),
        context
      )
      assert.strictEqual(rows[0]?.n, 0)
    })
  )

  it.live("names every fault of a request, and knows no other types than there can be", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* started({ works: false })
      const key = yield* keyFor("acme")
      const bad = yield* ask("/v1/messages/..%2f..%2fetc?wait=9999", post(key, "x"))
      assert.strictEqual(bad.status, 400)
      assert.include(bad.text, "must be a message type")
      const wait = yield* ask("/v1/messages/TEXT?wait=61", post(key, "x"))
      assert.strictEqual(wait.status, 400)
      assert.include(JSON.stringify(problem(wait)["errors"]), "wait")
    })
  )
})

describe("outcome", () => {
  it.live("is in the answer when it is there in time, and can be asked for afterwards", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* started({ works: true })
      const key = yield* keyFor("acme")
      const good = yield* ask("/v1/messages/TEXT?wait=10", post(key, "acme|other|c1|fine"))
      assert.strictEqual(good.status, 200)
      assert.deepInclude(good.json(), {
        id: 1,
        status: "processed",
        sender: "acme",
        receiver: "other",
        controlNumber: "c1"
      })
      const failed = yield* ask("/v1/messages/TEXT?wait=10", post(key, "acme|other|c2|bad|bad"))
      assert.strictEqual(failed.json()["status"], "map_in_failed")
      const id = failed.json()["id"]
      const report = (yield* ask(`/v1/messages/${id}/report`, { key })).json()
      assert.deepInclude(report, { message: id, outcome: "map_in_failed", totals: { "text/bad": 2 }, warnings: [] })
      assert.deepStrictEqual(
        Array.isArray(report["errors"]) ? report["errors"].map((line) => [line.rule, line.path]) : undefined,
        [
          ["text/bad", "/word[1]"],
          ["text/bad", "/word[2]"]
        ]
      )
      const parked = yield* ask("/v1/messages/TEXT?wait=10", post(key, "acme|other|c3|park"))
      assert.deepInclude(parked.json(), { status: "waiting", reason: "waits for a place" })
    })
  )

  it.live("comes later with 202 when waiting was not long enough", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* started({ works: false })
      const key = yield* keyFor("acme")
      const before = performance.now()
      const answer = yield* ask("/v1/messages/TEXT?wait=1", post(key, "acme|other|c1|fine"))
      assert.strictEqual(answer.status, 202)
      assert.isAtLeast(performance.now() - before, 950)
    })
  )
})

describe("who asks", () => {
  it.live("has to show a key that is known, not revoked, and good for it", () =>
    Effect.gen(function* () {
      const { ask, keyFor, keys } = yield* started({ works: false })
      const none = yield* ask("/v1/messages/1")
      assert.strictEqual(none.status, 401)
      assert.strictEqual(none.headers.get("www-authenticate"), 'Bearer realm="throughline"')
      assert.strictEqual(problem(none)["type"], "urn:throughline:problem:unauthorized")
      for (const key of ["nonsense", `tl_aaaaaaaa_${"x".repeat(43)}`, "' OR 1=1 --"]) {
        assert.strictEqual((yield* ask("/v1/outbox", { key })).status, 401)
      }
      const sendOnly = yield* keyFor("acme", ["send"])
      assert.strictEqual((yield* ask("/v1/messages/TEXT", post(sendOnly, "x"))).status, 202)
      for (const path of ["/v1/messages/1", "/v1/messages/1/report", "/v1/outbox", "/v1/outbox/1"]) {
        assert.strictEqual((yield* ask(path, { key: sendOnly })).status, 403)
      }
      const { id, key } = yield* keys.add({ company: "acme", scopes: ["read"], note: "", actor: "test" })
      const reads = { key: Redacted.value(key) }
      assert.strictEqual((yield* ask("/v1/messages/1", reads)).status, 200)
      assert.isTrue(yield* keys.revoke(id, "test"))
      assert.strictEqual((yield* ask("/v1/messages/1", reads)).status, 401)
      assert.isFalse(yield* keys.revoke("nothing", "test"))
      const listed = yield* keys.list("acme")
      assert.deepStrictEqual(
        listed.map(({ scopes, revokedBy }) => [scopes, revokedBy]),
        [
          [["read"], "test"],
          [["send"], null]
        ]
      )
      assert.notInclude(JSON.stringify(listed), Redacted.value(key))
    })
  )

  it.live("sees nothing of another company", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* started({ works: true })
      const acme = yield* keyFor("acme")
      const other = yield* keyFor("other")
      yield* ask("/v1/messages/TEXT?wait=10", post(acme, "acme|other|c1|fine"))
      assert.strictEqual((yield* ask("/v1/messages/1", { key: other })).status, 404)
      assert.strictEqual((yield* ask("/v1/messages/1/report", { key: other })).status, 404)
      assert.strictEqual((yield* ask("/v1/messages/77", { key: other })).status, 404)
    })
  )
})

describe("the outbox", () => {
  it.live("holds what is for a company until it acknowledges it", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* started({ works: true })
      const acme = yield* keyFor("acme")
      const other = yield* keyFor("other")
      yield* ask("/v1/messages/TEXT?wait=10", post(acme, "acme|other|c1|one"))
      yield* ask("/v1/messages/TEXT?wait=10", post(acme, "acme|other|c2|two"))
      const list = (key: string, query = "") =>
        Effect.map(
          ask(`/v1/outbox${query}`, { key }),
          (answer): ReadonlyArray<Record<string, unknown>> => JSON.parse(answer.text)
        )
      yield* eventually(
        "delivered",
        Effect.map(list(other), (items) => items.length === 2)
      )
      const [first, second] = yield* list(other)
      assert.deepInclude(first, { type: "TEXT_ANSWER", size: 3, replyTo: 1 })
      assert.deepStrictEqual(yield* list(acme), [])
      assert.deepStrictEqual((yield* list(other, `?after=${first?.["id"]}`)).length, 1)
      assert.deepStrictEqual((yield* list(other, "?limit=1")).length, 1)
      assert.deepStrictEqual(yield* list(other, "?type=NONE"), [])
      const path = `/v1/outbox/${first?.["id"]}`
      const document = yield* ask(path, { key: other })
      assert.strictEqual(document.text, "one")
      assert.include(document.headers.get("content-disposition") ?? "", `filename="${first?.["fileName"]}"`)
      assert.strictEqual((yield* ask(path, { key: acme })).status, 404)
      assert.strictEqual((yield* ask(path, { key: acme, method: "DELETE" })).status, 404)
      assert.strictEqual((yield* list(other)).length, 2)
      for (const _ of [1, 2]) assert.strictEqual((yield* ask(path, { key: other, method: "DELETE" })).status, 204)
      assert.deepStrictEqual(
        (yield* list(other)).map(({ id }) => id),
        [second?.["id"]]
      )
    })
  )
})

describe("the typed client", () => {
  it.live("sends and reads through the same value that the server is made from", () =>
    Effect.gen(function* () {
      const { base, keyFor } = yield* started({ works: true })
      const key = yield* keyFor("acme")
      const client = yield* HttpApiClient.make(Api, {
        baseUrl: base,
        transformClient: HttpClient.mapRequest(HttpClientRequest.bearerToken(key))
      })
      const payload = new TextEncoder().encode("acme|other|c1|fine")
      const sent = yield* client.messages.send({ params: { type: "TEXT" }, query: { wait: 10 }, headers: {}, payload })
      assert.strictEqual(sent.id, 1)
      assert.strictEqual((yield* client.messages.get({ params: { id: 1 } })).status, "processed")
      const error = yield* Effect.flip(client.messages.get({ params: { id: 9 } }))
      assert.strictEqual(error._tag, "NotFound")
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )
})
