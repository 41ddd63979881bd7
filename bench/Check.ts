/**
 * (c) Class 1 of the 100,000-serial file, warm: everything `check` does before it asks the database, against
 * `xmllint --noout --schema` on the same file, in turns within one run.
 */
import { execFileSync } from "node:child_process"
import { rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { Registry } from "../src/engine/Registry.ts"
import * as Stage from "./Stage.ts"

const rounds = 9

const hasXmllint = Effect.sync(() => {
  try {
    execFileSync("xmllint", ["--version"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
})

/** Undefined where xmllint is not installed. */
export const run = Effect.gen(function* () {
  if (!(yield* hasXmllint)) return undefined
  const registry = yield* Registry
  const found = registry.find("SNX_TRANSFER", undefined)
  if (found === undefined) return yield* Effect.die("no pipeline")
  const bytes = Stage.request(
    0,
    "check",
    Array.from({ length: 100_000 }, (_, n) => Stage.serial(n))
  )
  const file = join(tmpdir(), `throughline-bench-check-${process.pid}.xml`)
  yield* Effect.promise(() => writeFile(file, bytes))
  const ours: Array<number> = []
  const theirs: Array<number> = []
  for (const _ of Array.from({ length: rounds })) {
    const one = yield* Stage.timed(found.pipeline.prepare(bytes))
    if (one.value.findings.errors.length > 0) return yield* Effect.die("the file should be right")
    ours.push(one.ms)
    theirs.push(
      (yield* Stage.timed(
        Effect.sync(() =>
          execFileSync("xmllint", ["--noout", "--schema", found.pipeline.schema, file], { stdio: "ignore" })
        )
      )).ms
    )
  }
  yield* Effect.promise(() => rm(file))
  return {
    ours: Stage.median(ours.slice(2)),
    xmllint: Stage.median(theirs.slice(2)),
    ratio: Stage.median(ours.slice(2)) / Stage.median(theirs.slice(2))
  }
})

/** Rows for bench/RESULTS.md. */
export const rows = (result: Effect.Success<typeof run>): ReadonlyArray<string> => [
  result === undefined
    ? "| (c) class 1 of the 100,000-serial file | not measured: xmllint is not installed | | | ≤ 2 × |"
    : `| (c) class 1 of the 100,000-serial file, warm | ${Math.round(result.ours)} ms | ${Math.round(result.xmllint)} ms: xmllint --noout --schema | ${result.ratio.toFixed(2)} × | ≤ 2 × |`
]
