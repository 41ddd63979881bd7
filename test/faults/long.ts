/**
 * `npm run faults -- --minutes M [--seed N] [--json]`: the long storm. Partners send over folders, SFTP, RabbitMQ and HTTP
 * at once. A process that takes documents, one that may relieve it and one that only works are killed at random; so are
 * the broker, sshd and processes of the database. Then everything has to come to its end. Prints what was done and what
 * the ledger says; exit code 1 when something was lost, doubled, wrong or out of order, with a line for each on standard
 * error; 2 where RabbitMQ or sshd is not there.
 */
import { parseArgs } from "node:util"
import { Effect, Random } from "effect"
import * as RabbitMq from "../../scripts/rabbitmq.ts"
import * as Sshd from "../../scripts/sshd.ts"
import * as Lines from "./Lines.ts"
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

RabbitMq.install()
Sshd.install()
const missing = Lines.missing()
if (missing !== undefined) {
  console.error(missing)
  process.exit(2)
}

/** Lines of details that are worth reading. */
const shown = 200

const program = Effect.gen(function* () {
  const started = performance.now()
  const site = yield* Site.make(Lines.printers, 100 + Math.ceil(minutes * 600))
  const lines = yield* Lines.make(site)
  const { killed, strike } = Lines.havoc(lines)
  const storm = yield* Storm.run(site, {
    ...Lines.weather(lines),
    seconds: minutes * 60,
    seed,
    strike
  })
  const { details: _, sent, ...totals } = storm.totals
  const result = {
    sent,
    kills: storm.kills + killed.broker + killed.sshd + killed.backend,
    ...totals,
    open: storm.open.length,
    killed: { processes: storm.kills, ...killed },
    seed,
    seconds: Math.round((performance.now() - started) / 1000)
  }
  const faults = Storm.faults(storm)
  for (const line of faults.slice(0, shown)) console.error(line)
  if (faults.length > 0) console.error(yield* site.log)
  if (values.json) console.log(JSON.stringify(result))
  else for (const [name, value] of Object.entries(result)) console.log(name.padEnd(18), value)
  return faults.length === 0
}).pipe(Effect.scoped, Random.withSeed(`${seed}`))

process.exitCode = (await Effect.runPromise(program)) ? 0 : 1
