/**
 * `throughline rules [ID]`: every rule that a message can break, from the pipelines themselves. Nothing is read but the
 * program; so it works without a database.
 */
import { Effect, Option } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Catalogue from "./Catalogue.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"

const ruleClass = Flag.Literals("class", ["1", "2", "3"]).pipe(
  Flag.withDescription("1: the file itself; 2: against stored data; 3: our fault"),
  Flag.optional
)

const pipeline = Flag.String("pipeline").pipe(
  Flag.withDescription("Only rules of this pipeline; `engine` for those of every message"),
  Flag.optional
)

const id = Argument.String("id").pipe(
  Argument.withDescription("A rule, e.g. engine/duplicate, or the beginning of some"),
  Argument.optional
)

const listed = (rules: ReadonlyArray<Catalogue.CatalogueRule>): string =>
  Print.table(
    ["RULE", "CLASS", "ELEMENT", "TEXT"],
    rules.map((rule) => [
      rule.id,
      rule.severity === "warning" ? `${rule.class} warning` : `${rule.class}${rule.mayWait ? " may wait" : ""}`,
      rule.element,
      rule.text
    ])
  )

const told = (rule: Catalogue.CatalogueRule): string =>
  [
    Print.styled("bold", rule.id),
    `  text       ${rule.text}`,
    `  class      ${rule.class}, ${rule.severity}${rule.mayWait ? "; the message may wait" : ""}`,
    `  element    ${rule.element}`,
    `  raised by  ${rule.situation}`,
    `  source     ${rule.source}`,
    `  example    ${Catalogue.exampleText(rule.example)}`,
    `  pipelines  ${rule.pipelines.join(", ")}`
  ].join("\n")

const handler = Effect.fn("rules")(function* (input: {
  readonly id: Option.Option<string>
  readonly ruleClass: Option.Option<"1" | "2" | "3">
  readonly pipeline: Option.Option<string>
  readonly json: boolean
}) {
  const rules = Catalogue.rules.filter(
    (rule) =>
      (Option.isNone(input.id) || rule.id === input.id.value || rule.id.startsWith(input.id.value)) &&
      (Option.isNone(input.ruleClass) || `${rule.class}` === input.ruleClass.value) &&
      (Option.isNone(input.pipeline) || rule.pipelines.includes(input.pipeline.value))
  )
  if (rules.length === 0) {
    const wanted = Option.match(input.id, { onNone: () => "like that", onSome: (text) => `"${text}"` })
    return yield* Problem.usage(`There is no rule ${wanted}.`, "`throughline rules` lists all of them.")
  }
  const exact = rules.find((rule) => Option.isSome(input.id) && rule.id === input.id.value)
  if (input.json) return yield* Effect.forEach(exact === undefined ? rules : [exact], Print.json, { discard: true })
  if (exact !== undefined) return yield* Print.line(told(exact))
  yield* Print.line(listed(rules))
})

export const rulesCommand = Command.make("rules", { id, ruleClass, pipeline, json: Options.json }, handler).pipe(
  Command.withDescription(
    "List the rules that messages are held to: class, element, exact text, where the text is documented, and an example that breaks the rule."
  ),
  Command.withShortDescription("The rules messages are held to"),
  Command.withExamples([
    {
      command: "throughline rules --class 2 --pipeline snx-transfer",
      description: "What stored data can refuse about a transfer"
    },
    { command: "throughline rules engine/duplicate", description: "Everything about one rule" },
    { command: "throughline rules --json", description: "All of them, for programs" }
  ])
)
