/**
 * Looks for what would make a pipeline fail in use or a rule go unproved: a schema that is missing or does not compile, a
 * map version without its mapping, a pipeline without samples, an example that is not there or does not break its rule,
 * a case or world that cannot be read. Every finding, each with where it is.
 *
 * It reads the files of this checkout and changes nothing; only a disk that cannot be read makes it fail.
 */
import { existsSync, globSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Effect, FileSystem, Result } from "effect"
import * as Xml from "../formats/Xml.ts"
import * as WorldCheck from "../partners/WorldCheck.ts"
import * as Case from "../replay/Case.ts"
import * as Catalogue from "./Catalogue.ts"
import * as Print from "./Print.ts"
import * as WorldFile from "./WorldFile.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))

export interface Finding {
  /** File, pipeline or rule. */
  readonly where: string
  readonly problem: string
}

const finding = (where: string, problem: string): Finding => ({ where, problem })

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** A document that says nothing, to have a schema compiled by. */
const nothing = new TextEncoder().encode('<any xmlns="urn:throughline:any"/>')
const anything = Xml.layout({
  mapVersion: "any",
  namespaces: { any: "urn:throughline:any" },
  roots: ["any:any"],
  fields: {}
})

/** Schemas compile. */
const compiles = Effect.fnUntraced(function* (schema: string) {
  if (!existsSync(schema)) return [finding(schema.slice(root.length), "is missing")]
  // Grammars of other formats are code: they compile or nothing here runs.
  if (!schema.endsWith(".xsd")) return []
  const xml = yield* Xml.Xml
  const read = yield* Effect.result(xml.read(nothing, anything, schema))
  return Result.isSuccess(read) ? [] : [finding(`xsd/${basename(schema)}`, `cannot be used: ${textOf(read.failure)}`)]
})

/** A pipeline stands on a mapping and a schema each way, and has samples. */
const pipelineFindings = Effect.fnUntraced(function* (pipeline: (typeof Catalogue.declared.pipelines)[number]) {
  const { name, map, schema, sends } = pipeline
  const maps = [map, ...sends.map((sent) => sent.map)]
  const unmapped = maps.filter((version) => !existsSync(join(root, "mappings", `${version}.ts`)))
  const schemas = yield* Effect.forEach([schema, ...sends.map((sent) => sent.schema)], compiles)
  return [
    ...unmapped.map((version) => finding(name, `mappings/${version}.ts is missing`)),
    ...schemas.flat(),
    ...(existsSync(join(root, "samples", name)) ? [] : [finding(name, `has no samples in samples/${name}`)])
  ]
})

interface Read {
  readonly folder: string
  readonly kase: Case.Case | undefined
  readonly findings: ReadonlyArray<Finding>
}

/** A case decodes, its world holds together, its files are there. */
const readCase = Effect.fnUntraced(function* (folder: string) {
  const where = folder.slice(root.length)
  const loaded = yield* Effect.result(Case.load(folder))
  if (Result.isFailure(loaded)) {
    const read: Read = { folder, kase: undefined, findings: [finding(where, textOf(loaded.failure))] }
    return read
  }
  const kase = loaded.success
  const imported = kase.steps.flatMap((step) => ("import" in step ? [step.import] : []))
  const worlds = yield* Effect.forEach([kase.world], (file) => worldFindings(join(folder, file), `${where}/${file}`))
  const missing = [...kase.steps.flatMap((step) => ("message" in step ? [step.message] : [])), ...imported].filter(
    (file) => !existsSync(join(folder, file))
  )
  const read: Read = {
    folder,
    kase,
    findings: [...worlds.flat(), ...missing.map((file) => finding(where, `${file} is missing`))]
  }
  return read
})

const worldFindings = Effect.fnUntraced(function* (file: string, where: string) {
  const read = yield* Effect.result(WorldFile.read(file))
  if (Result.isFailure(read)) return [finding(where, textOf(read.failure))]
  return WorldCheck.check(read.success).map(({ path, message }) => finding(where, `${path}: ${message}`))
})

/** What the steps of a case say fires. */
const expectedRules = (kase: Case.Case): ReadonlySet<string> => {
  const expectations = kase.steps.flatMap((step) => {
    if ("pass" in step) return Object.values(step.expect ?? {})
    return "expect" in step ? [step.expect] : []
  })
  return new Set(expectations.flatMap((expect) => [...(expect?.rules ?? []), ...(expect?.warnings ?? [])]))
}

/** An example is there, and a case says that it breaks the rule. */
const ruleFindings = (
  rule: Catalogue.CatalogueRule,
  cases: ReadonlyMap<string, Read>,
  tests: ReadonlyArray<string>
): ReadonlyArray<Finding> => {
  const { id, example } = rule
  if ("case" in example) {
    const kase = cases.get(join(root, "samples", example.case))
    if (kase === undefined) return [finding(id, `its example samples/${example.case} is missing`)]
    if (kase.kase === undefined || expectedRules(kase.kase).has(id)) return []
    return [finding(id, `no step of its example samples/${example.case} expects it`)]
  }
  if ("test" in example) {
    return existsSync(join(root, example.test)) ? [] : [finding(id, `its example ${example.test} is missing`)]
  }
  return tests.some((text) => text.includes(example.canonical))
    ? []
    : [finding(id, `there is no test "${example.canonical}", its example`)]
}

/** One id, one text. */
const contradictions = (): ReadonlyArray<Finding> => {
  const texts = new Map<string, string>()
  return Catalogue.declared.pipelines.flatMap(({ name, rules }) =>
    rules.flatMap(({ id, text }) => {
      const known = texts.get(id)
      texts.set(id, text)
      return known === undefined || known === text ? [] : [finding(id, `has another text in ${name}`)]
    })
  )
}

/** Everything there is to find, and how much was looked at. */
export const run = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const samples = join(root, "samples")
  const folders = (yield* fs.exists(samples)) ? yield* Case.find(samples) : []
  const cases = yield* Effect.forEach(folders, readCase, { concurrency: 8 })
  const byFolder = new Map(cases.map((read) => [read.folder, read]))
  const pipelines = yield* Effect.forEach(Catalogue.declared.pipelines, pipelineFindings)
  const tests = globSync("test/**/*.test.ts", { cwd: root }).map((file) => readFileSync(join(root, file), "utf8"))
  const report = Catalogue.declared.report("urn:throughline:lint")
  const demo = yield* worldFindings(join(samples, "demo", "world.yaml"), "samples/demo/world.yaml")
  const findings = [
    ...pipelines.flat(),
    ...(yield* compiles(report.schema)),
    ...contradictions(),
    ...Catalogue.rules.flatMap((rule) => ruleFindings(rule, byFolder, tests)),
    ...cases.flatMap((read) => read.findings),
    ...demo
  ]
  const looked = `${Print.count(Catalogue.all.length, "pipeline")}, ${Print.count(Catalogue.rules.length, "rule")}, ${Print.count(cases.length, "case")}`
  return { findings, looked }
})
