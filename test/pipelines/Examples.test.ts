/**
 * Every rule of the SNX and product master pipelines against its example: the case exists and says that it raises the rule, and a file
 * that breaks a class 1 rule breaks exactly that one, with the rule's text and no schema error beside it.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { pipelines } from "../../pipelines/registry.ts"
import type { RuleInfo } from "../../src/engine/Rule.ts"
import * as Xml from "../../src/formats/Xml.ts"
import { Orders } from "../../src/orders/Orders.ts"
import { Configuration } from "../../src/partners/Configuration.ts"
import { Partners } from "../../src/partners/Partners.ts"
import { SerialsLive } from "../../src/serials/SerialsLive.ts"
import * as Database from "../Database.ts"

const samples = fileURLToPath(new URL("../../samples", import.meta.url))

const byId = new Map<string, RuleInfo>(pipelines.flatMap(({ rules }) => rules).map((rule) => [rule.id, rule]))
const rules = [...byId.values()].filter(({ id }) => id.startsWith("snx") || id.startsWith("product-master/"))
const folderOf = (rule: RuleInfo) => ("case" in rule.example ? `${samples}/${rule.example.case}` : undefined)

describe("examples of rules of XML messages", () => {
  it("are found", () => assert.isAbove(rules.length, 70))

  it("stand in cases that say so", () => {
    const missing = rules.filter((rule) => {
      const folder = folderOf(rule)
      if (folder === undefined) return false
      const file = `${folder}/case.yaml`
      return !existsSync(file) || !readFileSync(file, "utf8").includes(rule.id)
    })
    assert.deepStrictEqual(
      missing.map(({ id, example }) => [id, example]),
      []
    )
  })

  // The settings are the defaults: an empty installation.
  const services = Layer.mergeAll(
    Partners.layer,
    Configuration.layer,
    SerialsLive,
    Orders.layer,
    Xml.Xml.layer({ workers: 1 })
  ).pipe(Layer.provideMerge(Database.layer))
  it.layer(services, { excludeTestServices: true })((it) => {
    for (const rule of rules.filter(({ class: ruleClass, severity }) => ruleClass === 1 && severity === "error")) {
      const folder = folderOf(rule)
      if (folder === undefined) continue
      it.effect(`${rule.id} is broken alone`, () =>
        Effect.gen(function* () {
          const [name] = readdirSync(folder).filter((file) => file.endsWith(".xml"))
          // What an XML document cannot break, one in another format does: the case shows it.
          if (name === undefined) return
          const bytes = readFileSync(`${folder}/${name}`)
          const root = /<(?:\w+:)?(SNX\w+|Disposition\w+|MDX\w+)/u.exec(bytes.toString())?.[1] ?? ""
          const pipeline = pipelines.find(({ roots }) => roots.some((known) => known.endsWith(`}${root}`)))
          if (pipeline === undefined) return assert.fail(`no pipeline for ${root}`)
          const { findings, apply } = yield* pipeline.prepare(bytes)
          assert.isUndefined(apply)
          assert.deepStrictEqual([...new Set(findings.errors.map(({ rule: { id } }) => id))], [rule.id])
          for (const { text, path } of findings.errors) {
            // What stands between the placeholders is exactly the documented text.
            const parts = rule.text.split(/\[[^\]]*\]/u)
            assert.isTrue(
              parts.every((part) => text.includes(part)),
              text
            )
            if (parts.length === 1) assert.strictEqual(text, rule.text)
            assert.isDefined(path)
          }
          const paths = findings.errors.flatMap(({ path }) => path ?? [])
          const places = yield* pipeline.locate(bytes, paths)
          // A missing element is pointed at by its parent or not at all; what is there is found.
          for (const [path, place] of places) assert.isAbove(place.line, 1, path)
        })
      )
    }
  })
})
