/**
 * Writes a ZIP archive piece by piece: one entry after another, compressed as its bytes come, so that an entry of any
 * length passes through a few kilobytes. Sizes follow each entry (data descriptors), because they are not known before.
 *
 * No ZIP64: an entry or an archive of 4 GiB fails with `ZipError`, before anything wrong is written. Whoever makes the
 * entries keeps them smaller (`entryBytes` tells how long the open one is). Bytes that nobody writes down are lost; the
 * caller writes every piece in the order it gets them.
 */
import { Buffer } from "node:buffer"
import { crc32, createDeflateRaw, type DeflateRaw } from "node:zlib"
import { Data, Effect } from "effect"

export type ZipReason =
  /** Offsets and lengths of a ZIP archive have 32 bits. */
  { readonly _tag: "TooLarge"; readonly isRetryable: false; readonly whoActs: "sender" }

export class ZipError extends Data.TaggedError("ZipError")<{ readonly reason: ZipReason }> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return "A ZIP archive cannot hold 4 GiB"
  }
}

const tooLarge = new ZipError({ reason: { _tag: "TooLarge", isRetryable: false, whoActs: "sender" } })

/** The first length that 32 bits cannot tell; the last value is kept for "see ZIP64". */
const limit = 0xffff_ffff

/** Half the time of level 6, for a tenth more bytes: measured on a sheet of 1,000,000 rows. */
const level = 3

interface Entry {
  readonly name: Buffer
  readonly offset: number
  readonly deflate: DeflateRaw
  crc: number
  size: number
  compressed: number
}

/** What both headers of an entry begin with: version 2.0, sizes in a descriptor and names in UTF-8, deflate, time. */
const common = (view: DataView, at: number, { time, date }: { readonly time: number; readonly date: number }) => {
  view.setUint16(at, 20, true)
  view.setUint16(at + 2, 0x0808, true)
  view.setUint16(at + 4, 8, true)
  view.setUint16(at + 6, time, true)
  view.setUint16(at + 8, date, true)
}

/** A moment as MS-DOS keeps it: two seconds fine, from 1980 on. */
const dosTime = (at: Date) => ({
  time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
  date: (Math.max(0, at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate()
})

export interface ZipWriter {
  /** Begins an entry. The one before has been closed. */
  readonly open: (name: string) => Effect.Effect<Uint8Array, ZipError>
  readonly write: (bytes: Uint8Array) => Effect.Effect<Uint8Array, ZipError>
  readonly close: Effect.Effect<Uint8Array, ZipError>
  /** Ends the archive. */
  readonly end: Effect.Effect<Uint8Array, ZipError>
  /** Uncompressed bytes of the open entry. */
  readonly entryBytes: () => number
}

/** An archive whose entries all bear one time. */
export const make = (modified: Date): ZipWriter => {
  const stamp = dosTime(modified)
  const entries: Array<Omit<Entry, "deflate">> = []
  let open: Entry | undefined
  let written = 0

  const taken = (bytes: Uint8Array) => {
    written += bytes.length
    return written < limit ? Effect.succeed(bytes) : Effect.fail(tooLarge)
  }

  /** What comes out of the compressor while `act` is done. */
  const through = (entry: Entry, act: (done: () => void) => void) =>
    Effect.callback<Uint8Array>((resume) => {
      const pieces: Array<Buffer> = []
      const take = (piece: Buffer) => pieces.push(piece)
      entry.deflate.on("data", take)
      act(() => {
        entry.deflate.removeListener("data", take)
        const bytes = Buffer.concat(pieces)
        entry.compressed += bytes.length
        resume(Effect.succeed(bytes))
      })
    })

  const header = (name: Buffer) => {
    const bytes = Buffer.alloc(30 + name.length)
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    view.setUint32(0, 0x0403_4b50, true)
    common(view, 4, stamp)
    view.setUint16(26, name.length, true)
    bytes.set(name, 30)
    return bytes
  }

  const descriptor = ({ crc, size, compressed }: Entry) => {
    const bytes = Buffer.alloc(16)
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    view.setUint32(0, 0x0807_4b50, true)
    view.setUint32(4, crc, true)
    view.setUint32(8, compressed, true)
    view.setUint32(12, size, true)
    return bytes
  }

  const listed = ({ name, offset, crc, size, compressed }: Omit<Entry, "deflate">) => {
    const bytes = Buffer.alloc(46 + name.length)
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    view.setUint32(0, 0x0201_4b50, true)
    view.setUint16(4, 20, true)
    common(view, 6, stamp)
    view.setUint32(16, crc, true)
    view.setUint32(20, compressed, true)
    view.setUint32(24, size, true)
    view.setUint16(28, name.length, true)
    view.setUint32(42, offset, true)
    bytes.set(name, 46)
    return bytes
  }

  const end = Effect.suspend(() => {
    const start = written
    const directory = Buffer.concat(entries.map(listed))
    const bytes = Buffer.alloc(22)
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    view.setUint32(0, 0x0605_4b50, true)
    view.setUint16(8, entries.length, true)
    view.setUint16(10, entries.length, true)
    view.setUint32(12, directory.length, true)
    view.setUint32(16, start, true)
    return taken(Buffer.concat([directory, bytes]))
  })

  return {
    open: (name) =>
      Effect.suspend(() => {
        const text = Buffer.from(name)
        open = { name: text, offset: written, deflate: createDeflateRaw({ level }), crc: 0, size: 0, compressed: 0 }
        return taken(header(text))
      }),
    write: (bytes) =>
      Effect.suspend(() => {
        const entry = open
        if (entry === undefined || bytes.length === 0) return Effect.succeed(new Uint8Array())
        entry.crc = crc32(bytes, entry.crc)
        entry.size += bytes.length
        if (entry.size >= limit) return Effect.fail(tooLarge)
        return Effect.flatMap(
          through(entry, (done) => entry.deflate.write(bytes, done)),
          taken
        )
      }),
    close: Effect.suspend(() => {
      const entry = open
      if (entry === undefined) return Effect.succeed(new Uint8Array())
      open = undefined
      const rest = through(entry, (done) => entry.deflate.once("end", done).end())
      return Effect.flatMap(rest, (bytes) => {
        entries.push(entry)
        return taken(Buffer.concat([bytes, descriptor(entry)]))
      })
    }),
    end,
    entryBytes: () => open?.size ?? 0
  }
}
