/** Rules fill their documented texts, and findings count what they do not keep. */
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import * as Findings from "../../src/engine/Findings.ts"
import * as Rule from "../../src/engine/Rule.ts"

const declared = { class: 2, element: "N/A", source: "test", situation: "test", example: { test: "here" } } as const

describe("Rule", () => {
  it("fills placeholders as they are printed, odd ones too", () => {
    const rule = Rule.define({
      id: "test/odd",
      text: 'No numbers in [valid state (i.e. "encoded")] state for snType [ packaging code type].',
      ...declared
    })
    const violation = rule.raise({ 'valid state (i.e. "encoded")': "encoded", " packaging code type": "GTIN-14" })
    assert.strictEqual(violation.text, "No numbers in encoded state for snType GTIN-14.")
  })

  it("takes a place, and only a place, when there is nothing to fill", () => {
    const rule = Rule.define({ id: "test/plain", text: "Required !!!", ...declared })
    const violation = rule.raise({ path: "/a", value: "v" })
    assert.deepStrictEqual([violation.text, violation.path, violation.value], ["Required !!!", "/a", "v"])
  })

  it.prop("values with brackets and dollars stay as they are", [Schema.String], ([value]) => {
    const rule = Rule.define({ id: "test/value", text: "Value [source] is odd.", ...declared })
    assert.strictEqual(rule.raise({ source: value }).text, `Value ${value} is odd.`)
  })

  it("quotes the beginning of a long text, whole characters only", () => {
    const rule = Rule.define({ id: "test/long", text: "Value [source].", ...declared })
    const { text, value = "" } = rule.raise({ source: "x".repeat(100_000) }, { value: `${"y".repeat(499)}\u{1f600}z` })
    assert.strictEqual(text, `Value ${"x".repeat(500)}….`)
    assert.isTrue(value.isWellFormed())
    assert.isBelow(value.length, 502)
  })

  it("does not compile without its placeholders", () => {
    const rule = Rule.define({ id: "test/typed", text: "Value [source].", ...declared })
    // @ts-expect-error the placeholder is missing
    rule.raise({})
    assert.ok(true)
  })
})

describe("Findings", () => {
  const rule = Rule.define({ id: "test/many", text: "Bad.", ...declared })
  const warning = Rule.define({ id: "test/warning", text: "Hm.", severity: "warning", ...declared })

  it("keeps some details and counts everything", () => {
    const collector = new Findings.Collector(10)
    collector.addAll(Array.from({ length: 100_000 }, () => rule.raise()))
    collector.add(warning.raise())
    const { errors, warnings, totals } = collector.findings
    assert.deepStrictEqual([errors.length, warnings.length], [10, 1])
    assert.deepStrictEqual(totals, { "test/many": 100_000, "test/warning": 1 })
  })

  it("adds up", () => {
    const both = Findings.merge(Findings.of([rule.raise()]), Findings.of([rule.raise(), warning.raise()]))
    assert.deepStrictEqual(both.totals, { "test/many": 2, "test/warning": 1 })
    assert.strictEqual(both.errors.length, 2)
  })
})
