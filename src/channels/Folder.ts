/**
 * The folder channel: `<root>/<company>/inbox/<TYPE>/` in, `<root>/<company>/outbox/<TYPE>/` out. Use it where partners
 * or other programs share a file system with Throughline, or where an SFTP server puts what they upload.
 *
 * Receiving: only finished files are taken; a file moves to `archive/` after its bytes were committed, never before.
 * Killed at any point it neither loses nor doubles a file: the journal knows the file it took (path, size, change
 * time, bytes). Delivering: whole files only, at least once, and the same bytes again are a success. A file that
 * cannot be taken stays where it is, is logged once, and is tried again; it does not hold up others.
 */
import { mkdir, readdir, realpath, stat } from "node:fs/promises"
import { join } from "node:path"
import { Clock, Context, Duration, Effect, FiberMap, Semaphore } from "effect"
import type { Channel, ChannelError, OutgoingFile } from "../engine/Channel.ts"
import type { Journal } from "../engine/Journal.ts"
import * as ChannelMetrics from "./ChannelMetrics.ts"
import * as FileNames from "./FileNames.ts"
import {
  attempt,
  ensureFolder,
  home,
  isStill,
  type Known,
  know,
  noDestination,
  problem,
  sweep,
  writeWhole
} from "./FolderFiles.ts"
import * as FolderReceiver from "./FolderReceiver.ts"
import * as FolderTaken from "./FolderTaken.ts"

export interface Options extends Partial<FolderReceiver.Settings> {
  readonly root: string
  /** Keys of the companies that have a folder; asked every few seconds, so that new ones get theirs. */
  readonly companies: Effect.Effect<ReadonlyArray<string>, unknown>
  /** Message types that get folders from the start. Files of other types are taken too, once a folder is there. */
  readonly types: { readonly in: ReadonlyArray<string>; readonly out: ReadonlyArray<string> }
  /**
   * Messages of this channel that ended lately, asked every `endedEvery`; their files move on to `failed/` or back. May
   * name the same ones again and again.
   */
  readonly ended?: Effect.Effect<ReadonlyArray<FolderTaken.Ended>, unknown>
  /** Default 5 s. */
  readonly companiesEvery?: Duration.Duration
  /** Default 10 s. */
  readonly endedEvery?: Duration.Duration
}

export interface FolderChannel extends Channel {
  /** Takes files in for as long as it runs. Fails only when the root folder cannot be used. */
  readonly receive: Effect.Effect<never, ChannelError, Journal>
  /** Moves the file of an ended message to `failed/`, or back to `archive/`; true when it moved. Repeatable. */
  readonly settle: (message: FolderTaken.Ended) => Effect.Effect<boolean, ChannelError>
}

/** The folder channel of this process. */
export class Folder extends Context.Service<Folder, FolderChannel>()("throughline/channels/Folder") {}

/** A new partner gets its folders within this time. */
const defaultCompaniesEvery = Duration.seconds(5)

/** People look into `failed/` seldom enough for this. */
const defaultEndedEvery = Duration.seconds(10)

/** Age from which a temporary file of ours belongs to a process that is dead: no write takes an hour. */
const leftover = Duration.toMillis(Duration.hours(1))

export const make = (options: Options): FolderChannel => {
  const settings: FolderReceiver.Settings = { ...FolderReceiver.defaults, ...options }

  const root = attempt(`use ${options.root} as the root of the folder channel`, async () => {
    await mkdir(options.root, { recursive: true })
    return realpath(options.root)
  })

  /** Folders of a company, made where missing. Gives the company's own. */
  const prepare = Effect.fnUntraced(function* (company: string) {
    const path = yield* root
    const now = yield* Clock.currentTimeMillis
    return yield* attempt(`make the folders of ${company}`, async () => {
      const own = await home(path, company)
      await ensureFolder(own, "inbox")
      await ensureFolder(own, "archive")
      await ensureFolder(own, "failed")
      for (const type of options.types.in) await ensureFolder(own, "inbox", type)
      for (const type of options.types.out) await sweep(await ensureFolder(own, "outbox", type), now - leftover)
      return own
    })
  })

  /** Outboxes as they were when they were made sure of: one that still is the same folder is not looked at any closer. */
  const outboxes = new Map<string, Known>()

  const outbox = Effect.fnUntraced(function* (company: string, type: string) {
    const key = `${company}/${type}`
    const known = outboxes.get(key)
    if (known !== undefined && (yield* attempt(`look at ${known.path}`, () => isStill(known)))) return known.path
    const companies = yield* options.companies.pipe(
      Effect.mapError((cause) => problem("the list of companies cannot be read", cause))
    )
    if (!companies.includes(company)) {
      return yield* problem(`there is no company "${company}"`, undefined, noDestination)
    }
    const path = yield* root
    return yield* attempt(`make the outbox of ${company}`, async () => {
      const made = await ensureFolder(await home(path, company), "outbox", type)
      outboxes.set(key, await know(made))
      return made
    })
  })

  /** Those that go into one outbox, without another between them. */
  const write = Effect.fnUntraced(function* (files: ReadonlyArray<OutgoingFile>) {
    const [first] = files
    if (first === undefined) return []
    const { company, type } = first
    if (!FileNames.isTypeFolder(type)) return yield* problem(`"${type}" is no message type`, undefined, noDestination)
    const end = files.findIndex((file) => file.company !== company || file.type !== type)
    const documents = files
      .slice(0, end < 0 ? files.length : end)
      .map(({ fileName, bytes }) => ({ name: FileNames.safe(fileName), bytes }))
    const folder = yield* outbox(company, type)
    return yield* attempt(`write into the outbox of ${company}`, () => writeWhole(folder, documents))
  })

  const deliverSome = Effect.fn("Folder.deliver")(function* (files: ReadonlyArray<OutgoingFile>) {
    const outcomes = yield* Effect.catch(write(files), (error) => Effect.succeed([error]))
    for (const outcome of outcomes) {
      if (outcome !== undefined) yield* ChannelMetrics.failed("folder", outcome.reason._tag)
    }
    return outcomes
  })

  const deliver = (file: OutgoingFile) =>
    Effect.flatMap(deliverSome([file]), ([failure]) => (failure === undefined ? Effect.void : Effect.fail(failure)))

  const settle = Effect.fn("Folder.settle")(function* (message: FolderTaken.Ended) {
    const path = yield* root
    return yield* attempt(`put the file of message ${message.messageId} into place`, async () =>
      FolderTaken.settle(await home(path, message.company), message)
    )
  })

  const settling = Effect.gen(function* () {
    if (options.ended === undefined) return
    for (const message of yield* options.ended) {
      yield* settle(message).pipe(
        Effect.catch((error) => Effect.logWarning("a taken file stays where it is", error.message))
      )
    }
  }).pipe(
    Effect.catch((error) => Effect.logWarning("cannot see which messages ended", error)),
    Effect.andThen(Effect.sleep(options.endedEvery ?? defaultEndedEvery)),
    Effect.forever
  )

  /** Warns once of each folder with an inbox that belongs to no company: files wait there for nobody. */
  const warnOfStrangers = Effect.fnUntraced(function* (path: string, known: ReadonlyArray<string>, told: Set<string>) {
    const strangers = yield* attempt("look for folders of nobody", async () => {
      const names = (await readdir(path, { withFileTypes: true })).flatMap((entry) =>
        entry.isDirectory() && !entry.name.startsWith(".") && !known.includes(entry.name) ? [entry.name] : []
      )
      const inboxes = await Promise.all(names.map((name) => stat(join(path, name, "inbox")).catch(() => undefined)))
      return names.filter((_, at) => inboxes[at] !== undefined)
    }).pipe(Effect.orElseSucceed(() => []))
    for (const name of strangers) {
      if (told.has(name)) continue
      told.add(name)
      yield* Effect.logWarning(`the folder ${FileNames.safe(name)} is left alone: there is no company of that key`)
    }
  })

  const receive = Effect.scoped(
    Effect.gen(function* () {
      const path = yield* root
      const strangers = new Set<string>()
      const companies = yield* FiberMap.make<string>()
      const mostMegabytes = Math.ceil((settings.concurrency * settings.sizeLimit) / (1024 * 1024))
      const shared: FolderReceiver.Shared = {
        reading: yield* Semaphore.make(mostMegabytes),
        mostMegabytes,
        looking: yield* Semaphore.make(settings.concurrency * 2)
      }
      yield* Effect.forkScoped(settling)
      while (true) {
        const wanted = yield* options.companies.pipe(
          Effect.catch((error) =>
            Effect.as(
              Effect.logWarning("the list of companies cannot be read; going on with the known", error),
              undefined
            )
          )
        )
        if (wanted !== undefined) {
          for (const [company] of [...companies]) {
            if (!wanted.includes(company)) yield* FiberMap.remove(companies, company)
          }
          for (const company of wanted) {
            const run = FolderReceiver.run(company, prepare(company), settings, shared)
            yield* FiberMap.run(companies, company, run, { onlyIfMissing: true })
          }
          yield* warnOfStrangers(path, wanted, strangers)
        }
        yield* Effect.sleep(options.companiesEvery ?? defaultCompaniesEvery)
      }
    })
  )

  return { name: "folder", deliver, deliverSome, settle, receive }
}
