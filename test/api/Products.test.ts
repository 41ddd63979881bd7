/** Product master data and the directory over HTTP: who sees what, jobs and their files, records and hand-overs, and 400s. */
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect } from "effect"
import { ProductJobs } from "../../src/products/ProductJobs.ts"
import { gtin, startedWithPacks } from "./VerificationWorld.ts"

const send = (method: string, key: string, body: unknown) => ({
  method,
  key,
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" }
})

/** The API, with the jobs done when the test says so. */
const working = Effect.map(startedWithPacks, (api) => ({
  ...api,
  work: Context.get(api.context, ProductJobs).work
}))

describe("products", () => {
  it.live("are seen by whom they are shared with, and downloaded by a job", () =>
    Effect.gen(function* () {
      const { ask, keyFor, work } = yield* working
      const key = yield* keyFor("dogwood", ["read"])
      const listed: ReadonlyArray<Record<string, unknown>> = JSON.parse((yield* ask("/v1/products", { key })).text)
      assert.deepStrictEqual(
        listed.map(({ owner, packagingItemCodes }) => [owner, packagingItemCodes]),
        [["alder", [{ type: "GTIN-14", value: gtin }]]]
      )
      const stranger = yield* keyFor("elm", ["read"])
      assert.strictEqual((yield* ask("/v1/products", { key: stranger })).text, "[]")
      assert.strictEqual((yield* ask("/v1/product-downloads", send("POST", stranger, { format: "csv" }))).status, 403)
      const taken = yield* ask("/v1/product-downloads", send("POST", key, { format: "csv" }))
      assert.strictEqual(taken.status, 202, taken.text)
      const job = `/v1/product-jobs/${taken.json()["processingId"]}`
      assert.deepInclude((yield* ask(job, { key })).json(), { kind: "download", status: "Pending" })
      assert.strictEqual((yield* ask(`${job}/file`, { key })).status, 404)
      yield* work
      assert.deepInclude((yield* ask(job, { key })).json(), { status: "Success", detail: "1 products" })
      const file = yield* ask(`${job}/file`, { key })
      assert.include(file.headers.get("content-type") ?? "", "text/csv")
      assert.include(file.text, gtin)
      assert.strictEqual((yield* ask(job, { key: stranger })).status, 404)
      assert.strictEqual(JSON.parse((yield* ask("/v1/product-jobs", { key })).text).length, 1)
      const bad = yield* ask("/v1/product-downloads", send("POST", key, { format: "csv", since: "yesterday" }))
      assert.strictEqual(bad.status, 400)
    })
  )
})

describe("the directory", () => {
  it.live("has records by themselves and by hand; what is wrong is told, and nothing changed", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* working
      const key = yield* keyFor("alder", ["read", "manage"])
      const list = (query = "") =>
        Effect.map(
          ask(`/v1/directory${query}`, { key }),
          (answer): ReadonlyArray<Record<string, unknown>> => JSON.parse(answer.text)
        )
      assert.deepStrictEqual(
        (yield* list(`?gtin=${gtin}`)).map(({ owner, source }) => [owner, source]),
        [["alder", "sync"]]
      )
      const wrong = yield* ask("/v1/directory", send("POST", key, { gtin: "123", validFrom: "2026-13-01", until: "x" }))
      assert.strictEqual(wrong.status, 400)
      assert.sameDeepMembers(
        JSON.parse(wrong.text).errors.map(({ pointer, message }: Record<string, string>) => [pointer, message]),
        [
          ["/gtin", "GTIN length must be 14 and check digit must match."],
          ["/validFrom", "must be a day such as 2026-11-24."],
          ["/until", "There is no such field."]
        ]
      )
      const added = yield* ask(
        "/v1/directory",
        send("POST", key, { gtin: "00992326050121", description: "Sample", why: "no master data" })
      )
      assert.strictEqual(added.status, 200, added.text)
      assert.deepInclude(added.json(), { owner: "alder", source: "manual", responder: "9521234000013" })
      const id = `${added.json()["id"]}`
      const dates = yield* ask(`/v1/directory/${id}/dates`, send("PUT", key, { validTo: "2030-12-31" }))
      assert.deepInclude(dates.json(), { validTo: "2030-12-31" })
      const other = yield* keyFor("dogwood", ["read", "manage"])
      assert.include([403, 404], (yield* ask(`/v1/directory/${id}`, { method: "DELETE", key: other })).status)
      const readOnly = yield* keyFor("alder", ["read"])
      assert.strictEqual((yield* ask(`/v1/directory/${id}`, { method: "DELETE", key: readOnly })).status, 403)
      assert.strictEqual((yield* ask(`/v1/directory/${id}`, { method: "DELETE", key })).status, 200)
      assert.strictEqual((yield* ask(`/v1/directory/${id}`, { method: "DELETE", key })).status, 404)
      assert.strictEqual(
        (yield* ask("/v1/directory-transfers/00992326050121/accept", send("POST", key, {}))).status,
        404
      )
    })
  )

  it.live("shows an offer to whom it is made, and remarks to nobody but the owner", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* working
      const keyOf = (company: string) => keyFor(company, ["read", "manage"])
      const keys = { alder: yield* keyOf("alder"), birch: yield* keyOf("birch"), dogwood: yield* keyOf("dogwood") }
      const code = "00992326050121"
      const added = yield* ask("/v1/directory", send("POST", keys.alder, { gtin: code, comment: "to be sold" }))
      const transfer = { to: "birch", from: "2028-01-01" }
      const offered = yield* ask(`/v1/directory/${added.json()["id"]}/transfer`, send("POST", keys.alder, transfer))
      assert.deepInclude(offered.json(), { comment: "to be sold", transfer }, offered.text)
      const seen = (key: string) =>
        Effect.map(ask(`/v1/directory?gtin=${code}`, { key }), ({ text }) => {
          const [record] = JSON.parse(text)
          return [record.comment, record.transfer]
        })
      assert.deepStrictEqual(yield* seen(keys.alder), ["to be sold", transfer])
      assert.deepStrictEqual(yield* seen(keys.birch), [undefined, transfer])
      assert.deepStrictEqual(yield* seen(keys.dogwood), [undefined, undefined])
      const declined = yield* ask(`/v1/directory-transfers/${code}/withdraw`, send("POST", keys.birch, {}))
      assert.strictEqual(declined.status, 200, declined.text)
      assert.notInclude(declined.text, "to be sold")
    })
  )

  it.live("takes a CSV, and tells of each row", () =>
    Effect.gen(function* () {
      const { ask, keyFor, work } = yield* working
      const key = yield* keyFor("alder", ["read", "manage"])
      const body = "gtin,description\n00992326050121,Sample\n123,Wrong\n"
      const taken = yield* ask("/v1/directory-uploads?comment=first", { method: "POST", key, body })
      assert.strictEqual(taken.status, 202, taken.text)
      yield* work
      const job = (yield* ask(taken.headers.get("location") ?? "", { key })).json()
      assert.deepInclude(job, { kind: "upload", status: "Partial", detail: "1 of 2 records added" })
      assert.deepStrictEqual(Array.isArray(job["rows"]) ? job["rows"].map(({ gtin, status }) => [gtin, status]) : [], [
        ["00992326050121", "Success"],
        ["123", "Failed"]
      ])
      const stranger = yield* keyFor("dogwood", ["manage"])
      assert.strictEqual((yield* ask("/v1/directory-uploads", { method: "POST", key: stranger, body })).status, 403)
    })
  )
})
