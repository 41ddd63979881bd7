/**
 * Every rule of the X12 format and of warehouse messages against its example: the case exists and says that it raises the
 * rule, and an interchange that breaks a rule of the format breaks that one alone, with segment and element position.
 */
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { pipelines } from "../../pipelines/registry.ts"
import type { RuleInfo } from "../../src/engine/Rule.ts"
import * as X12 from "../../src/formats/X12.ts"

const samples = fileURLToPath(new URL("../../samples", import.meta.url))
const byId = new Map<string, RuleInfo>(pipelines.flatMap(({ rules }) => rules).map((rule) => [rule.id, rule]))
const rules = [...byId.values()].filter(({ id }) => /^(?:x12|wms)\//u.test(id))
const grammars = { "997.edi": X12.set997, "944.edi": X12.set944 } as const

const read = (folder: string) => {
  const name = existsSync(`${folder}/997.edi`) ? "997.edi" : "944.edi"
  const bytes = readFileSync(`${folder}/${name}`)
  return name === "997.edi" ? X12.read(bytes, grammars[name]) : X12.read(bytes, grammars[name])
}

describe("examples of rules of X12 messages", () => {
  it("are found", () => assert.isAbove(rules.length, 45))

  for (const rule of rules) {
    if (!("case" in rule.example)) continue
    const folder = `${samples}/${rule.example.case}`
    it(`${rule.id} stands in a case that says so`, () => {
      assert.isTrue(existsSync(`${folder}/case.yaml`), folder)
      assert.include(readFileSync(`${folder}/case.yaml`, "utf8"), rule.id)
    })
    if (!rule.example.case.startsWith("x12-broken/")) continue
    it(`${rule.id} is broken alone`, () => {
      const { issues } = read(folder)
      assert.deepStrictEqual([...new Set(issues.map((issue) => issue.rule))], [rule.id])
      for (const { path, line, message } of issues) {
        // What stands between the placeholders is exactly the rule's text.
        for (const part of rule.text.split(/\[[^\]]*\]/u)) assert.include(message, part)
        if (path !== undefined) assert.isDefined(line ?? path)
        if (rule.id.startsWith("x12/element")) assert.match(path ?? "", /^\/GS\[1\]\/ST\[1\]\/\w+@\d+\/\w+$/u)
        if (rule.id.startsWith("x12/segment-") || rule.id === "x12/loop-repeated")
          assert.match(path ?? "", /^\/GS\[1\]\/ST\[1\]\/(?:\w+|\?\?\?)@\d+$/u)
      }
    })
  }
})
