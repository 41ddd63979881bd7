/**
 * A real PostgreSQL 18 that needs no installation: the default database. Several processes share one server per folder:
 * the first starts it, the others connect to it, the last one to leave stops it. The server does not die with a process
 * that is killed; the next one adopts it, or stops it when it does not answer, and starts it anew. A server that dies
 * while it is used is started again on the same port, so pools recover by themselves.
 *
 * Data is durable unless asked otherwise. Fails with `EmbeddedPostgresError`, each reason with the next step to take.
 * How: docs/decisions/0001-store.md.
 */
import { randomBytes } from "node:crypto"
import { chmod, chown, readFile, rename, writeFile } from "node:fs/promises"
import { join, resolve } from "node:path"
import { Effect, Exit, Option, Redacted, Scope } from "effect"
import {
  EmbeddedPostgresError,
  FolderUnusable,
  PasswordRefused,
  StartFailed,
  Unresponsive
} from "./EmbeddedPostgresError.ts"
import * as Binaries from "./embedded/Binaries.ts"
import * as Lock from "./embedded/Lock.ts"
import * as Place from "./embedded/Place.ts"
import * as Postmaster from "./embedded/Postmaster.ts"
import { isAlive } from "./embedded/Process.ts"

export interface Options {
  /** Holds the data, the password and the log, unless root has to place them elsewhere. */
  readonly folder: string
  /** False only for servers whose data may be lost with the machine's power: those of tests. Default true. */
  readonly durable?: boolean | undefined
  /** Default: the port it had last, if that is free, or any free one. */
  readonly port?: number | undefined
  /** How long a server that runs may take to answer before it counts as broken; recovery does not count. Default 15 s. */
  readonly answerMs?: number | undefined
  /** Default: this machine. */
  readonly platform?: Binaries.Platform | undefined
}

export interface Server {
  /** Of the database `throughline` as role `throughline`, on the loopback interface. */
  readonly url: Redacted.Redacted
  readonly port: number
  /** Where the data really is. */
  readonly folder: string
  /** Whether this call started the server; else it was running. */
  readonly isStartedHere: boolean
}

/** Longer than any start or stop takes on a slow machine. */
const lockMs = 120_000
const defaultAnswerMs = 15_000
/** How often a failed start is tried again: a killed server's children may hold its memory for a moment. */
const startAttempts = 5
const startPauseMs = 300
/** A server that does not answer is not given a minute to write its data. */
const brokenStopMs = 1_500
/** How soon a server that died is started again. */
const lookMs = 1_000

const startLock = (place: Place.Place) => join(place.folder, "start.lock")
const usersLock = (place: Place.Place) => join(place.folder, "users.lock")
const passwordFile = (place: Place.Place) => join(place.folder, "password")

const files = <A>(place: Place.Place, work: () => Promise<A>) =>
  Effect.tryPromise({
    try: work,
    catch: (cause) =>
      new EmbeddedPostgresError({ reason: new FolderUnusable({ folder: place.folder, detail: String(cause) }) })
  })

/** Root's files go to the server's account, so that its owner may use the same checkout without being root. */
const handOver = (place: Place.Place, ...paths: ReadonlyArray<string>) =>
  files(place, async () => {
    if (place.account === undefined) return
    for (const path of paths) await chown(path, place.account.uid, place.account.gid)
  })

const password = (place: Place.Place) =>
  files(place, async () => {
    const file = passwordFile(place)
    const found = await readFile(file, "utf8").catch((cause) => {
      if (cause.code === "ENOENT") return undefined
      throw cause
    })
    if (found !== undefined) return found.trim()
    const made = randomBytes(24).toString("base64url")
    await writeFile(`${file}.new`, made, { mode: 0o600 })
    await chmod(`${file}.new`, 0o600)
    await rename(`${file}.new`, file)
    return made
  })

/** Asks the server that runs until the answer is final. */
const answerOf = Effect.fnUntraced(function* (
  place: Place.Place,
  running: Postmaster.Running,
  secret: string,
  answerMs: number
) {
  const until = performance.now() + answerMs
  let answer: Postmaster.Answer = "none"
  let port = running.port
  while (isAlive(running.pid) && (answer === "starting" || performance.now() < until)) {
    answer = port > 0 ? yield* Postmaster.ask(place, port, secret, Math.max(1000, until - performance.now())) : "none"
    if (answer !== "starting" && answer !== "none") return answer
    yield* Lock.pause(100)
    port = Option.getOrElse(yield* Postmaster.find(place.data), () => running).port
  }
  return "none"
})

/** Adopts the server that runs, if one does; stops it when it is of no use and nobody uses it. */
const adopt = Effect.fnUntraced(function* (place: Place.Place, secret: string, durable: boolean, answerMs: number) {
  const running = Option.getOrUndefined(yield* Postmaster.find(place.data))
  if (running === undefined) return undefined
  const answer = yield* answerOf(place, running, secret, answerMs)
  if (answer === "ours" || (answer === "not durable" && !durable)) {
    return Option.getOrElse(yield* Postmaster.find(place.data), () => running)
  }
  if (answer === "wrong password") {
    return yield* new EmbeddedPostgresError({ reason: new PasswordRefused({ file: passwordFile(place) }) })
  }
  if (!(yield* Lock.isFree(usersLock(place)))) {
    const what = `The embedded PostgreSQL that others use (process ${running.pid}) does not answer`
    const detail = "other processes run the server there without fsync"
    return yield* new EmbeddedPostgresError({
      reason:
        answer === "not durable"
          ? new FolderUnusable({ folder: place.folder, detail })
          : new Unresponsive({ what, seconds: answerMs / 1000 })
    })
  }
  const state = answer === "not durable" ? "runs without fsync and is started again" : "does not answer and is replaced"
  yield* Effect.logWarning(`The embedded PostgreSQL (process ${running.pid}) ${state}`)
  yield* Postmaster.stop(running.pid, brokenStopMs)
  return undefined
})

const whyNot = (place: Place.Place, answer: Postmaster.Answer, died: boolean, answerMs: number) => {
  if (answer === "wrong password") return new PasswordRefused({ file: passwordFile(place) })
  if (died) return new StartFailed({ program: "postgres", detail: "it ended at once", log: Postmaster.logFile(place) })
  return new Unresponsive({ what: "The embedded PostgreSQL does not answer", seconds: answerMs / 1000 })
}

/** Under the start lock: the server runs and answers afterwards. */
const ensure = Effect.fnUntraced(function* (place: Place.Place, options: Options) {
  const { durable = true, answerMs = defaultAnswerMs } = options
  const secret = yield* password(place)
  yield* handOver(place, place.folder, startLock(place), passwordFile(place))
  const portFile = join(place.folder, "port")
  const lastPort = yield* Effect.promise(() => readFile(portFile, "utf8").then(Number, () => undefined))
  const attempt = Effect.gen(function* () {
    const adopted = yield* adopt(place, secret, durable, answerMs)
    if (adopted !== undefined) return { ...adopted, secret, isStartedHere: false }
    yield* Postmaster.initialise(place, secret, durable)
    const started = yield* Postmaster.start(place, options.port ?? lastPort, durable)
    const answer = yield* answerOf(place, started, secret, answerMs)
    if (answer === "ours" || answer === "not durable") return { ...started, secret, isStartedHere: true }
    const died = !isAlive(started.pid)
    yield* Postmaster.stop(started.pid, brokenStopMs)
    return yield* new EmbeddedPostgresError({ reason: whyNot(place, answer, died, answerMs) })
  })
  for (let left = startAttempts; ; left--) {
    const outcome = yield* Effect.result(attempt)
    if (outcome._tag === "Success") {
      const { port } = outcome.success
      if (port !== lastPort) yield* files(place, () => writeFile(portFile, String(port)))
      yield* handOver(place, portFile, Postmaster.logFile(place))
      return outcome.success
    }
    if (left === 1 || outcome.failure.reason._tag !== "StartFailed") return yield* outcome.failure
    yield* Lock.pause(startPauseMs)
  }
})

/** Leaves the server; stops it when nobody else uses it. Never fails: what cannot be stopped is adopted later. */
const leave = (place: Place.Place, users: Scope.Closeable) =>
  Effect.gen(function* () {
    yield* Lock.alone(startLock(place), lockMs)
    yield* Scope.close(users, Exit.void)
    if (!(yield* Lock.isFree(usersLock(place)))) return
    const running = Option.getOrUndefined(yield* Postmaster.find(place.data))
    if (running !== undefined) yield* Postmaster.stop(running.pid)
  }).pipe(
    Effect.scoped,
    Effect.catch((error) => Effect.logWarning(`The embedded PostgreSQL keeps running: ${error.message}`)),
    Effect.ensuring(Scope.close(users, Exit.void))
  )

/** Starts a server that died while we use it. */
const watch = (place: Place.Place, options: Options, port: number) =>
  Effect.gen(function* () {
    yield* Lock.pause(lookMs)
    if (Option.isSome(yield* Postmaster.find(place.data))) return
    yield* Lock.alone(startLock(place), lockMs)
    const running = yield* ensure(place, { ...options, port })
    if (running.isStartedHere) yield* Effect.logWarning("The embedded PostgreSQL had ended and was started again")
    if (running.port !== port) {
      yield* Effect.logError(`Its port ${port} is taken and it listens on ${running.port}: start Throughline again`)
    }
  }).pipe(
    Effect.scoped,
    Effect.catch((error) => Effect.logError(error.message)),
    Effect.forever
  )

/** A running server, ours until the scope closes. */
export const acquire = Effect.fn("EmbeddedPostgres.acquire")(function* (options: Options) {
  const binaries = yield* Binaries.find(options.platform)
  const place = yield* Place.find(resolve(options.folder), binaries)
  const use = Effect.gen(function* () {
    yield* Lock.alone(startLock(place), lockMs)
    const running = yield* ensure(place, options)
    const users = yield* Scope.make()
    const enter = Lock.among(usersLock(place), lockMs).pipe(
      Scope.provide(users),
      Effect.andThen(handOver(place, usersLock(place)))
    )
    yield* Effect.onError(enter, () => Scope.close(users, Exit.void))
    return { running, users }
  }).pipe(Effect.scoped)
  const { running } = yield* Effect.acquireRelease(use, ({ users }) => leave(place, users), { interruptible: true })
  yield* Effect.forkScoped(watch(place, options, running.port))
  const { role, host } = Postmaster
  const server: Server = {
    url: Redacted.make(`postgresql://${role}:${running.secret}@${host}:${running.port}/${role}`),
    port: running.port,
    folder: place.folder,
    isStartedHere: running.isStartedHere
  }
  return server
})
