/**
 * The file operations of the folder channel, each safe on its own: read a file that must not change meanwhile, write one
 * so that nobody sees half of it, move one without covering another. Symbolic links are never followed below the
 * partner's own folder, and only regular files are read.
 *
 * Every failure is a `ChannelError` that says whether trying again may help and who has to act.
 */
import { randomUUID } from "node:crypto"
import { constants } from "node:fs"
import { type FileHandle, link, lstat, mkdir, open, readdir, realpath, rename, unlink } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Predicate } from "effect"
import { ChannelError, type ChannelReason, type Outcome } from "../engine/Channel.ts"
import * as FileNames from "./FileNames.ts"

/** What tells one state of one file from another. `ctime` cannot be set by whoever writes the file. */
export interface Seen {
  readonly ino: bigint
  readonly size: number
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
}

/** The same file, and nothing happened to it. */
export const same = (a: Seen, b: Seen): boolean => sameContent(a, b) && a.ctimeNs === b.ctimeNs

/** The same file with the same content; it may have been renamed or got other permissions. */
export const sameContent = (a: Seen, b: Seen): boolean =>
  a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs

const channel = "folder"

const blocked = new Set([
  "EACCES",
  "EPERM",
  "ENOSPC",
  "EDQUOT",
  "EROFS",
  "ENOTDIR",
  "EISDIR",
  "ELOOP",
  "EXDEV",
  "EFBIG"
])

const codeOf = (error: unknown): string =>
  Predicate.hasProperty(error, "code") && typeof error.code === "string" ? error.code : ""

export const isGone = (error: unknown): boolean => codeOf(error) === "ENOENT"

/** Wraps what happened with who can do something about it. */
export const problem = (message: string, cause?: unknown, reason?: ChannelReason): ChannelError =>
  new ChannelError({
    channel,
    message: cause instanceof Error ? `${message}: ${cause.message}` : message,
    reason:
      reason ??
      (blocked.has(codeOf(cause))
        ? { _tag: "Blocked", isRetryable: true, whoActs: "operator" }
        : { _tag: "Unavailable", isRetryable: true, whoActs: "nobody" }),
    cause
  })

const conflict: ChannelReason = { _tag: "Conflict", isRetryable: false, whoActs: "operator" }
export const noDestination: ChannelReason = { _tag: "NoDestination", isRetryable: false, whoActs: "operator" }
const notOurs: ChannelReason = { _tag: "Blocked", isRetryable: true, whoActs: "operator" }

const asProblem = (what: string, cause: unknown): ChannelError =>
  cause instanceof ChannelError ? cause : problem(`cannot ${what}`, cause)

/** Runs a short file operation to its end: an interrupted one would leave its file behind half done. */
export const attempt = <A>(what: string, operation: () => Promise<A>): Effect.Effect<A, ChannelError> =>
  Effect.uninterruptible(
    Effect.tryPromise({
      try: operation,
      catch: (cause) => asProblem(what, cause)
    })
  )

/** State of the thing itself, links not followed; undefined when it is not there. */
export const stateOf = async (path: string | Buffer): Promise<(Seen & { readonly isFile: boolean }) | undefined> => {
  try {
    const stat = await lstat(path, { bigint: true })
    const { ino, mtimeNs, ctimeNs } = stat
    return { ino, size: Number(stat.size), mtimeNs, ctimeNs, isFile: stat.isFile() }
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

/** A file name inside a folder, as bytes: names need not be UTF-8. */
export const inside = (folder: string, name: Uint8Array): Buffer => Buffer.concat([Buffer.from(`${folder}/`), name])

/** Follows what the operator linked: the root and a company's folder may lie elsewhere, nothing below them may. */
export const home = async (root: string, company: string): Promise<string> => {
  if (!FileNames.isCompanyFolder(company)) throw problem(`"${company}" is no company key`, undefined, noDestination)
  const path = join(root, company)
  await mkdir(path).catch((error) => {
    if (codeOf(error) !== "EEXIST") throw error
  })
  return realpath(path)
}

/** Makes a folder below a company's where it is missing; refuses one that leads elsewhere. */
export const ensureFolder = async (home: string, ...parts: ReadonlyArray<string>): Promise<string> => {
  let path = home
  for (const part of parts) {
    path = join(path, part)
    const made = await mkdir(path).then(
      () => true,
      (error) => {
        if (codeOf(error) !== "EEXIST") throw error
        return false
      }
    )
    if (!made && !(await lstat(path)).isDirectory()) throw problem(`${path} is not a folder`, undefined, notOurs)
  }
  return path
}

/** A folder that was made sure of. */
export interface Known {
  readonly path: string
  readonly device: bigint
  readonly ino: bigint
}

export const know = async (path: string): Promise<Known> => {
  const { dev, ino } = await lstat(path, { bigint: true })
  return { path, device: dev, ino }
}

/** True when the very same folder is there under its path: no link, and none on the way that leads elsewhere. */
export const isStill = async ({ path, device, ino }: Known): Promise<boolean> => {
  const state = await lstat(path, { bigint: true }).catch(() => undefined)
  return state?.isDirectory() === true && state.dev === device && state.ino === ino
}

/**
 * Reads the file that was seen, at most `limit` bytes and one. Undefined when it is not, or no longer, in the state it
 * was seen in, before or after reading.
 */
export const readUnchanged = async (path: Buffer, seen: Seen, limit: number): Promise<Uint8Array | undefined> => {
  // Without NONBLOCK, opening a pipe that was put in the file's place would hang.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error) => {
    if (isGone(error)) return undefined
    throw error
  })
  if (file === undefined) return undefined
  try {
    const unchanged = async () => {
      const { ino, size, mtimeNs, ctimeNs } = await file.stat({ bigint: true })
      return same(seen, { ino, size: Number(size), mtimeNs, ctimeNs })
    }
    if (!(await unchanged())) return undefined
    const bytes = new Uint8Array(Math.min(seen.size, limit + 1))
    let length = 0
    while (length < bytes.length) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length)
      if (bytesRead === 0) return undefined
      length += bytesRead
    }
    return (await unchanged()) ? bytes : undefined
  } finally {
    await file.close()
  }
}

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, constants.O_RDONLY)
  try {
    // Some network file systems cannot sync a folder; the file itself is safe by then.
    await handle.sync().catch(() => undefined)
  } finally {
    await handle.close()
  }
}

/** True when the file holds exactly these bytes. */
const holds = async (path: string, bytes: Uint8Array): Promise<boolean> => {
  const state = await stateOf(path)
  if (state === undefined || !state.isFile || state.size !== bytes.length) return false
  const found = await readUnchanged(Buffer.from(path), state, bytes.length)
  return found !== undefined && Buffer.compare(found, bytes) === 0
}

const temporaryName = /^\.throughline-[0-9a-f-]{36}\.tmp$/u

/** True when exactly these bytes lie there, false when nothing does; another document is a conflict. */
const liesThere = async (path: string, bytes: Uint8Array): Promise<boolean> => {
  for (let there = await stateOf(path); there !== undefined; ) {
    if (await holds(path, bytes)) return true
    // A partner may take the file, or touch it, while we look: only one that stays as it was is another document.
    const still = await stateOf(path)
    if (still !== undefined && same(there, still))
      throw problem(`another document lies at ${path}`, undefined, conflict)
    there = still
  }
  return false
}

/** What file systems say that know one name for a file only: FAT, some network ones. */
const oneNameOnly = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"])

/** Gives a file a name beside its own; false when something has that name. A rename would cover it, another process's copy too. */
const place = async (temporary: string, path: string): Promise<boolean> => {
  try {
    await link(temporary, path)
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false
    if (!oneNameOnly.has(codeOf(error))) throw error
    await rename(temporary, path)
  }
  return true
}

const remove = (path: string) => unlink(path).catch(() => undefined)

/** What is to lie in a folder under a name. */
export interface Document {
  readonly name: string
  readonly bytes: Uint8Array
}

/** A document on its way to its name. */
interface Draft extends Document {
  readonly path: string
  /** Where its bytes are; undefined when they have their name already. */
  readonly written: { readonly path: string; readonly file: FileHandle } | undefined
}

const write = async (folder: string, { name, bytes }: Document): Promise<Draft> => {
  const path = join(folder, name)
  if (await liesThere(path, bytes)) return { name, bytes, path, written: undefined }
  // A name of its own for every try: two processes that deliver the same file must not write into one.
  const temporary = join(folder, `.throughline-${randomUUID()}.tmp`)
  const file = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o666)
  try {
    await file.writeFile(bytes)
  } catch (error) {
    await file.close()
    await remove(temporary)
    throw error
  }
  return { name, bytes, path, written: { path: temporary, file } }
}

const save = async ({ written }: Draft): Promise<void> => {
  try {
    await written?.file.sync()
  } finally {
    await written?.file.close()
  }
}

const publish = async ({ path, bytes, written }: Draft): Promise<void> => {
  if (written === undefined) return
  while (!(await place(written.path, path))) {
    if (await liesThere(path, bytes)) return
  }
}

/** What kept a step from being done; undefined when nothing did. */
const failureOf = ({ name }: Document, step: Promise<unknown>): Promise<Outcome> =>
  step.then(
    () => undefined,
    (error) => asProblem(`write ${name}`, error)
  )

/**
 * Writes files that are there whole or not at all, also after a power failure. The very same bytes under a name are a
 * success; others are a conflict and stay as they are. Gives how each went, up to the first that failed; none behind that
 * one is there. They appear in their order and were written in their order, for whoever sorts them by time; the disk is
 * waited for once for their bytes and once for their names, not once a file.
 */
export const writeWhole = async (
  folder: string,
  documents: ReadonlyArray<Document>
): Promise<ReadonlyArray<Outcome>> => {
  const drafts: Array<Draft> = []
  let unwritten: Outcome
  for (const document of documents) {
    const writing = write(folder, document).then((draft) => drafts.push(draft))
    unwritten = await failureOf(document, writing)
    if (unwritten !== undefined) break
  }
  const unsaved = await Promise.all(drafts.map((draft) => failureOf(draft, save(draft))))
  const outcomes: Array<Outcome> = []
  for (const [index, draft] of drafts.entries()) {
    const outcome = unsaved[index] ?? (await failureOf(draft, publish(draft)))
    outcomes.push(outcome)
    if (outcome !== undefined) break
  }
  if (unwritten !== undefined && outcomes.at(-1) === undefined) outcomes.push(unwritten)
  await Promise.all(drafts.map(({ written }) => written && remove(written.path)))
  await syncFolder(folder)
  return outcomes
}

/** Removes what killed processes left of files they were writing: ours by name, and last touched before `before` (ms). */
export const sweep = async (folder: string, before: number): Promise<void> => {
  for (const name of await readdir(folder)) {
    if (!temporaryName.test(name)) continue
    const path = join(folder, name)
    const state = await stateOf(path)
    if (state !== undefined && Number(state.mtimeNs / 1_000_000n) < before) await unlink(path).catch(() => undefined)
  }
}

/** Moves a file under a name that is free; gives the path it got, or undefined when it was not there. */
export const moveToFree = async (from: string | Buffer, folder: string, name: string): Promise<string | undefined> => {
  for (let n = 1; ; n++) {
    const to = join(folder, FileNames.alternative(name, n))
    if ((await stateOf(to)) !== undefined) continue
    try {
      await rename(from, to)
      return to
    } catch (error) {
      if (isGone(error)) return undefined
      throw error
    }
  }
}

/**
 * Moves the very file that was read out of the way. Should another have taken its place in between, that one is put
 * back under its name; undefined then, and when nothing is there.
 */
export const moveRead = async (
  from: Buffer,
  seen: Seen,
  to: { readonly folder: string; readonly name: string },
  back: { readonly folder: string; readonly name: string }
): Promise<string | undefined> => {
  const before = await stateOf(from)
  if (before === undefined || !same(seen, before)) return undefined
  const path = await moveToFree(from, to.folder, to.name)
  if (path === undefined) return undefined
  const after = await stateOf(path)
  if (after !== undefined && !sameContent(seen, after)) {
    await moveToFree(path, back.folder, back.name)
    return undefined
  }
  return path
}
