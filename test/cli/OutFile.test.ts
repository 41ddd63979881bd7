/** A file that appears whole or not at all, whatever ends its writing. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Stream } from "effect"
import * as OutFile from "../../src/cli/OutFile.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "throughline-out-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)
const bytes = (text: string) => new TextEncoder().encode(text)

describe("OutFile", () => {
  it.live("takes the place of what was there when all is written", () =>
    Effect.gen(function* () {
      const place = yield* folder
      const file = join(place, "report.csv")
      writeFileSync(file, "before")
      const size = yield* OutFile.write(file, Stream.make(bytes("a"), bytes("bc")))
      assert.strictEqual(size, 3)
      assert.strictEqual(readFileSync(file, "utf8"), "abc")
      assert.deepStrictEqual(readdirSync(place), ["report.csv"])
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.live("leaves nothing behind when the bytes fail", () =>
    Effect.gen(function* () {
      const place = yield* folder
      const file = join(place, "report.csv")
      const broken = Stream.concat(Stream.make(bytes("half")), Stream.fail("broken"))
      assert.strictEqual(yield* Effect.flip(OutFile.write(file, broken)), "broken")
      assert.deepStrictEqual(readdirSync(place), [])
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.live("leaves nothing behind when it is interrupted half way", () =>
    Effect.gen(function* () {
      const place = yield* folder
      const file = join(place, "report.csv")
      const begun = yield* Deferred.make<void>()
      const endless = Stream.concat(
        Stream.make(bytes("half")),
        Stream.fromEffect(Effect.andThen(Deferred.succeed(begun, undefined), Effect.never))
      )
      const writing = yield* Effect.forkChild(OutFile.write(file, endless))
      yield* Deferred.await(begun)
      assert.strictEqual(readdirSync(place).length, 1)
      assert.isFalse(existsSync(file))
      yield* Fiber.interrupt(writing)
      assert.deepStrictEqual(readdirSync(place), [])
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.live("says what to do when the folder is not there", () =>
    Effect.gen(function* () {
      const place = yield* folder
      const error = yield* Effect.flip(OutFile.write(join(place, "no", "x.csv"), Stream.make(bytes("a"))))
      assert.include(error.message, "cannot be written")
    }).pipe(Effect.provide(NodeServices.layer))
  )
})
