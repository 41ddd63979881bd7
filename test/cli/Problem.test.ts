/** How failures are told: exit code, one sentence with its innermost cause, the next step, and no stack unless asked for. */

import { assert, describe, it } from "@effect/vitest"
import { Cause, ConfigProvider, Data, Effect, Exit } from "effect"
import * as Drawing from "../../src/cli/Drawing.ts"
import * as FindingLines from "../../src/cli/FindingLines.ts"
import * as Installation from "../../src/cli/Installation.ts"
import * as Print from "../../src/cli/Print.ts"
import * as Problem from "../../src/cli/Problem.ts"
import { Limits } from "../../src/engine/Limits.ts"

class Away extends Data.TaggedError("Away")<{ readonly message: string; readonly cause: unknown }> {}

describe("a command that did not succeed", () => {
  it("ends with 1 and no further word when its outcome was told", () =>
    assert.deepStrictEqual(Problem.explain(Cause.fail(Problem.outcome), false), {
      exitCode: 1,
      message: "",
      next: undefined
    }))

  it("ends with 2, the innermost cause and the next step", () => {
    const cause = Cause.fail(new Away({ message: "The journal is away.", cause: { reason: new Error("no route") } }))
    assert.deepStrictEqual(Problem.explain(cause, false), {
      exitCode: 2,
      message: "The journal is away: no route",
      next: undefined
    })
    const usage = Problem.explain(Cause.fail(Problem.usage("No such thing.", "Look elsewhere.")), false)
    assert.deepStrictEqual([usage.message, usage.next], ["No such thing.", "Look elsewhere."])
  })

  it("tells a defect without its stack, unless the log level is debug", () => {
    const cause = Cause.die(new Error("boom"))
    const short = Problem.explain(cause, false)
    assert.deepStrictEqual([short.exitCode, short.message], [2, "Throughline broke: boom"])
    assert.include(short.next ?? "", "--log-level debug")
    assert.match(Problem.explain(cause, true).message, /boom[\s\S]*\n\s+at /u)
  })

  it.effect("names the environment variable that cannot be read", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(Effect.provide(Limits, Installation.limits))
      assert.isTrue(Exit.isFailure(exit))
      if (Exit.isFailure(exit)) {
        const { message } = Problem.explain(exit.cause, false)
        assert.match(message, /^Wrong environment variable THROUGHLINE_CONCURRENCY: [^\n]*\.$/u)
      }
    }).pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ THROUGHLINE_CONCURRENCY: "many" }))))
  )
})

describe("text", () => {
  it("of findings counts what it leaves out", () => {
    const errors = [1, 2, 3].map((line) => ({ class: 1, rule: "a/b", line, column: 4, message: `no\u001b[2J ${line}` }))
    const shown = FindingLines.text({ errors, warnings: [], totals: { "a/b": 2000 }, most: 2, hint: "--json" })
    assert.deepStrictEqual(shown, [
      "class 1  a/b  line 1:4  no\uFFFD[2J 1",
      "class 1  a/b  line 2:4  no\uFFFD[2J 2",
      "and 1,998 more (--json)"
    ])
  })

  it("of times reads as people say them", () =>
    assert.deepStrictEqual([900, 7200, 5400, 60].map(Drawing.spoken), [
      "15 minutes",
      "2 hours",
      "1 hour 30 minutes",
      "1 minute"
    ]))

  it("in tables is aligned, whatever it contains", () =>
    assert.strictEqual(
      Print.table(
        ["A", "B"],
        [
          ["ファイル", "x"],
          ["é", "y"]
        ]
      ),
      "A         B\nファイル  x\né         y"
    ))

  it("of JSON leaves out what is absent", () =>
    assert.deepStrictEqual(Print.present({ a: null, b: undefined, c: [{ d: null, e: 0 }], f: "" }), {
      c: [{ e: 0 }],
      f: ""
    }))
})
