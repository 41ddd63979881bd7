/**
 * What may happen to a database while it is used: connections are cut in the middle of whatever they are at; one of the
 * server's processes is killed, which takes all connections with it; the server dies with all of its processes, as with
 * the machine, and is started again by who watches it.
 */
import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { Effect, Option } from "effect"
import * as Postmaster from "../../src/store/embedded/Postmaster.ts"
import { signal } from "../../src/store/embedded/Process.ts"
import type { Site } from "./Site.ts"
import * as Storm from "./Storm.ts"

/** Cuts the connections that are at work, and some of the others. */
export const cut = ({ sql }: Site) =>
  Effect.ignore(sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'throughline' AND pid <> pg_backend_pid() AND (state <> 'idle' OR random() < 0.3)`)

/** Kills processes of the server; it ends all of its connections and recovers. Waits until it has. */
const killAll = Effect.fnUntraced(function* (site: Site, pids: ReadonlyArray<number>) {
  const [now] = yield* site.sql<{ readonly at: string }>`SELECT clock_timestamp()::text AS at`
  for (const pid of pids) signal(pid, "SIGKILL")
  if (pids.length === 0 || now === undefined) return
  const old = `backend_type = 'client backend' AND backend_start < '${now.at}'`
  yield* Storm.until(site, `SELECT WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE ${old})`)
})

/** Kills the process behind one connection, one that is at work if there is any. */
export const backend = Effect.fnUntraced(
  function* (site: Site) {
    const victims = yield* site.sql<{ readonly pid: number }>`SELECT pid FROM pg_stat_activity
    WHERE application_name = 'throughline' AND pid <> pg_backend_pid() ORDER BY state = 'idle', random() LIMIT 1`
    yield* killAll(
      site,
      victims.map(({ pid }) => pid)
    )
  },
  (done) => Effect.ignore(done)
)

/** Kills the processes behind transactions that are open and wait for more; how many there were. */
export const killTransactions = Effect.fnUntraced(function* (site: Site) {
  const open = yield* site.sql<{ readonly pid: number }>`SELECT pid FROM pg_stat_activity
    WHERE application_name = 'throughline' AND state = 'idle in transaction' ORDER BY pid`
  yield* killAll(
    site,
    open.map(({ pid }) => pid)
  )
  return open.length
})

/** Process ids with those of their parents. */
const processes = (): ReadonlyArray<readonly [number, number]> =>
  execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/u).map(Number))
    .map(([pid = 0, parent = 0]) => [pid, parent])

/** Kills the server with all of its processes and waits until it answers again. */
export const crash = Effect.fnUntraced(function* (site: Site) {
  const running = Option.getOrUndefined(yield* Postmaster.find(join(site.serverFolder, "data")))
  if (running === undefined) return yield* Effect.fail("there is no server to kill")
  const children = processes().flatMap(([pid, parent]) => (parent === running.pid ? [pid] : []))
  for (const pid of [running.pid, ...children]) signal(pid, "SIGKILL")
  yield* Storm.until(site, "SELECT")
})
