/**
 * One PostgreSQL server process on one data folder: make the data, start it, find out whether one already runs there
 * and answers, stop it. The server has a session of its own and outlives the process that started it. Callers hold the
 * start lock of the folder. Fails with the reasons of `EmbeddedPostgresError`.
 */
import { spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { chown, mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { join } from "node:path"
import * as PgConnection from "@effect/sql-pg/PgConnection"
import { Clock, Effect, Option, Redacted } from "effect"
import { EmbeddedPostgresError, FolderUnusable, OtherVersion, StartFailed } from "../EmbeddedPostgresError.ts"
import { sqlState } from "../SqlErrors.ts"
import { pause } from "./Lock.ts"
import type { Place } from "./Place.ts"
import { commandLine, isAlive, run, signal, under } from "./Process.ts"

/** The role that owns everything, and the database Throughline uses. */
export const role = "throughline"
export const host = "127.0.0.1"

/** A checkpoint of much data may take this long; then the server is asked more urgently. */
const stopMs = 60_000
/** After SIGQUIT a server gives its children five seconds before it kills them. */
const quitMs = 6_000
/** Between two looks at a server that is starting or stopping. */
const lookMs = 10
/** Logs larger than this begin anew at the next start. */
const logBytes = 10_000_000

/** What the server wrote about itself into `postmaster.pid`. */
export interface Running {
  readonly pid: number
  readonly port: number
  readonly isReady: boolean
}

export const logFile = (place: Place) => join(place.folder, "server.log")

const pidFile = (data: string) => join(data, "postmaster.pid")

const readPidFile = (data: string) =>
  Effect.promise(() => readFile(pidFile(data), "utf8").catch(() => "")).pipe(
    Effect.map((text): Option.Option<Running> => {
      const [pid = "", , , port = "", , , , status = ""] = text.split("\n")
      if (!/^\d+$/.test(pid)) return Option.none()
      return Option.some({ pid: Number(pid), port: Number(port), isReady: status.trim() === "ready" })
    })
  )

/** PostgreSQL takes a pid file for valid when any process has that number; this one no process can have. */
const nobody = 2_147_483_646

/** The rest of the file stays, because PostgreSQL finds left-over shared memory by it. */
const disown = (data: string) =>
  Effect.promise(async () => {
    const [, ...rest] = (await readFile(pidFile(data), "utf8")).split("\n")
    await writeFile(pidFile(data), [nobody, ...rest].join("\n"))
  })

/**
 * The server that runs on this data, ready or not. A pid file whose number belongs to another program by now, or to a
 * dead process that its parent has not noticed yet, would keep PostgreSQL from starting and is disowned.
 */
export const find = Effect.fnUntraced(function* (data: string) {
  const found = Option.getOrUndefined(yield* readPidFile(data))
  if (found === undefined || !isAlive(found.pid)) return Option.none()
  const line = yield* commandLine(found.pid)
  if (line === undefined || line.includes(data)) return Option.some(found)
  if (line !== "")
    yield* Effect.logInfo(`Process ${found.pid} of ${pidFile(data)} is no PostgreSQL server of this data`)
  yield* disown(data)
  return Option.none()
})

const failed = (program: string, detail: string, log?: string) =>
  new EmbeddedPostgresError({ reason: new StartFailed({ program, detail, log }) })

const files = <A>(folder: string, work: () => Promise<A>) =>
  Effect.tryPromise({
    try: work,
    catch: (cause) => new EmbeddedPostgresError({ reason: new FolderUnusable({ folder, detail: String(cause) }) })
  })

/** Makes the data folder unless it is there; refuses that of another major version. */
export const initialise = Effect.fnUntraced(function* (place: Place, password: string, durable: boolean) {
  const { account, binaries, data, folder } = place
  const needed = binaries.version.split(".")[0] ?? ""
  const version = yield* files(folder, () =>
    readFile(join(data, "PG_VERSION"), "utf8").catch((cause) => {
      if (cause.code === "ENOENT") return undefined
      throw cause
    })
  )
  if (version !== undefined) {
    const found = version.trim()
    if (found === needed) return
    return yield* new EmbeddedPostgresError({ reason: new OtherVersion({ folder: data, found, needed }) })
  }
  // Made aside and put in place in one step: an initdb that was killed half way leaves nothing that looks like data.
  const half = `${data}.${randomBytes(4).toString("hex")}`
  const secret = join(half, "password")
  const own = (path: string) => (account === undefined ? Promise.resolve() : chown(path, account.uid, account.gid))
  yield* files(folder, async () => {
    await rm(data, { recursive: true, force: true })
    await mkdir(half, { mode: 0o700 })
    await writeFile(secret, password, { mode: 0o600 })
    await own(secret)
    await own(half)
  })
  const ended = yield* run(
    binaries.initdb,
    [
      `--pgdata=${join(half, "data")}`,
      "--encoding=UTF8",
      "--locale=C",
      `--username=${role}`,
      "--auth=scram-sha-256",
      `--pwfile=${secret}`,
      ...(durable ? [] : ["--no-sync"])
    ],
    account
  )
  if (ended.code === 0) yield* files(folder, () => rename(join(half, "data"), data))
  yield* Effect.promise(() => rm(half, { recursive: true, force: true }).catch(() => {}))
  if (ended.code !== 0) return yield* failed("initdb", ended.output.trim().split("\n").slice(-3).join(" "))
})

const freePort = Effect.callback<number>((resume) => {
  const server = createServer()
  server.listen(0, host, () => {
    const address = server.address()
    server.close(() => resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0)))
  })
})

const isPortFree = (port: number) =>
  Effect.callback<boolean>((resume) => {
    const server = createServer()
    server.on("error", () => resume(Effect.succeed(false)))
    server.listen(port, host, () => server.close(() => resume(Effect.succeed(true))))
  })

const settings = (port: number, durable: boolean) => ({
  listen_addresses: host,
  port: String(port),
  unix_socket_directories: "",
  // Several processes with a pool each, and tests with many databases.
  max_connections: "200",
  shared_buffers: "256MB",
  // Room for a few large messages between two checkpoints.
  max_wal_size: "2GB",
  // Our statements are short; compiling them costs more than it saves.
  jit: "off",
  ...(durable ? {} : { fsync: "off", full_page_writes: "off" })
})

const tail = (log: string, from: number) =>
  Effect.promise(() =>
    readFile(log).then(
      (bytes) => bytes.subarray(from).toString("utf8").trim().split("\n").slice(-3).join(" "),
      () => ""
    )
  )

const spawnServer = (place: Place, args: ReadonlyArray<string>, log: number) =>
  Effect.callback<{ readonly pid: number | undefined; readonly ended: () => string | undefined }>((resume) => {
    const child = spawn(place.binaries.postgres, args, {
      ...under(place.account),
      detached: true,
      stdio: ["ignore", log, log]
    })
    let end: string | undefined
    child.on("error", (error) => {
      end = error.message
    })
    child.on("exit", (code, signal) => {
      end = `exit ${code ?? signal}`
    })
    child.unref()
    resume(Effect.succeed({ pid: child.pid, ended: () => end }))
  })

/** Starts the server and waits until it is ready, however long its recovery takes; fails when the process ends. */
export const start = Effect.fnUntraced(function* (place: Place, wantedPort: number | undefined, durable: boolean) {
  const log = logFile(place)
  const port = wantedPort !== undefined && (yield* isPortFree(wantedPort)) ? wantedPort : yield* freePort
  const size = yield* Effect.promise(() =>
    stat(log).then(
      (s) => s.size,
      () => 0
    )
  )
  const args = Object.entries(settings(port, durable)).flatMap(([name, value]) => ["-c", `${name}=${value}`])
  const child = yield* Effect.acquireUseRelease(
    files(place.folder, () => open(log, size > logBytes ? "w" : "a", 0o600)),
    (file) => spawnServer(place, ["-D", place.data, ...args], file.fd),
    (file) => Effect.promise(() => file.close())
  )
  while (true) {
    const running = Option.getOrUndefined(yield* readPidFile(place.data))
    // Until it has written its own, the file may be that of a server before it.
    if (running?.isReady === true && running.pid === child.pid) return running
    const ended = child.ended()
    if (ended !== undefined) {
      return yield* failed("postgres", `${ended}: ${yield* tail(log, size > logBytes ? 0 : size)}`, log)
    }
    yield* pause(lookMs)
  }
})

const gone = (pid: number, ms: number) =>
  Effect.gen(function* () {
    const until = performance.now() + ms
    while (performance.now() < until) {
      // A zombie still has its number but no command line.
      if (!isAlive(pid) || (yield* commandLine(pid)) === "") return true
      yield* pause(lookMs)
    }
    return false
  })

/** Stops the server: connections are cut, the data is left in order. One that does not obey is killed. */
export const stop = Effect.fnUntraced(function* (pid: number, patienceMs = stopMs) {
  signal(pid, "SIGINT")
  if (yield* gone(pid, patienceMs)) return
  yield* Effect.logWarning(
    `The embedded PostgreSQL (process ${pid}) does not stop and is killed; it recovers by itself`
  )
  signal(pid, "SIGQUIT")
  if (yield* gone(pid, quitMs)) return
  signal(pid, "SIGKILL")
  yield* gone(pid, quitMs)
})

/** What a server says when asked who it is. */
export type Answer = "ours" | "not durable" | "starting" | "wrong password" | "other" | "none"

/** Real time for time-outs, whatever clock the program runs on. */
const inRealTime = Effect.provideService(Clock.Clock, Clock.Clock.defaultValue())

/** Connects and asks for the data folder; makes the database when it is not there yet. */
export const ask = (place: Place, port: number, password: string, withinMs: number) =>
  Effect.gen(function* () {
    const connection = yield* PgConnection.make({
      host,
      port,
      username: role,
      password: Redacted.make(password),
      database: "postgres",
      connectTimeout: withinMs
    })
    const [row = []] = yield* connection.queryValues(
      `SELECT current_setting('data_directory'), current_setting('fsync'),
        EXISTS (SELECT FROM pg_database WHERE datname = $1)`,
      [role]
    )
    const [data, fsync, exists] = row
    if (data !== place.data) return "other" as const
    if (exists !== true) yield* connection.query(`CREATE DATABASE ${role}`)
    return fsync === "on" ? ("ours" as const) : ("not durable" as const)
  }).pipe(
    Effect.timeout(withinMs),
    Effect.scoped,
    Effect.catch((error): Effect.Effect<Answer> => {
      if (error._tag !== "SqlError") return Effect.succeed("none")
      if (error.reason._tag === "AuthenticationError") return Effect.succeed("wrong password")
      return Effect.succeed(sqlState(error) === "57P03" ? "starting" : "none")
    }),
    inRealTime
  )
