/**
 * Which key each SFTP server showed when we met it first. A server that shows another one later may be somebody else's;
 * nothing is sent to it. One file a server in a folder of ours, a line of OpenSSH's known_hosts format, so that an
 * operator can compare it with what `ssh-keyscan` says, and forget a server by deleting its file.
 *
 * A key is on disk, whole, before it is trusted; two processes that meet a server at the same time trust the same key.
 */
import { createHash, randomUUID, timingSafeEqual } from "node:crypto"
import { link, mkdir, open, readFile, unlink } from "node:fs/promises"
import { join } from "node:path"
import * as FileNames from "./FileNames.ts"

export interface HostKeys {
  /** The key a server is known by; undefined when we never met it. */
  readonly find: (host: string, port: number) => Promise<Uint8Array | undefined>
  /** Remembers the key of a server met for the first time. Gives the key it is known by, should another process have been faster. */
  readonly pin: (host: string, port: number, key: Uint8Array) => Promise<Uint8Array>
  /** Where the key of a server is kept, for people. */
  readonly place: (host: string, port: number) => string
}

/** The first field of a key's wire format (RFC 4253, 6.6): its algorithm. */
export const typeOf = (key: Uint8Array): string => {
  const buffer = Buffer.from(key.buffer, key.byteOffset, key.byteLength)
  return buffer.length < 4 ? "" : buffer.toString("latin1", 4, 4 + Math.min(buffer.readUInt32BE(0), 64))
}

/** As OpenSSH prints it. */
export const fingerprint = (key: Uint8Array): string =>
  `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/u, "")}`

/** A key as text: `ssh-ed25519 AAAA...`. */
export const print = (key: Uint8Array): string => `${typeOf(key)} ${Buffer.from(key).toString("base64")}`

export const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b)

/** True when a key is the one that a configuration names, by its fingerprint or in full. */
export const isNamed = (key: Uint8Array, named: string): boolean => {
  const [first = "", second = ""] = named.trim().split(/\s+/u)
  return first.startsWith("SHA256:")
    ? fingerprint(key) === first.replace(/=+$/u, "")
    : `${first} ${second}` === print(key)
}

/** The key that a configuration names in full; undefined when it names a fingerprint. */
export const named = (text: string): Uint8Array | undefined => {
  const [type = "", base64 = ""] = text.trim().split(/\s+/u)
  return type.startsWith("SHA256:") ? undefined : Buffer.from(base64, "base64")
}

/** Algorithms that sign with a key of a type. */
const signatures = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
  "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"]
} as const

type Signature = (typeof signatures)[keyof typeof signatures][number]

const isKnownType = (type: string): type is keyof typeof signatures => Object.hasOwn(signatures, type)

/** What to ask a server for whose key is known: it may have several, and would show the one it likes best. */
export const asked = (key: Uint8Array): Array<Signature> => {
  const type = typeOf(key)
  return isKnownType(type) ? [...signatures[type]] : []
}

/** As in known_hosts: the port is only written when it is not the usual one. */
const nameOf = (host: string, port: number): string => (port === 22 ? host : `[${host}]:${port}`)

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code

/** Keys kept in a folder, made when the first is stored. */
export const inFolder = (folder: string): HostKeys => {
  const place = (host: string, port: number) => join(folder, FileNames.safe(`${host.toLowerCase()}_${port}`))

  const find = async (host: string, port: number): Promise<Uint8Array | undefined> => {
    const path = place(host, port)
    const text = await readFile(path, "utf8").catch((error) => {
      if (isCode(error, "ENOENT")) return undefined
      throw error
    })
    if (text === undefined) return undefined
    const [, type = "", base64 = ""] = text.trim().split(/\s+/u)
    const key = Buffer.from(base64, "base64")
    if (key.length === 0 || typeOf(key) !== type) throw new Error(`${path} holds no host key; delete it or mend it`)
    return key
  }

  const pin = async (host: string, port: number, key: Uint8Array): Promise<Uint8Array> => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const temporary = join(folder, `.${randomUUID()}.tmp`)
    try {
      const file = await open(temporary, "wx", 0o600)
      try {
        await file.writeFile(`${nameOf(host, port)} ${print(key)}\n`)
        await file.sync()
      } finally {
        await file.close()
      }
      // A link, not a rename: it fails when the server was met by another process meanwhile.
      await link(temporary, place(host, port))
    } catch (error) {
      const known = isCode(error, "EEXIST") ? await find(host, port) : undefined
      if (known === undefined) throw error
      return known
    } finally {
      await unlink(temporary).catch(() => undefined)
    }
    return key
  }

  return { find, pin, place }
}
