/**
 * How `replay` and `check` tell what became of a file: text for people, the JSON contract for programs. A file that was
 * not processed makes the exit code 1.
 */
import { existsSync, statSync } from "node:fs"
import { Effect, FileSystem, Path } from "effect"
import * as Flag from "effect/cli/Flag"
import type { Output } from "../engine/Pipeline.ts"
import type { Line } from "../replay/CaseRunner.ts"
import * as FindingLines from "./FindingLines.ts"
import * as Print from "./Print.ts"
import * as Problem from "./Problem.ts"

/** Findings shown of a file; `--json` has all. */
const shown = 25

export const type = Flag.String("type").pipe(
  Flag.withDescription("Message type, e.g. SNX_TRANSFER; told from the root element unless given"),
  Flag.optional
)

export const from = Flag.String("from").pipe(
  Flag.withDescription("Company on whose channel it would come (its key); told from the sender number unless given"),
  Flag.optional
)

export const world = Flag.String("world").pipe(
  Flag.withDescription("World file to try the files against"),
  Flag.withMetavar("FILE"),
  Flag.optional
)

/** Refuses paths that are not there, all at once. */
export const allThere = Effect.fnUntraced(function* (paths: ReadonlyArray<string>) {
  const missing = paths.filter((path) => !existsSync(path))
  if (missing.length > 0) return yield* Problem.usage(`There is no file or folder ${missing.join(", ")}.`)
})

export const isFolder = (path: string): boolean => statSync(path).isDirectory()

/** A file's end, as text. */
export const text = (line: Line): string => {
  const { file, pipeline, message, status, reason, errors, warnings, totals, outputs } = line
  const { sender, receiver, controlNumber } = message
  const header = `${sender ?? "?"} to ${receiver ?? "?"}, control number ${controlNumber ?? "?"}`
  const why = reason !== undefined && errors.length === 0 ? [`  ${Print.plain(reason)}`] : []
  return [
    `${Print.styled("bold", Print.plain(file))}  ${Print.status(status)}  ${pipeline ?? message.type}  ${Print.plain(header)}`,
    ...why,
    ...FindingLines.text({ errors, warnings, totals, most: shown, hint: "--json shows them" }).map((one) => `  ${one}`),
    ...outputs.map(({ type, to, file }) => `  -> ${type} to ${to}: ${Print.plain(file)}`)
  ].join("\n")
}

/** Prints files' ends; fails with the outcome when one is not `processed`. */
export const tell = Effect.fnUntraced(function* (lines: ReadonlyArray<Line>, json: boolean) {
  for (const line of lines) yield* json ? Print.json(line) : Print.line(text(line))
  if (lines.some(({ status }) => status !== "processed")) return yield* Problem.outcome
})

/** Writes documents below a folder as `<folder>/<company>/<TYPE>/<file>`. */
export const write = Effect.fnUntraced(function* (folder: string, outputs: ReadonlyArray<Output>) {
  const path = yield* Path.Path
  yield* writeAll(
    outputs.map(
      ({ to, type, fileName, bytes }) => [path.join(folder, to, type, path.basename(fileName)), bytes] as const
    )
  )
})

/** Writes files, with the folders they stand in. */
export const writeAll = Effect.fnUntraced(
  function* (files: Iterable<readonly [string, Uint8Array]>) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    for (const [file, bytes] of files) {
      yield* fs.makeDirectory(path.dirname(file), { recursive: true })
      yield* fs.writeFile(file, bytes)
    }
  },
  Effect.mapError((error) => Problem.usage(`The output cannot be written: ${error.message}`))
)
