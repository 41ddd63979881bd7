/**
 * (e) From a file visible in an inbox (renamed into place) to its answer visible in an outbox, at a steady low rate,
 * through a `throughline serve` process with the looks it has by default. Beside it, at the same moments, the bare cost
 * of such a transport: a loop that looks as often, takes a file after as many looks without a change, and writes the
 * same bytes with fsync and a rename.
 *
 * Both outboxes are watched alike. Files come at random moments around their rate, so that they do not fall in step with
 * the looks. Dies when an answer is missing.
 */
import { randomUUID } from "node:crypto"
import { existsSync, type FSWatcher, renameSync, watch, writeFileSync } from "node:fs"
import { lstat, mkdir, open, readdir, readFile, rename, unlink } from "node:fs/promises"
import { join } from "node:path"
import { Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as FolderReceiver from "../src/channels/FolderReceiver.ts"
import * as Program from "./Program.ts"
import * as Small from "./Small.ts"
import * as Stage from "./Stage.ts"

const senders = 20
const type = "SNX_TRANSFER"
/** Between two files, over all senders. */
const pauseMs = 100
/** Before the clock runs: a process that has just started compiles. */
const warmUp = 20
const answerWithinMs = 20_000

export interface Result {
  readonly files: number
  readonly p50: number
  readonly p99: number
  readonly bareP50: number
  readonly bareP99: number
}

const { looks, every } = FolderReceiver.defaults
const everyMs = Duration.toMillis(every)

/** When each name was first seen in a folder. */
const seenIn = (folder: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync((): { readonly at: Map<string, number>; readonly watcher: FSWatcher } => {
        const at = new Map<string, number>()
        const watcher = watch(folder, (_, name) => {
          if (name !== null && !name.startsWith(".") && !at.has(name)) at.set(name, performance.now())
        })
        return { at, watcher }
      }),
      ({ watcher }) => Effect.sync(() => watcher.close())
    ),
    ({ at }) => at
  )

/** What a transport by folders cannot do without. */
const bareWrite = async (folder: string, name: string, bytes: Uint8Array): Promise<void> => {
  const temporary = join(folder, `.${randomUUID()}`)
  const file = await open(temporary, "wx")
  await file.writeFile(bytes)
  await file.sync()
  await file.close()
  await rename(temporary, join(folder, name))
}

/** Looks at one inbox for ever and moves what holds still; pauses like the folder channel. */
const bareLoop = (inbox: string, outbox: string) =>
  Effect.gen(function* () {
    const known = new Map<string, { readonly state: string; readonly looks: number }>()
    const look = async (): Promise<boolean> => {
      const names = await readdir(inbox)
      for (const name of names) {
        const path = join(inbox, name)
        const { size, ino, mtimeNs, ctimeNs } = await lstat(path, { bigint: true })
        const state = `${ino} ${size} ${mtimeNs} ${ctimeNs}`
        const before = known.get(name)
        const count = before?.state === state ? before.looks + 1 : 1
        known.set(name, { state, looks: count })
        if (count < looks) continue
        await bareWrite(outbox, name, await readFile(path))
        await unlink(path)
        known.delete(name)
      }
      return names.length > 0
    }
    // Not all at once, like the companies of a process that has run for a while.
    yield* Effect.sleep(Math.random() * everyMs * 2)
    while (true) yield* Effect.sleep((yield* Effect.promise(look)) ? everyMs : everyMs * 2)
  })

const waitFor = (what: string, ms: number, isThere: () => boolean) =>
  Effect.gen(function* () {
    const end = performance.now() + ms
    while (!isThere()) {
      if (performance.now() > end) return yield* Effect.die(`${what} in ${ms} ms`)
      yield* Effect.sleep("50 millis")
    }
  })

const quantile = (values: ReadonlyArray<number>, part: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * part) - 1)] ?? Number.NaN

export const run = Effect.fn("Latency.run")(function* (files: number) {
  const count = warmUp + files
  const perSender = Math.ceil(count / senders)
  const { names, each } = yield* Stage.world(senders * perSender * Small.listed, senders)
  const site = yield* Program.site(undefined)
  yield* Program.start(site, "serving", "serve", "--port", "0")
  const inboxOf = (company: string) => join(site.exchange, company, "inbox", type)
  const outbox = join(site.exchange, "cedar-packaging", "outbox", type)
  yield* waitFor("no folders", 30_000, () => [outbox, ...names.map(inboxOf)].every((folder) => existsSync(folder)))

  const bareInbox = (company: string) => join(site.folder, "bare", company)
  const bareOutbox = join(site.folder, "bare-outbox")
  const staging = join(site.folder, "staging")
  const folders = [bareOutbox, staging, ...names.map(bareInbox)]
  yield* Effect.promise(() => Promise.all(folders.map((folder) => mkdir(folder, { recursive: true }))))
  yield* Effect.forEach(names, (company) => Effect.forkScoped(bareLoop(bareInbox(company), bareOutbox)))
  const answers = yield* seenIn(outbox)
  const bareAnswers = yield* seenIn(bareOutbox)

  const asked = new Map<string, number>()
  const bareAsked = new Map<string, number>()
  const put = (name: string, folder: string, bytes: Uint8Array, times: Map<string, number>) => {
    const temporary = join(staging, name)
    writeFileSync(temporary, bytes)
    renameSync(temporary, join(folder, name))
    times.set(name, performance.now())
  }
  const begin = performance.now()
  for (let at = 0; at < count; at++) {
    const n = at % senders
    const k = Math.floor(at / senders)
    const company = names[n] ?? ""
    const name = `latency-${n}-${k}.xml`
    const serials = Array.from({ length: Small.listed }, (_, s) => Stage.serial(n * each + k * Small.listed + s))
    const bytes = Stage.request(n, `latency-${n}-${k}`, serials)
    const due = begin + (at + Math.random()) * pauseMs
    yield* Effect.sleep(Math.max(0, due - performance.now()))
    put(name, inboxOf(company), bytes, asked)
    put(name, bareInbox(company), bytes, bareAsked)
  }
  yield* waitFor("not all answers", answerWithinMs, () => answers.size >= count && bareAnswers.size >= count)

  const sql = yield* SqlClient.SqlClient
  const pairs = yield* sql<{ readonly question: string; readonly answer: string }>`
    SELECT i.file_name AS question, o.file_name AS answer FROM messages o JOIN messages i ON i.id = o.reply_to
    WHERE o.direction = 'out' ORDER BY i.id`
  const whole = pairs.map(({ question, answer }) => (answers.get(answer) ?? 0) - (asked.get(question) ?? 0))
  const bare = [...bareAsked].map(([name, start]) => (bareAnswers.get(name) ?? 0) - start)
  if (whole.length !== count || Math.min(...whole, ...bare) < 0) return yield* Effect.die("answers do not fit")
  const [late, bareLate] = [whole.slice(warmUp), bare.slice(warmUp)]
  return {
    files: late.length,
    p50: quantile(late, 0.5),
    p99: quantile(late, 0.99),
    bareP50: quantile(bareLate, 0.5),
    bareP99: quantile(bareLate, 0.99)
  } satisfies Result
}, Effect.scoped)

/** Rows of the table of results: what, engine, floor, ratio, aim. */
export const rows = ({ files, p50, p99, bareP50, bareP99 }: Result): ReadonlyArray<string> => {
  const row = (name: string, whole: number, bare: number): string =>
    `| (e) file visible in the inbox to answer visible in the outbox, ${files} files at ${1000 / pauseMs}/s, ${name} | ${Math.round(whole)} ms | ${Math.round(bare)} ms: ${looks} bare looks, ${everyMs} ms apart, and a bare write of the same file | ${(whole / bare).toFixed(2)} ×, ${Math.round(whole - bare)} ms more | |`
  return [row("p50", p50, bareP50), row("p99", p99, bareP99)]
}
