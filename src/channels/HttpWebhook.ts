/**
 * Hands a document to a partner's own HTTP server: one POST of its exact bytes, with what identifies it in headers. The
 * same document always comes with the same `Idempotency-Key`, so that the partner can tell a repetition.
 *
 * Any 2xx answer is a success. What may pass is `Unavailable` (no connection, 408, 425, 429, 5xx) or `Timeout`; what an
 * operator has to mend is `Refused` (401, 403) or `Blocked` (an unknown address, a redirection, a certificate that is not
 * trusted); a document that the partner will not have (400, 409, 413, 415, 422) is `Rejected`. Redirections are not followed: documents go where the
 * configuration says.
 */
import { createHmac } from "node:crypto"
import { Duration, Effect, Predicate, Redacted } from "effect"
import { ChannelError, type ChannelReason, type OutgoingFile } from "../engine/Channel.ts"

export interface Webhook {
  /** `https://...`; `http://` for tests and private networks. */
  readonly url: string
  /** Sent as `Authorization: Bearer ...`. */
  readonly token?: Redacted.Redacted | undefined
  /** Signs the bytes: `Throughline-Signature: sha256=` and the HMAC-SHA256 in hexadecimal. */
  readonly signingKey?: Redacted.Redacted | undefined
  /** Without an answer for so long the attempt has failed. Default 30 s. */
  readonly timeout?: Duration.Duration | undefined
}

const defaultTimeout = Duration.seconds(30)

const unavailable: ChannelReason = { _tag: "Unavailable", isRetryable: true, whoActs: "nobody" }
const blocked: ChannelReason = { _tag: "Blocked", isRetryable: true, whoActs: "operator" }
const rejected: ChannelReason = { _tag: "Rejected", isRetryable: false, whoActs: "operator" }

const problem = (reason: ChannelReason, message: string, cause?: unknown) =>
  new ChannelError({ channel: "http", reason, message, cause })

const timedOut: ChannelReason = { _tag: "Timeout", isRetryable: true, whoActs: "nobody" }
const turnedAway: ChannelReason = { _tag: "Refused", isRetryable: true, whoActs: "operator" }

const reasons: Readonly<Record<number, ChannelReason>> = {
  400: rejected,
  401: turnedAway,
  403: turnedAway,
  408: unavailable,
  409: rejected,
  413: rejected,
  415: rejected,
  422: rejected,
  425: unavailable,
  429: unavailable
}

export const reasonOf = (status: number): ChannelReason => reasons[status] ?? (status >= 500 ? unavailable : blocked)

const types: ReadonlyArray<readonly [RegExp, string]> = [
  [/\.xml$/iu, "application/xml"],
  [/\.json$/iu, "application/json"],
  [/\.txt$/iu, "text/plain; charset=utf-8"]
]

/** The media type a file name speaks of; without one, bytes. */
export const mediaType = (fileName: string): string =>
  types.find(([pattern]) => pattern.test(fileName))?.[1] ?? "application/octet-stream"

/** Names the file in a header, in the two forms of RFC 6266. */
export const disposition = (fileName: string): string => {
  const plain = fileName.replace(/[^\x20-\x7e]|["\\]/gu, "_")
  const encoded = encodeURIComponent(fileName.toWellFormed()).replace(
    /['()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}

/** What the network said, e.g. `ECONNREFUSED`. */
export const networkReason = (cause: unknown): string => {
  const inner = Predicate.hasProperty(cause, "cause") ? cause.cause : cause
  if (Predicate.hasProperty(inner, "code") && typeof inner.code === "string") return inner.code
  return inner instanceof Error ? inner.message : String(inner)
}

/** What Node says of certificates that are not signed by anybody known, are over, or are for another name. */
const ofCertificate = /CERT|SIGNATURE|ISSUER|CRL|_CA$|^ERR_(?:SSL|TLS)_|^EPROTO$/u

/** Why no answer came: what may pass, or a TLS connection that is not to be trusted or not to be had, which somebody mends. */
export const unreached = (host: string, cause: unknown): ChannelError => {
  const code = networkReason(cause)
  return ofCertificate.test(code)
    ? problem(blocked, `${host} cannot be trusted: no TLS connection, ${code}`, cause)
    : problem(unavailable, `${host} cannot be reached: ${code}`, cause)
}

/** How we show who we are. */
export const authorization = ({ token }: Webhook): Readonly<Record<string, string>> =>
  token === undefined ? {} : { authorization: `Bearer ${Redacted.value(token)}` }

/** Longest part of an answer that is kept for the operator, in characters. */
const keptAnswer = 300

/** Bytes of an answer that are read, and for how long; the status says all that counts, and it is there by then. */
const readAnswer = 4096
const readAnswerFor = 1000

/**
 * The beginning of an answer's text. Reading a short one to its end lets the connection serve the next document; what is
 * longer or slower is cut off, whatever a partner streams.
 */
export const beginningOf = async ({ body }: Response): Promise<string> => {
  if (body === null) return ""
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ""
  let size = 0
  const cancel = () => void reader.cancel().catch(() => undefined)
  const late = setTimeout(cancel, readAnswerFor)
  try {
    while (size < readAnswer) {
      const { done, value } = await reader.read()
      if (done) return text
      size += value.length
      text += decoder.decode(value.subarray(0, readAnswer), { stream: true })
    }
  } catch {
    // What is wrong with the rest of an answer changes nothing about its status.
  } finally {
    clearTimeout(late)
    cancel()
  }
  return text
}

export const deliver = Effect.fn("HttpWebhook.deliver")(function* (webhook: Webhook, file: OutgoingFile) {
  const { bytes, fileName, messageId, controlNumber, type } = file
  const { signingKey, timeout = defaultTimeout } = webhook
  const host = new URL(webhook.url).host
  const signature =
    signingKey === undefined ? undefined : createHmac("sha256", Redacted.value(signingKey)).update(bytes).digest("hex")
  const headers = {
    "content-type": mediaType(fileName),
    "content-disposition": disposition(fileName),
    "idempotency-key": `${messageId}`,
    "throughline-message-id": `${messageId}`,
    "throughline-message-type": type,
    "throughline-control-number": encodeURIComponent(controlNumber.toWellFormed()),
    ...authorization(webhook),
    ...(signature === undefined ? {} : { "throughline-signature": `sha256=${signature}` })
  }

  const answer = yield* Effect.tryPromise({
    try: async (signal) => {
      // A copy: `fetch` wants bytes of a buffer that is its own.
      const body = new Uint8Array(bytes)
      const response = await fetch(webhook.url, { method: "POST", body, headers, redirect: "manual", signal })
      const text = await beginningOf(response)
      return { status: response.status, text: text.slice(0, keptAnswer).replace(/\s+/gu, " ").trim() }
    },
    catch: (cause) => unreached(host, cause)
  }).pipe(
    Effect.timeoutOrElse({
      duration: timeout,
      orElse: () => Effect.fail(problem(timedOut, `${host} did not answer in ${Duration.format(timeout)}`))
    })
  )
  if (answer.status >= 200 && answer.status < 300) return
  const said = answer.text === "" ? "" : `: ${answer.text}`
  return yield* problem(reasonOf(answer.status), `${host} answered ${answer.status}${said}`)
})
