/**
 * `throughline import WORLD`: takes companies, links, profiles, products, pools, settings and serial numbers from a
 * world file. All or nothing, every fault at once; importing the same file again changes nothing.
 */
import { Clock, Effect } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import type { WorldError } from "../partners/World.ts"
import * as Commands from "./Commands.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"
import * as WorldFile from "./WorldFile.ts"
import * as WorldImport from "./WorldImport.ts"

const file = Argument.String("world").pipe(Argument.withDescription("A world file (YAML)"))

const replace = Flag.Boolean("replace").pipe(
  Flag.withDescription("Remove configuration that the file does not name; serial numbers are never removed"),
  Flag.withDefault(false)
)

const why = Flag.String("why").pipe(
  Flag.withDescription("The reason, for the audit trail of changed rules"),
  Flag.withMetavar("TEXT"),
  Flag.withDefault("")
)

interface Input {
  readonly file: string
  readonly why: string
  readonly replace: boolean
  readonly actor: string
  readonly json: boolean
}

/** Every fault with its path, under the name of the file. */
const faulty = (file: string) => (error: WorldError) => {
  const { faults } = error.reason
  const lines = error.message.split("\n").map((line) => `  ${line}`)
  return Problem.configuration(
    `${file} has ${Print.count(faults.length, "fault")}; nothing was imported.\n${lines.join("\n")}`,
    "Mend them and import the file again."
  )
}

const imported = Effect.fn("import")(function* (input: Input) {
  const world = yield* WorldFile.read(input.file)
  const clock = new Date(yield* Clock.currentTimeMillis)
  const done = yield* WorldImport.run(world, { actor: input.actor, why: input.why, replace: input.replace, clock })
  if (input.json) return yield* Print.json({ file: input.file, ...done })
  const { added, changed, removed, unchanged } = done.configuration
  yield* Print.line(`configuration   ${added} added, ${changed} changed, ${removed} removed, ${unchanged} as they were`)
  yield* Print.line(`serial numbers  ${done.serials.loaded} loaded, ${done.serials.existing} were there`)
})

const handler = (input: Input) => Effect.catchTag(imported(input), "WorldError", (error) => faulty(input.file)(error))

export const importCommand = Command.make(
  "import",
  { file, replace, why, actor: Options.actor, json: Options.json },
  Commands.withInstallation(handler)
).pipe(
  Command.withDescription(
    "Take companies, links, profiles, products, pools, settings and serial numbers from a world file. A file with faults is refused with all of them and changes nothing. What the file does not name stays as it is, unless --replace is given."
  ),
  Command.withShortDescription("World data in"),
  Command.withExamples([
    { command: "throughline import samples/demo/world.yaml", description: "The demo world" },
    { command: "throughline export --out world.yaml && throughline import world.yaml", description: "Changes nothing" }
  ])
)
