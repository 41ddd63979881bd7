/**
 * `throughline serve` as a process over a database of its own with a world in it: started with a configuration file on a
 * port that was free a moment ago, killed and started again on the same one. What still runs when the scope closes ends.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { type AddressInfo, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { inject } from "vitest"
import * as ApiKeys from "../../src/api/ApiKeys.ts"
import { Configuration } from "../../src/partners/Configuration.ts"
import { Partners } from "../../src/partners/Partners.ts"
import { SerialsLive } from "../../src/serials/SerialsLive.ts"
import * as Database from "../Database.ts"
import { put } from "./Site.ts"

const program = fileURLToPath(new URL("../../src/main.ts", import.meta.url))

/** A process that has not started by then will not. */
const limit = 60_000

/** A port that nobody listens on. */
export const freePort = Effect.callback<number>((resume) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address() satisfies AddressInfo | string | null as AddressInfo
    server.close(() => resume(Effect.succeed(port)))
  })
})

export interface Running {
  /** Sends a signal. */
  readonly signal: (signal: NodeJS.Signals) => Effect.Effect<void>
  /** Sends a signal and waits for the end. */
  readonly kill: (signal: NodeJS.Signals) => Effect.Effect<void>
  readonly log: () => string
}

const installation = Layer.mergeAll(Configuration.layer, SerialsLive, ApiKeys.layer).pipe(
  Layer.provideMerge(Partners.layer),
  Layer.provideMerge(Database.layer)
)

/** A database with a world, and how to start processes over it. */
export const site = Effect.fnUntraced(function* (world: object) {
  const context = yield* Layer.build(Layer.fresh(installation))
  yield* Effect.provideContext(put(world), context)
  const sql = Context.get(context, SqlClient.SqlClient)
  const [row] = yield* sql<{ readonly name: string }>`SELECT current_database() AS name`
  const url = new URL(inject("databaseUrl"))
  url.pathname = `/${row?.name ?? ""}`
  const folder = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "throughline-provider-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
  )
  const file = join(folder, "throughline.yaml")

  const end = (child: ChildProcess, signal: NodeJS.Signals) =>
    Effect.callback<void>((resume) => {
      if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
      child.once("exit", () => resume(Effect.void))
      child.kill(signal)
    })

  const env = { ...process.env, DATABASE_URL: url.href, NO_COLOR: "1" }

  /** Runs a command to its end, under the configuration that `serve` was started with last. */
  const command = (...args: ReadonlyArray<string>) =>
    Effect.callback<{ readonly code: number | null; readonly said: string }>((resume) => {
      const child = spawn(process.execPath, [program, ...args, "--config", file], { cwd: folder, env })
      let said = ""
      const listen = (data: unknown): void => {
        said += String(data)
      }
      child.stdout.on("data", listen)
      child.stderr.on("data", listen)
      child.once("close", (code) => resume(Effect.succeed({ code, said })))
      return Effect.sync(() => child.kill("SIGKILL"))
    })

  /** Starts `serve` and waits until it can be reached. */
  const serve = Effect.fnUntraced(function* (configuration: object) {
    // JSON is YAML.
    yield* Effect.promise(() =>
      writeFile(file, JSON.stringify({ exchange: join(folder, "exchange"), ...configuration }))
    )
    let log = ""
    const child = yield* Effect.acquireRelease(
      Effect.sync(() => spawn(process.execPath, [program, "serve", "--config", file], { cwd: folder, env })),
      (child) => end(child, "SIGKILL")
    )
    yield* Effect.callback<void>((resume) => {
      const listen = (data: unknown): void => {
        log += String(data)
        if (/https?:\/\/\S+:\d+/u.test(log)) resume(Effect.void)
      }
      child.stdout.on("data", listen)
      child.stderr.on("data", listen)
      child.once("exit", () => resume(Effect.die(new Error(`it ended:\n${log}`))))
    }).pipe(Effect.timeoutOrElse({ duration: limit, orElse: () => Effect.die(new Error(`it did not start:\n${log}`)) }))
    const running: Running = {
      signal: (signal) => Effect.sync(() => child.kill(signal)),
      kill: (signal) => end(child, signal),
      log: () => log
    }
    return running
  })
  return { context, sql, serve, command }
})
