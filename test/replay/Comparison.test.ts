/** Differences of cases and journal runs read like a patch: what was expected with a minus, what came with a plus. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Comparison from "../../src/replay/Comparison.ts"

const files = (entries: Record<string, string>): ReadonlyMap<string, Uint8Array> =>
  new Map(Object.entries(entries).map(([name, text]) => [name, new TextEncoder().encode(text)]))

const inFolder = <A, E, R>(work: (folder: string) => Effect.Effect<A, E, R>) =>
  Effect.acquireUseRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "throughline-comparison-"))),
    work,
    (folder) => Effect.promise(() => rm(folder, { recursive: true }))
  )

describe("lines", () => {
  it("mark the expected with - and what came with +", () => {
    assert.deepStrictEqual([...Comparison.lines("same\nwanted", "same\ncame")].sort(), ["+ came", "- wanted"])
  })

  it("say how many were left out", () => {
    const many = Array.from({ length: 50 }, (_, n) => `line ${n}`).join("\n")
    const shown = Comparison.lines(many, "")
    assert.isBelow(shown.length, 30)
    assert.match(shown.at(-1) ?? "", /more$/)
  })
})

describe("a case's expected folder", () => {
  it.live("is written by update, and then nothing differs", () =>
    inFolder((folder) =>
      Effect.gen(function* () {
        const came = files({ "run.json": "one\n", "outbox/a/T/b.xml": "<b/>" })
        yield* Comparison.update(folder, came)
        assert.deepStrictEqual(yield* Comparison.compare(folder, came), [])
        const other = files({ "run.json": "two\n", "new.json": "{}" })
        const differences = yield* Comparison.compare(folder, other)
        assert.deepStrictEqual(differences.map(({ file, kind }) => `${kind} ${file}`).sort(), [
          "different run.json",
          "missing outbox/a/T/b.xml",
          "unexpected new.json"
        ])
        yield* Comparison.update(folder, other)
        assert.deepStrictEqual(yield* Comparison.compare(folder, other), [])
      })
    ).pipe(Effect.provide(NodeServices.layer))
  )
})
