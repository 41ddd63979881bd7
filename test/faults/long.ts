/**
 * `npm run faults -- --minutes M [--seed N] [--json]`: the long storm. A process that takes files and two that work are
 * killed at random, connections to the database are cut at every third kill, and every fifteenth time the server is
 * killed with them; then everything has to come to its end. Prints what was done and what the ledger says; exit code 1
 * when something was lost, doubled, wrong or out of order, with a line for each on standard error.
 */
import { parseArgs } from "node:util"
import { Effect, Random } from "effect"
import * as Harm from "./Harm.ts"
import * as Site from "./Site.ts"
import * as Storm from "./Storm.ts"

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string", default: `${Date.now() % 100_000}` },
    json: { type: "boolean", default: false }
  }
})
const minutes = Number(values.minutes)
const seed = Number(values.seed)
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error("usage: npm run faults -- --minutes M [--seed N] [--json]")
  process.exit(2)
}

const printers = 4

/** Lines of details that are worth reading. */
const shown = 200

const program = Effect.gen(function* () {
  const started = performance.now()
  const site = yield* Site.make(printers, 100 + Math.ceil(minutes * 600))
  let cuts = 0
  let crashes = 0
  const also = (kills: number) => {
    if (kills % 15 === 0) {
      crashes += 1
      return Harm.crash(site)
    }
    if (kills % 3 !== 0) return Effect.void
    cuts += 1
    return Harm.cut(site)
  }
  const storm = yield* Storm.run(site, { ...Storm.usual, seconds: minutes * 60, printers, seed, also })
  const { details: _, ...totals } = storm.totals
  const { sent, ...rest } = totals
  const seconds = Math.round((performance.now() - started) / 1000)
  const result = { sent, kills: storm.kills, cuts, crashes, ...rest, open: storm.open.length, seed, seconds }
  const faults = Storm.faults(storm)
  for (const line of faults.slice(0, shown)) console.error(line)
  if (faults.length > 0) console.error(yield* site.log)
  if (values.json) console.log(JSON.stringify(result))
  else for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(18)}${value}`)
  return faults.length === 0
}).pipe(Effect.scoped, Random.withSeed(`${seed}`))

process.exitCode = (await Effect.runPromise(program)) ? 0 : 1
