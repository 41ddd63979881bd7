/** A real mail server on loopback that keeps what it is sent, for tests of alerts. */
import type { AddressInfo } from "node:net"
import { Effect, Schema } from "effect"
import { SMTPServer } from "smtp-server"

export interface Caught {
  readonly from: string
  readonly to: ReadonlyArray<string>
  readonly subject: string
  readonly messageId: string
  /** The mail as it came. */
  readonly raw: string
  /** Text of the mail, decoded. */
  readonly text: string
  /** Names and contents of what is attached. */
  readonly attachments: ReadonlyArray<readonly [string, string]>
}

const header = (raw: string, name: string): string => {
  const unfolded = (raw.split("\r\n\r\n")[0] ?? "").replace(/\r\n[ \t]+/gu, " ")
  return new RegExp(`^${name}: (.*)$`, "imu").exec(unfolded)?.[1] ?? ""
}

const decoded = (part: string): string => {
  const [, ...rest] = part.split("\r\n\r\n")
  const body = rest.join("\r\n\r\n")
  const encoding = header(part, "Content-Transfer-Encoding").toLowerCase()
  if (encoding === "base64") return Buffer.from(body, "base64").toString("utf8")
  if (encoding !== "quoted-printable") return body
  return body
    .replace(/=\r\n/gu, "")
    .replace(/=([0-9A-F]{2})/gu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

const parse = (raw: string, from: string, to: ReadonlyArray<string>): Caught => {
  const boundary = /boundary="([^"]+)"/u.exec(header(raw, "Content-Type"))?.[1]
  const parts =
    boundary === undefined
      ? [raw]
      : raw
          .split(`--${boundary}`)
          .slice(1, -1)
          .map((part) => part.trimStart())
  const nameOf = (part: string) => /filename="?([^";\r\n]+)"?/u.exec(header(part, "Content-Disposition"))?.[1]
  return {
    from,
    to,
    subject: header(raw, "Subject"),
    messageId: header(raw, "Message-ID"),
    raw,
    text: decoded(parts[0] ?? ""),
    attachments: parts.flatMap((part) => {
      const name = nameOf(part)
      return name === undefined ? [] : [[name, decoded(part)] as const]
    })
  }
}

export interface Options {
  /** 0 takes a free one. */
  readonly port?: number
  readonly tls?: { readonly key: string; readonly cert: string }
  readonly login?: { readonly username: string; readonly password: string }
}

const Failure = Schema.Struct({ responseCode: Schema.Int })

/** Runs one for as long as the scope. `refuse` makes it turn mails away with this code, `most` those of more bytes. */
export const make = Effect.fnUntraced(function* (options: Options = {}) {
  const catcher = { port: 0, mails: [] as Caught[], refuse: 0, most: Number.POSITIVE_INFINITY, turnedAway: 0 }
  const { tls, login } = options
  const server = new SMTPServer({
    ...(tls === undefined ? {} : tls),
    disabledCommands: [...(tls === undefined ? ["STARTTLS"] : []), ...(login === undefined ? ["AUTH"] : [])],
    authOptional: login === undefined,
    logger: false,
    onAuth: ({ username, password }, _session, done) =>
      username === login?.username && password === login?.password
        ? done(null, { user: username })
        : done(new Error("wrong user or password")),
    onData: (stream, session, done) => {
      const chunks: Array<Buffer> = []
      stream.on("data", (chunk: Buffer) => chunks.push(chunk))
      stream.on("end", () => {
        if (catcher.refuse > 0) {
          return done(Object.assign(new Error("not now"), Failure.make({ responseCode: catcher.refuse })))
        }
        if (Buffer.concat(chunks).length > catcher.most) {
          catcher.turnedAway++
          return done(Object.assign(new Error("too large"), Failure.make({ responseCode: 552 })))
        }
        const from = session.envelope.mailFrom
        const to = session.envelope.rcptTo.map(({ address }) => address)
        catcher.mails.push(parse(Buffer.concat(chunks).toString("utf8"), from === false ? "" : from.address, to))
        done()
      })
    }
  })
  server.on("error", () => {})
  yield* Effect.acquireRelease(
    Effect.promise(
      () => new Promise<void>((resolve) => void server.listen(options.port ?? 0, "127.0.0.1", () => resolve()))
    ),
    () => Effect.promise(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  )
  const address: AddressInfo | string | null = server.server.address()
  catcher.port = typeof address === "object" && address !== null ? address.port : 0
  return catcher
})
