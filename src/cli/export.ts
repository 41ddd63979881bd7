/**
 * `throughline export`: the configuration and the serial numbers of this installation as a world file, which `import`
 * takes. History, journal and bytes are not part of a world; a backup of the database holds those.
 */
import { Effect, FileSystem, Option, Stream } from "effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { Configuration } from "../partners/Configuration.ts"
import type { SerialBatch } from "../partners/World.ts"
import { Serials } from "../serials/Serials.ts"
import * as Transaction from "../store/Transaction.ts"
import * as Commands from "./Commands.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"
import * as WorldFile from "./WorldFile.ts"

const flags = {
  out: Flag.String("out").pipe(
    Flag.withDescription("Write to this file, which must not exist yet; stdout unless given"),
    Flag.withMetavar("FILE"),
    Flag.optional
  ),
  serials: Flag.Boolean("serials").pipe(
    Flag.withDescription("With the serial numbers; --no-serials leaves them out"),
    Flag.withDefault(true)
  ),
  json: Options.json
}

type Input = Command.Command.Config.Infer<typeof flags>

/** One snapshot of both, so that a number never refers to a company that is not there. */
const world = (withSerials: boolean) =>
  Transaction.readOnly(
    Effect.gen(function* () {
      const configuration = yield* Configuration
      const serials = yield* Serials
      const batches: ReadonlyArray<SerialBatch> = withSerials ? yield* Stream.runCollect(serials.exportWorld) : []
      return { ...(yield* configuration.export), serials: batches }
    })
  )

const write = Effect.fnUntraced(function* (file: string, text: string) {
  const fs = yield* FileSystem.FileSystem
  yield* fs
    .writeFileString(file, text, { flag: "wx" })
    .pipe(
      Effect.mapError((error) =>
        error.reason._tag === "AlreadyExists"
          ? Problem.usage(`${file} exists already.`, "Give another name, or remove it first.")
          : Problem.usage(`${file} cannot be written: ${error.message}`)
      )
    )
})

const handler = Effect.fn("export")(function* ({ out, serials, json }: Input) {
  const exported = yield* world(serials)
  if (json) return yield* Print.json(exported)
  const text = WorldFile.print(exported)
  if (Option.isNone(out)) return yield* Print.line(text.trimEnd())
  yield* write(out.value, text)
  yield* Print.remark(`Written to ${out.value}.`)
})

export const exportCommand = Command.make("export", flags, Commands.withInstallation(handler)).pipe(
  Command.withDescription(
    "Print this installation's companies, links, profiles, products, pools, settings and serial numbers as a world file, which `throughline import` takes. Journal and history stay in the database."
  ),
  Command.withShortDescription("World data out"),
  Command.withExamples([
    { command: "throughline export --out world.yaml", description: "Everything, into a file" },
    { command: "throughline export --no-serials", description: "Configuration only" }
  ])
)
