/**
 * What this installation can do, as plain values made from the pipelines: the pipelines with their stages, and every
 * rule with the pipelines that raise it. `rules`, `pipelines`, `lint` and docs/generated all print from here.
 *
 * Pure; nothing is read but the program.
 */
import { basename } from "node:path"
import { Duration } from "effect"
import { processingResponse } from "../../pipelines/processing-response.ts"
import { pipelines } from "../../pipelines/registry.ts"
import * as CsvMessage from "../engine/CsvMessage.ts"
import { engineRules } from "../engine/EngineRules.ts"
import * as JsonMessage from "../engine/JsonMessage.ts"
import type { Recognized, Sent } from "../engine/Pipeline.ts"
import type { Example, RuleInfo } from "../engine/Rule.ts"
import * as X12Message from "../engine/X12Message.ts"
import * as XmlMessage from "../engine/XmlMessage.ts"

/** Formats that know their own documents, in the order they are asked; XML looks at everything else. */
const formats: ReadonlyArray<Recognized> = [X12Message.format, JsonMessage.format, CsvMessage.format]

/** What an installation runs; the registry is built from it. */
export const declared = { pipelines, formats, fallback: XmlMessage.format, report: processingResponse }

/** The name under which rules of every message are listed among pipelines. */
export const everyMessage = "engine"

export interface CatalogueRule extends RuleInfo {
  readonly pipelines: ReadonlyArray<string>
}

const collect = (): ReadonlyArray<CatalogueRule> => {
  const byId = new Map<string, { readonly rule: RuleInfo; readonly pipelines: Array<string> }>()
  const add = (rule: RuleInfo, pipeline: string) => {
    const known = byId.get(rule.id)
    if (known === undefined) byId.set(rule.id, { rule, pipelines: [pipeline] })
    else if (!known.pipelines.includes(pipeline)) known.pipelines.push(pipeline)
  }
  for (const rule of [...engineRules, ...formats.flatMap((format) => format.rules), ...declared.fallback.rules])
    add(rule, everyMessage)
  for (const { name, rules } of pipelines) for (const rule of rules) add(rule, name)
  return [...byId.values()].map(({ rule, pipelines }) => {
    const { id, class: ruleClass, severity, element, text, source, situation, mayWait, example } = rule
    return { id, class: ruleClass, severity, element, text, source, situation, mayWait, example, pipelines }
  })
}

/** Every rule, each once, in the order of the pipelines. */
export const rules: ReadonlyArray<CatalogueRule> = collect()

/** Where a rule's example stands, in words. */
export const exampleText = (example: Example): string => {
  if ("case" in example) return `samples/${example.case}`
  return "test" in example ? example.test : `test "${example.canonical}" (${example.why})`
}

/** A pipeline as people look at it. */
export interface CataloguePipeline {
  readonly name: string
  readonly summary: string
  readonly type: string
  readonly format: string
  readonly map: string
  readonly schema: string
  readonly roots: ReadonlyArray<string>
  readonly class1: number
  readonly class2: number
  readonly warnings: number
  readonly mayWait: number
  /** What it may answer with, acknowledgments included. */
  readonly sends: ReadonlyArray<Sent>
  readonly patience: { readonly everySeconds: number; readonly untilSeconds: number }
}

const describe = (pipeline: (typeof pipelines)[number]): CataloguePipeline => {
  const { name, summary, type, format, map, schema, roots, rules, sends, patience } = pipeline
  const distinct = [...new Map(rules.map((rule) => [rule.id, rule])).values()]
  const count = (is: (rule: RuleInfo) => boolean) => distinct.filter(is).length
  return {
    name,
    summary,
    type,
    format,
    map,
    schema: basename(schema),
    roots,
    class1: count((rule) => rule.class === 1 && rule.severity === "error"),
    class2: count((rule) => rule.class === 2 && rule.severity === "error"),
    warnings: count((rule) => rule.severity === "warning"),
    mayWait: count((rule) => rule.mayWait),
    sends: sends.map((sent) => ({ ...sent, schema: basename(sent.schema) })),
    patience: {
      everySeconds: Duration.toSeconds(patience.every),
      untilSeconds: Duration.toSeconds(patience.until)
    }
  }
}

/** The pipelines, in the order of the registry. */
export const all: ReadonlyArray<CataloguePipeline> = pipelines.map(describe)
