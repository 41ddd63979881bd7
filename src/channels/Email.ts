/**
 * Sends e-mail through a mail server (SMTP). By default it insists on TLS: `starttls` upgrades the connection and gives up
 * where that is not offered, `tls` begins with it, `none` is for a server on the same machine.
 *
 * `send` returns when the server has taken the mail, and fails with `EmailError`; `verify` connects, logs in, and sends
 * nothing. Both end within a minute whatever the server does.
 */

import { Data, Duration, Effect, Predicate, Redacted } from "effect"
import { createTransport } from "nodemailer"
import type { Server } from "./EmailOptions.ts"

export type EmailReason =
  /** No server, or it is not well. */
  | { readonly _tag: "Unavailable"; readonly isRetryable: true; readonly whoActs: "nobody" }
  /** It does not let us in, shows a certificate that is not valid, or knows no such address. */
  | { readonly _tag: "Refused"; readonly isRetryable: false; readonly whoActs: "operator" }
  /** It will not have this mail: too large, or something in it. */
  | { readonly _tag: "Unwanted"; readonly isRetryable: false; readonly whoActs: "operator" }

export class EmailError extends Data.TaggedError("EmailError")<{
  readonly reason: EmailReason
  readonly message: string
  readonly cause: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
}

export interface Attachment {
  readonly fileName: string
  readonly contentType: string
  readonly bytes: Uint8Array
}

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
  /** Without angle brackets. The same mail sent again has the same one, so that mail servers can drop it. */
  readonly messageId: string
  readonly attachments: ReadonlyArray<Attachment>
}

export interface Mailer {
  readonly send: (mail: Mail) => Effect.Effect<void, EmailError>
  readonly verify: Effect.Effect<void, EmailError>
}

const usualPorts = { starttls: 587, tls: 465, none: 25 } as const

const connectWithin = Duration.seconds(10)
const silentFor = Duration.seconds(20)
const allWithin = Duration.seconds(55)

const codeOf = (cause: unknown, name: string): unknown => (Predicate.hasProperty(cause, name) ? cause[name] : undefined)

/** "Exceeded storage allocation" (RFC 5321, 4.2.3): of the mail, also where it is said of the envelope (RFC 1870). */
const tooLarge = 552

/** What is said of a certificate that is not accepted; the library puts a code of its own in place of Node's. */
const ofCertificate = /certificate|altnames/iu

const reasonOf = (cause: unknown): EmailReason => {
  const [code, response] = [codeOf(cause, "code"), codeOf(cause, "responseCode")]
  const refused: EmailReason = { _tag: "Refused", isRetryable: false, whoActs: "operator" }
  if (code === "EAUTH") return refused
  if (typeof response === "number" && response >= 500) {
    const isOfMail = code !== "EENVELOPE" || response === tooLarge
    return isOfMail ? { _tag: "Unwanted", isRetryable: false, whoActs: "operator" } : refused
  }
  if (cause instanceof Error && ofCertificate.test(cause.message)) return refused
  return { _tag: "Unavailable", isRetryable: true, whoActs: "nobody" }
}

const failure = (where: string) => (cause: unknown) =>
  new EmailError({
    reason: reasonOf(cause),
    message: `the mail server ${where}: ${cause instanceof Error ? cause.message : String(cause)}`,
    cause
  })

/** One line without control characters: what partners wrote must not become a header. */
const headerText = (text: string): string => text.replace(/\p{Cc}+/gu, " ").slice(0, 200)

export const make = (server: Server): Mailer => {
  const security = server.security ?? "starttls"
  const port = server.port ?? usualPorts[security]
  const where = `${server.host}:${port}`
  const transport = createTransport({
    host: server.host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    connectionTimeout: Duration.toMillis(connectWithin),
    greetingTimeout: Duration.toMillis(connectWithin),
    socketTimeout: Duration.toMillis(silentFor),
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(server.ca === undefined ? {} : { tls: { ca: server.ca } }),
    ...(server.username === undefined
      ? {}
      : {
          auth: {
            user: server.username,
            pass: server.password === undefined ? "" : Redacted.value(server.password)
          }
        })
  })

  const within = <A>(attempt: () => Promise<A>) =>
    Effect.tryPromise({ try: attempt, catch: failure(where) }).pipe(
      Effect.timeoutOrElse({
        duration: allWithin,
        orElse: () => Effect.fail(failure(where)(new Error("it did not answer in time")))
      }),
      Effect.asVoid
    )

  return {
    send: ({ to, subject, text, messageId, attachments }) =>
      within(() =>
        transport.sendMail({
          from: server.from,
          to,
          subject: headerText(subject),
          text,
          messageId: `<${messageId}>`,
          // Out-of-office answers to a machine help nobody (RFC 3834).
          headers: { "Auto-Submitted": "auto-generated" },
          attachments: attachments.map(({ fileName, contentType, bytes }) => ({
            filename: headerText(fileName),
            contentType,
            content: Buffer.from(bytes)
          }))
        })
      ),
    verify: within(() => transport.verify())
  }
}
