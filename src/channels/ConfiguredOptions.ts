/**
 * The channels of an installation as its configuration file describes them: partners' SFTP servers, a RabbitMQ broker,
 * companies that use HTTP, a mail server for alerts, and over which of them each company gets its documents, by their
 * type and by the link they are about. What is not described is as it always was: every company has its folder.
 *
 * Decoding fails with all faults at once; what decodes still has to fit together, see ConfiguredFaults.
 */
import { Schema } from "effect"
import * as AmqpOptions from "./AmqpOptions.ts"
import { print } from "./Channels.ts"
import * as EmailOptions from "./EmailOptions.ts"
import * as HttpOptions from "./HttpOptions.ts"
import * as SftpOptions from "./SftpOptions.ts"

export const ways = ["folder", "sftp", "amqp", "http"] as const
const Way = Schema.Literals(ways)
export type Way = typeof Way.Type

const Company = Schema.String.check(
  Schema.isPattern(/^[a-z0-9][a-z0-9-]{0,63}$/u, { message: "must be the key of a company, such as acme-printing" })
)

const Types = Schema.Record(Schema.String, Way)

/** Over which channel documents go, and which types of them over another. */
const OfLink = Schema.Union([Way, Schema.Struct({ channel: Way, types: Schema.optionalKey(Types) })])

/** The same for all documents of a company; and `with` whom it is otherwise, by the company at the other end of a link. */
export const Delivery = Schema.Union([
  Way,
  Schema.Struct({
    /** Default: the only channel that reaches it, else its folder. */
    channel: Schema.optionalKey(Way),
    types: Schema.optionalKey(Types),
    with: Schema.optionalKey(Schema.Record(Company, OfLink))
  })
])

export const Channels = Schema.Struct({
  sftp: Schema.optionalKey(Schema.Array(SftpOptions.Server)),
  /** `wakeups`: spread work over machines through this broker. Default false. */
  amqp: Schema.optionalKey(
    Schema.Struct({ ...AmqpOptions.Options.fields, wakeups: Schema.optionalKey(Schema.Boolean) })
  ),
  http: Schema.optionalKey(Schema.Array(HttpOptions.Partner)),
  email: Schema.optionalKey(EmailOptions.Alerts)
})
export interface Channels extends Schema.Schema.Type<typeof Channels> {}

export const Deliveries = Schema.Record(Company, Delivery)

/** What is configured, with nothing left open. */
export interface Configured {
  readonly channels: Channels
  readonly deliver: typeof Deliveries.Type
}

export const nothing: Configured = { channels: {}, deliver: {} }

/** Something that documents can be delivered to: all of a company's, or those of its link with one other. */
export interface End {
  readonly way: Exclude<Way, "folder">
  readonly company: string
  readonly with?: string | undefined
}

export const ends = ({ channels }: Configured): ReadonlyArray<End> => [
  ...(channels.sftp ?? []).map((end): End => ({ ...end, way: "sftp" })),
  ...(channels.amqp?.delivers ?? []).map((end): End => ({ ...end, way: "amqp" })),
  ...(channels.http ?? []).map((end): End => ({ ...end, way: "http" }))
]

/** The channels with an end of just this address. */
export const waysTo = (configured: Configured, company: string, other: string | undefined): ReadonlyArray<Way> => [
  ...new Set(ends(configured).flatMap((end) => (end.company === company && end.with === other ? [end.way] : [])))
]

export const linksOf = (said: typeof Delivery.Type | undefined) =>
  said === undefined || typeof said === "string" ? {} : (said.with ?? {})

const wayOf = (said: typeof Delivery.Type | undefined, type: string): Way | undefined =>
  typeof said === "string" ? said : (said?.types?.[type] ?? said?.channel)

/**
 * Where documents go: what `deliver` says of the link, else the link's own end, else what `deliver` says of the company,
 * else the company's only channel, else its folder. Over a channel that has an end for the link they go to that one.
 */
export const destination =
  (configured: Configured) =>
  (company: string, type: string, other?: string | undefined): string => {
    const said = configured.deliver[company]
    const own = other === undefined ? [] : waysTo(configured, company, other)
    const way =
      (other === undefined ? undefined : wayOf(linksOf(said)[other], type)) ??
      own[0] ??
      wayOf(said, type) ??
      waysTo(configured, company, undefined)[0] ??
      "folder"
    const channel = way === "amqp" ? (configured.channels.amqp?.name ?? "amqp") : way
    return print({ channel, company, other: own.includes(way) ? other : undefined })
  }

/** Companies that the file speaks of, by their keys. */
export const companies = ({ channels, deliver }: Configured): ReadonlyArray<string> => [
  ...new Set([
    ...[
      ...(channels.sftp ?? []),
      ...(channels.http ?? []),
      ...(channels.amqp?.consumes ?? []),
      ...(channels.amqp?.delivers ?? [])
    ].map(({ company }) => company),
    ...Object.keys(deliver),
    ...[...(channels.sftp ?? []), ...(channels.http ?? []), ...(channels.amqp?.delivers ?? [])].flatMap((end) =>
      end.with === undefined ? [] : [end.with]
    ),
    ...Object.values(deliver).flatMap((said) => Object.keys(linksOf(said)))
  ])
]

/** Certificates that speak for companies. */
export const certificates = ({ channels }: Configured) =>
  (channels.http ?? []).flatMap(({ company, certificates = [] }) =>
    certificates.map((certificate) => ({ company, ...certificate }))
  )
