/**
 * `throughline pipelines [NAME]`: the pipelines and how a message goes through each, from the pipelines themselves. Works
 * without a database.
 */
import { Effect, Option } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Catalogue from "./Catalogue.ts"
import * as Drawing from "./Drawing.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"

const name = Argument.String("name").pipe(
  Argument.withDescription("A pipeline, e.g. snx-transfer; all unless given"),
  Argument.optional
)

const mermaid = Flag.Boolean("mermaid").pipe(
  Flag.withDescription("Draw as Mermaid flow charts, for documents"),
  Flag.withDefault(false)
)

const handler = Effect.fn("pipelines")(function* (input: {
  readonly name: Option.Option<string>
  readonly mermaid: boolean
  readonly json: boolean
}) {
  const chosen = Catalogue.all.filter(({ name }) => Option.isNone(input.name) || name === input.name.value)
  if (chosen.length === 0) {
    const known = Catalogue.all.map(({ name }) => name).join(", ")
    return yield* Problem.usage(
      `There is no pipeline "${Option.getOrElse(input.name, () => "")}".`,
      `There are: ${known}.`
    )
  }
  if (input.json) return yield* Effect.forEach(chosen, Print.json, { discard: true })
  const draw = input.mermaid ? Drawing.mermaid : Drawing.text
  yield* Print.line(chosen.map(draw).join("\n\n"))
})

export const pipelinesCommand = Command.make("pipelines", { name, mermaid, json: Options.json }, handler).pipe(
  Command.withDescription(
    "List the pipelines and draw how a message goes through each: what it accepts, the schema, the map, the rules, what it sends."
  ),
  Command.withShortDescription("The pipelines and their stages"),
  Command.withExamples([
    { command: "throughline pipelines", description: "All of them" },
    { command: "throughline pipelines snx-transfer --mermaid", description: "One, for a document" }
  ])
)
