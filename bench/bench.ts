/**
 * `npm run bench`: runs every measurement beside its floor or peer, prints ratios and writes them to bench/RESULTS.md with
 * their day and the machine of the last run. `npm run bench -- f w` runs those measurements alone and leaves the rows of the others as
 * they are, day and all. Takes many minutes in all; nothing is asserted.
 */
import { readFile, writeFile } from "node:fs/promises"
import { cpus, totalmem } from "node:os"
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import * as Aggregation from "./Aggregation.ts"
import * as Check from "./Check.ts"
import * as Large from "./Large.ts"
import * as Latency from "./Latency.ts"
import * as Reports from "./Reports.ts"
import * as Small from "./Small.ts"
import * as Stage from "./Stage.ts"
import * as Verification from "./Verification.ts"
import * as Warehouse from "./Warehouse.ts"
import * as Workers from "./Workers.ts"

/** Each run gets a database of its own. */
const measure = <A, E, R>(title: string, run: Effect.Effect<A, E, R>, rows: (measured: A) => ReadonlyArray<string>) =>
  Effect.suspend(() => {
    process.stderr.write(`${title}\n`)
    return Effect.map(Effect.provide(run, Stage.layer, { local: true }), rows)
  })

/** In the order of the results; a letter may have several runs. */
const measurements = [
  ["a", measure("(a) one transfer of 100,000 serials", Large.run, Large.rows)],
  ["b", measure("(b) 2,000 messages from 1 sender", Small.run(1), Small.rows)],
  ["b", measure("(b) 2,000 messages from 20 senders", Small.run(20), Small.rows)],
  ["c", measure("(c) class 1 of 100,000 serials", Check.run, Check.rows)],
  ["w", measure("(w) X12 944 and 945 with 10,000 serials", Warehouse.run(), Warehouse.rows)],
  ["d", measure("(d) 2,000 messages for 1, 2 and 4 worker processes", Workers.run([1, 2, 4]), Workers.rows)],
  ["e", measure("(e) 200 files, one after another", Latency.run(200), Latency.rows)],
  [
    "f",
    measure(
      "(f) verifications with 10,000,000 serials",
      Verification.run({ serials: 10_000_000, seconds: 5, connections: [16, 256] }),
      Verification.rows
    )
  ],
  ["g", measure("(g) a report of 1,000,000 serials", Reports.run(1_000_000), Reports.rows)],
  ["h", measure("(h) 100,000 cartons commissioned and packed", Aggregation.run(), Aggregation.rows)]
] as const

const letters = [...new Set(measurements.map(([letter]) => letter))]
const results = fileURLToPath(new URL("RESULTS.md", import.meta.url))
const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB; Node ${process.version}; embedded PostgreSQL, fsync on`

/** Rows by letter, as the results have them now. */
const former = Effect.map(
  Effect.promise(() => readFile(results, "utf8")),
  (text) => Map.groupBy(text.split("\n"), (line) => /^\| \((\w)\)/u.exec(line)?.[1])
)

const program = Effect.fn("bench")(function* (wanted: ReadonlyArray<string>) {
  const unknown = wanted.filter((word) => !letters.some((letter) => letter === word))
  if (unknown.length > 0) {
    process.stderr.write(`There is no measurement ${unknown.join(", ")}: choose among ${letters.join(", ")}.\n`)
    process.exitCode = 1
    return
  }
  const kept = yield* former
  const today = new Date().toISOString().slice(0, 10)
  const measured = new Map<string, Array<string>>()
  for (const [letter, run] of measurements) {
    if (wanted.length > 0 && !wanted.includes(letter)) continue
    const rows = yield* run
    process.stdout.write(`${rows.join("\n")}\n`)
    measured.set(letter, [...(measured.get(letter) ?? []), ...rows.map((row) => `${row} ${today} |`)])
  }
  const lines = [
    "# Results",
    "",
    "Written by `npm run bench`. Every row has its floor or peer in the same run; read the ratios, the rest is this machine.",
    "",
    `Machine of the last run, ${today}: ${machine}. Rows of other days may be of another one.`,
    "",
    "| what | engine | floor or peer | ratio | aim | day |",
    "|---|---|---|---|---|---|",
    ...letters.flatMap((letter) => measured.get(letter) ?? kept.get(letter) ?? []),
    ""
  ]
  yield* Effect.promise(() => writeFile(results, lines.join("\n")))
})

await Effect.runPromise(program(process.argv.slice(2)))
