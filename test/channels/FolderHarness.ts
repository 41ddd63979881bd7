/** A folder channel on a temporary root, with a partner who uses the file system as partners do. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { it } from "@effect/vitest"
import { Duration, Effect, Layer, Logger, type Scope } from "effect"
import * as Folder from "../../src/channels/Folder.ts"
import { companies, eventually, type Harness } from "../contracts/ChannelContract.ts"
import * as RecordingJournal from "./RecordingJournal.ts"

const temporaryRoot = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "throughline-folder-"))),
  (root) => Effect.promise(() => rm(root, { recursive: true, force: true }))
)

/** Faster than the defaults; a writer that pauses for less than 150 ms is waited for. */
export const settings = {
  companies: Effect.succeed(companies),
  types: { in: ["SNX_TRANSFER", "SNX_REQUEST"], out: ["SNX_TRANSFER", "IE_PROCESSING_RESPONSE"] },
  every: Duration.millis(30),
  looks: 6,
  emptyLooks: 12,
  retryAfter: Duration.millis(150),
  afterlooks: [100, 300, 800, 1500],
  sizeLimit: 1_000_000
}

/** What a partner sees in a folder: nothing hidden. */
export const visible = async (folder: string): Promise<ReadonlyArray<string>> => {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => !name.startsWith(".")).sort()
}

export const harness = Effect.map(
  temporaryRoot,
  (root): Harness & { readonly root: string; readonly channel: Folder.FolderChannel } => {
    const channel = Folder.make({ ...settings, root })
    return {
      root,
      channel,
      receive: channel.receive,
      partner: {
        put: (company, type, name, bytes) =>
          Effect.promise(async () => {
            await mkdir(join(root, company, "inbox", type), { recursive: true })
            await writeFile(join(root, company, "inbox", type, name), bytes)
          }),
        unacknowledged: (company, type) => Effect.promise(() => visible(join(root, company, "inbox", type))),
        delivered: (company, type) =>
          Effect.promise(async () => {
            const folder = join(root, company, "outbox", type)
            return Promise.all(
              (await visible(folder)).map(async (name) => ({
                name,
                bytes: new Uint8Array(await readFile(join(folder, name)))
              }))
            )
          })
      }
    }
  }
)

/** A running folder channel and the folders of its first company. */
const start = Effect.gen(function* () {
  const { root, channel } = yield* harness
  const recorded = yield* RecordingJournal.Recorded
  const home = join(root, companies[0])
  const folder = (name: string) => join(home, name, "SNX_TRANSFER")
  const until = (what: string, is: () => boolean | Promise<boolean>) =>
    eventually(
      what,
      Effect.promise(async () => is())
    )
  yield* Effect.forkScoped(channel.receive)
  yield* until("folders", async () => (await visible(join(home, "outbox"))).length === 2)
  return {
    root,
    channel,
    recorded,
    home,
    inbox: folder("inbox"),
    at: (name: string) => join(folder("inbox"), name),
    until,
    taken: (count: number) => until(`${count} taken`, () => recorded.all.length >= count),
    /** Long enough for every file that would be taken to be taken. */
    quiet: Effect.sleep("400 millis"),
    texts: () => recorded.all.map(({ bytes }) => new TextDecoder().decode(bytes)),
    archived: () => Effect.promise(() => visible(folder("archive"))),
    failed: () => Effect.promise(() => visible(folder("failed"))),
    left: () => Effect.promise(() => visible(folder("inbox"))),
    contentOf: (place: "archive" | "failed", name: string) =>
      Effect.promise(() => readFile(join(folder(place), name), "utf8"))
  }
})

export type Running = Effect.Success<typeof start>

/** A promise's work as a step of a scenario. */
export const act = <A>(run: () => Promise<A>): Effect.Effect<A> => Effect.promise(run)

/** A test that plays the partner against a running channel. */
export const scenario = (name: string, play: (f: Running) => Effect.Effect<unknown, unknown, Scope.Scope>): void =>
  it.live(
    name,
    () => Effect.flatMap(start, play).pipe(Effect.provide(Layer.merge(RecordingJournal.layer, Logger.layer([])))),
    20_000
  )
