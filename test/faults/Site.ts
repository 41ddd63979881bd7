/**
 * An installation that may be broken: a PostgreSQL server of its own that keeps what it was told (fsync is on), a
 * database with the world of the partners, an exchange folder, and processes to start and kill. All of it is gone when
 * the scope closes. A process that ends without having been told to is a failure of the test, with the end of its log.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { appendFileSync, closeSync, openSync } from "node:fs"
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Deferred, Effect, Layer, Redacted, References } from "effect"
import { SqlClient } from "effect/sql"
import * as WorldImport from "../../src/cli/WorldImport.ts"
import { Configuration } from "../../src/partners/Configuration.ts"
import { Partners } from "../../src/partners/Partners.ts"
import * as World from "../../src/partners/World.ts"
import { SerialsLive } from "../../src/serials/SerialsLive.ts"
import * as Database from "../../src/store/Database.ts"
import * as EmbeddedPostgres from "../../src/store/EmbeddedPostgres.ts"
import type { Orders } from "./member.ts"
import { world } from "./Post.ts"

const program = fileURLToPath(new URL("./member.ts", import.meta.url))

/** How a process ended: by a signal, or by itself. */
export interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A running process. */
export interface Member {
  readonly pid: number
  readonly isAlive: () => boolean
  /** It began its work; fails when it ends before. */
  readonly ready: Effect.Effect<void, string>
  /** It stands still where it was told to. */
  readonly standing: Effect.Effect<void, string>
  /** Lets it go on that stands still. */
  readonly goOn: Effect.Effect<void>
  readonly ended: Effect.Effect<End>
  /** Sends the signal and waits for the end. False when it had ended before. */
  readonly end: (signal: "SIGKILL" | "SIGTERM") => Effect.Effect<End>
}

export interface Site {
  readonly exchange: string
  readonly sql: SqlClient.SqlClient
  /** Folder of the server's data. */
  readonly serverFolder: string
  readonly start: (orders: Partial<Orders>) => Effect.Effect<Member>
  /** Kills what still runs. */
  readonly killAll: Effect.Effect<void>
  /** The end of what the processes logged. */
  readonly log: Effect.Effect<string>
}

const usual: Omit<Orders, "exchange"> = { role: "serve", leaseMs: 2000, maxAttempts: 1000, concurrency: 8 }

const launch = (url: string, log: string, orders: Orders): Effect.Effect<Member & { readonly child: ChildProcess }> =>
  Effect.gen(function* () {
    const ready = yield* Deferred.make<void, string>()
    const standing = yield* Deferred.make<void, string>()
    const ended = yield* Deferred.make<End>()
    const file = openSync(log, "a")
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program, JSON.stringify(orders)], {
      env: { ...process.env, DATABASE_URL: url },
      stdio: ["pipe", "pipe", file]
    })
    closeSync(file)
    const told = (line: string) => {
      if (line === "ready") Deferred.doneUnsafe(ready, Effect.void)
      else if (line === "standing") Deferred.doneUnsafe(standing, Effect.void)
      else appendFileSync(log, `${child.pid} ${line}\n`)
    }
    if (child.stdout !== null) createInterface({ input: child.stdout }).on("line", told)
    child.on("close", (code, signal) => {
      const early = Effect.fail(`process ${child.pid} ended (${signal ?? code}) before it got there`)
      Deferred.doneUnsafe(ready, early)
      Deferred.doneUnsafe(standing, early)
      Deferred.doneUnsafe(ended, Effect.succeed({ code, signal }))
    })
    const isAlive = () => child.exitCode === null && child.signalCode === null
    return {
      child,
      pid: child.pid ?? 0,
      isAlive,
      ready: Deferred.await(ready),
      standing: Deferred.await(standing),
      goOn: Effect.sync(() => {
        child.kill("SIGUSR2")
      }),
      ended: Deferred.await(ended),
      end: (signal) =>
        Effect.suspend(() => {
          child.kill(signal)
          return Deferred.await(ended)
        })
    }
  })

const imported = (world: World.World) =>
  WorldImport.run(world, { actor: "test", clock: new Date("2026-01-05T12:00:00Z") }).pipe(
    Effect.provide(Layer.mergeAll(Configuration.layer, SerialsLive).pipe(Layer.provideMerge(Partners.layer)))
  )

/** Builds an installation over the world of so many printers, with numbers for so many transfers of each. */
export const make = Effect.fn("Site.make")(
  function* (printers: number, transfers: number) {
    const folder = yield* Effect.acquireRelease(
      Effect.promise(async () => {
        const made = await mkdtemp(join(tmpdir(), "throughline-faults-"))
        // As root the server runs under another account, which has to get there.
        await chmod(made, 0o755)
        return made
      }),
      (made) => Effect.promise(() => rm(made, { recursive: true, force: true }))
    )
    const server = yield* EmbeddedPostgres.acquire({ folder: join(folder, "postgres"), durable: true })
    const context = yield* Layer.build(Database.layerFrom.pipe(Layer.provide(Database.layerServerAt(server.url, 4))))
    yield* Effect.provide(imported(yield* Effect.fromResult(World.decode(world(printers, transfers)))), context)
    const exchange = join(folder, "exchange")
    const log = join(folder, "members.log")
    const children = new Set<ChildProcess>()

    const killAll = Effect.forEach(
      children,
      (child) =>
        Effect.callback<void>((resume) => {
          if (child.exitCode !== null || child.signalCode !== null) resume(Effect.void)
          child.on("exit", () => resume(Effect.void))
          child.kill("SIGKILL")
        }),
      { concurrency: "unbounded", discard: true }
    )
    yield* Effect.addFinalizer(() => killAll)

    const site: Site = {
      exchange,
      sql: SqlClient.SqlClient.pipe(Effect.provide(context), Effect.runSync),
      serverFolder: server.folder,
      start: (orders) =>
        Effect.map(
          launch(Redacted.value(server.url), log, { ...usual, exchange, ...orders }),
          ({ child, ...member }) => {
            children.add(child)
            return member
          }
        ),
      killAll,
      log: Effect.promise(async () => {
        const lines = (await readFile(log, "utf8").catch(() => "")).split("\n").slice(-30)
        return lines.map((line) => line.slice(0, 300)).join("\n")
      })
    }
    return site
    // What goes wrong here goes wrong on purpose.
  },
  Effect.provideService(References.MinimumLogLevel, "Error")
)
