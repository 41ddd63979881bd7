/**
 * What a RabbitMQ channel is told: the broker, the queues it takes messages from, each with the company that is
 * authenticated by it, and the exchanges it publishes to. `Options` is the shape for a configuration file; everything
 * that may be left out has a default here, with its reason.
 */
import { Redacted, Schema } from "effect"
import * as Channels from "./Channels.ts"
import * as FileNames from "./FileNames.ts"

/** AMQP names are short strings: at most 255 bytes. */
const Name = Schema.NonEmptyString.check(
  Schema.makeFilter((name) => Buffer.byteLength(name) <= 255 || "at most 255 bytes")
)
const Company = Schema.String.check(
  Schema.makeFilter((key) => FileNames.isCompanyFolder(key) || "the key of a company: a-z, 0-9 and -")
)
const Type = Schema.String.check(
  Schema.makeFilter((type) => FileNames.isTypeFolder(type) || "a message type, such as SNX_TRANSFER")
)
const Seconds = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3600 }))

/** A queue that messages are taken from. Whoever may publish to it speaks for the company. */
export const Inbox = Schema.Struct({
  queue: Name,
  company: Company,
  /** Type of messages that do not say theirs. */
  type: Schema.optionalKey(Type),
  /**
   * Whether Throughline declares the queue: durable, quorum, one active consumer, dead-lettering. Default true; false
   * for a queue that somebody else declares and Throughline only reads.
   */
  declare: Schema.optionalKey(Schema.Boolean)
})
export interface Inbox extends Schema.Schema.Type<typeof Inbox> {}

/** Where messages for a company are published. */
export const Outbox = Schema.Struct({
  company: Company,
  /** Only those of its link with this company. */
  with: Schema.optionalKey(Company),
  /** Default `throughline.out`. Empty: the default exchange, whose routing key is the name of a queue. */
  exchange: Schema.optionalKey(Schema.String),
  /** `{company}`, `{with}` and `{type}` stand for themselves. Default `{company}.{type}`, `{company}.{with}.{type}`. */
  routingKey: Schema.optionalKey(Name),
  /** The queue that is bound to it when Throughline declares. Default `throughline.out.<company>` (`.<with>`). */
  queue: Schema.optionalKey(Name),
  /** Whether Throughline declares topic exchange, quorum queue and binding. Default true. */
  declare: Schema.optionalKey(Schema.Boolean)
})
export interface Outbox extends Schema.Schema.Type<typeof Outbox> {}

/** What an outbox is kept by: its company, and the link where it is for one only. */
export const addressOf = (outbox: Outbox): string => Channels.addressOf({ ...outbox, other: outbox.with })

export const Options = Schema.Struct({
  /** Of the channel, as destinations and the journal call it. Default `amqp`. */
  name: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^[a-z][a-z0-9-]{0,31}$/u))),
  /** `amqp://host:5672/vhost` or `amqps://...`. */
  url: Schema.String.check(
    Schema.makeFilter((url) => parseUrl(url) !== undefined || "an address like amqps://broker.example:5671/vhost")
  ),
  /** Taken from the address when not given here; `guest` when it is nowhere. */
  username: Schema.optionalKey(Schema.String),
  password: Schema.optionalKey(Schema.RedactedFromValue(Schema.String)),
  /** PEM texts for `amqps:`; the system's authorities without them. */
  tls: Schema.optionalKey(
    Schema.Struct({
      ca: Schema.optionalKey(Schema.String),
      cert: Schema.optionalKey(Schema.String),
      key: Schema.optionalKey(Schema.RedactedFromValue(Schema.String))
    })
  ),
  consumes: Schema.optionalKey(Schema.Array(Inbox)),
  delivers: Schema.optionalKey(Schema.Array(Outbox)),
  /** Exchange and queue for what cannot even be journaled. Default: both `throughline.dead`. */
  deadLetter: Schema.optionalKey(Name),
  /**
   * Messages of one queue in memory at a time, at most. Default 16: they are committed one after another, so that many
   * are enough not to wait for the broker. RabbitMQ knows no limit in bytes.
   */
  prefetch: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 2000 }))),
  /** Seconds between signs of life; a peer is dead after two without. Default 10, so that work goes on within 30. */
  heartbeat: Schema.optionalKey(Seconds),
  /** Seconds until a broker that accepts and says nothing counts as away. Default 10. */
  connectTimeout: Schema.optionalKey(Seconds),
  /** Seconds to wait for the confirmation of a message. Default 15: a quorum that lost its leader needs five. */
  confirmTimeout: Schema.optionalKey(Seconds),
  /** Most bytes of a message that are kept; of a larger one, this many and one are journaled with its true size. */
  sizeLimit: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0)))
})
export interface Options extends Schema.Schema.Type<typeof Options> {}

/** Options with every default filled in. */
export interface Settings extends Required<Omit<Options, "username" | "password" | "tls">> {
  readonly tls: Options["tls"]
  /** Where the broker is, without credentials: for logs and errors. */
  readonly broker: string
  readonly credentials: { readonly username: string; readonly password: Redacted.Redacted }
  readonly address: Address
}

export interface Address {
  readonly protocol: "amqp" | "amqps"
  readonly hostname: string
  readonly port: number
  /** Percent-encoded, as amqplib wants it; empty for `/`. */
  readonly vhost: string
}

function parseUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url !== undefined && /^amqps?:$/u.test(url.protocol) && url.hostname !== "" ? url : undefined
}

export const settings = (options: Options): Settings => {
  const url = parseUrl(options.url) ?? new URL("amqp://localhost")
  const protocol = url.protocol === "amqps:" ? "amqps" : "amqp"
  const port = url.port === "" ? (protocol === "amqps" ? 5671 : 5672) : Number(url.port)
  const address: Address = {
    protocol,
    hostname: url.hostname.replace(/^\[|\]$/gu, ""),
    port,
    vhost: url.pathname.slice(1)
  }
  const username = options.username ?? (url.username === "" ? "guest" : decodeURIComponent(url.username))
  const inUrl = url.password === "" && username === "guest" ? "guest" : decodeURIComponent(url.password)
  return {
    name: options.name ?? "amqp",
    url: `${protocol}://${url.hostname}:${port}/${address.vhost}`,
    broker: `${protocol}://${url.hostname}:${port}/${address.vhost}`,
    address,
    credentials: { username, password: options.password ?? Redacted.make(inUrl) },
    tls: options.tls,
    consumes: options.consumes ?? [],
    delivers: options.delivers ?? [],
    deadLetter: options.deadLetter ?? "throughline.dead",
    prefetch: options.prefetch ?? 16,
    heartbeat: options.heartbeat ?? 10,
    connectTimeout: options.connectTimeout ?? 10,
    confirmTimeout: options.confirmTimeout ?? 15,
    sizeLimit: options.sizeLimit ?? 64 * 1024 * 1024
  }
}
