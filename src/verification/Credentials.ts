/**
 * The adapter for credentials of authorized trading partners (ATP): a requester shows a verifiable presentation, a JWT
 * signed with ES256K, in the header `ATP-Authorization`. In mode `off` nobody looks, `warn` records what is wrong with it
 * and answers, `require` refuses who shows none that holds.
 *
 * Checked: the JWT's form, its signature with a configured key of its holder, its dates, that it presents a credential of
 * type DSCSAATPCredential, and that credential's dates and issuer. Not checked, for want of the wallet and the ledger of
 * Open Credentialing Initiative members: the credential's own linked-data proof, its revocation, and DID documents (keys
 * are configured instead). Another adapter that asks a wallet can stand in for this one.
 */
import { createPublicKey, type KeyObject, verify } from "node:crypto"
import { Clock, Context, Effect, Layer, Option, Predicate, Schema } from "effect"

export const credentialModes = ["off", "warn", "require"] as const
export type CredentialMode = (typeof credentialModes)[number]

export interface CredentialOptions {
  readonly mode: CredentialMode
  /** Public keys (PEM) of holders, by their DID. */
  readonly holders: ReadonlyArray<{ readonly did: string; readonly key: string }>
  /** DIDs whose credentials count; any when empty. */
  readonly issuers: ReadonlyArray<string>
}

/** What was found about a requester. */
export type Finding =
  | { readonly _tag: "Unchecked" }
  | { readonly _tag: "Held"; readonly holder: string }
  | { readonly _tag: "Missing"; readonly detail: string }
  | { readonly _tag: "Refused"; readonly detail: string }

export class Credentials extends Context.Service<
  Credentials,
  {
    readonly mode: CredentialMode
    readonly check: (presentation: string | undefined) => Effect.Effect<Finding>
  }
>()("throughline/verification/Credentials") {
  /** Looks at the presentation as these options say. */
  static readonly layer = (options: CredentialOptions) => Layer.sync(this, () => make(options))
}

export const credentialType = "DSCSAATPCredential"

const Header = Schema.Struct({ alg: Schema.String, kid: Schema.optionalKey(Schema.String) })
const Seconds = Schema.Finite
const Text = Schema.String
const Payload = Schema.Struct({
  iss: Text,
  exp: Schema.optionalKey(Seconds),
  nbf: Schema.optionalKey(Seconds),
  vp: Schema.Struct({ verifiableCredential: Schema.Union([Schema.Array(Schema.Unknown), Schema.Unknown]) })
})
const Credential = Schema.Struct({
  type: Schema.Union([Text, Schema.Array(Text)]),
  issuer: Schema.Union([Text, Schema.Struct({ id: Text })]),
  issuanceDate: Schema.optionalKey(Text),
  expirationDate: Schema.optionalKey(Text)
})
type Credential = typeof Credential.Type

const decodeHeader = Schema.decodeUnknownOption(Header)
const decodePayload = Schema.decodeUnknownOption(Payload)
const decodeCredential = Schema.decodeUnknownOption(Credential)

const json = (part: string): unknown => {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"))
  } catch {
    return undefined
  }
}

/** The credential inside an entry: a JSON object, or a JWT whose claim `vc` it is. */
const inside = (entry: unknown): unknown => {
  if (typeof entry !== "string") return entry
  const claims = json(entry.split(".")[1] ?? "")
  return Predicate.hasProperty(claims, "vc") ? claims.vc : undefined
}

const list = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [value])

const refused = (detail: string): Finding => ({ _tag: "Refused", detail })

/** The curve that ES256K means. */
const curve = "secp256k1"

const isSigned = (signed: string, signature: string, key: KeyObject): boolean =>
  key.asymmetricKeyDetails?.namedCurve === curve &&
  verify("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"))

const wrongWith = (credential: Credential, issuers: ReadonlyArray<string>, now: number): string | undefined => {
  const issuer = typeof credential.issuer === "string" ? credential.issuer : credential.issuer.id
  if (issuers.length > 0 && !issuers.includes(issuer)) return `the credential's issuer ${issuer} is not trusted`
  const { issuanceDate, expirationDate } = credential
  if (issuanceDate !== undefined && !(Date.parse(issuanceDate) <= now)) return "the credential does not hold yet"
  if (expirationDate !== undefined && !(now < Date.parse(expirationDate))) return "the credential is expired"
  return undefined
}

/** Judges a presentation at a moment (ms). Pure but for the keys' own form. */
export const judge = (
  presentation: string,
  options: { readonly keys: ReadonlyMap<string, KeyObject>; readonly issuers: ReadonlyArray<string> },
  now: number
): Finding => {
  const [head = "", body = "", signature = "", ...rest] = presentation.replace(/^Bearer\s+/iu, "").split(".")
  const header = Option.getOrUndefined(decodeHeader(json(head)))
  const payload = Option.getOrUndefined(decodePayload(json(body)))
  if (rest.length > 0 || header === undefined || payload === undefined) {
    return refused("the presentation is no JWT of a verifiable presentation")
  }
  if (header.alg !== "ES256K") return refused(`the presentation is signed with ${header.alg}, not with ES256K`)
  const key = options.keys.get(payload.iss)
  if (key === undefined) return refused(`there is no key of ${payload.iss}`)
  if (!isSigned(`${head}.${body}`, signature, key)) return refused("the signature is not the holder's")
  if (payload.nbf !== undefined && now < payload.nbf * 1000) return refused("the presentation does not hold yet")
  if (payload.exp !== undefined && payload.exp * 1000 <= now) return refused("the presentation is expired")
  const credentials = list(payload.vp.verifiableCredential)
    .map((entry) => Option.getOrUndefined(decodeCredential(inside(entry))))
    .filter((credential) => credential !== undefined)
    .filter(({ type }) => (typeof type === "string" ? [type] : type).includes(credentialType))
  if (credentials.length === 0) return refused(`it presents no ${credentialType}`)
  const faults = credentials.map((credential) => wrongWith(credential, options.issuers, now))
  const fault = faults.every((one) => one !== undefined) ? faults[0] : undefined
  return fault === undefined ? { _tag: "Held", holder: payload.iss } : refused(fault)
}

const make = ({ mode, holders, issuers }: CredentialOptions) => {
  const keys = new Map(holders.map(({ did, key }) => [did, createPublicKey(key)]))
  const check = (presentation: string | undefined): Effect.Effect<Finding> => {
    if (mode === "off") return Effect.succeed({ _tag: "Unchecked" })
    if (presentation === undefined || presentation === "") {
      return Effect.succeed({ _tag: "Missing", detail: "no credential was shown" })
    }
    return Effect.map(Clock.currentTimeMillis, (now) => judge(presentation, { keys, issuers }, now))
  }
  return Credentials.of({ mode, check })
}
