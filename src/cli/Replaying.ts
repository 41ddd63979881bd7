/**
 * Runs what `throughline replay` names and tells what came of it. Cases and files need a database server, for throw-away
 * databases; the journal needs the installation's own as well, which is only read.
 */
import { join } from "node:path"
import { Effect, Stream } from "effect"
import * as Case from "../replay/Case.ts"
import type * as JournalQueries from "../replay/JournalQueries.ts"
import type { Repeated } from "../replay/JournalReplay.ts"
import * as Replay from "../replay/Replay.ts"
import * as Commands from "./Commands.ts"
import { demoWorld } from "./Demo.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"
import * as Tried from "./Tried.ts"

interface Settings {
  readonly json: boolean
  readonly out: string | undefined
}

interface Files {
  readonly paths: ReadonlyArray<string>
  readonly update: boolean
  readonly loose: Omit<Replay.LooseOptions, "world"> & { readonly world: string | undefined }
  readonly settings: Settings
}

const indented = (lines: ReadonlyArray<string>, by: string): ReadonlyArray<string> =>
  lines.flatMap((line) => line.split("\n")).map((line) => by + line)

const kinds = { missing: "did not come", unexpected: "is not expected", different: "differs" }

const caseText = ({ kase, asExpected, surprises, differences }: Replay.CaseResult, update: boolean): string => {
  const mark = asExpected ? Print.styled("green", "ok  ") : Print.styled("red", "FAIL")
  return [
    `${mark}  ${kase.name}  ${kase.title}`,
    ...indented(surprises, "      "),
    ...differences.flatMap(({ file, kind, lines }) => [
      `      expected/${file} ${update ? "written" : kinds[kind]}`,
      ...indented(update ? [] : lines, "        ")
    ])
  ].join("\n")
}

/** Runs the cases at or below a path; the number of those not as expected, and of all. */
const cases = Effect.fnUntraced(function* (root: string, { update, settings }: Files) {
  let failed = 0
  let all = 0
  const tell = Effect.fnUntraced(function* (result: Replay.CaseResult) {
    const { kase, lines, asExpected, surprises, differences, files } = result
    all += 1
    if (!asExpected) failed += 1
    if (settings.out !== undefined) {
      const { out } = settings
      yield* Tried.writeAll([...files].map(([file, bytes]) => [join(out, kase.name, file), bytes] as const))
    }
    if (!settings.json) return yield* Print.line(caseText(result, update))
    for (const line of lines) yield* Print.json({ case: kase.name, ...line })
    yield* Print.json({ case: kase.name, title: kase.title, asExpected, surprises, differences })
  })
  yield* Stream.runForEach(Replay.runCases(root, { update }), tell)
  return { failed, all }
})

/** Cases and message files, in the order they are named. */
export const files = Commands.apart(
  Effect.fnUntraced(function* (input: Files) {
    const { paths, loose, settings } = input
    const isCases = yield* Effect.forEach(paths, (path) =>
      Tried.isFolder(path) ? Effect.map(Case.find(path), (found) => found.length > 0) : Effect.succeed(false)
    )
    const empty = paths.filter((path, index) => Tried.isFolder(path) && isCases[index] === false)
    if (empty.length > 0) return yield* Problem.usage(`There is no case at or below ${empty.join(", ")}.`)
    const totals = yield* Effect.forEach(
      paths.filter((_, index) => isCases[index]),
      (path) => cases(path, input)
    )
    const failed = totals.reduce((sum, { failed }) => sum + failed, 0)
    const all = totals.reduce((sum, { all }) => sum + all, 0)
    if (all > 0 && !settings.json) {
      yield* Print.line(`${Print.count(all, "case")}, ${all - failed} as expected, ${failed} not.`)
    }
    const messages = paths.filter((_, index) => isCases[index] === false)
    if (messages.length > 0) {
      const tried = yield* Replay.runLoose(messages, { ...loose, world: loose.world ?? demoWorld })
      if (settings.out !== undefined) {
        const { out } = settings
        yield* Effect.forEach(tried, ({ outputs }) => Tried.write(out, outputs), { discard: true })
      }
      yield* Tried.tell(
        tried.map(({ line }) => line),
        settings.json
      )
    }
    if (failed > 0) return yield* Problem.outcome
  })
)

interface Journal {
  readonly choice: JournalQueries.Choice
  readonly settings: Settings
}

const repeatedText = ({ recorded, line, differences }: Repeated): string => {
  const { message, run, fileName, company } = recorded
  const mark = differences.length === 0 ? Print.styled("green", "same") : Print.styled("red", "DIFF")
  return [
    `${mark}  message ${message}, run ${run}  ${company}  ${recorded.type}  ${Print.plain(fileName)}  ${line.status}`,
    ...differences.flatMap(({ what, lines }) => [`      ${what}`, ...indented(lines, "        ")])
  ].join("\n")
}

/** Messages of the journal, compared with their recorded runs. */
export const journal = Commands.withApart(
  Effect.fnUntraced(function* ({ choice, settings }: Journal) {
    let all = 0
    let different = 0
    const tell = Effect.fnUntraced(function* (repeated: Repeated) {
      const { recorded, line, differences } = repeated
      all += 1
      if (differences.length > 0) different += 1
      if (!settings.json) return yield* Print.line(repeatedText(repeated))
      yield* Print.json({
        ...line,
        id: recorded.message,
        run: recorded.run,
        same: differences.length === 0,
        differences
      })
    })
    yield* Stream.runForEach(Replay.runJournal(choice), tell)
    if (all === 0) {
      if (choice.message === undefined) return yield* Print.remark("No message was run since then.")
      return yield* Problem.usage(
        `Message ${choice.message} is not there, or was never run.`,
        "`throughline messages` lists what there is."
      )
    }
    if (!settings.json)
      yield* Print.line(`${Print.count(all, "run")} repeated, ${all - different} the same, ${different} different.`)
    if (different > 0) return yield* Problem.outcome
  })
)
