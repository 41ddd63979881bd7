/**
 * `throughline lint`: holds the pipelines against the files they stand on (schemas, mappings, samples), each rule against
 * its example, and the configuration file against what it may say. Any finding is an exit code 2: an installation like
 * that must not go into use.
 */
import { basename } from "node:path"
import { Effect, Option } from "effect"
import * as Command from "effect/cli/Command"
import * as ConfiguredFaults from "../channels/ConfiguredFaults.ts"
import type * as ConfiguredOptions from "../channels/ConfiguredOptions.ts"
import { reportType } from "../engine/Report.ts"
import * as Xml from "../formats/Xml.ts"
import * as Catalogue from "./Catalogue.ts"
import * as ConfigFile from "./ConfigFile.ts"
import { configFlag } from "./ConfigFlag.ts"
import * as Inspection from "./Inspection.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"

/** Message types that are sent: what `deliver` may name. */
const sent = new Set([
  reportType,
  ...Catalogue.declared.pipelines.flatMap(({ sends }) => sends.map(({ type }) => type))
])

const unknownTypes = ({ deliver }: ConfiguredOptions.Configured): ReadonlyArray<Inspection.Finding> =>
  ConfiguredFaults.typesOf(deliver)
    .filter(({ type }) => !sent.has(type))
    .map(({ steps, type }) => ({
      where: steps.join("."),
      problem: `no message of type "${type}" is sent; there are: ${[...sent].sort().join(", ")}`
    }))

/** What is wrong with the configuration file, where there is one, and which that is. */
const configuration = Effect.gen(function* () {
  const named = Option.getOrElse(yield* configFlag, () => process.env["THROUGHLINE_CONFIG"])
  const { path, channels } = yield* ConfigFile.load(named, process.cwd())
  if (path === undefined) return { file: undefined, findings: [] }
  const findings = unknownTypes(channels).map(({ where, problem }) => ({
    where: `${basename(path)} ${where}`,
    problem
  }))
  return { file: path, findings }
}).pipe(
  Effect.catch(({ path: file, reason, message }) =>
    Effect.succeed({
      file,
      findings:
        reason._tag === "Invalid"
          ? reason.faults.map(({ path, message }) => ({ where: `${basename(file)} ${path}`, problem: message }))
          : [{ where: basename(file), problem: message }]
    })
  )
)

const handler = Effect.fn("lint")(function* ({ json }: { readonly json: boolean }) {
  const { findings: found, looked } = yield* Effect.provide(Inspection.run, Xml.Xml.layer({ workers: 1 }))
  const { file, findings: configured } = yield* configuration
  const findings = [...found, ...configured]
  for (const finding of findings) {
    yield* json
      ? Print.json(finding)
      : Print.line(`${Print.styled("bold", finding.where)}  ${Print.plain(finding.problem)}`)
  }
  if (findings.length > 0) {
    return yield* Problem.configuration(
      `${Print.count(findings.length, "finding")}.`,
      "Nothing was changed; mend these and run it again."
    )
  }
  if (!json)
    yield* Print.line(`No findings in ${looked}, ${file === undefined ? "and there is no configuration file" : file}.`)
})

export const lintCommand = Command.make("lint", { json: Options.json }, handler).pipe(
  Command.withDescription(
    "Check the installation's own files: each pipeline has its schema, mapping and samples, schemas compile, each rule has the example it names, cases and worlds can be read, and the configuration file, where there is one, is right, down to the message types under `deliver`, which have to be sent by some pipeline. Connects to nothing: `throughline channels test` does. Exit code 2 with any finding."
  ),
  Command.withShortDescription("Check pipelines, schemas and samples"),
  Command.withExamples([{ command: "throughline lint", description: "Before a change goes into use" }])
)
