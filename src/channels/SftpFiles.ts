/**
 * File operations on a partner's SFTP server, each safe on its own and safe to repeat: list, read a file that must not
 * change meanwhile, write one so that nobody sees half of it, move one without covering another. What the server tells
 * (names, sizes, times) is data: sizes are bounded here, names with a `/` are refused.
 *
 * Rejects with what the server answered, or with a `ChannelError`; SftpConnection makes one of either.
 */
import { randomUUID } from "node:crypto"
import * as FileNames from "./FileNames.ts"
import * as SftpError from "./SftpError.ts"
import type { Requests, Session } from "./SftpSession.ts"

/** What tells one state of a file from another. The protocol knows times by the second, and neither inode nor ctime. */
export interface Seen {
  readonly size: number
  /** Seconds since 1970, as the server says. */
  readonly modified: number
}

export type Kind = "file" | "folder" | "other"

export interface Entry extends Seen {
  readonly name: string
  readonly kind: Kind
}

export const same = (a: Seen, b: Seen): boolean => a.size === b.size && a.modified === b.modified

/** Bytes of one read or write; every server takes that much. */
const chunk = 32_768

/** Reads or writes on their way at once: 2 MB, enough to fill a fast line over a long way. */
const inFlight = 64

/** Entries of a folder that are looked at; the rest has its turn when these are gone. */
const mostEntries = 10_000

interface Stats {
  readonly mode?: number
  readonly size?: number
  readonly mtime?: number
}

/** The type bits of a POSIX mode. */
const kindOf = (mode: number): Kind => {
  const type = mode & 0o170000
  return type === 0o100000 ? "file" : type === 0o040000 ? "folder" : "other"
}

const seenOf = ({ mode, size, mtime }: Stats): (Seen & { readonly kind: Kind }) | undefined =>
  mode === undefined || size === undefined || mtime === undefined
    ? undefined
    : { size, modified: mtime, kind: kindOf(mode) }

const orGone = <A>(answer: Promise<A>): Promise<A | undefined> =>
  answer.catch((error) => {
    if (SftpError.isGone(error)) return undefined
    throw error
  })

/** State of the thing itself, links not followed; undefined when it is not there. */
export const stateOf = async (session: Session, path: string): Promise<(Seen & { kind: Kind }) | undefined> => {
  const stats = await orGone(session.ask<Stats>((sftp, done) => sftp.lstat(path, done)))
  if (stats === undefined) return undefined
  const state = seenOf(stats)
  if (state === undefined) throw SftpError.make(`the server does not tell what ${path} is`, SftpError.blocked)
  return state
}

interface Listed {
  readonly filename: string
  readonly attrs: Stats
}

/** What is in a folder; undefined when there is none. Names that cannot be asked for again are in `unusable`. */
export const list = async (
  session: Session,
  folder: string
): Promise<{ readonly entries: ReadonlyArray<Entry>; readonly unusable: ReadonlyArray<string> } | undefined> => {
  const handle = await orGone(session.ask<Buffer>((sftp, done) => sftp.opendir(folder, done)))
  if (handle === undefined) return undefined
  const entries: Array<Entry> = []
  const unusable: Array<string> = []
  try {
    while (entries.length < mostEntries) {
      const part = await session
        .ask<ReadonlyArray<Listed>>((sftp, done) => sftp.readdir(handle, done))
        .catch((error) => {
          if (SftpError.codeOf(error) === SftpError.status.eof) return undefined
          throw error
        })
      if (part === undefined) break
      for (const { filename, attrs } of part) {
        // U+FFFD stands for bytes that are no UTF-8: the name would not come back as it was.
        if (filename === "" || /[/\0\ufffd]/u.test(filename)) unusable.push(filename)
        else {
          const state = seenOf(attrs) ?? (await stateOf(session, `${folder}/${filename}`))
          if (state !== undefined) entries.push({ ...state, name: filename })
        }
      }
    }
  } finally {
    await session.tell((sftp, done) => sftp.close(handle, done)).catch(() => undefined)
  }
  return { entries, unusable }
}

/** Does something to every chunk of `length` bytes, many at a time; ends at the first that fails. */
const forEachChunk = async (length: number, act: (at: number, size: number) => Promise<void>): Promise<void> => {
  let next = 0
  const work = async () => {
    while (next < length) {
      const at = next
      next += chunk
      try {
        await act(at, Math.min(chunk, length - at))
      } catch (error) {
        next = length
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(inFlight, Math.ceil(length / chunk)) }, work))
}

/** The first bytes of an open file; undefined when it ends before. */
const readBytes = async (session: Session, handle: Buffer, length: number): Promise<Uint8Array | undefined> => {
  const bytes = Buffer.allocUnsafe(length)
  let isShort = false
  await forEachChunk(length, async (at, size) => {
    for (let got = 0; got < size && !isShort; ) {
      const read = await session
        .ask<number>((sftp, done) => sftp.read(handle, bytes, at + got, size - got, at + got, done))
        .catch((error) => {
          if (SftpError.codeOf(error) === SftpError.status.eof) return 0
          throw error
        })
      if (read === 0) isShort = true
      got += read
    }
  })
  return isShort ? undefined : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/**
 * Reads the file that was seen, at most `limit` bytes and one. Undefined when it is gone, or in another state than the one
 * it was seen in when all was read: whatever happened to it before or meanwhile shows then.
 */
export const readUnchanged = async (
  session: Session,
  path: string,
  seen: Seen,
  limit: number
): Promise<Uint8Array | undefined> => {
  const handle = await orGone(session.ask<Buffer>((sftp, done) => sftp.open(path, "r", done)))
  if (handle === undefined) return undefined
  try {
    const bytes = await readBytes(session, handle, Math.min(seen.size, limit + 1))
    const state = seenOf(await session.ask<Stats>((sftp, done) => sftp.fstat(handle, done)))
    return state?.kind === "file" && same(seen, state) ? bytes : undefined
  } finally {
    await session.tell((sftp, done) => sftp.close(handle, done)).catch(() => undefined)
  }
}

/** Makes the folders of a path below `base` where they are missing; gives the last. */
export const ensureFolder = async (
  session: Session,
  base: string,
  ...parts: ReadonlyArray<string>
): Promise<string> => {
  let path = base
  for (const part of parts) {
    path = path === "" ? part : path.endsWith("/") ? path + part : `${path}/${part}`
    const isThere = async () => (await orGone(session.ask<Stats>((sftp, done) => sftp.stat(path, done)))) !== undefined
    if (await isThere()) continue
    await session
      .tell((sftp, done) => sftp.mkdir(path, done))
      .catch(async (error) => {
        if (await isThere()) return
        throw SftpError.ofStep(`make the folder ${path} on the server`, error)
      })
  }
  return path
}

/** True when the file holds exactly these bytes. */
const holds = async (session: Session, path: string, seen: Seen, bytes: Uint8Array): Promise<boolean> => {
  if (seen.size !== bytes.length) return false
  const found = await readUnchanged(session, path, seen, bytes.length)
  return found !== undefined && Buffer.compare(found, bytes) === 0
}

/** Runs a request of an extension; true when the server has it. ssh2 throws for those it does not have. */
const extended = (session: Session, send: (sftp: Requests, done: (error?: Error | null) => void) => void) =>
  session.tell(send).then(
    () => true,
    (error) => {
      const code = SftpError.codeOf(error)
      if (code === SftpError.status.unsupported || /extended request/iu.test(String(error))) return false
      throw error
    }
  )

/**
 * Gives a file its name; false when something of that name is there. The protocol's own rename covers nothing, so it
 * goes first; where it fails though the name is free (some servers cannot link), the one of OpenSSH follows.
 */
const rename = async (session: Session, from: string, to: string): Promise<boolean> => {
  try {
    await session.tell((sftp, done) => sftp.rename(from, to, done))
    return true
  } catch (error) {
    if (SftpError.isGone(error) || typeof SftpError.codeOf(error) !== "number") throw error
    if ((await stateOf(session, to)) !== undefined) return false
    if (await extended(session, (sftp, done) => sftp.ext_openssh_rename(from, to, done))) return true
    throw error
  }
}

const temporaryName = /^\.throughline-[0-9a-f-]{36}\.tmp$/u

/** True when exactly these bytes lie there, false when nothing does; another document is a conflict. */
const liesThere = async (session: Session, path: string, bytes: Uint8Array): Promise<boolean> => {
  for (let there = await stateOf(session, path); there !== undefined; ) {
    if (there.kind === "file" && (await holds(session, path, there, bytes))) return true
    // A partner may take the file, or touch it, while we look: only one that stays as it was is another document.
    const still = await stateOf(session, path)
    if (still !== undefined && same(there, still))
      throw SftpError.make(`another document lies at ${path} on the server`, SftpError.conflict)
    there = still
  }
  return false
}

/**
 * Writes a file that is there whole or not at all. The very same bytes under this name are a success; others are a
 * conflict and stay as they are.
 */
export const writeWhole = async (session: Session, folder: string, name: string, bytes: Uint8Array): Promise<void> => {
  const path = `${folder}/${name}`
  if (await liesThere(session, path, bytes)) return
  // A name of its own for every try: two processes that deliver the same file must not write into one.
  const temporary = `${folder}/.throughline-${randomUUID()}.tmp`
  const remove = () => session.tell((sftp, done) => sftp.unlink(temporary, done)).catch(() => undefined)
  try {
    const handle = await session.ask<Buffer>((sftp, done) => sftp.open(temporary, "wx", done))
    try {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      await forEachChunk(buffer.length, (at, size) =>
        session.tell((sftp, done) => sftp.write(handle, buffer, at, size, at, done))
      )
      await extended(session, (sftp, done) => sftp.ext_openssh_fsync(handle, done))
    } finally {
      await session.tell((sftp, done) => sftp.close(handle, done))
    }
    while (!(await rename(session, temporary, path))) {
      // Somebody else has put a file there since we looked: the same one, another, or one that is gone again.
      if (await liesThere(session, path, bytes)) return await remove()
    }
  } catch (error) {
    await remove()
    throw error
  }
}

/** Removes what killed processes left of files they were writing: ours by name, and last touched before `before` (s). */
export const sweep = async (session: Session, folder: string, before: number): Promise<void> => {
  for (const { name, kind, modified } of (await list(session, folder))?.entries ?? []) {
    if (kind !== "file" || modified >= before || !temporaryName.test(name)) continue
    await session.tell((sftp, done) => sftp.unlink(`${folder}/${name}`, done)).catch(() => undefined)
  }
}

/** Moves a file under a name that is free; gives the path it got, or undefined when it was not there. */
export const moveToFree = async (
  session: Session,
  from: string,
  folder: string,
  name: string
): Promise<string | undefined> => {
  for (let n = 1; ; n++) {
    const to = `${folder}/${FileNames.alternative(name, n)}`
    if ((await stateOf(session, to)) !== undefined) continue
    const moved = await orGone(rename(session, from, to))
    if (moved === undefined) return undefined
    if (moved) return to
  }
}

/** Removes a file that is as it was seen; nothing otherwise. */
export const removeSeen = async (session: Session, path: string, seen: Seen): Promise<void> => {
  const state = await stateOf(session, path)
  if (state === undefined || state.kind !== "file" || !same(seen, state)) return
  await orGone(session.tell((sftp, done) => sftp.unlink(path, done)))
}
