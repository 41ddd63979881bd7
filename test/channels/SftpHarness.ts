/**
 * An SFTP channel before a real sshd, with a partner who uses the server's disk. Each harness has a server of its own.
 * Where sshd is not installed the tests are skipped, unless CI is set: then they fail.
 */
import { chmodSync } from "node:fs"
import { readdir, readFile, rename, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Logger, Redacted, type Scope } from "effect"
import * as Sshd from "../../scripts/sshd.ts"
import * as Sftp from "../../src/channels/Sftp.ts"
import * as SftpHostKeys from "../../src/channels/SftpHostKeys.ts"
import type { Server } from "../../src/channels/SftpOptions.ts"
import type { ChannelError } from "../../src/engine/Channel.ts"
import type { Journal } from "../../src/engine/Journal.ts"
import * as Leadership from "../../src/engine/Leadership.ts"
import { companies, eventually, type Harness } from "../contracts/ChannelContract.ts"
import * as Database from "../Database.ts"
import * as FaultProxy from "../faults/Proxy.ts"
import * as RecordingJournal from "./RecordingJournal.ts"

const isCi = !["", "0", "false"].includes(process.env["CI"] ?? "")

/** Tests that need sshd. */
export const describeSftp = (name: string, tests: () => void): void => {
  const isThere = Sshd.find() !== undefined
  const why = isThere ? "" : " (skipped: sshd is not installed; as root: node scripts/sshd.ts install)"
  describe.skipIf(!isThere && !isCi)(`${name}${why}`, tests)
}

/** Faster than the defaults; a writer that pauses for less than 240 ms is waited for. */
export const settings = {
  every: Duration.millis(40),
  looks: 6,
  emptyLooks: 12,
  retryAfter: Duration.millis(150),
  afterlooks: [200, 600, 1200, 2000],
  sizeLimit: 1_000_000,
  patience: { connectMs: 5_000, requestMs: 3_000, keepaliveMs: 1_000 }
}

let serial = 0

export const sshd = (over: Partial<Sshd.Options> = {}): Effect.Effect<Sshd.Sshd, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = await Sshd.make({ name: `test-${process.pid}-${++serial}`, ...over })
      await server.start()
      return server
    }),
    (server) => Effect.promise(server.remove)
  )

/** Host keys in a database of their own. */
export const hostKeys = Effect.flatMap(Layer.build(Layer.orDie(Database.layer)), (context) =>
  Effect.provide(SftpHostKeys.make, context)
)

/** How a company reaches a server: by its key, in a folder of its own. */
export const login = (server: Sshd.Sshd, company: string, over: Partial<Server> = {}): Server => ({
  company,
  host: server.host,
  port: server.port,
  username: server.user,
  // As a configuration reads it from a file: without the last line break.
  privateKey: Redacted.make(server.key.trimEnd()),
  folder: company,
  ...over
})

/** A file as it is when its upload has ended: there at once, readable for the server. */
const put = async (folder: string, name: string, bytes: Uint8Array, time?: number) => {
  const temporary = join(folder, `.${name.slice(0, 100)}.tmp`)
  await writeFile(temporary, bytes)
  chmodSync(temporary, 0o644)
  if (time !== undefined) await utimes(temporary, time, time)
  await rename(temporary, join(folder, name))
}

/** What a partner sees in a folder: nothing hidden. */
export const visible = async (folder: string): Promise<ReadonlyArray<string>> => {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => !name.startsWith(".")).sort()
}

/** The servers' folders as the layout has them; both companies on one machine. */
const prepare = (server: Sshd.Sshd) => {
  for (const company of companies) {
    for (const type of ["SNX_TRANSFER", "SNX_REQUEST"]) server.folder(`${company}/inbox/${type}`)
    server.folder(`${company}/outbox`)
  }
}

export interface Running {
  readonly server: Sshd.Sshd
  readonly proxy: FaultProxy.Proxy
  /** What servers are known by, in a database of its own. */
  readonly kept: Effect.Success<typeof SftpHostKeys.make>
  /** Another channel with the same settings, as on another machine. */
  readonly another: (
    over?: Partial<Sftp.Options>,
    login?: Partial<Server>
  ) => Effect.Effect<Sftp.SftpChannel, never, Scope.Scope>
  readonly channel: Sftp.SftpChannel
}

/** A server behind a proxy, and a channel that goes through it. */
export const running = (over: Partial<Server> = {}): Effect.Effect<Running, never, Scope.Scope> =>
  Effect.gen(function* () {
    const server = yield* sshd()
    prepare(server)
    const kept = yield* hostKeys
    const proxy = yield* FaultProxy.make(server.port)
    const another = (options: Partial<Sftp.Options> = {}, login_: Partial<Server> = {}) =>
      Sftp.make({
        ...settings,
        hostKeys: kept.keys,
        servers: companies.map((company) => login(server, company, { port: proxy.port, ...over, ...login_ })),
        ...options
      })
    return { server, proxy, kept, another, channel: yield* another() }
  })

export const alone = <A, E>(receive: Effect.Effect<A, E, Journal | Leadership.Leadership>) =>
  Effect.provide(receive, Leadership.layerAlone)

/** The harness of the contract suite. Times of files are a second apart, as SFTP tells them by the second. */
export const harness: Effect.Effect<Harness, unknown, Scope.Scope> = Effect.map(running(), ({ server, channel }) => {
  let clock = Math.floor(Date.now() / 1000) - 10_000
  const receive: Effect.Effect<never, ChannelError, Journal> = alone(channel.receive)
  return {
    channel,
    receive,
    partner: {
      put: (company, type, name, bytes) =>
        Effect.promise(() => put(server.folder(`${company}/inbox/${type}`), name, bytes, clock++)),
      unacknowledged: (company, type) => Effect.promise(() => visible(join(server.data, company, "inbox", type))),
      delivered: (company, type) =>
        Effect.promise(async () => {
          const folder = join(server.data, company, "outbox", type)
          return Promise.all(
            (await visible(folder)).map(async (name) => ({
              name,
              bytes: new Uint8Array(await readFile(join(folder, name)))
            }))
          )
        })
    }
  }
})

/** A receiving channel and the folders of its first company on the server. */
const start = Effect.gen(function* () {
  const parts = yield* running()
  const { server, channel } = parts
  const recorded = yield* RecordingJournal.Recorded
  const home = join(server.data, companies[0])
  const folder = (name: string) => join(home, name, "SNX_TRANSFER")
  const until = (what: string, is: () => boolean | Promise<boolean>) =>
    eventually(
      what,
      Effect.promise(async () => is())
    )
  yield* Effect.forkScoped(alone(channel.receive))
  const texts = () => recorded.all.filter(({ again }) => !again).map(({ bytes }) => new TextDecoder().decode(bytes))
  return {
    ...parts,
    recorded,
    home,
    inbox: folder("inbox"),
    at: (name: string) => join(folder("inbox"), name),
    put: (name: string, text: string, time?: number) =>
      Effect.promise(() => put(folder("inbox"), name, new TextEncoder().encode(text), time)),
    until,
    taken: (count: number) => until(`${count} taken`, () => texts().length >= count),
    /** Until nothing is left in the inbox. */
    cleared: until("cleared", async () => (await visible(folder("inbox"))).length === 0),
    /** Long enough for every file that would be taken to be taken. */
    quiet: Effect.sleep("600 millis"),
    texts,
    left: () => Effect.promise(() => visible(folder("inbox"))),
    archived: () => Effect.promise(() => visible(folder("archive"))),
    contentOf: (name: string) => Effect.promise(() => readFile(join(folder("archive"), name), "utf8"))
  }
})

export type Scene = Effect.Success<typeof start>

/** A promise's work as a step of a scenario. */
export const act = <A>(run: () => A | Promise<A>): Effect.Effect<A> => Effect.promise(async () => run())

/** A test that plays the partner against a receiving channel. */
export const scenario = (name: string, play: (f: Scene) => Effect.Effect<unknown, unknown, Scope.Scope>): void =>
  it.live(
    name,
    () => Effect.flatMap(start, play).pipe(Effect.provide(Layer.merge(RecordingJournal.layer, Logger.layer([])))),
    40_000
  )
