/**
 * A company that comes in over HTTP, or gets its documents over it, as a configuration file describes it: where documents
 * are posted to, and which certificates speak for it besides its API keys. Decoding fails with all faults at once.
 */
import { Duration, Schema } from "effect"
import * as Channels from "./Channels.ts"
import type { Webhook } from "./HttpWebhook.ts"

const Secret = Schema.RedactedFromValue(Schema.NonEmptyString)

const isUrl = (text: string): boolean => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url !== undefined && /^https?:$/u.test(url.protocol) && url.username === "" && url.password === ""
}

export const Certificate = Schema.Union([
  /** Of the certificate itself: 64 hexadecimal digits, with or without colons. */
  Schema.Struct({
    fingerprint: Schema.String.check(
      Schema.isPattern(/^(?:[0-9a-fA-F]{2}:?){31}[0-9a-fA-F]{2}$/u, {
        message: "must be a SHA-256 fingerprint, as `openssl x509 -fingerprint -sha256` prints it"
      })
    )
  }),
  /** Of the subject; one of `http.tls.clientAuthorities` must have signed it. */
  Schema.Struct({ commonName: Schema.NonEmptyString })
])

const Company = Schema.String.check(
  Schema.isPattern(/^[a-z0-9][a-z0-9-]{0,63}$/u, { message: "must be the key of a company, such as acme-printing" })
)

export const Partner = Schema.Struct({
  company: Company,
  /** Only the documents of its link with this company; they need a `url` of their own. */
  with: Schema.optionalKey(Company),
  /** Documents are posted there; without it the company fetches them. */
  url: Schema.optionalKey(
    Schema.String.check(
      Schema.makeFilter(
        (text) => isUrl(text) || "must be an address like https://partner.example/in, without a user in it"
      )
    )
  ),
  /** Sent as `Authorization: Bearer ...`. */
  token: Schema.optionalKey(Secret),
  /** Signs what is posted. */
  signingKey: Schema.optionalKey(Secret),
  /** Default 30. */
  timeoutSeconds: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 600 }))),
  certificates: Schema.optionalKey(Schema.Array(Certificate))
}).check(
  Schema.makeFilter((partner) =>
    partner.with !== undefined && partner.url === undefined
      ? "documents of one link need a url: a company fetches all of its documents at one place"
      : undefined
  )
)
export interface Partner extends Schema.Schema.Type<typeof Partner> {}

/** What a partner is kept by: its company, and the link where it is for one only. */
export const addressOf = (partner: Partner): string => Channels.addressOf({ ...partner, other: partner.with })

/** Where its documents are posted to; undefined when it fetches them. */
export const webhook = ({ url, token, signingKey, timeoutSeconds }: Partner): Webhook | undefined =>
  url === undefined
    ? undefined
    : { url, token, signingKey, timeout: timeoutSeconds === undefined ? undefined : Duration.seconds(timeoutSeconds) }
