/**
 * `throughline lint`: holds the pipelines against the files they stand on (schemas, mappings, samples) and each rule
 * against its example. Any finding is an exit code 2: an installation like that must not go into use.
 */
import { Effect } from "effect"
import * as Command from "effect/cli/Command"
import * as Xml from "../formats/Xml.ts"
import * as Inspection from "./Inspection.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"

const handler = Effect.fn("lint")(function* ({ json }: { readonly json: boolean }) {
  const { findings, looked } = yield* Effect.provide(Inspection.run, Xml.Xml.layer({ workers: 1 }))
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
    "Check the installation's own files: each pipeline has its schema, mapping and samples, schemas compile, each rule has the example it names, and cases and worlds can be read. Exit code 2 with any finding."
  ),
  Command.withShortDescription("Check pipelines, schemas and samples"),
  Command.withExamples([{ command: "throughline lint", description: "Before a change goes into use" }])
)
