/**
 * What can go wrong between us and an SFTP server, said so that whoever reads it knows what to do. SFTP has only nine
 * status codes (draft-ietf-secsh-filexfer-02, 7) and OpenSSH answers a full disk, a quota and a name that is taken all
 * with "Failure", so the operation that failed is part of every message.
 */
import { Predicate } from "effect"
import { ChannelError, type ChannelReason } from "../engine/Channel.ts"

export const unavailable: ChannelReason = { _tag: "Unavailable", isRetryable: true, whoActs: "nobody" }
export const timeout: ChannelReason = { _tag: "Timeout", isRetryable: true, whoActs: "nobody" }
export const blocked: ChannelReason = { _tag: "Blocked", isRetryable: true, whoActs: "operator" }
export const refused: ChannelReason = { _tag: "Refused", isRetryable: true, whoActs: "operator" }
export const untrusted: ChannelReason = { _tag: "Untrusted", isRetryable: true, whoActs: "operator" }
export const conflict: ChannelReason = { _tag: "Conflict", isRetryable: false, whoActs: "operator" }
export const noDestination: ChannelReason = { _tag: "NoDestination", isRetryable: false, whoActs: "operator" }

/** Status codes of an SFTP answer. */
export const status = { eof: 1, noSuchFile: 2, permissionDenied: 3, failure: 4, unsupported: 8 } as const

export const codeOf = (error: unknown): number | string | undefined => {
  if (!Predicate.hasProperty(error, "code")) return undefined
  return typeof error.code === "number" || typeof error.code === "string" ? error.code : undefined
}

/** Nothing lies there. */
export const isGone = (error: unknown): boolean => codeOf(error) === status.noSuchFile

export const make = (message: string, reason: ChannelReason, cause?: unknown): ChannelError =>
  new ChannelError({ channel: "sftp", message, reason, cause })

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const hints: Readonly<Record<number, string>> = {
  [status.noSuchFile]: "there is no such file or folder on the server",
  [status.permissionDenied]: "the server does not permit it",
  [status.failure]: "the server failed to do it; its disk or the account's quota may be full",
  [status.unsupported]: "the server does not know this operation"
}

/**
 * What a step on a standing connection failed with. An answer of the server is for an operator; anything else means that
 * the connection is gone, which passes.
 */
export const ofStep = (what: string, cause: unknown): ChannelError => {
  if (cause instanceof ChannelError) return cause
  const code = codeOf(cause)
  const hint = typeof code === "number" ? hints[code] : undefined
  return hint === undefined
    ? make(`cannot ${what}: ${textOf(cause)}`, unavailable, cause)
    : make(`cannot ${what}: ${hint}`, blocked, cause)
}

/** What the network said when no connection could be opened; host names that do not exist are for an operator. */
export const ofSocket = (where: string, cause: unknown): ChannelError => {
  switch (codeOf(cause)) {
    case "ECONNREFUSED":
      return make(`${where} refuses connections: nothing listens there`, unavailable, cause)
    case "ENOTFOUND":
      return make(`there is no host of the name in ${where}`, blocked, cause)
    default:
      return make(`${where} cannot be reached: ${textOf(cause)}`, unavailable, cause)
  }
}

const levelOf = (error: unknown): string =>
  Predicate.hasProperty(error, "level") && typeof error.level === "string" ? error.level : ""

/** What the SSH handshake or the login failed with. */
export const ofHandshake = (where: string, user: string, cause: unknown): ChannelError => {
  const text = textOf(cause)
  if (levelOf(cause) === "client-authentication") {
    return make(`${where} does not let "${user}" in: wrong user name, password or key`, refused, cause)
  }
  if (levelOf(cause) === "client-timeout") return make(`${where} does not answer: ${text}`, timeout, cause)
  if (/no matching|key exchange/iu.test(text)) {
    return make(`${where} and we have no common way to encrypt: ${text}`, refused, cause)
  }
  if (/parse privateKey/iu.test(text)) {
    const why = text.replace(/^.*parse privateKey: ?/iu, "")
    return make(
      `the private key for ${where} cannot be used: ${why}; is it one, and is its passphrase right?`,
      refused,
      cause
    )
  }
  if (/subsystem|unable to start/iu.test(text)) return make(`${where} offers no SFTP: ${text}`, refused, cause)
  return make(`${where} ended the connection: ${text}`, unavailable, cause)
}
