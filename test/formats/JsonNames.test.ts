/** JSON documents under names of a partner's own: moved to where the schema has them, told by the names they came with. */
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import * as Json from "../../src/formats/Json.ts"

const Lot = Schema.Struct({ lot: Schema.String })
const Order = Schema.Struct({
  number: Schema.String,
  session: Schema.optionalKey(Schema.Struct({ id: Schema.String })),
  lines: Schema.Array(
    Schema.Struct({
      sku: Schema.String,
      gtin: Schema.optionalKey(Schema.String),
      lots: Schema.optionalKey(Schema.Array(Lot))
    })
  )
})
const line = { sku: "gtin", gtin: "sku", lots: "batches", lot: "batch.no" }
const names: Json.Names = {
  members: { number: "head.docNo", "session.id": "sid", lines: "body.items" },
  lists: { lines: { members: line, lists: { lots: { members: line } } } }
}
const read = (value: unknown) => Json.read(new TextEncoder().encode(JSON.stringify(value)), Order, { names })
const paths = (value: unknown) => read(value).issues.map(({ path }) => path)

describe("JsonNames", () => {
  it("moves members in and out of objects, and swaps names", () => {
    const items = [{ gtin: "S", sku: "G", batches: [{ batch: { no: "L" } }] }]
    const { document, issues } = read({ head: { docNo: "7" }, sid: "1", body: { items } })
    assert.deepStrictEqual(issues, [])
    assert.deepStrictEqual(document, {
      number: "7",
      session: { id: "1" },
      lines: [{ sku: "S", gtin: "G", lots: [{ lot: "L" }] }]
    })
  })

  it("tells what is missing, wrong, unknown, or under our name, by the names it came with", () => {
    const items = [{ gtin: 1, batches: [{ batch: { no: 2, of: 3 } }, { lot: "L" }] }]
    assert.sameMembers(paths({ number: "7", sid: 5, body: { items, more: 1 } }), [
      "$.number",
      "$.head.docNo",
      "$.sid",
      "$.body.more",
      "$.body.items[0].gtin",
      "$.body.items[0].batches[0].batch.no",
      "$.body.items[0].batches[0].batch.of",
      "$.body.items[0].batches[1].lot",
      "$.body.items[0].batches[1].batch.no"
    ])
  })

  it("reads anything that is no such document without failing", () => {
    for (const value of [null, 1, "x", [], {}, { head: null, body: [1] }, { body: { items: 5 } }, { ["__proto__"]: 1 }])
      assert.isNotEmpty(paths(value))
  })
})
