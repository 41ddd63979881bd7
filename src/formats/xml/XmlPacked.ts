/**
 * Long columns of short strings as one block of bytes: items end with a zero byte, which XML text cannot contain, and an
 * item that is absent holds a one byte, which it cannot contain either. Workers hand blocks over without copying; the
 * receiver decodes them in one go. Packing collapses white space on the way where asked.
 */

export interface Packed {
  readonly count: number
  /** Decodes as Latin-1, which is faster. */
  readonly ascii: boolean
  readonly bytes: Uint8Array<ArrayBuffer>
}

const blank = 0x20
const absentMark = 1

/** Collects zero-terminated strings from a heap. */
export class Packer {
  #bytes: Uint8Array<ArrayBuffer>
  #length = 0
  #count = 0
  #high = 0
  /** White space was seen after a character of the current item. */
  #pending = false
  #start = 0

  constructor(capacity = 64) {
    this.#bytes = new Uint8Array(capacity)
  }

  reset(): void {
    this.#length = 0
    this.#count = 0
    this.#high = 0
    this.#pending = false
    this.#start = 0
  }

  /** Adds a zero-terminated string to the current item. */
  add(heap: Uint8Array, from: number, preserve: boolean): void {
    if (from === 0) return
    let bytes = this.#bytes
    let length = this.#length
    for (let at = from; ; at++) {
      const byte = heap[at] ?? 0
      if (byte === 0) break
      // Two free places: one for a blank, one for the byte.
      if (length + 2 > bytes.length) bytes = this.#grow(length)
      if (!preserve && (byte === blank || byte === 9 || byte === 10 || byte === 13)) {
        this.#pending = length > this.#start
        continue
      }
      if (this.#pending) {
        bytes[length++] = blank
        this.#pending = false
      }
      this.#high |= byte
      bytes[length++] = byte
    }
    this.#length = length
  }

  /** Ends the current item. */
  next(): void {
    if (this.#length === this.#bytes.length) this.#grow(this.#length)
    this.#bytes[this.#length++] = 0
    this.#count++
    this.#pending = false
    this.#start = this.#length
  }

  /** An item that is not there. */
  absent(): void {
    if (this.#length === this.#bytes.length) this.#grow(this.#length)
    this.#bytes[this.#length++] = absentMark
    this.next()
  }

  /** The current item alone. */
  text(): string {
    const { buffer, byteOffset } = this.#bytes
    return Buffer.from(buffer, byteOffset, this.#length).toString(this.#high < 0x80 ? "latin1" : "utf8")
  }

  done(): Packed {
    return { count: this.#count, ascii: this.#high < 0x80, bytes: this.#bytes.slice(0, this.#length) }
  }

  #grow(used: number): Uint8Array<ArrayBuffer> {
    const grown = new Uint8Array(Math.max(64, this.#bytes.length * 2))
    grown.set(this.#bytes.subarray(0, used))
    this.#bytes = grown
    return grown
  }
}

const decode = ({ ascii, bytes }: Packed): Array<string> => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(ascii ? "latin1" : "utf8")
  const items = text.split("\0")
  items.pop()
  return items
}

/** The items of a block. */
export const unpack = (packed: Packed): ReadonlyArray<string> => decode(packed)

/** The items of a block in which some may be absent. */
export const unpackSparse = (packed: Packed): ReadonlyArray<string | undefined> =>
  decode(packed).map((item) => (item === "\u{1}" ? undefined : item))
