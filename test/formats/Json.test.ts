/**
 * JSON reading: what fits a schema, everything that does not with its place, and agreement with JSON.parse over
 * generated text.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as Json from "../../src/formats/Json.ts"
import { scan } from "../../src/formats/json/JsonScan.ts"

const Order = Schema.Struct({
  number: Schema.NonEmptyString,
  lines: Schema.Array(
    Schema.Struct({ sku: Schema.String, quantity: Schema.Int, lot: Schema.optionalKey(Schema.String) })
  )
})
const bytes = (text: string) => new TextEncoder().encode(text)
const read = (text: string) => Json.read(bytes(text), Order)
const brief = ({ issues }: { readonly issues: ReadonlyArray<Json.Issue> }) =>
  issues.map(({ rule, path, line, column }) => `${rule} ${path ?? "-"} ${line ?? "-"}:${column ?? "-"}`)

/** True where a text stands in a value that no database holds. */
const odd = (value: Schema.Json): boolean => {
  if (typeof value === "string") return value.includes("\u0000") || !value.isWellFormed()
  return typeof value === "object" && value !== null && Object.values(value).some(odd)
}

describe("Json", () => {
  it("decodes a document that fits its schema", () => {
    const { document, issues } = read('{"number":"7","lines":[{"sku":"A","quantity":2}]}')
    assert.deepStrictEqual(issues, [])
    assert.deepStrictEqual(document, { number: "7", lines: [{ sku: "A", quantity: 2 }] })
  })

  it("says everything that does not fit at once, each with its place", () => {
    const text =
      '{\n  "number": "",\n  "lines": [\n    { "sku": 5, "quantity": 1.5, "lto": "A" },\n    { "quantity": 1 }\n  ]\n}'
    assert.sameMembers(brief(read(text)), [
      "json/schema $.number 2:13",
      "json/schema $.lines[0].sku 4:14",
      "json/schema $.lines[0].quantity 4:29",
      "json/schema $.lines[0].lto 4:41",
      "json/schema $.lines[1].sku 5:5"
    ])
  })

  it("finds names that stand twice, which JSON.parse does not", () => {
    assert.deepStrictEqual(brief(read('{"number":"1",\n"number":"2","lines":[]}')), [
      "json/duplicate-name $.number 2:1"
    ])
  })

  it("tells what keeps a file from being JSON, and where", () => {
    for (const [text, expected] of [
      ["", "json/empty -:-"],
      [" \n", "json/empty -:-"],
      ['{"number":"1"', "json/syntax - 1:14"],
      ["{'number':1}", "json/syntax - 1:2"],
      ['{"number":01}', "json/syntax - 1:12"],
      ['{"a":"b\nc"}', "json/syntax - 1:8"],
      ['{"a":"\\x"}', "json/syntax - 1:6"],
      ['{"a":1,}', "json/syntax - 1:8"],
      ["[1 2]", "json/syntax - 1:4"],
      ["{} {}", "json/syntax - 1:4"],
      ["<a/>", "json/syntax - 1:1"]
    ] as const) {
      assert.deepStrictEqual(brief(read(text)), [expected.replace(" -:-", " - -:-")], text)
    }
    assert.deepStrictEqual(brief(Json.read(Uint8Array.of(0x7b, 0xff, 0x7d), Order)), ["json/encoding - -:-"])
    assert.deepStrictEqual(brief(Json.read(bytes("[]"), Order, { maxBytes: 1 })), ["json/too-large - -:-"])
    assert.deepStrictEqual(brief(read('{"number":"1","lines":[],"big":1e999}')).slice(0, 1), ["json/number $.big 1:32"])
    const texts = read(String.raw`{"number":"a\u0000","lines":[{"lot":"\ud800"}]}`)
    assert.deepStrictEqual(brief(texts).slice(0, 2), ["json/text $.number 1:11", "json/text $.lines[0].lot 1:37"])
  })

  it("stops at nesting that has no end", () => {
    const issues = Json.read(bytes("[".repeat(1_000_000)), Order).issues
    assert.deepStrictEqual(
      issues.map(({ rule }) => rule),
      ["json/too-deep"]
    )
  })

  it("takes __proto__ for a name like any other", () => {
    const { value } = scan('{"__proto__":{"polluted":true}}', { maxDepth: 9, detail: 9 })
    assert.deepStrictEqual(Object.keys(value ?? {}), ["__proto__"])
    assert.isFalse("polluted" in {})
  })

  it("reads texts of many megabytes and names as long as the file", () => {
    const long = "x".repeat(8_000_000)
    assert.strictEqual(read(`{"number":"${long}","lines":[]}`).document?.number.length, long.length)
    const [issue] = read(`{"number":"1","lines":[],"${long}":[${"1,".repeat(1000)}1]}`).issues
    assert.isTrue(issue?.rule === "json/schema" && (issue.path?.length ?? 0) < 200)
  })

  it("locates paths, odd names included", () => {
    const text = '{"a b": [1,\n {"c": 2}]}'
    const places = Json.locate(bytes(text), ['$["a b"]', '$["a b"][1].c', "$.none"])
    assert.deepStrictEqual(places.get('$["a b"]'), { line: 1, column: 9, offset: 8 })
    assert.deepStrictEqual(places.get('$["a b"][1].c'), { line: 2, column: 8, offset: 19 })
    assert.isUndefined(places.get("$.none"))
  })

  it("sniffs the header of a broken file", () => {
    const text = '{"header":{"sender":"A","receiver": "B","controlNumber":"17"},"lines":[{"sku"'
    assert.deepStrictEqual(Json.sniff(bytes(text), ["sender", "receiver", "controlNumber", "other"]), {
      sender: "A",
      receiver: "B",
      controlNumber: "17",
      other: undefined
    })
    assert.isTrue(Json.claims(bytes("\uFEFF {")))
    assert.isFalse(Json.claims(bytes("<a>")))
  })

  it.effect.prop("agrees with JSON.parse about what is JSON and what it means", [Schema.Json], ([value]) =>
    Effect.sync(() => {
      const text = JSON.stringify(value, null, 1)
      const scanned = scan(text, { maxDepth: 1000, detail: 10 })
      // Texts that JSON writes and no database holds are told.
      assert.deepStrictEqual(new Set(scanned.issues.map(({ rule }) => rule)), new Set(odd(value) ? ["json/text"] : []))
      assert.strictEqual(JSON.stringify(scanned.value), JSON.stringify(JSON.parse(text)))
    })
  )

  it.effect.prop(
    "never throws, and refuses what JSON.parse refuses",
    [
      Schema.Array(
        Schema.Literals(["{", "}", "[", "]", ",", ":", '"', "\\", "a", "1", "-", "e", ".", " ", "\n", "null", '"a"'])
      )
    ],
    ([parts]) =>
      Effect.sync(() => {
        const text = parts.join("")
        const { issues } = scan(text, { maxDepth: 1000, detail: 10 })
        let parses = true
        try {
          JSON.parse(text)
        } catch {
          parses = false
        }
        assert.strictEqual(!issues.some(({ rule }) => rule === "json/syntax"), parses, text)
      })
  )
})
