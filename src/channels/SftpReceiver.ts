/**
 * Takes the files of one partner's server: look, read, commit, move away, and look again, for as long as it runs. Files are
 * committed in the order of their age; small ones are read and moved several at a time, so that a server far away is not
 * asked one question after another.
 *
 * It never ends by itself. Whatever goes wrong is logged when it begins and when it changes, and tried again: soon for a
 * server or a database that is away, after `retryAfter` and then more seldom for a file that cannot be read or moved. A
 * file that could not be moved is read again before it is, so that what leaves the inbox is always what was committed.
 */
import { Clock, Duration, Effect, type Semaphore } from "effect"
import * as Checkpoint from "../engine/Checkpoint.ts"
import { Journal } from "../engine/Journal.ts"
import * as ChannelMetrics from "./ChannelMetrics.ts"
import * as Polling from "./Polling.ts"
import type { Connection } from "./SftpConnection.ts"
import { readUnchanged, removeSeen, type Seen, same } from "./SftpFiles.ts"
import { type Candidate, Inbox, keyOf } from "./SftpInbox.ts"
import * as SftpTaken from "./SftpTaken.ts"

export interface Settings {
  /** Time between two looks; twice that while the inbox is empty. Default 2 s. */
  readonly every: Duration.Duration
  /** Looks in a row without a change after which a file is finished. Default 3: four seconds after its last byte. */
  readonly looks: number
  /** The same for an empty file, which mostly is one that is about to be filled. Default 10: eighteen seconds. */
  readonly emptyLooks: number
  /** Most bytes of a file that are kept; of a larger one, this many and one go to the journal with its true size. */
  readonly sizeLimit: number
  /** When a file that could not be read or moved is tried again; doubles up to a quarter of an hour. Default 30 s. */
  readonly retryAfter: Duration.Duration
  /** When a taken file is looked at again, in ms after it was taken. */
  readonly afterlooks: ReadonlyArray<number>
}

export const defaults: Settings = {
  every: Duration.seconds(2),
  looks: 3,
  emptyLooks: 10,
  sizeLimit: 64 * 1024 * 1024,
  retryAfter: Duration.seconds(30),
  afterlooks: SftpTaken.afterlooks
}

/** One server to take files from. */
export interface Source extends SftpTaken.Places {
  readonly company: string
  /** Its inbox, by a name that tells it from all others, whatever else is configured for it. */
  readonly place: string
  readonly connection: Connection
  readonly taken: "archive" | "delete"
  /** Over all servers: megabytes of large files in memory. */
  readonly reading: Semaphore.Semaphore
  readonly mostMegabytes: number
}

/**
 * Files read together: at most so many, and so many bytes; each server has one such batch at a time, and waits for no
 * other. A larger file is read alone, and waits until there is room in memory.
 */
const batchFiles = 8
const megabyte = 1024 * 1024
const batchBytes = 8 * megabyte

/** Longest pause between looks while nothing works, so that all is well again within 30 s. */
const longestPause = Duration.seconds(10)

const longestHold = Duration.toMillis(Duration.minutes(15))

interface Held {
  readonly seen: Seen
  readonly until: number
  readonly times: number
}

/** Errors about one file; all others are about the server or the journal. */
const isOfFile = (error: Polling.Failure): boolean =>
  error._tag === "ChannelError" ? error.reason._tag === "Blocked" : !error.isRetryable

const batched = (files: ReadonlyArray<Candidate>): ReadonlyArray<ReadonlyArray<Candidate>> => {
  const batches: Array<Array<Candidate>> = []
  let bytes = 0
  for (const file of files) {
    const last = batches.at(-1)
    bytes += file.seen.size
    if (last === undefined || last.length === batchFiles || bytes > batchBytes) {
      batches.push([file])
      bytes = file.seen.size
    } else last.push(file)
  }
  return batches
}

/** The state of one server's inbox and the way to look at it once. */
const receiver = (source: Source, settings: Settings) => {
  const { company, connection } = source
  const inbox = new Inbox(source.inbox, settings)
  const aftercare = new SftpTaken.Aftercare(settings.afterlooks)
  const archives = new Map<string, string>()
  const held = new Map<string, Held>()
  let complained = new Set<string>()

  const hold = Effect.fnUntraced(function* (file: Candidate, error: Polling.Failure) {
    const before = held.get(keyOf(file))
    const known = before !== undefined && same(before.seen, file.seen) ? before : undefined
    const times = (known?.times ?? 0) + 1
    const pause = Math.min(Duration.toMillis(settings.retryAfter) * 2 ** Math.min(times - 1, 16), longestHold)
    held.set(keyOf(file), { seen: file.seen, until: (yield* Clock.currentTimeMillis) + pause, times })
    yield* ChannelMetrics.failed("sftp", error.reason._tag)
    if (known !== undefined) return
    const { type, label } = file
    yield* Effect.logWarning("a file cannot be taken or moved", {
      type,
      file: label,
      problem: Polling.textOf(error),
      whoActs: error.reason.whoActs
    })
  })

  /** What is wrong with one file is noted with it; what is wrong with all of them ends the look. */
  const orHold = <A, R>(file: Candidate, effect: Effect.Effect<A, Polling.Failure, R>) =>
    effect.pipe(
      Effect.catchIf(isOfFile, (error) => Effect.as(hold(file, error), undefined)),
      Effect.withSpan("Sftp.take", { attributes: { company, type: file.type, size: file.seen.size } })
    )

  const read = (file: Candidate) =>
    connection.use(`read ${file.path}`, (session) => readUnchanged(session, file.path, file.seen, settings.sizeLimit))

  const commit = Effect.fnUntraced(function* (file: Candidate, bytes: Uint8Array) {
    const { type, name, seen } = file
    const journal = yield* Journal
    const { messageId, again } = yield* journal.receive({
      channel: "sftp",
      company,
      type,
      fileName: name,
      bytes,
      size: seen.size,
      pickup: { path: `${company} ${source.place}/${type}/${name}`, size: seen.size, modifiedMs: seen.modified * 1000 }
    })
    yield* ChannelMetrics.received("sftp", seen.size, again)
    yield* Effect.logDebug(again ? "had this file already" : "took a file", { messageId, type, file: file.label })
    return messageId
  })

  const clear = Effect.fnUntraced(function* (file: Candidate, messageId: number) {
    yield* Checkpoint.reached("sftp/taken", messageId)
    if (source.taken === "delete") {
      yield* connection.use(`remove ${file.path}`, (session) => removeSeen(session, file.path, file.seen))
    } else {
      const archived = yield* connection.use(`move ${file.path} to the archive`, (session) =>
        SftpTaken.archive(session, source, file, messageId, archives)
      )
      if (archived !== undefined) aftercare.watch(file, archived, yield* Clock.currentTimeMillis)
    }
    yield* Checkpoint.reached("sftp/moved", messageId)
    held.delete(keyOf(file))
  })

  /** A slow partner must not keep others waiting for as long as its files are small. */
  const inMemory = <A, E, R>(effect: Effect.Effect<A, E, R>, files: ReadonlyArray<Candidate>) => {
    const bytes = files.reduce((sum, { seen }) => sum + Math.min(seen.size, settings.sizeLimit + 1), 0)
    if (bytes <= batchBytes) return effect
    return source.reading.withPermits(Math.min(Math.ceil(bytes / megabyte), source.mostMegabytes))(effect)
  }

  const take = Effect.fnUntraced(function* (files: ReadonlyArray<Candidate>) {
    const found = yield* Effect.forEach(files, (file) => orHold(file, read(file)), { concurrency: batchFiles })
    const committed: Array<{ readonly file: Candidate; readonly messageId: number }> = []
    for (const [at, file] of files.entries()) {
      const bytes = found[at]
      if (bytes === undefined) {
        const before = held.get(keyOf(file))
        if (before === undefined || !same(before.seen, file.seen)) inbox.restart(file)
        continue
      }
      const messageId = yield* orHold(file, commit(file, bytes))
      if (messageId !== undefined) committed.push({ file, messageId })
    }
    yield* Effect.forEach(committed, ({ file, messageId }) => orHold(file, clear(file, messageId)), {
      concurrency: batchFiles,
      discard: true
    })
  }, inMemory)

  const careForTaken = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    if (!aftercare.isDue(now)) return
    const { back, done } = yield* connection.use("look at taken files", (session) => aftercare.look(session, now))
    for (const file of done) inbox.writers.forget(keyOf(file))
    for (const file of back) {
      inbox.writers.beMorePatient(keyOf(file))
      yield* Effect.logWarning("a file went on after it was taken; it is in the inbox again", { file: file.path })
    }
  })

  /** One look at the inbox and what follows from it; true when files are there. */
  return Effect.gen(function* () {
    yield* careForTaken
    const look = yield* connection.use("look at the inbox", (session) => inbox.look(session))
    for (const { where, what } of look.complaints) {
      if (!complained.has(where)) yield* Effect.logWarning(`${where} ${what}`)
    }
    complained = new Set(look.complaints.map(({ where }) => where))
    const now = yield* Clock.currentTimeMillis
    const there = new Set(look.finished.map(keyOf))
    for (const key of held.keys()) if (!there.has(key)) held.delete(key)
    const ready = look.finished.filter((file) => {
      const known = held.get(keyOf(file))
      return known === undefined || !same(known.seen, file.seen) || now >= known.until
    })
    for (const files of batched(ready)) yield* take(files)
    return look.settling || ready.length > 0
  })
}

/** Takes the files of a server for ever. */
export const run = (source: Source, settings: Settings): Effect.Effect<never, never, Journal> =>
  Effect.suspend(() => {
    const look = receiver(source, settings)
    return Polling.forEver(() => look, { every: settings.every, longest: longestPause })
  }).pipe(Effect.annotateLogs({ channel: "sftp", company: source.company }))
