/**
 * Locks between processes that the kernel takes back when their holder dies, however it dies: nothing stale is ever
 * left behind. A lock is an empty file that SQLite (part of Node) locks for us; Node has no file locks of its own.
 * One holder may be `alone`, or many may be `among` others. Fails with the reason `Unresponsive` or `FolderUnusable`.
 */
import { DatabaseSync } from "node:sqlite"
import { setTimeout } from "node:timers/promises"
import { Effect } from "effect"
import { EmbeddedPostgresError, FolderUnusable, Unresponsive } from "../EmbeddedPostgresError.ts"

/** Between two looks at a lock that somebody holds. A start takes a second or less, so this costs little. */
const lookMs = 20

/** Real time, whatever clock the program runs on: what is waited for is another process. */
export const pause = (ms: number) => Effect.promise((signal) => setTimeout(ms, undefined, { signal }))

const busyCode = 5

const errorCode = (error: unknown) =>
  typeof error === "object" && error !== null && "errcode" in error && typeof error.errcode === "number"
    ? error.errcode & 0xff
    : undefined

/** Undefined when somebody else is in the way. Throws when the file cannot be used. */
const tryLock = (file: string, statements: ReadonlyArray<string>) => {
  const lock = new DatabaseSync(file)
  try {
    lock.exec("PRAGMA busy_timeout = 0")
    for (const statement of statements) lock.exec(statement)
    return lock
  } catch (error) {
    lock.close()
    if (errorCode(error) === busyCode) return undefined
    throw error
  }
}

const attempt = (file: string, statements: ReadonlyArray<string>) =>
  Effect.try({
    try: () => tryLock(file, statements),
    catch: (error) => new EmbeddedPostgresError({ reason: new FolderUnusable({ folder: file, detail: String(error) }) })
  })

const exclusive = ["BEGIN EXCLUSIVE"]
/** Reading inside a transaction is what takes the shared lock. */
const shared = ["BEGIN", "SELECT count(*) FROM sqlite_master"]

const acquire = (file: string, statements: ReadonlyArray<string>, waitMs: number) =>
  Effect.gen(function* () {
    const until = performance.now() + waitMs
    while (true) {
      const lock = yield* attempt(file, statements)
      if (lock !== undefined) return lock
      if (performance.now() > until) {
        return yield* new EmbeddedPostgresError({
          reason: new Unresponsive({ what: `Another process holds ${file}`, seconds: waitMs / 1000 })
        })
      }
      yield* pause(lookMs)
    }
  })

const held = (file: string, statements: ReadonlyArray<string>, waitMs: number) =>
  Effect.acquireRelease(acquire(file, statements, waitMs), (lock) => Effect.sync(() => lock.close()), {
    interruptible: true
  })

/** Holds the lock alone until the scope closes. */
export const alone = (file: string, waitMs: number) => held(file, exclusive, waitMs)

/** Holds the lock together with any others who hold it this way, until the scope closes. */
export const among = (file: string, waitMs: number) => held(file, shared, waitMs)

/** Is nobody holding the lock at this moment? */
export const isFree = (file: string) =>
  attempt(file, exclusive).pipe(
    Effect.map((lock) => {
      lock?.close()
      return lock !== undefined
    })
  )
