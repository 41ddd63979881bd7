/**
 * `npm run bench`: runs every measurement beside its floor or peer, prints ratios and peak memory, and writes them to
 * bench/RESULTS.md with the machine they were taken on. Takes a few minutes; nothing is asserted.
 */
import { writeFile } from "node:fs/promises"
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

const ms = (value: number): string => `${Math.round(value)} ms`
const ratio = (value: number): string => value.toFixed(2)

/** Each measurement gets a database of its own. */
const measure = <A, E, R>(name: string, effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    process.stderr.write(`${name}\n`)
    return yield* Effect.provide(effect, Stage.layer, { local: true })
  })

const program = Effect.gen(function* () {
  const large = yield* measure("(a) one transfer of 100,000 serials", Large.run)
  const peak = process.resourceUsage().maxRSS / 1024
  const one = yield* measure("(b) 2,000 messages from 1 sender", Small.run(1))
  const twenty = yield* measure("(b) 2,000 messages from 20 senders", Small.run(20))
  const check = yield* measure("(c) class 1 of 100,000 serials", Check.run)
  const warehouse = yield* measure("(w) X12 944 and 945 with 10,000 serials", Warehouse.run())
  // One server for all of their databases.
  const workers = yield* measure("(d) 2,000 messages for 1, 2 and 4 worker processes", Workers.run([1, 2, 4]))
  const latency = yield* measure("(e) 200 files, one after another", Latency.run(200))
  const verification = yield* measure(
    "(f) verifications with 10,000,000 serials",
    Verification.run({ serials: 10_000_000, seconds: 5, connections: [16, 256] })
  )
  const reports = yield* measure("(g) a report of 1,000,000 serials", Reports.run(1_000_000))
  const aggregation = yield* measure("(h) 100,000 cartons commissioned and packed", Aggregation.run())

  const lines = [
    "# Results",
    "",
    "Written by `npm run bench`. Every row has its floor or peer in the same run; read the ratios, the rest is this machine.",
    "",
    `Machine: ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB; Node ${process.version}; embedded PostgreSQL, fsync on.`,
    "",
    "| what | engine | floor or peer | ratio | aim |",
    "|---|---|---|---|---|",
    `| (a) transfer of 100,000 explicit serials, file seen to response committed | ${ms(large.whole)} | ${ms(large.floor)}: bare libxml2-wasm ${ms(large.parse)}, the rest bare statements | ${ratio(large.ratio)} × | ≤ 1.5 × |`,
    ...[one, twenty].map(
      ({ senders, perSecond, barePerSecond, commitsEach, ratio: of }) =>
        `| (b) 2,000 five-serial messages, ${senders} sender${senders === 1 ? "" : "s"}, received to delivered | ${Math.round(perSecond)}/s | ${Math.round(barePerSecond)}/s: bare transactions, ${commitsEach.toFixed(1)} commits a message | ${ratio(of)} of it | ≥ 0.5 |`
    ),
    check === undefined
      ? "| (c) class 1 of the 100,000-serial file | not measured: xmllint is not installed | | | ≤ 2 × |"
      : `| (c) class 1 of the 100,000-serial file, warm | ${ms(check.ours)} | ${ms(check.xmllint)}: xmllint --noout --schema | ${ratio(check.ratio)} × | ≤ 2 × |`,
    ...Warehouse.rows(warehouse),
    ...Workers.rows(workers),
    ...Latency.rows(latency),
    ...Verification.rows(verification),
    ...Reports.rows(reports),
    ...Aggregation.rows(aggregation),
    "",
    `Peak memory of the process after (a), parser threads included: ${Math.round(peak)} MiB.`,
    ""
  ]
  const text = lines.join("\n")
  yield* Effect.promise(() => writeFile(fileURLToPath(new URL("RESULTS.md", import.meta.url)), text))
  process.stdout.write(text)
})

await Effect.runPromise(program)
