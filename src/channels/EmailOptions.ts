/**
 * A mail server and who is told what by it, as a configuration file describes it. Apart from `Email`, so that reading a
 * configuration loads no mail library. Decoding fails with all faults at once.
 */
import { Schema } from "effect"
import { HostName } from "./HostName.ts"

const Address = Schema.String.check(
  Schema.isPattern(/^(?:[^<>\r\n]*<[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/u, {
    message: 'must be an e-mail address: desk@example.com or "Desk <desk@example.com>"'
  })
)

/** A mail server, as a configuration file describes it. */
export const Server = Schema.Struct({
  host: HostName,
  /** Default: 587 for `starttls`, 465 for `tls`, 25 for `none`. */
  port: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65_535 }))),
  /** Default `starttls`. */
  security: Schema.optionalKey(Schema.Literals(["starttls", "tls", "none"])),
  username: Schema.optionalKey(Schema.NonEmptyString),
  password: Schema.optionalKey(Schema.RedactedFromValue(Schema.NonEmptyString)),
  /** PEM text of the authority that signed the server's certificate; the system's authorities without it. */
  ca: Schema.optionalKey(Schema.String),
  /** Whom mails come from. */
  from: Address
})
export interface Server extends Schema.Schema.Type<typeof Server> {}

/** The server, and how alerts go through it. */
export const Alerts = Schema.Struct({
  ...Server.fields,
  /** Told of everything, besides the addresses of the links. */
  to: Schema.optionalKey(Schema.Array(Address)),
  /** Least minutes between two mails to one address. Default 5. */
  everyMinutes: Schema.optionalKey(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1440 })))
})
export interface Alerts extends Schema.Schema.Type<typeof Alerts> {}
