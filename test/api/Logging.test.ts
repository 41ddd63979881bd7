/** What the process writes to its log, seen from outside: a child process with its own stderr and environment. */
import { execFile } from "node:child_process"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Logging from "../../src/api/Logging.ts"

const run = (program: string, env: Record<string, string> = {}) =>
  Effect.callback<{ readonly stdout: string; readonly stderr: string }>((resume) => {
    execFile(
      process.execPath,
      ["--input-type=module", "-e", program],
      { cwd: join(import.meta.dirname, "../.."), env: { ...process.env, ...env } },
      (_error, stdout, stderr) => resume(Effect.succeed({ stdout, stderr }))
    )
  })

const logs = (pretty: boolean) => `
  import { Console, Effect } from "effect"
  import * as Logging from "./src/api/Logging.ts"
  await Effect.runPromise(Effect.gen(function* () {
    yield* Effect.logDebug("fine")
    yield* Effect.logWarning("odd", { file: "a\\nb" }).pipe(Effect.annotateLogs({ company: "acme" }))
    yield* Console.log("answer")
  }).pipe(Effect.provide(Logging.layer({ pretty: ${pretty} }))))`

describe("logs", () => {
  it.live("are one JSON object a line on stderr; stdout belongs to the command", () =>
    Effect.gen(function* () {
      const { stdout, stderr } = yield* run(logs(false))
      assert.strictEqual(stdout, "answer\n")
      const lines = stderr.trim().split("\n")
      assert.strictEqual(lines.length, 1)
      const line = JSON.parse(lines[0] ?? "")
      assert.strictEqual(line.level, "WARN")
      assert.deepStrictEqual(line.message, ["odd", { file: "a\nb" }])
      assert.deepStrictEqual(line.annotations, { company: "acme" })
    })
  )

  it.live("say more or less as the environment wants, and mind a word that is no level", () =>
    Effect.gen(function* () {
      const debug = yield* run(logs(false), { THROUGHLINE_LOG_LEVEL: "DEBUG" })
      assert.strictEqual(debug.stderr.trim().split("\n").length, 2)
      const error = yield* run(logs(false), { THROUGHLINE_LOG_LEVEL: "error" })
      assert.strictEqual(error.stderr, "")
      const odd = yield* run(logs(false), { THROUGHLINE_LOG_LEVEL: "loud" })
      assert.include(odd.stderr, "loud")
      assert.strictEqual(odd.stderr.trim().split("\n").length, 2)
    })
  )

  it.live("are readable for people, on stderr too", () =>
    Effect.gen(function* () {
      const { stdout, stderr } = yield* run(logs(true))
      assert.strictEqual(stdout, "answer\n")
      assert.include(stderr, "odd")
    })
  )

  it("know their levels", () => {
    assert.strictEqual(Logging.levelOf(" Warning"), "Warn")
    assert.strictEqual(Logging.levelOf("trace"), "Trace")
    assert.strictEqual(Logging.levelOf("verbose"), undefined)
  })
})
