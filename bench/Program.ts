/**
 * The program as users start it: `src/main.ts` in a process of its own, over the database of the measurement and a
 * temporary working folder that holds its exchange folder and, with a broker, its configuration file.
 *
 * `start` gives the process once it said that it works, and ends it when the scope closes. It dies with the end of what
 * the process logged when it does not get there. A killed bench leaves none behind.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import * as Database from "../src/store/Database.ts"

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

/** A busy machine takes a while to start four of them at once. */
const startWithin = "60 seconds"

const passwordVariable = "THROUGHLINE_BENCH_BROKER_PASSWORD"

export interface Site {
  /** Working folder of the processes. */
  readonly folder: string
  readonly exchange: string
  readonly url: string
  readonly database: string
  /** Of the broker. */
  readonly password: string
}

/** A working folder over the database of the context; `broker` spreads work over its queue. */
export const site = Effect.fn("Program.site")(function* (broker: string | undefined) {
  const sql = yield* SqlClient.SqlClient
  const server = yield* Database.Server
  const [row] = yield* sql<{ readonly name: string }>`SELECT current_database() AS name`
  const database = row?.name ?? ""
  const folder = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "throughline-bench-"))),
    (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
  )
  const exchange = join(folder, "exchange")
  yield* Effect.promise(() => mkdir(exchange))
  const where = broker === undefined ? undefined : new URL(broker)
  const amqp = where && {
    url: `amqp://${where.host}`,
    username: where.username,
    password: { env: passwordVariable },
    wakeups: true
  }
  // JSON is YAML.
  const configuration = JSON.stringify(amqp === undefined ? {} : { channels: { amqp } })
  yield* Effect.promise(() => writeFile(join(folder, "throughline.yaml"), configuration))
  const url = new URL(Redacted.value(server.url))
  url.pathname = `/${database}`
  const made: Site = { folder, exchange, url: url.href, database, password: where?.password ?? "" }
  return made
})

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null

/** In good order, and by force when that takes long. */
const end = (child: ChildProcess) =>
  Effect.callback<void>((resume) => {
    if (!isRunning(child)) return resume(Effect.void)
    const force = setTimeout(() => child.kill("SIGKILL"), 5000)
    child.once("exit", () => {
      clearTimeout(force)
      resume(Effect.void)
    })
    child.kill("SIGTERM")
  })

/** Starts a command of the program; `word` is what it logs when it works. */
export const start = Effect.fn("Program.start")(function* (site: Site, word: string, ...args: ReadonlyArray<string>) {
  let log = ""
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(
        process.execPath,
        [
          "--disable-warning=ExperimentalWarning",
          "--import",
          path("../scripts/followParent.js"),
          path("../src/main.ts"),
          ...args
        ],
        {
          cwd: site.folder,
          env: {
            ...process.env,
            DATABASE_URL: site.url,
            [passwordVariable]: site.password,
            THROUGHLINE_CONFIG: join(site.folder, "throughline.yaml"),
            THROUGHLINE_EXCHANGE: site.exchange,
            THROUGHLINE_LOG_LEVEL: "info",
            THROUGHLINE_LIFELINE: "3"
          },
          // The fourth stream ends when we do, and the process with it.
          stdio: ["ignore", "ignore", "pipe", "pipe"]
        }
      )
      child.on("error", (error) => {
        log += error.message
      })
      return child
    }),
    end
  )
  const said = Effect.callback<void>((resume) => {
    const died = () => resume(Effect.die(`${args.join(" ")} ended: ${log.slice(-2000)}`))
    child.once("close", died)
    child.stderr?.on("data", (part: Buffer) => {
      log = (log + part.toString()).slice(-20_000)
      if (!log.includes(`"${word}"`)) return
      child.removeListener("close", died)
      resume(Effect.void)
    })
  })
  yield* Effect.timeoutOrElse(said, {
    duration: startWithin,
    orElse: () => Effect.die(`${args.join(" ")} does not start: ${log.slice(-2000)}`)
  })
})
