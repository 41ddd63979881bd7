/**
 * Takes the files of one company: look, read, commit, move away, and look again, for as long as it runs. Files are
 * taken one after another in the order of their age, so that the journal has them in the order they were written.
 *
 * It never ends by itself. Whatever goes wrong is logged when it begins and when it changes, and tried again: soon for
 * a database that is away, after `retryAfter` for a file that cannot be read or moved.
 */
import { Clock, Duration, Effect, type Semaphore } from "effect"
import type { ChannelError } from "../engine/Channel.ts"
import * as Checkpoint from "../engine/Checkpoint.ts"
import { Journal } from "../engine/Journal.ts"
import * as ChannelMetrics from "./ChannelMetrics.ts"
import { attempt, readUnchanged, type Seen, same } from "./FolderFiles.ts"
import { type Candidate, Inbox, keyOf as keyOfFile } from "./FolderInbox.ts"
import * as FolderTaken from "./FolderTaken.ts"
import * as Polling from "./Polling.ts"
import * as Turn from "./Turn.ts"

export interface Settings {
  /** Time between two looks; twice that while the inbox is empty. Default 500 ms. */
  readonly every: Duration.Duration
  /** Looks in a row without a change after which a file is finished. Default 3: a second after its last byte. */
  readonly looks: number
  /** The same for an empty file, which mostly is one that is about to be filled. Default 20: ten seconds. */
  readonly emptyLooks: number
  /** Most bytes of a file that are kept; of a larger one, this many and one go to the journal with its true size. */
  readonly sizeLimit: number
  /** Times `sizeLimit`: the memory that large files may take at a time, over all companies. Default 4. */
  readonly concurrency: number
  /** When a file that could not be read or moved is tried again. Default 30 s. */
  readonly retryAfter: Duration.Duration
  /** When a taken file is looked at again, in ms after it was taken. */
  readonly afterlooks: ReadonlyArray<number>
}

export const defaults: Settings = {
  every: Duration.millis(500),
  looks: 3,
  emptyLooks: 20,
  sizeLimit: 64 * 1024 * 1024,
  concurrency: 4,
  retryAfter: Duration.seconds(30),
  afterlooks: FolderTaken.afterlooks
}

/** What all companies share, so that two hundred of them neither fill the memory nor the disk's queue. */
export interface Shared {
  /** Megabytes of large files in memory. */
  readonly reading: Semaphore.Semaphore
  readonly mostMegabytes: number
  readonly looking: Semaphore.Semaphore
}

const megabyte = 1024 * 1024

/** A company reads one file at a time; one of at most so many bytes waits for no other company's. */
const small = megabyte

/** A look that takes longer is at a folder that does not answer, of a share or a disk of its own: others go on. */
const longestLook = Duration.seconds(2)

/** Room for a file in memory: a slow folder keeps no small file of others waiting, and of the large ones only some. */
const inMemory =
  ({ reading, mostMegabytes }: Shared, bytes: number) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    bytes <= small ? effect : reading.withPermits(Math.min(Math.ceil(bytes / megabyte), mostMegabytes))(effect)

/** Longest pause between looks while nothing works: short enough that a mended disk is noticed soon. */
const longestPause = Duration.seconds(30)

/** A file that could not be taken; `messageId` when its bytes are committed and only the move is missing. */
interface Held {
  readonly seen: Seen
  readonly until: number
  readonly messageId: number | undefined
}

const keyOf = (file: Candidate): string => file.path.toString("latin1")

/** The state of one company's folder and the way to look at it once. */
const receiver = (company: string, home: string, settings: Settings, shared: Shared) => {
  const inbox = new Inbox(home, settings)
  const aftercare = new FolderTaken.Aftercare(home, settings.afterlooks)
  const looking = Turn.within(shared.looking, longestLook)
  const held = new Map<string, Held>()
  let complained = new Set<string>()

  /** Bytes into the journal; undefined when the file is no longer what was seen. */
  const commit = Effect.fnUntraced(function* (file: Candidate) {
    const { type, text, seen } = file
    const journal = yield* Journal
    yield* Checkpoint.reached("folder/found")
    const bytes = yield* attempt(`read ${file.label}`, () => readUnchanged(file.path, seen, settings.sizeLimit))
    if (bytes === undefined) return undefined
    const { messageId, again } = yield* journal.receive({
      channel: "folder",
      company,
      type,
      fileName: text,
      bytes,
      size: seen.size,
      // The change time and not the one the writer may set: a file sent again with its old date is another file.
      pickup: {
        path: `${company}/inbox/${type}/${text}`,
        size: seen.size,
        modifiedMs: Number(seen.ctimeNs) / 1_000_000
      }
    })
    yield* ChannelMetrics.received("folder", seen.size, again)
    yield* Effect.logDebug(again ? "had this file already" : "took a file", { messageId, type, file: file.label })
    return messageId
  })

  const hold = Effect.fnUntraced(function* (file: Candidate, error: Polling.Failure, messageId: number | undefined) {
    const until = (yield* Clock.currentTimeMillis) + Duration.toMillis(settings.retryAfter)
    const before = held.get(keyOf(file))
    held.set(keyOf(file), { seen: file.seen, until, messageId })
    yield* ChannelMetrics.failed("folder", error.reason._tag)
    if (before !== undefined && same(before.seen, file.seen)) return
    yield* Effect.logWarning(
      messageId === undefined
        ? "a file cannot be taken"
        : `a file was taken as message ${messageId} but cannot be moved`,
      { type: file.type, file: file.label, problem: Polling.textOf(error), whoActs: error.reason.whoActs }
    )
  })

  const take = Effect.fn("Folder.take")(function* (file: Candidate, known: Held | undefined) {
    yield* Effect.annotateCurrentSpan({ company, type: file.type, size: file.seen.size })
    const messageId =
      known?.messageId ??
      (yield* commit(file).pipe(
        inMemory(shared, Math.min(file.seen.size, settings.sizeLimit + 1)),
        // One file that is refused must not hold up the others; a journal that is away holds up all.
        Effect.catchIf(
          (error) => error._tag === "ChannelError" || !error.isRetryable,
          (error) => Effect.as(hold(file, error, undefined), undefined)
        )
      ))
    if (messageId === undefined) {
      if (!held.has(keyOf(file))) inbox.restart(file)
      return
    }
    yield* Checkpoint.reached("folder/taken", messageId)
    yield* attempt(`move ${file.label}`, () => FolderTaken.archive(home, file, messageId)).pipe(
      Effect.tap(() => Checkpoint.reached("folder/moved", messageId)),
      Effect.flatMap((moved) =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          held.delete(keyOf(file))
          if (moved !== undefined) aftercare.watch(file, messageId, now)
        })
      ),
      Effect.catch((error) => hold(file, error, messageId))
    )
  })

  const careForTaken = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const { back, done } = yield* attempt("look at taken files", () => aftercare.look(now))
    for (const { type, label } of done) inbox.writers.forget(keyOfFile(type, label))
    for (const { type, label } of back) {
      inbox.writers.beMorePatient(keyOfFile(type, label))
      yield* Effect.logWarning("a file went on after it was taken; it is in the inbox again", { type, file: label })
    }
  })

  /** One look at the inbox and what follows from it; true when files are there. */
  return Effect.gen(function* () {
    yield* careForTaken
    const look = yield* looking(attempt("look at the inbox", () => inbox.look()))
    for (const { where, what } of look.complaints) {
      if (!complained.has(where)) yield* Effect.logWarning(`${where} ${what}`)
    }
    complained = new Set(look.complaints.map(({ where }) => where))
    const now = yield* Clock.currentTimeMillis
    const before = new Map(held)
    held.clear()
    for (const file of look.finished) {
      const earlier = before.get(keyOf(file))
      const known = earlier !== undefined && same(earlier.seen, file.seen) ? earlier : undefined
      if (known !== undefined) held.set(keyOf(file), known)
      if (known === undefined || now >= known.until) yield* take(file, known)
    }
    return look.settling || look.finished.length > 0
  })
}

/**
 * Takes the files of a company for ever. `prepare` makes its folders and gives its own; it runs first and after every
 * failure, because folders may be removed while we run.
 */
export const run = (
  company: string,
  prepare: Effect.Effect<string, ChannelError>,
  settings: Settings,
  shared: Shared
): Effect.Effect<never, never, Journal> =>
  Effect.suspend(() => {
    let current: { readonly home: string; readonly look: ReturnType<typeof receiver> } | undefined

    const look = Effect.fnUntraced(function* (failures: number) {
      if (current === undefined || failures > 0) {
        const home = yield* prepare
        if (current?.home !== home) current = { home, look: receiver(company, home, settings, shared) }
      }
      return yield* current.look
    })

    return Polling.forEver(look, { every: settings.every, longest: longestPause })
  }).pipe(Effect.annotateLogs({ channel: "folder", company }))
