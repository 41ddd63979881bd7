/**
 * Every route of the OpenAPI document that takes something in its address is asked with what no text can hold: it says
 * that the request is wrong, not that the database is away.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { scopes } from "../../src/api/Caller.ts"
import * as Published from "../../src/api/Published.ts"
import { wrongWith } from "../../src/api/RequestTarget.ts"
import { startedWithPacks } from "./VerificationWorld.ts"

interface Document {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          { readonly parameters?: ReadonlyArray<{ readonly name: string; readonly in: string }>; requestBody?: unknown }
        >
      >
    >
  >
}

const document: Document = JSON.parse(Published.openApi())

/** Answered before any routing, and in the words of their standard. */
const isLightweight = (path: string): boolean => path.startsWith("/verify/") || path === "/checkConnectivity"

const routed = Object.entries(document.paths).filter(([path]) => !isLightweight(path))

const routes = routed.flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, { parameters = [] }]) => {
    const inQuery = parameters.filter((one) => one.in === "query").map(({ name }) => name)
    return path.includes("{") || inQuery.length > 0 ? [{ method: method.toUpperCase(), path, inQuery }] : []
  })
)

/** NUL alone and inside, a byte that begins nothing, half a character, half a surrogate pair, half an escape. */
const unstorable = ["%00", "a%00b", "%FF", "%C3", "%ED%A0%80", "%4"]

describe("an address that no text can hold", () => {
  it("is told from one that can be", () => {
    for (const text of unstorable) assert.isDefined(wrongWith(`/v1/serials/${text}`), text)
    for (const text of ["", "%25", "%2500", "%C3%A9", "a+b", "%F0%9F%92%8A"])
      assert.isUndefined(wrongWith(`/v1/${text}`))
  })

  it.live("is refused by every route, in path and query", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* startedWithPacks
      const key = yield* keyFor("alder", scopes)
      assert.isAtLeast(routes.filter(({ path }) => path.includes("{")).length, 18)
      for (const { method, path, inQuery } of routes)
        for (const text of unstorable) {
          const targets = [
            ...(path.includes("{") ? [path.replaceAll(/\{\w+\}/gu, text)] : []),
            ...inQuery.map((name) => `${path.replaceAll(/\{\w+\}/gu, "1")}?${name}=${text}`)
          ]
          for (const target of targets) {
            const body = method === "GET" || method === "DELETE" ? {} : { body: "{}" }
            const answer = yield* ask(target, { key, method, headers: { "content-type": "application/json" }, ...body })
            assert.strictEqual(answer.status, 400, `${method} ${target}: ${answer.text}`)
            assert.strictEqual(answer.headers.get("content-type"), "application/problem+json", target)
            assert.include(answer.json(), { type: "urn:throughline:problem:invalid", status: 400 })
          }
        }
    })
  )
})

const nul = "a\u0000b"
const bodies = [
  ["POST", "/v1/rules/verification", { records: [{ targetMarketCountryCode: nul, itemStatuses: ["All"] }] }],
  ["POST", "/v1/rules/verification", { records: [{ targetMarketCountryCode: "US", itemStatuses: ["All"] }], why: nul }],
  ["POST", "/v1/rules/master-data", { records: [{ targetMarketCountryCode: "ALL" }], why: nul }],
  ["PUT", "/v1/rules/blocked-requesters/9521234000044", { reason: nul }],
  ["PUT", "/v1/rules/blocked-requesters/9521234000044", { reason: "\ud800" }],
  ["POST", "/v1/directory", { gtin: "00992326050121", comment: nul }],
  ["POST", "/v1/directory", { gtin: nul }],
  ["POST", "/v1/product-downloads", { format: "csv", owner: nul }],
  ["POST", "/v1/verifications", { code: `(01)00992326050107(21)${nul}(17)271231(10)A` }],
  ["POST", "/v1/verifications", { gtin: "00992326050107", serial: nul, lot: "A", expiry: "271231" }],
  ["POST", "/v1/verifications", { gtin: "00992326050107", serial: "1001", lot: nul, expiry: "271231", corrUuid: nul }],
  ["POST", "/v1/verifications", { gtin: "00992326050107", serial: "1", lot: "A", expiry: "271231", market: nul }]
] as const

describe("a body that no text can hold", () => {
  it.live("is refused in all its fields", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* startedWithPacks
      const key = yield* keyFor("alder", scopes)
      for (const [method, path, body] of bodies) {
        const headers = { "content-type": "application/json" }
        const answer = yield* ask(path, { key, method, headers, body: JSON.stringify(body) })
        assert.strictEqual(answer.status, 400, `${method} ${path} ${JSON.stringify(body)}: ${answer.text}`)
      }
    })
  )
})
