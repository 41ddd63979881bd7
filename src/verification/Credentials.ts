/**
 * The adapter for credentials of authorized trading partners (ATP): a requester shows a verifiable presentation, a JWT
 * signed with ES256K, in the header `ATP-Authorization`. In mode `off` nobody looks, `warn` records what is wrong with it
 * and answers, `require` refuses who shows none that holds.
 *
 * Checked: the JWT's form, its signature with a configured key of its holder, its dates, that the holder may ask for this
 * requester (where GLNs are configured), that it presents a credential of type DSCSAATPCredential about the holder, and
 * that credential's dates and issuer. Where a key of the issuer is configured, the credential has to be a JWT (W3C
 * Verifiable Credentials Data Model 1.1, section 6.3.1) that this key signed.
 *
 * Not checked, for want of the wallet and the ledger of Open Credentialing Initiative members: linked-data proofs, which
 * their credentials carry, revocation, and DID documents (keys are configured instead). Another adapter that asks a wallet
 * can stand in for this one.
 */
import { createPublicKey, type KeyObject, verify } from "node:crypto"
import { Clock, Context, Effect, Layer, Option, Schema } from "effect"
import * as Arr from "effect/Array"

export const credentialModes = ["off", "warn", "require"] as const
export type CredentialMode = (typeof credentialModes)[number]

export interface CredentialOptions {
  readonly mode: CredentialMode
  /** Public keys (PEM) of holders, by their DID; with the GLNs they ask for, where that is limited. */
  readonly holders: ReadonlyArray<{
    readonly did: string
    readonly key: string
    readonly glns?: ReadonlyArray<string> | undefined
  }>
  /** Whose credentials count; anybody's when empty. With a key, only what it signed. */
  readonly issuers: ReadonlyArray<{ readonly did: string; readonly key?: string | undefined }>
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
    /** `requester` is the GLN that is asked under. */
    readonly check: (presentation: string | undefined, requester: string) => Effect.Effect<Finding>
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
const Subject = Schema.Struct({ id: Schema.optionalKey(Text) })
const Credential = Schema.Struct({
  type: Schema.Union([Text, Schema.Array(Text)]),
  issuer: Schema.Union([Text, Schema.Struct({ id: Text })]),
  issuanceDate: Schema.optionalKey(Text),
  expirationDate: Schema.optionalKey(Text),
  credentialSubject: Schema.optionalKey(Schema.Union([Subject, Schema.Array(Subject)]))
})
type Credential = typeof Credential.Type
/** What a credential as JWT says outside of its claim `vc`. */
const Claims = Schema.Struct({
  iss: Schema.optionalKey(Text),
  sub: Schema.optionalKey(Text),
  exp: Schema.optionalKey(Seconds),
  nbf: Schema.optionalKey(Seconds),
  vc: Schema.Record(Text, Schema.Unknown)
})

const decodeHeader = Schema.decodeUnknownOption(Header)
const decodePayload = Schema.decodeUnknownOption(Payload)
const decodeCredential = Schema.decodeUnknownOption(Credential)
const decodeClaims = Schema.decodeUnknownOption(Claims)

const json = (part: string): unknown => {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"))
  } catch {
    return undefined
  }
}

/** A credential with the JWT it came as, where it did. */
interface Presented {
  readonly credential: Credential
  readonly jwt: string | undefined
}

const moment = (seconds: number): string => new Date(seconds * 1000).toISOString()

/** A credential in an entry: a JSON object, or a JWT whose claim `vc` it is; other claims stand for fields left out. */
const presentedIn = (entry: unknown): Presented | undefined => {
  if (typeof entry !== "string") {
    const credential = Option.getOrUndefined(decodeCredential(entry))
    return credential === undefined ? undefined : { credential, jwt: undefined }
  }
  const claims = Option.getOrUndefined(decodeClaims(json(entry.split(".")[1] ?? "")))
  if (claims === undefined) return undefined
  const { iss, sub, exp, nbf, vc } = claims
  const whole = {
    ...(iss === undefined ? {} : { issuer: iss }),
    ...(sub === undefined ? {} : { credentialSubject: { id: sub } }),
    ...(exp === undefined ? {} : { expirationDate: moment(exp) }),
    ...(nbf === undefined ? {} : { issuanceDate: moment(nbf) }),
    ...vc
  }
  const credential = Option.getOrUndefined(decodeCredential(whole))
  return credential === undefined ? undefined : { credential, jwt: entry }
}

const refused = (detail: string): Finding => ({ _tag: "Refused", detail })

/** Signatures of JWTs that can be checked, by the key they need. */
const algorithms: ReadonlyMap<string, { readonly curve: string | undefined; readonly hash: string | null }> = new Map([
  ["ES256K", { curve: "secp256k1", hash: "sha256" }],
  ["ES256", { curve: "prime256v1", hash: "sha256" }],
  ["EdDSA", { curve: undefined, hash: null }]
])

/** Whether this key signed a JWT, by the algorithm that its head names and no other than fits the key. */
const isSigned = (jwt: string, key: KeyObject): boolean => {
  const [head = "", body = "", signature = "", ...rest] = jwt.split(".")
  const header = Option.getOrUndefined(decodeHeader(json(head)))
  const algorithm = algorithms.get(header?.alg ?? "")
  if (rest.length > 0 || algorithm === undefined) return false
  const { curve, hash } = algorithm
  const fits =
    curve === undefined ? key.asymmetricKeyType === "ed25519" : key.asymmetricKeyDetails?.namedCurve === curve
  if (!fits) return false
  const how = curve === undefined ? key : ({ key, dsaEncoding: "ieee-p1363" } as const)
  return verify(hash, Buffer.from(`${head}.${body}`), how, Buffer.from(signature, "base64url"))
}

/** What holds for credentials: keys of holders and issuers, as configured. */
export interface Trusted {
  readonly holders: ReadonlyMap<string, { readonly key: KeyObject; readonly glns: ReadonlyArray<string> | undefined }>
  readonly issuers: ReadonlyMap<string, KeyObject | undefined>
}

const wrongWith = (
  { credential, jwt }: Presented,
  holder: string,
  issuers: Trusted["issuers"],
  now: number
): string | undefined => {
  const issuer = typeof credential.issuer === "string" ? credential.issuer : credential.issuer.id
  if (issuers.size > 0 && !issuers.has(issuer)) return `the credential's issuer ${issuer} is not trusted`
  const key = issuers.get(issuer)
  if (key !== undefined && jwt === undefined) return `the credential is no JWT, so the key of ${issuer} cannot check it`
  if (key !== undefined && jwt !== undefined && !isSigned(jwt, key)) return `the credential was not signed by ${issuer}`
  const subjects = Arr.ensure(credential.credentialSubject).flatMap((one) => (one?.id === undefined ? [] : [one.id]))
  if (subjects.length > 0 && !subjects.includes(holder)) return `the credential is not about ${holder}`
  const { issuanceDate, expirationDate } = credential
  if (issuanceDate !== undefined && !(Date.parse(issuanceDate) <= now)) return "the credential does not hold yet"
  if (expirationDate !== undefined && !(now < Date.parse(expirationDate))) return "the credential is expired"
  return undefined
}

/** Judges a presentation at a moment (ms). Pure but for the keys' own form. */
export const judge = (presentation: string, requester: string, trusted: Trusted, now: number): Finding => {
  const jwt = presentation.replace(/^Bearer\s+/iu, "")
  const [head = "", body = "", , ...rest] = jwt.split(".")
  const header = Option.getOrUndefined(decodeHeader(json(head)))
  const payload = Option.getOrUndefined(decodePayload(json(body)))
  if (rest.length > 0 || header === undefined || payload === undefined) {
    return refused("the presentation is no JWT of a verifiable presentation")
  }
  if (header.alg !== "ES256K") return refused(`the presentation is signed with ${header.alg}, not with ES256K`)
  const holder = trusted.holders.get(payload.iss)
  if (holder === undefined) return refused(`there is no key of ${payload.iss}`)
  if (!isSigned(jwt, holder.key)) return refused("the signature is not the holder's")
  if (payload.nbf !== undefined && now < payload.nbf * 1000) return refused("the presentation does not hold yet")
  if (payload.exp !== undefined && payload.exp * 1000 <= now) return refused("the presentation is expired")
  if (holder.glns !== undefined && !holder.glns.includes(requester)) {
    return refused(`${payload.iss} does not ask for ${requester}`)
  }
  const presented = Arr.ensure(payload.vp.verifiableCredential)
    .map(presentedIn)
    .filter((one) => one !== undefined)
    .filter(({ credential: { type } }) => Arr.ensure(type).includes(credentialType))
  if (presented.length === 0) return refused(`it presents no ${credentialType}`)
  const faults = presented.map((one) => wrongWith(one, payload.iss, trusted.issuers, now))
  const fault = faults.every((one) => one !== undefined) ? faults[0] : undefined
  return fault === undefined ? { _tag: "Held", holder: payload.iss } : refused(fault)
}

const make = ({ mode, holders, issuers }: CredentialOptions) => {
  const trusted: Trusted = {
    holders: new Map(holders.map(({ did, key, glns }) => [did, { key: createPublicKey(key), glns }])),
    issuers: new Map(issuers.map(({ did, key }) => [did, key === undefined ? undefined : createPublicKey(key)]))
  }
  const check = (presentation: string | undefined, requester: string): Effect.Effect<Finding> => {
    if (mode === "off") return Effect.succeed({ _tag: "Unchecked" })
    if (presentation === undefined || presentation === "") {
      return Effect.succeed({ _tag: "Missing", detail: "no credential was shown" })
    }
    return Effect.map(Clock.currentTimeMillis, (now) => judge(presentation, requester, trusted, now))
  }
  return Credentials.of({ mode, check })
}
