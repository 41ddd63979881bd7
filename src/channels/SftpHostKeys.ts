/**
 * Which key each SFTP server showed when we met it first. A server that shows another one later may be somebody else's;
 * nothing is sent to it before an operator has forgotten the first. Kept in the database, so that every machine of an
 * installation knows a server by the same key, and named as OpenSSH's known_hosts names it, to compare with `ssh-keyscan`.
 *
 * A key is committed before it is trusted; two processes that meet a server at the same time trust the same key. `find`
 * and `pin` reject with `SqlError`, `list` and `forget` fail with `HostKeyError`; then nothing was kept or forgotten.
 */
import { createHash, timingSafeEqual } from "node:crypto"
import { Clock, Data, Effect } from "effect"
import * as Audit from "../audit/Audit.ts"
import { isRetryable } from "../engine/Failure.ts"
import * as SftpHostKeyQueries from "./SftpHostKeyQueries.ts"

export class HostKeyError extends Data.TaggedError("HostKeyError")<{
  readonly reason: { readonly _tag: "Unavailable"; readonly isRetryable: boolean; readonly whoActs: "operator" }
  readonly cause: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return "The host keys could not be read or changed"
  }
}

/** Promises, because the SSH library asks in the middle of its handshake. */
export interface HostKeys {
  /** The key a server is known by; undefined when we never met it. */
  readonly find: (host: string, port: number) => Promise<Uint8Array | undefined>
  /** Remembers the key of a server met for the first time. Gives the key it is known by, should another process have been faster. */
  readonly pin: (host: string, port: number, key: Uint8Array) => Promise<Uint8Array>
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

/** As in known_hosts: in lower case, and the port only when it is not the usual one. */
export const nameOf = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`

/** The keys that the database of this context keeps. */
export const make = Effect.gen(function* () {
  const queries = yield* SftpHostKeyQueries.make
  const audit = yield* Audit.make
  const run = Effect.runPromiseWith(yield* Effect.context())
  const now = Effect.map(Clock.currentTimeMillis, (millis) => new Date(millis))

  const keys: HostKeys = {
    find: (host, port) => run(queries.find(nameOf(host, port))),
    pin: (host, port, key) => run(Effect.flatMap(now, (at) => queries.pin({ server: nameOf(host, port), key, at })))
  }

  const failed = (cause: unknown) =>
    new HostKeyError({ reason: { _tag: "Unavailable", isRetryable: isRetryable(cause), whoActs: "operator" }, cause })

  /** Forgets a server, by its name in known_hosts; the next key it shows is kept. False when it is not known. */
  const forget = Effect.fn("SftpHostKeys.forget")(
    function* (server: string, by: { readonly actor: string; readonly why: string }) {
      const at = yield* now
      const key = yield* queries.forget(server)
      if (key === undefined) return false
      const was = { key: print(key), fingerprint: fingerprint(key) }
      yield* audit.record([{ act: "host-key.forgotten", subject: server, before: was }], { ...by, at })
      return true
    },
    queries.together,
    Effect.mapError(failed)
  )

  return { keys, list: Effect.mapError(queries.list, failed), forget }
})
