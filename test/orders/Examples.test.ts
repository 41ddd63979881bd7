/**
 * Every rule of order documents against its example: the case is there, and in one of its steps that rule fires and no
 * other. That the steps end as they say is what `throughline replay samples` is for.
 */
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Yaml from "effect/encoding/Yaml"
import { pipelines } from "../../pipelines/registry.ts"
import type { RuleInfo } from "../../src/engine/Rule.ts"

const samples = fileURLToPath(new URL("../../samples", import.meta.url))
const rules = new Map<string, RuleInfo>(
  pipelines
    .flatMap((pipeline) => pipeline.rules)
    .filter(({ id }) => id.startsWith("desk/") || id.startsWith("orders/"))
    .map((rule) => [rule.id, rule])
)

const list = (value: unknown): ReadonlyArray<string> => (Array.isArray(value) ? value.map(String) : [])

/** What fires in each step of a case: errors, or warnings where there are none. */
const firing = (folder: string): ReadonlyArray<ReadonlyArray<string>> => {
  const yaml: unknown = Yaml.parse(readFileSync(`${samples}/${folder}/case.yaml`, "utf8"))
  const steps =
    typeof yaml === "object" && yaml !== null && "steps" in yaml && Array.isArray(yaml.steps) ? yaml.steps : []
  return steps.map((step: { readonly expect?: { readonly rules?: unknown; readonly warnings?: unknown } }) => {
    const errors = list(step.expect?.rules)
    return errors.length > 0 ? errors : list(step.expect?.warnings)
  })
}

describe("examples of rules of order documents", () => {
  it("are found", () => assert.isAbove(rules.size, 40))

  for (const [id, { example }] of rules) {
    it(`${id} fires alone`, () => {
      if (!("case" in example)) return assert.isTrue("test" in example && existsSync(example.test))
      assert.isTrue(existsSync(`${samples}/${example.case}/case.yaml`), example.case)
      assert.deepInclude(firing(example.case), [id])
    })
  }
})
