/**
 * Verification as the configuration file describes it: other verification providers, with the one certificate each link
 * to them has, credentials of authorized trading partners, and whether the service is closed for maintenance.
 *
 * Decoding fails with all faults at once. What decodes still has to fit together: a provider is asked over TLS with a
 * certificate, certificate and key are a pair, no certificate serves two providers, and it is valid; `faults` says so.
 */
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto"
import { Redacted, Schema } from "effect"
import { credentialModes } from "../verification/Credentials.ts"
import { versions } from "../verification/Messaging.ts"

const optional = Schema.optionalKey
const Whole = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const Key = Schema.String.check(
  Schema.isPattern(/^[a-z0-9][a-z0-9-]{0,63}$/u, { message: "must be a short lower-case key such as northwind-vrs" })
)
const Url = Schema.String.check(
  Schema.isPattern(/^https?:\/\/[^/?#\s]+[^?#\s]*$/u, { message: "must be an address such as https://vrs.example.com" })
)

const Gln = Schema.String.check(Schema.isPattern(/^\d{13}$/u, { message: "must be a GLN of 13 digits" }))

/** Another provider. */
export const Provider = Schema.Struct({
  name: optional(Schema.NonEmptyString),
  /** Where it is asked: `/verify/...` and `/checkConnectivity` follow. */
  url: Url,
  /** Ours, PEM, for this provider and no other. */
  certificate: optional(Schema.NonEmptyString),
  key: optional(Schema.RedactedFromValue(Schema.NonEmptyString)),
  /** PEM texts: who signs its server's certificate; the public authorities when left out. */
  authorities: optional(Schema.Array(Schema.NonEmptyString)),
  /** By which certificate it is known when it asks us. */
  certificates: optional(
    Schema.Array(
      Schema.Union([
        Schema.Struct({ fingerprint: Schema.NonEmptyString }),
        Schema.Struct({ commonName: Schema.NonEmptyString })
      ])
    )
  ),
  /** Of GS1 lightweight messaging. */
  version: optional(Schema.Literals(versions)),
  /** For one attempt. */
  timeoutSeconds: optional(Whole(1, 300)),
  /** After the first attempt. */
  retries: optional(Whole(0, 10)),
  /** After so many failures one after another it is not asked for a while. */
  breakAfter: optional(Whole(1, 1000)),
  breakSeconds: optional(Whole(1, 3600))
})
export interface Provider extends Schema.Schema.Type<typeof Provider> {}

export const VerificationOptions = Schema.Struct({
  /** Answer 503 to everybody who asks. */
  maintenance: optional(Schema.Boolean),
  providers: optional(Schema.Record(Key, Provider)),
  credentials: optional(
    Schema.Struct({
      mode: Schema.Literals(credentialModes),
      /** Public keys of holders, PEM, on curve secp256k1; the GLNs a holder asks for, any when left out. */
      holders: optional(
        Schema.Array(
          Schema.Struct({
            did: Schema.NonEmptyString,
            publicKey: Schema.NonEmptyString,
            glns: optional(Schema.Array(Gln))
          })
        )
      ),
      /** Whose credentials count; with a key, only those that are JWTs which it signed. */
      issuers: optional(
        Schema.Array(
          Schema.Union([
            Schema.NonEmptyString,
            Schema.Struct({ did: Schema.NonEmptyString, publicKey: Schema.NonEmptyString })
          ])
        )
      )
    })
  )
})
export interface VerificationOptions extends Schema.Schema.Type<typeof VerificationOptions> {}

/** The first certificate of a PEM text; undefined where there is none. */
export const certificateOf = (pem: string): X509Certificate | undefined => {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

const isPair = (certificate: X509Certificate, key: string): boolean => {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key))
  } catch {
    return false
  }
}

/** The curve of a public key; undefined where the text is none. */
const curveOf = (pem: string): string | undefined => {
  try {
    const key = createPublicKey(pem)
    return key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType
  } catch {
    return undefined
  }
}

const issuerCurves = ["secp256k1", "prime256v1", "ed25519"]

/** A proxy that does TLS for us may stand on this machine; beyond it nothing goes in the clear. */
const isHere = (url: string): boolean => /^http:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?=[:/]|$)/u.test(url)

/** What does not fit together, with its place. */
export const faults = (
  { providers = {}, credentials }: VerificationOptions,
  now: number
): ReadonlyArray<{ readonly path: string; readonly message: string }> => {
  const found: Array<{ readonly path: string; readonly message: string }> = []
  const usedBy = new Map<string, string>()
  for (const [id, { url, certificate: pem, key, authorities = [] }] of Object.entries(providers)) {
    const path = `verification.providers.${id}`
    const add = (field: string, message: string) => found.push({ path: `${path}.${field}`, message })
    const isProxied = isHere(url)
    if (!url.startsWith("https:") && !isProxied) {
      add("url", "must begin with https: over http only a proxy on this machine that does TLS can be asked")
    }
    if ((pem === undefined) !== (key === undefined)) add("certificate", "certificate and key go together")
    else if (pem === undefined && !isProxied) add("certificate", "is missing: providers know us by a certificate")
    for (const [index, authority] of authorities.entries()) {
      if (certificateOf(authority) === undefined) add(`authorities.${index}`, "is no certificate (PEM)")
    }
    if (pem === undefined) continue
    const certificate = certificateOf(pem)
    if (certificate === undefined) {
      add("certificate", "is no certificate (PEM)")
      continue
    }
    if (key !== undefined && !isPair(certificate, Redacted.value(key))) add("key", "is not the key of the certificate")
    if (Date.parse(certificate.validTo) <= now) add("certificate", `expired on ${certificate.validTo}`)
    const other = usedBy.get(certificate.fingerprint256)
    if (other !== undefined) add("certificate", `is that of ${other} too: each provider has a certificate of its own`)
    usedBy.set(certificate.fingerprint256, id)
  }
  for (const [index, { publicKey }] of (credentials?.holders ?? []).entries()) {
    if (curveOf(publicKey) === "secp256k1") continue
    found.push({
      path: `verification.credentials.holders.${index}.publicKey`,
      message: "is no public key (PEM) on curve secp256k1, which ES256K needs"
    })
  }
  for (const [index, issuer] of (credentials?.issuers ?? []).entries()) {
    if (typeof issuer === "string" || issuerCurves.includes(curveOf(issuer.publicKey) ?? "")) continue
    found.push({
      path: `verification.credentials.issuers.${index}.publicKey`,
      message: "is no public key (PEM) on curve secp256k1, P-256 or Ed25519"
    })
  }
  return found
}

/** Certificates by which providers are known when they ask. */
export const certificates = ({ providers = {} }: VerificationOptions) =>
  Object.entries(providers).flatMap(([provider, { certificates: known = [] }]) =>
    known.map((certificate) => ({ provider, ...certificate }))
  )
