/**
 * Decides where the data is and under which account the server runs. An ordinary user keeps both in the folder asked
 * for. PostgreSQL refuses to run as root, so root runs it under another account, and where that account cannot reach
 * the folder or the programs, they go to a folder of the system that it can; a file in the first folder says where.
 * Fails with `FolderUnusable` or `MissingBinaries`.
 */
import { createHash } from "node:crypto"
import { chmod, mkdir, readFile, realpath, stat, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { Effect, Option } from "effect"
import { EmbeddedPostgresError, FolderUnusable } from "../EmbeddedPostgresError.ts"
import * as Binaries from "./Binaries.ts"
import { type Account, run } from "./Process.ts"

export interface Place {
  /** Holds `data`, the password, the locks and the log. */
  readonly folder: string
  readonly data: string
  readonly account: Account | undefined
  readonly binaries: Binaries.Binaries
}

/** Where root's servers keep what their account cannot reach elsewhere. */
const systemFolder = "/var/lib/throughline"

/** Names the other folder; written once, so that later starts find the same data whoever owns what by then. */
const pointer = "data-is-in"

const folderError = (folder: string, cause: unknown) =>
  new EmbeddedPostgresError({
    reason: new FolderUnusable({ folder, detail: cause instanceof Error ? cause.message : String(cause) })
  })

const inFolder = <A>(folder: string, work: () => Promise<A>) =>
  Effect.tryPromise({ try: work, catch: (cause) => folderError(folder, cause) })

/** Makes the folder; others may pass through it but not look into it. */
const make = (folder: string) =>
  inFolder(folder, async () => {
    if ((await mkdir(folder, { recursive: true })) !== undefined) await chmod(folder, 0o711)
    return await realpath(folder)
  })

const orNone = <A>(work: Promise<A>) =>
  Effect.promise(() =>
    work.then(
      (value) => Option.some(value),
      () => Option.none<A>()
    )
  )

const accounts = Effect.map(orNone(readFile("/etc/passwd", "utf8")), (text) =>
  Option.getOrElse(text, () => "")
    .split("\n")
    .map((line) => line.split(":"))
    .flatMap(([name, , uid, gid]) =>
      name === undefined || uid === undefined || gid === undefined ? [] : [{ name, uid: Number(uid), gid: Number(gid) }]
    )
)

/** The account that owns a path; none when the path is missing or belongs to root. */
const ownerOf = (path: string, known: ReadonlyArray<Account>) =>
  Effect.map(orNone(stat(path)), (found) =>
    Option.flatMap(found, ({ uid, gid }) =>
      uid === 0 ? Option.none() : Option.some(known.find((a) => a.uid === uid) ?? { name: `uid ${uid}`, uid, gid })
    )
  )

/** Existing data decides; then the owner of the checkout, whose files these are; then the usual accounts. */
const accountFor = Effect.fnUntraced(function* (folder: string) {
  const known = yield* accounts
  const ofData = yield* ownerOf(join(folder, "data"), known)
  if (Option.isSome(ofData)) return ofData.value
  // initdb looks its account up by number, so only a known one can begin new data.
  const ofFolder = Option.filter(yield* ownerOf(dirname(folder), known), (owner) => known.includes(owner))
  const usual = ["postgres", "_postgres", "nobody"].flatMap((name) => known.filter((a) => a.name === name))
  const account = Option.getOrUndefined(ofFolder) ?? usual[0]
  if (account !== undefined) return account
  return yield* folderError(folder, "PostgreSQL does not run as root, and there is no account postgres or nobody")
})

const canEnter = (account: Account, folder: string) =>
  Effect.map(run("/bin/sh", ["-c", 'cd "$1"', "sh", folder], account), ({ code }) => code === 0)

const canRun = (account: Account, program: string) =>
  Effect.map(run(program, ["--version"], account), ({ code }) => code === 0)

const elsewhere = (folder: string) => join(systemFolder, createHash("sha256").update(folder).digest("hex").slice(0, 12))

const placeForRoot = Effect.fnUntraced(function* (folder: string, binaries: Binaries.Binaries) {
  const account = yield* accountFor(folder)
  const reachable = yield* canEnter(account, folder)
  const where = reachable ? folder : yield* make(elsewhere(folder))
  if (!reachable) {
    yield* inFolder(folder, () => writeFile(join(folder, pointer), `${where}\n`))
    yield* Effect.logInfo(`The account ${account.name} cannot reach ${folder}, so the database is in ${where}`)
  }
  const runs = yield* canRun(account, binaries.postgres)
  const programs = runs ? binaries : yield* Binaries.copyTo(binaries, systemFolder)
  return { folder: where, data: join(where, "data"), account, binaries: programs }
})

/** Where the server of `folder` is, making the folders that are missing. */
export const find = Effect.fnUntraced(function* (asked: string, binaries: Binaries.Binaries) {
  const first = yield* make(asked)
  const pointed = Option.map(yield* orNone(readFile(join(first, pointer), "utf8")), (text) => text.trim())
  const folder = Option.isSome(pointed) ? yield* make(pointed.value) : first
  if (process.getuid?.() === 0) return yield* placeForRoot(folder, binaries)
  return { folder, data: join(folder, "data"), account: undefined, binaries }
})
