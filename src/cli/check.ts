/**
 * `throughline check FILE...`: what would be wrong with a file, class 1 and 2, changing nothing. Against the world given,
 * else the running database, else (when that has no company yet) the demo world.
 */
import { Effect, Option } from "effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import { Partners } from "../partners/Partners.ts"
import * as Replay from "../replay/Replay.ts"
import * as Commands from "./Commands.ts"
import { demoWorld } from "./Demo.ts"
import * as Options from "./Options.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"
import * as Tried from "./Tried.ts"

const flags = {
  files: Argument.String("file").pipe(
    Argument.withDescription("Files to check, as they would be sent"),
    Argument.variadic({ min: 1 })
  ),
  world: Tried.world,
  type: Tried.type,
  from: Tried.from,
  json: Options.json
}

type Input = Command.Command.Config.Infer<typeof flags>

const against = (world: string, { files, type, from }: Input) =>
  Replay.runLoose(files, { world, type: Option.getOrUndefined(type), from: Option.getOrUndefined(from) })

const againstDatabase = Effect.fnUntraced(function* (input: Input) {
  const partners = yield* Partners
  const { companies } = yield* partners.current
  if (companies.length === 0) {
    yield* Print.remark("The database has no company yet; checked against the demo world.")
    return yield* against(demoWorld, input)
  }
  const options = { type: Option.getOrUndefined(input.type), from: Option.getOrUndefined(input.from) }
  return yield* Effect.forEach(input.files, (file) => Replay.tryFile(file, options))
})

const inWorld = Commands.apart(({ world, input }: { readonly world: string; readonly input: Input }) =>
  against(world, input)
)

const inDatabase = Commands.withApart(againstDatabase)

const handler = Effect.fn("check")(function* (input: Input) {
  yield* Tried.allThere(input.files)
  const folders = input.files.filter(Tried.isFolder)
  if (folders.length > 0) {
    return yield* Problem.usage(
      `${folders.join(", ")} is a folder; files are checked.`,
      "`throughline replay FOLDER` runs the cases below a folder."
    )
  }
  const tried = yield* Option.isSome(input.world) ? inWorld({ world: input.world.value, input }) : inDatabase(input)
  yield* Tried.tell(
    tried.map(({ line }) => line),
    input.json
  )
})

export const checkCommand = Command.make("check", flags, handler).pipe(
  Command.withDescription(
    "Say what would be wrong with a file, without sending it and changing nothing: the file itself (class 1) and against stored data (class 2). Each file is checked as if it came next, on its own. Exit code 1 when one would not be processed."
  ),
  Command.withShortDescription("What would be wrong with a file"),
  Command.withExamples([
    { command: "throughline check transfer.xml", description: "Against the running database" },
    {
      command: "throughline check *.xml --world samples/demo/world.yaml --json",
      description: "Against a world file, for programs"
    }
  ])
)
