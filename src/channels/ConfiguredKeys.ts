/**
 * Whether certificates and keys of a configuration are such at all: tried as those who use them will, before anything
 * starts with them. Whether the other side accepts them is for `channels test` to find out. Says what is wrong, never what
 * a key holds.
 */
import { createSecureContext, type SecureContextOptions } from "node:tls"
import { Redacted } from "effect"
import type { Fault } from "./ConfiguredFaults.ts"
import type { Channels } from "./ConfiguredOptions.ts"
import * as VerificationOptions from "./VerificationOptions.ts"

/** What TLS says of certificates, keys and authorities; undefined when it can use them. */
const refusedByTls = (options: SecureContextOptions): string | undefined => {
  try {
    createSecureContext(options)
    return undefined
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause)
    return text.replace(/^error:[0-9A-F]+:/u, "").replaceAll("::", ": ")
  }
}

interface Pems {
  readonly certificate?: string | undefined
  readonly key?: string | undefined
  readonly authorities?: ReadonlyArray<string> | undefined
}

/** Names of the fields that hold them, from `steps` on. */
interface Fields {
  readonly certificate?: string
  readonly key?: string
  readonly authorities: string
}

/** Each is tried alone first, so that the place of the fault is known; then certificate and key together. */
export const pemFaults = (
  steps: ReadonlyArray<string | number>,
  fields: Fields,
  { certificate, key, authorities = [] }: Pems
): ReadonlyArray<Fault> => {
  const fault = (field: string | undefined, what: string, options: SecureContextOptions): ReadonlyArray<Fault> => {
    const why = refusedByTls(options)
    return why === undefined
      ? []
      : [{ steps: field === undefined ? steps : [...steps, field], message: `${what}: ${why}` }]
  }
  const alone = [
    ...(certificate === undefined ? [] : fault(fields.certificate, "is no certificate (PEM)", { cert: certificate })),
    ...(key === undefined ? [] : fault(fields.key, "is no private key (PEM)", { key })),
    // Of authorities TLS leaves out what is no certificate, and then trusts nobody.
    ...authorities.flatMap((authority) =>
      VerificationOptions.certificateOf(authority) === undefined
        ? [{ steps: [...steps, fields.authorities], message: "is no certificate (PEM)" }]
        : []
    )
  ]
  if (alone.length > 0 || certificate === undefined || key === undefined) return alone
  return fault(fields.key, "is not the key of the certificate", { cert: certificate, key })
}

const secret = (value: Redacted.Redacted | undefined) => (value === undefined ? undefined : Redacted.value(value))

/** What is wrong with the certificates and keys of channels. */
export const of = async ({ sftp = [], amqp, email }: Channels): Promise<ReadonlyArray<Fault>> => {
  const tls = amqp?.tls
  const faults = [
    ...pemFaults(
      ["channels", "amqp", "tls"],
      { certificate: "cert", key: "key", authorities: "ca" },
      {
        certificate: tls?.cert,
        key: secret(tls?.key),
        authorities: tls?.ca === undefined ? [] : [tls.ca]
      }
    ),
    ...pemFaults(
      ["channels", "email"],
      { authorities: "ca" },
      { authorities: email?.ca === undefined ? [] : [email.ca] }
    )
  ]
  if (!sftp.some(({ privateKey }) => privateKey !== undefined)) return faults
  const { default: ssh2 } = await import("ssh2")
  const unusable = sftp.flatMap(({ privateKey, passphrase }, at): ReadonlyArray<Fault> => {
    const text = secret(privateKey)
    const parsed = text === undefined ? undefined : ssh2.utils.parseKey(text, secret(passphrase))
    const isPublic =
      parsed !== undefined && !(parsed instanceof Error) && [parsed].flat().some((key) => !key.isPrivateKey())
    const why = parsed instanceof Error ? parsed.message : isPublic ? "it is a public key" : undefined
    if (why === undefined) return []
    return [{ steps: ["channels", "sftp", at, "privateKey"], message: `cannot be used: ${why}` }]
  })
  return [...faults, ...unusable]
}
