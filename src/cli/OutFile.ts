/**
 * A file that appears whole or not at all: bytes go to a file beside it, which takes the name when all of them are on
 * disk. Whatever ends the writing before that, an interruption too, takes the beginning away; a process that is killed
 * leaves it under its own name, never under the final one. A file of that name is replaced.
 */
import { Effect, FileSystem, Stream } from "effect"
import * as Problem from "./Problem.ts"

/** Writes a stream of bytes; tells how many there were. */
export const write = Effect.fn("OutFile.write")(function* <E, R>(path: string, bytes: Stream.Stream<Uint8Array, E, R>) {
  const fs = yield* FileSystem.FileSystem
  const part = `${path}.${process.pid}.part`
  const cannot = (error: { readonly message: string }) =>
    Problem.usage(`${path} cannot be written: ${error.message}`, "Give another name with --out, or make room.")
  let written = 0
  const filled = Effect.scoped(
    Effect.gen(function* () {
      const file = yield* Effect.mapError(fs.open(part, { flag: "wx" }), cannot)
      yield* Stream.runForEach(bytes, (piece) => {
        written += piece.length
        return Effect.mapError(file.writeAll(piece), cannot)
      })
      yield* Effect.mapError(file.sync, cannot)
    })
  )
  yield* filled.pipe(
    Effect.andThen(Effect.mapError(fs.rename(part, path), cannot)),
    Effect.onError(() => Effect.ignore(fs.remove(part, { force: true })))
  )
  return written
})
