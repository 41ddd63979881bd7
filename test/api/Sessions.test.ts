/** Sessions of the console over HTTP: who gets one, what counts as a request of the console, when it is over. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { startedWithPacks } from "./VerificationWorld.ts"

const ours = { "throughline-console": "1" }

const signIn = (key: string, headers: Record<string, string> = ours) => ({
  method: "POST",
  body: JSON.stringify({ key }),
  headers: { ...headers, "content-type": "application/json" }
})

describe("a session", () => {
  it.live("is given for a key, to the console, as a cookie that scripts and other sites cannot use", () =>
    Effect.gen(function* () {
      const { ask, keyFor } = yield* startedWithPacks
      const key = yield* keyFor("dogwood", ["verify"])
      const begun = yield* ask("/v1/session", signIn(key))
      assert.strictEqual(begun.status, 204)
      const set = begun.headers.get("set-cookie") ?? ""
      assert.match(set, /^throughline_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/u)
      const cookie = set.slice(0, set.indexOf(";"))
      const me = (headers: Record<string, string>) =>
        Effect.map(ask("/v1/me", { headers: { ...headers, cookie } }), ({ status }) => status)
      assert.deepInclude((yield* ask("/v1/me", { headers: { ...ours, cookie } })).json(), {
        company: "dogwood",
        name: "Dogwood",
        scopes: ["verify"]
      })
      assert.strictEqual(yield* me({ ...ours, "sec-fetch-site": "same-origin" }), 200)
      // What a browser sends for a page of another site, and for one that a person opened.
      assert.strictEqual(yield* me({}), 401)
      assert.strictEqual(yield* me({ ...ours, "sec-fetch-site": "cross-site" }), 401)
      assert.strictEqual(yield* me({ ...ours, "sec-fetch-site": "same-site" }), 401)
      assert.strictEqual((yield* ask("/v1/session", signIn(key, {}))).status, 403)
      assert.strictEqual((yield* ask("/v1/session", signIn(key, { ...ours, "sec-fetch-site": "none" }))).status, 403)
      for (const wrong of ["", "tl_nonsense", `tl_aaaaaaaa_${"x".repeat(43)}`])
        assert.strictEqual((yield* ask("/v1/session", signIn(wrong))).status, 401)
      // Behind a proxy that ends TLS the cookie is kept to encrypted connections.
      const encrypted = yield* ask("/v1/session", signIn(key, { ...ours, "x-forwarded-proto": "https" }))
      assert.match(encrypted.headers.get("set-cookie") ?? "", /^__Host-throughline_session=.*; Secure/u)
    })
  )

  it.live("is over when the person signs out, the key is revoked, or its time has come", () =>
    Effect.gen(function* () {
      const { ask, keyFor, keys, context } = yield* startedWithPacks
      const begin = Effect.gen(function* () {
        const begun = yield* ask("/v1/session", signIn(yield* keyFor("dogwood", ["verify"])))
        return { ...ours, cookie: (begun.headers.get("set-cookie") ?? "").split(";")[0] ?? "" }
      })
      const status = (headers: Record<string, string>) =>
        Effect.map(ask("/v1/me", { headers }), (answer) => answer.status)
      const first = yield* begin
      const second = yield* begin
      assert.strictEqual((yield* ask("/v1/session", { method: "DELETE", headers: first })).status, 204)
      assert.deepStrictEqual([yield* status(first), yield* status(second)], [401, 200])
      for (const { id } of yield* keys.list("dogwood")) yield* keys.revoke(id, "test")
      assert.strictEqual(yield* status(second), 401)
      const third = yield* begin
      const sql = yield* Effect.provide(SqlClient.SqlClient, context)
      yield* sql`UPDATE console_sessions SET expires_at = now()`
      assert.strictEqual(yield* status(third), 401)
      // Sessions that are over are forgotten with the next sign-in; none of them holds what is in the cookie.
      yield* begin
      const rows = yield* sql<{ readonly n: number }>`SELECT count(*)::int4 AS n FROM console_sessions`
      assert.strictEqual(rows[0]?.n, 1)
    })
  )
})

describe("the console's files", () => {
  it.live("are modules without types, held to a strict policy, and fetched again only when changed", () =>
    Effect.gen(function* () {
      const { ask } = yield* startedWithPacks
      const page = yield* ask("/console")
      assert.include(page.headers.get("content-type") ?? "", "text/html")
      const policy = page.headers.get("content-security-policy") ?? ""
      for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"])
        assert.include(policy, part)
      assert.notMatch(policy, /unsafe|\*|http/u)
      assert.notMatch(page.text, /<script(?![^>]* src=)|<style| on\w+=| style=/u)
      assert.strictEqual((yield* ask("/", { redirect: "manual" })).headers.get("location"), "/console")
      for (const [, path = ""] of page.text.matchAll(/(?:href|src)="([^"]+)"/gu)) {
        const file = yield* ask(path)
        assert.strictEqual(file.status, 200, path)
        assert.notMatch(file.text, /from\s*"(?!\.\/)|\binterface \w+ \{|sourceMappingURL/u, path)
        const etag = file.headers.get("etag") ?? ""
        const again = yield* ask(path, { headers: { "if-none-match": etag } })
        assert.deepStrictEqual([again.status, again.text], [304, ""])
      }
      for (const path of [
        "/console/assets/nothing.ts",
        "/console/assets/..%2f..%2fapi%2fApi.ts",
        "/console/assets/tsconfig.json"
      ])
        assert.strictEqual((yield* ask(path)).status, 404)
    })
  )
})
