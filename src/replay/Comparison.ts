/**
 * Compares what a case came to with its `expected/` folder, or writes that folder. Differences are told line by line,
 * a few around the first; nothing is written unless asked.
 */
import { diff } from "node:util"
import { Effect, FileSystem, Path } from "effect"

/** One file that is not as expected. */
export interface Difference {
  readonly file: string
  readonly kind: "missing" | "unexpected" | "different"
  /** Lines with `-` (expected) and `+` (came), shortened. */
  readonly lines: ReadonlyArray<string>
}

const maxLines = 20

const text = (bytes: Uint8Array): string => new TextDecoder("utf-8", { fatal: false }).decode(bytes)

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && Buffer.compare(a, b) === 0

/** Lines that differ between two texts, `-` for the first and `+` for the second. */
export const lines = (expected: string, came: string): ReadonlyArray<string> => {
  const changed = diff(came.split("\n"), expected.split("\n")).flatMap(([operation, value]) =>
    operation === 0 ? [] : [`${operation === 1 ? "+" : "-"} ${value}`]
  )
  return changed.length > maxLines ? [...changed.slice(0, maxLines), `… ${changed.length - maxLines} more`] : changed
}

const folderOf = Effect.fnUntraced(function* (kaseFolder: string) {
  const path = yield* Path.Path
  return path.join(kaseFolder, "expected")
})

const filesBelow = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  if (!(yield* fs.exists(folder))) return []
  const entries = yield* fs.readDirectory(folder, { recursive: true })
  const kinds = yield* Effect.forEach(entries, (entry) => fs.stat(path.join(folder, entry)))
  return entries.filter((_, index) => kinds[index]?.type === "File").sort()
})

/** How the files that came differ from those expected; empty when they do not. */
export const compare = Effect.fn("Comparison.compare")(function* (
  kaseFolder: string,
  came: ReadonlyMap<string, Uint8Array>
) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = yield* folderOf(kaseFolder)
  const expected = yield* filesBelow(folder)
  const differences: Array<Difference> = []
  for (const file of expected) {
    const bytes = came.get(file)
    if (bytes === undefined) {
      differences.push({ file, kind: "missing", lines: [] })
      continue
    }
    const wanted = yield* fs.readFile(path.join(folder, file))
    if (!equal(wanted, bytes)) differences.push({ file, kind: "different", lines: lines(text(wanted), text(bytes)) })
  }
  for (const file of came.keys()) {
    if (!expected.includes(file)) differences.push({ file, kind: "unexpected", lines: [] })
  }
  return differences
})

/** Makes `expected/` what came; returns what changed by that. */
export const update = Effect.fn("Comparison.update")(function* (
  kaseFolder: string,
  came: ReadonlyMap<string, Uint8Array>
) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = yield* folderOf(kaseFolder)
  const differences = yield* compare(kaseFolder, came)
  for (const { file, kind } of differences) {
    const target = path.join(folder, file)
    const bytes = came.get(file)
    if (kind === "missing" || bytes === undefined) yield* fs.remove(target)
    else {
      yield* fs.makeDirectory(path.dirname(target), { recursive: true })
      yield* fs.writeFile(target, bytes)
    }
  }
  return differences
})
