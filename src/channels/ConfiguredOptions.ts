/**
 * The channels of an installation as its configuration file describes them: partners' SFTP servers, a RabbitMQ broker,
 * companies that use HTTP, a mail server for alerts, and over which of them each company gets its documents. What is not
 * described is as it always was: every company has its folder.
 *
 * Decoding fails with all faults at once; what decodes still has to fit together, which is part of it.
 */
import { Schema } from "effect"
import * as AmqpOptions from "./AmqpOptions.ts"
import * as EmailOptions from "./EmailOptions.ts"
import * as HttpOptions from "./HttpOptions.ts"
import * as SftpOptions from "./SftpOptions.ts"

export const ways = ["folder", "sftp", "amqp", "http"] as const
const Way = Schema.Literals(ways)
export type Way = typeof Way.Type

/** Over which channel a company gets its documents, and which types of them over another. */
const Delivery = Schema.Union([
  Way,
  Schema.Struct({ channel: Way, types: Schema.optionalKey(Schema.Record(Schema.String, Way)) })
])

const Company = Schema.String.check(
  Schema.isPattern(/^[a-z0-9][a-z0-9-]{0,63}$/u, { message: "must be the key of a company, such as acme-printing" })
)

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

const repeated = (companies: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...new Set(companies.filter((company, at) => companies.indexOf(company) !== at))
]

/** The channels that can deliver to a company, besides its folder. */
const waysTo = ({ channels }: Configured, company: string): ReadonlyArray<Way> => {
  const there = (list: ReadonlyArray<{ readonly company: string }> | undefined) =>
    list?.some((one) => one.company === company) === true
  return [
    ...(there(channels.sftp) ? (["sftp"] as const) : []),
    ...(there(channels.amqp?.delivers) ? (["amqp"] as const) : []),
    ...(there(channels.http) ? (["http"] as const) : [])
  ]
}

/** What does not fit together, with its place. */
export const faults = (configured: Configured): ReadonlyArray<{ readonly path: string; readonly message: string }> => {
  const { channels, deliver } = configured
  const twice = (["sftp", "http"] as const).flatMap((way) =>
    repeated((channels[way] ?? []).map(({ company }) => company)).map((company) => ({
      path: `channels.${way}`,
      message: `"${company}" stands there twice`
    }))
  )
  const unreachable = Object.entries(deliver).flatMap(([company, delivery]) => {
    const wanted: ReadonlyArray<readonly [string, Way]> =
      typeof delivery === "string"
        ? [[`deliver.${company}`, delivery]]
        : [
            [`deliver.${company}.channel`, delivery.channel],
            ...Object.entries(delivery.types ?? {}).map(
              ([type, way]) => [`deliver.${company}.types.${type}`, way] as const
            )
          ]
    const known = waysTo(configured, company)
    return wanted
      .filter(([, way]) => way !== "folder" && !known.includes(way))
      .map(([path, way]) => ({
        path,
        message: `there is no way to "${company}" over ${way}: describe it under channels.${way}${way === "amqp" ? ".delivers" : ""}`
      }))
  })
  const companies = new Set(
    [...(channels.sftp ?? []), ...(channels.amqp?.delivers ?? []), ...(channels.http ?? [])].map(
      ({ company }) => company
    )
  )
  const open = [...companies]
    .filter((company) => deliver[company] === undefined && waysTo(configured, company).length > 1)
    .map((company) => ({
      path: `deliver.${company}`,
      message: `is missing: documents can go over ${waysTo(configured, company).join(" or ")}`
    }))
  return [...twice, ...unreachable, ...open]
}

/** Where documents go: what `deliver` says, else the company's only channel, else its folder. */
export const destination =
  (configured: Configured) =>
  (company: string, type: string): string => {
    const said = configured.deliver[company]
    const way =
      said === undefined
        ? (waysTo(configured, company)[0] ?? "folder")
        : typeof said === "string"
          ? said
          : (said.types?.[type] ?? said.channel)
    const name = way === "amqp" ? (configured.channels.amqp?.name ?? "amqp") : way
    return `${name}:${company}`
  }

/** Certificates that speak for companies. */
export const certificates = ({ channels }: Configured) =>
  (channels.http ?? []).flatMap(({ company, certificates = [] }) =>
    certificates.map((certificate) => ({ company, ...certificate }))
  )
