/**
 * `throughline lint`: holds the pipelines against the files they stand on (schemas, mappings, samples), each rule against
 * its example, and the configuration file against what it may say. Any finding is an exit code 2: an installation like
 * that must not go into use.
 */
import { basename } from "node:path"
import { Effect, Option } from "effect"
import * as Command from "effect/cli/Command"
import * as Xml from "../formats/Xml.ts"
import * as ConfigFile from "./ConfigFile.ts"
import { configFlag } from "./ConfigFlag.ts"
import * as Inspection from "./Inspection.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"

/** What is wrong with the configuration file, where there is one. */
const configuration = Effect.gen(function* () {
  const named = Option.getOrElse(yield* configFlag, () => process.env["THROUGHLINE_CONFIG"])
  yield* ConfigFile.load(named, process.cwd())
  return []
}).pipe(
  Effect.catch(({ path: file, reason, message }) =>
    Effect.succeed(
      reason._tag === "Invalid"
        ? reason.faults.map(({ path, message }) => ({ where: `${basename(file)} ${path}`, problem: message }))
        : [{ where: basename(file), problem: message }]
    )
  )
)

const handler = Effect.fn("lint")(function* ({ json }: { readonly json: boolean }) {
  const { findings: found, looked } = yield* Effect.provide(Inspection.run, Xml.Xml.layer({ workers: 1 }))
  const findings = [...found, ...(yield* configuration)]
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
  if (!json) yield* Print.line(`No findings in ${looked}.`)
})

export const lintCommand = Command.make("lint", { json: Options.json }, handler).pipe(
  Command.withDescription(
    "Check the installation's own files: each pipeline has its schema, mapping and samples, schemas compile, each rule has the example it names, cases and worlds can be read, and the configuration file, where there is one, is right. Exit code 2 with any finding."
  ),
  Command.withShortDescription("Check pipelines, schemas and samples"),
  Command.withExamples([{ command: "throughline lint", description: "Before a change goes into use" }])
)
