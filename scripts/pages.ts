/**
 * The pages of docs/generated that need no database: the rules, the pipelines, the command line. Each is an effect that
 * gives its text, made from the code alone; `docs.ts` writes them.
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer, Option } from "effect"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import type * as HelpDoc from "effect/cli/HelpDoc"
import * as Catalogue from "../src/cli/Catalogue.ts"
import { config, rootOf } from "../src/cli/Cli.ts"
import * as Drawing from "../src/cli/Drawing.ts"
import * as Checklist from "./checklist.ts"

const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``

/** Text that Markdown takes literally, in a table too; what stands between backticks stays code. */
const literal = (text: string): string =>
  text
    .replaceAll(/\s+/gu, " ")
    .split(/`([^`]*)`/u)
    .map((part, index) =>
      index % 2 === 1 ? code(part) : part.replace(/[\\*_{}[\]<>#|~]/gu, (character) => `\\${character}`)
    )
    .join("")

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

const table = (headings: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [row(headings), row(headings.map(() => "---")), ...rows.map(row)].join("\n")

const page = (...parts: ReadonlyArray<string>): string => `${parts.join("\n\n")}\n`

const classOf = (rule: Catalogue.CatalogueRule): string => {
  const notes = [rule.severity === "warning" ? "warning" : "", rule.mayWait ? "may wait" : ""].filter(
    (note) => note !== ""
  )
  return [`${rule.class}`, ...notes].join(", ")
}

const exampleOf = ({ example }: Catalogue.CatalogueRule): string => {
  if ("case" in example) return `[${example.case}](../../samples/${example.case})`
  if ("test" in example) return `[${example.test}](../../${example.test})`
  return `test "${literal(example.canonical)}": ${literal(example.why)}`
}

const ruleTable = (rules: ReadonlyArray<Catalogue.CatalogueRule>): string =>
  table(
    ["Rule", "Class", "Element", "Text", "Raised when", "Source", "Example"],
    rules.map((rule) => [
      code(rule.id),
      classOf(rule),
      literal(rule.element),
      literal(rule.text),
      literal(rule.situation),
      literal(rule.source),
      exampleOf(rule)
    ])
  )

const rules = Effect.sync(() => {
  const ofEvery = Catalogue.rules.filter((rule) => rule.pipelines.includes(Catalogue.everyMessage))
  const sections = Catalogue.all.map(({ name, summary }) => {
    const own = Catalogue.rules.filter((rule) => rule.pipelines.includes(name) && !ofEvery.includes(rule))
    return `## ${name}\n\n${literal(summary)} ${own.length} rules, besides those of every message.\n\n${ruleTable(own)}`
  })
  return page(
    "# Rules",
    "Every rule that messages are held to, by pipeline. Generated from the code by `npm run docs`.",
    "Class 1: the file itself is wrong. Class 2: right file, wrong against stored data. Class 3: our fault. A message may wait on a rule that describes a race with another message. Names in brackets are filled in.",
    `## Every message\n\n${ruleTable(ofEvery)}`,
    ...sections
  )
})

const pipelines = Effect.sync(() =>
  page(
    "# Pipelines",
    "How a message goes through each pipeline. Generated from the code by `npm run docs`; `throughline pipelines` draws the same.",
    ...Catalogue.all.map(
      (pipeline) =>
        `## ${pipeline.name}\n\n${literal(pipeline.summary)} Declared in [pipelines/${pipeline.name}.ts](../../pipelines/${pipeline.name}.ts).\n\n\`\`\`mermaid\n${Drawing.mermaid(pipeline)}\n\`\`\``
    )
  )
)

/** The help of a command, as the program itself would print it. */
const helpOf = Effect.fnUntraced(function* (path: ReadonlyArray<string>) {
  let shown: HelpDoc.HelpDoc | undefined
  const presenter = CliOutput.layerPresenter({
    present: (event) =>
      Effect.sync(() => {
        if (event._tag === "Help") shown = event.helpDoc
      })
  })
  yield* Command.runWith(yield* rootOf(undefined), { version: "" })([...path, "--help"]).pipe(
    Effect.provide(Layer.mergeAll(config, presenter, NodeServices.layer))
  )
  return yield* Effect.fromNullishOr(shown)
})

const optional = (text: string, required: boolean): string => (required ? text : `${text} (optional)`)

const helpText = (name: string, doc: HelpDoc.HelpDoc): string => {
  const described = (text: Option.Option<string>): string => literal(Option.getOrElse(text, () => ""))
  const args = (doc.args ?? []).map(({ name, variadic, required, description }) => [
    code(variadic ? `${name}...` : name),
    optional(described(description), required)
  ])
  const flags = doc.flags.map(({ name, aliases, type, description }) => [
    code([`--${name}`, ...aliases].join(", ") + (type === "boolean" ? "" : ` ${type}`)),
    described(description)
  ])
  const examples = (doc.examples ?? []).map(({ command, description }) =>
    description === undefined ? command : `# ${description}\n${command}`
  )
  return [
    `## ${name}`,
    literal(doc.description),
    `\`${doc.usage}\``,
    ...(args.length + flags.length === 0 ? [] : [table(["", ""], [...args, ...flags])]),
    ...(examples.length === 0 ? [] : [`\`\`\`sh\n${examples.join("\n\n")}\n\`\`\``])
  ].join("\n\n")
}

const commandLine = Effect.gen(function* () {
  const top = yield* helpOf([])
  const groups = top.subcommands ?? []
  const names = groups.flatMap(({ commands }) => commands.map(({ name }) => name))
  const sections = yield* Effect.forEach(names, (name) => Effect.map(helpOf([name]), (doc) => helpText(name, doc)))
  const overview = groups.flatMap(({ group, commands }) =>
    commands.map(({ name, shortDescription, description }) => [
      group ?? "",
      `[${code(name)}](#${name})`,
      literal(shortDescription ?? description)
    ])
  )
  return page(
    "# Command line",
    "`throughline --help` and `throughline COMMAND --help` in one page. Generated from the code by `npm run docs`. From a checkout: `npm run -s throughline -- COMMAND ...`.",
    "`--json` prints one object a line. Exit code 0: all well; 1: a message failed, waits, or differs from what was expected; 2: nothing can be said, because the usage, the configuration or the surroundings are wrong. Results go to stdout, remarks and logs to stderr.",
    table(["", "Command", "Does"], overview),
    ...sections
  )
})

const caseLink = (folder: string): string => `[${folder}](../../samples/${folder})`
const testLink = (file: string): string => `[${file}](../../${file})`

const lotsAndSerials = Effect.sync(() =>
  page(
    "# Lots and serial numbers",
    "Every capability of the documents on lots and serial numbers: what switches it, the rules it drives, the cases and tests that show it. Generated from the code by `npm run docs`.",
    "SC: Sellercloud, Serial Numbers. TO: techOMS, Understanding Lot and Serial Numbers Synchronization. Settings are `deskSettings` of the world; each has a company, a tool unless it is of the whole company, and where wanted a product and a vendor.",
    table(
      ["Id", "Capability", "Setting", "Rules", "Shown by"],
      Checklist.shown().map(({ id, text, settings, rules, cases, tests }) => [
        id,
        literal(text),
        settings.map(code).join(", "),
        rules.map(code).join(", "),
        [...cases.map(caseLink), ...tests.map(testLink)].join(", ")
      ])
    )
  )
)

/** File name and text of each page. */
export const pages = {
  "rules.md": rules,
  "pipelines.md": pipelines,
  "cli.md": commandLine,
  "lots-and-serials.md": lotsAndSerials
}
