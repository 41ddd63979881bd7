/**
 * How a pool makes numbers: the n-th number of a template, for sequential and random ones. The same pool and counter
 * give the same number on every machine, and no two counters the same number, so a pool's whole memory is how many it
 * has given. Numbers of list pools come from the repository instead.
 *
 * A random pool is a permutation of its counter: a Feistel network over the two halves of the decimal digits, as in
 * NIST SP 800-38G (FF1), with AES under the pool's key as round function. Decimal halves make it a permutation of exactly
 * the numbers of that length. Without the key the next number cannot be told from the ones given out; with fewer than
 * six digits there is little to hide it among.
 */
import { createCipheriv, createHash } from "node:crypto"
import { Result } from "effect"
import * as Gs1 from "../formats/Gs1.ts"
import type { Pool } from "../partners/World.ts"
import { type Encoding, encodingOf, parse, prefixOf, print } from "./SerialNumber.ts"

/** Numbers of a pool by counter, from 0 to `capacity` - 1. */
export interface Numbering {
  readonly encoding: Encoding
  /** What all of its numbers begin with (`SerialNumber.prefixOf`). */
  readonly prefix: string
  readonly capacity: number
  /** What follows the prefix, for counters from `first` on. */
  readonly serials: (first: number, count: number) => ReadonlyArray<string>
}

/** FF1 has ten; fewer are not known to be enough. */
const rounds = 10
const blockSize = 16

const power = (digits: number): number => 10 ** digits
const padded = (value: number | bigint, digits: number): string =>
  digits === 0 ? "" : String(value).padStart(digits, "0")

/** A keyed permutation of all numbers with so many digits. */
export const permutation = (key: string, digits: number) => {
  const leftDigits = Math.floor(digits / 2)
  const rightDigits = digits - leftDigits
  const [leftSize, rightSize] = [power(leftDigits), power(rightDigits)]
  const secret = createHash("sha256").update(`throughline random pool 1\n${digits}\n${key}`).digest().subarray(0, 16)

  /** A pseudorandom number for each half, one AES call for all. */
  const pseudorandom = (round: number, halves: Float64Array): Buffer => {
    const blocks = Buffer.alloc(halves.length * blockSize)
    halves.forEach((half, index) => {
      blocks[index * blockSize] = round
      blocks.writeUIntBE(half, index * blockSize + 1, 6)
    })
    return createCipheriv("aes-128-ecb", secret, null).setAutoPadding(false).update(blocks)
  }

  return (first: number, count: number): ReadonlyArray<string> => {
    const left = Float64Array.from({ length: count }, (_, index) => Math.floor((first + index) / rightSize))
    const right = Float64Array.from({ length: count }, (_, index) => (first + index) % rightSize)
    for (let round = 0; round < rounds; round++) {
      const [from, to, size] = round % 2 === 0 ? [right, left, leftSize] : [left, right, rightSize]
      const added = pseudorandom(round, from)
      to.forEach((value, index) => {
        to[index] = (value + added.readUIntBE(index * blockSize, 6)) % size
      })
    }
    return Array.from(left, (value, index) => padded(value, leftDigits) + padded(right[index] ?? 0, rightDigits))
  }
}

/** Digits of a template by counter, before they are put into a number. */
const digitsOf = (template: Exclude<Pool["template"], { readonly kind: "list" }>) => {
  const { digits } = template
  // Counters are JavaScript integers: a pool of more than 16 digits is never emptied.
  const room = digits > 15 ? Number.MAX_SAFE_INTEGER : power(digits)
  if (template.kind === "random") return { capacity: room, texts: permutation(template.key, digits) }
  const { first, last = room - 1 } = template
  return {
    capacity: Math.max(0, Math.min(last, room - 1) - first + 1),
    texts: (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => padded(first + from + index, digits))
  }
}

const unusable = (why: string): Result.Result<never, string> => Result.fail(why)

/** Numbering of a generating pool, or why its template cannot make numbers of its encoding. */
export const numbering = (pool: Pool): Result.Result<Numbering, string> => {
  const { template, packagingCode } = pool
  const encoding = encodingOf(pool.encoding)
  if (encoding === undefined) return unusable(`"${pool.encoding}" is no number encoding`)
  if (template.kind === "list") return unusable("its numbers are a list")
  if (template.digits < 1 || template.digits > 20) return unusable("numbers have 1 to 20 digits")
  const { capacity, texts } = digitsOf(template)
  const letters = template.kind === "random" ? (template.prefix ?? "") : ""
  const code = packagingCode.value
  const make = (prefix: string, serial: (digits: string) => string | undefined): Result.Result<Numbering, string> => {
    const sample = serial(padded(0, template.digits))
    const read = sample === undefined ? undefined : parse(prefix + sample, encoding)
    if (
      sample === undefined ||
      read === undefined ||
      Result.isFailure(read) ||
      print(read.success) !== prefix + sample
    ) {
      return unusable(`${template.digits} digits after "${letters}" make no ${encoding} number of ${code}`)
    }
    const serials = (first: number, count: number) => texts(first, count).map((digits) => serial(digits) ?? "")
    return Result.succeed({ encoding, prefix, capacity, serials })
  }
  if (encoding === "AI(00)") {
    const extensionDigit = pool.extensionDigit ?? "0"
    return make(prefixOf(encoding), (digits) =>
      Gs1.sscc({ extensionDigit, companyPrefix: code, reference: letters + digits })
    )
  }
  if (encoding === "CN-EDMC") return make(prefixOf(encoding), (digits) => code + letters + digits)
  return make(prefixOf(encoding, code), (digits) => letters + digits)
}
