/** The reference page says everything the OpenAPI document does, links to nothing that is not there, and runs nothing. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { openApi } from "../../src/api/Published.ts"
import * as Reference from "../../src/api/Reference.ts"
import * as ReferenceSchema from "../../src/api/ReferenceSchema.ts"
import { started } from "./ApiServer.ts"

const page = Reference.html()
const ids = new Set([...page.matchAll(/ id="([^"]+)"/gu)].map(([, id]) => id))

describe("the reference page", () => {
  it("has every operation with its parameters, and every schema", () => {
    const { paths, components } = JSON.parse(openApi())
    const names: Array<string> = []
    for (const [path, item] of Object.entries<Record<string, { parameters: Array<{ name: string }> }>>(paths)) {
      assert.include(page, `<code>${path}</code>`)
      for (const { parameters } of Object.values(item)) names.push(...parameters.map(({ name }) => name))
    }
    assert.isAbove(names.length, 20)
    for (const name of names) assert.include(page, `<code>${name}</code>`)
    assert.include(page, "GLN of who asks (for example <code>9521234000044</code>)")
    assert.include(page, "&quot;verificationFailureReason&quot;: &quot;Manufacturer_policy&quot;")
    for (const name of Object.keys(components.schemas))
      assert.isTrue(ids.has(`schema-${name.replace(/Encoded$/u, "")}`), name)
  })

  it("links to what is there, once each, and holds no script, style or markup of others", () => {
    for (const [, id] of page.matchAll(/href="#([^"]+)"/gu)) assert.isTrue(ids.has(id), id)
    assert.strictEqual([...page.matchAll(/ id="/gu)].length, ids.size)
    assert.notMatch(page, /<script|<style| style=|undefined|\[object/u)
    assert.strictEqual(ReferenceSchema.prose('a `<b>` & "c"'), "a <code>&lt;b&gt;</code> &amp; &quot;c&quot;")
    assert.strictEqual(ReferenceSchema.typeOf({ enum: ["<i>"] }), "<code>&lt;i&gt;</code>")
  })

  it.live("is open to everybody, and may load its style sheet and nothing else", () =>
    Effect.gen(function* () {
      const { ask } = yield* started({ works: false })
      const answer = yield* ask("/docs")
      assert.strictEqual(answer.text, page)
      assert.strictEqual(
        answer.headers.get("content-security-policy"),
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
      )
      assert.include((yield* ask("/docs/style.css")).headers.get("content-type") ?? "", "text/css")
      assert.strictEqual((yield* ask("/openapi.json")).json()["openapi"], "3.1.0")
    })
  )
})
