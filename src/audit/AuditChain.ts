/**
 * The chain of hashes that the audit trail is: each entry's hash is SHA-256 over the hash before it and the entry's own
 * text, so that nobody changes, removes, inserts or moves an entry without breaking every link behind it. `walk` finds
 * the first broken one.
 *
 * Pure. What it cannot see is a trail rewritten from some entry to its end; a hash noted elsewhere shows that too
 * (`throughline audit --verify --expect N:HASH`).
 */
import { createHash } from "node:crypto"

/** What stands before the first entry. */
export const origin: Uint8Array = new Uint8Array(32)

/** One link as it is stored. */
export interface Link {
  readonly n: number
  readonly content: string
  readonly hash: Uint8Array
}

/** Where the chain ends, by the row that says so. */
export interface Head {
  readonly n: number
  readonly hash: Uint8Array
}

/** The first thing wrong with a chain. */
export interface Broken {
  readonly n: number
  readonly what: string
}

export const hashOf = (before: Uint8Array, content: string): Uint8Array =>
  new Uint8Array(createHash("sha256").update(before).update(content, "utf8").digest())

export const hex = (hash: Uint8Array): string => Buffer.from(hash).toString("hex")

/** The number an entry's text gives itself. */
const numberIn = (content: string): number | undefined => {
  const [, n] = /^\{"n":(\d+),/u.exec(content) ?? []
  return n === undefined ? undefined : Number(n)
}

/** Walks a chain from `head` on; gives where it got to, or what is broken. */
export const walk = (from: Head, links: ReadonlyArray<Link>): Head | Broken => {
  let { n, hash } = from
  for (const link of links) {
    n += 1
    if (link.n !== n) return { n, what: "is missing" }
    const own = numberIn(link.content)
    if (own !== n) return { n, what: own === undefined ? "is not an entry any more" : `is entry ${own} in its place` }
    const expected = hashOf(hash, link.content)
    if (hex(expected) !== hex(link.hash)) return { n, what: "was changed, or what was before it" }
    hash = expected
  }
  return { n, hash }
}

/** Whether a whole chain ends where its head says. */
export const ends = (reached: Head, head: Head): Broken | undefined => {
  if (reached.n < head.n) return { n: reached.n + 1, what: "is missing, and everything after it" }
  if (reached.n > head.n) return { n: head.n + 1, what: "is more than the trail knows of" }
  return hex(reached.hash) === hex(head.hash) ? undefined : { n: head.n, what: "is not the one the trail ended with" }
}

export const isBroken = (result: Head | Broken): result is Broken => "what" in result
