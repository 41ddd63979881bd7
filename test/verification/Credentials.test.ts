/** Presentations of credentials: signed by keys that the test makes, whole and wrong in every way that is looked for. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { type CredentialOptions, Credentials } from "../../src/verification/Credentials.ts"

const did = "did:web:elm.example"
const now = Date.parse("2026-11-24T12:00:00Z")
const pair = generateKeyPairSync("ec", { namedCurve: "secp256k1" })
const other = generateKeyPairSync("ec", { namedCurve: "secp256k1" })
const pem = pair.publicKey.export({ type: "spki", format: "pem" }).toString()

const credential = {
  type: ["VerifiableCredential", "DSCSAATPCredential"],
  issuer: "did:web:issuer.example",
  issuanceDate: "2026-01-01T00:00:00Z",
  expirationDate: "2027-01-01T00:00:00Z"
}
const payload = { iss: did, exp: now / 1000 + 60, nbf: now / 1000 - 60, vp: { verifiableCredential: [credential] } }

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url")
const jwt = (body: unknown, key: KeyObject = pair.privateKey, header: object = { alg: "ES256K" }): string => {
  const signed = `${part(header)}.${part(body)}`
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")
  return `${signed}.${signature}`
}

const gln = "0377777000008"
const issuer = "did:web:issuer.example"

const judged = (presentation: string | undefined, options: Partial<CredentialOptions> = {}) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(now)
    return yield* Credentials.use(({ check }) => check(presentation, gln))
  }).pipe(
    Effect.provide(
      Credentials.layer({ mode: "require", holders: [{ did, key: pem }], issuers: [{ did: issuer }], ...options })
    )
  )

const inside = (change: object) => ({ ...payload, vp: { verifiableCredential: [{ ...credential, ...change }] } })

describe("a presentation", () => {
  it.effect("holds when its holder signed it and its credential holds", () =>
    Effect.gen(function* () {
      const held = { _tag: "Held", holder: did } as const
      assert.deepStrictEqual(yield* judged(jwt(payload)), held)
      assert.deepStrictEqual(yield* judged(`Bearer ${jwt(payload)}`), held)
      // A credential as a JWT within the presentation.
      const nested = jwt({ vc: credential }, other.privateKey)
      assert.deepStrictEqual(yield* judged(jwt({ ...payload, vp: { verifiableCredential: nested } })), held)
      // One of several is enough.
      const two = { verifiableCredential: [{ ...credential, expirationDate: "2020-01-01T00:00:00Z" }, credential] }
      assert.deepStrictEqual(yield* judged(jwt({ ...payload, vp: two })), held)
    })
  )

  const [head, body] = jwt(payload).split(".")
  const wrong: ReadonlyArray<readonly [string, string, RegExp]> = [
    ["is no JWT", "hello", /no JWT/u],
    ["is no presentation", jwt({ iss: did }), /no JWT/u],
    ["is signed otherwise", jwt(payload, pair.privateKey, { alg: "ES256" }), /ES256, not with ES256K/u],
    ["claims to need no signature", `${part({ alg: "none" })}.${part(payload)}.`, /signed with none/u],
    ["is of somebody unknown", jwt({ ...payload, iss: "did:web:nobody" }), /no key of did:web:nobody/u],
    ["is signed by somebody else", jwt(payload, other.privateKey), /not the holder's/u],
    ["was changed", `${head}.${part({ ...payload, exp: now })}.${jwt(payload).split(".")[2]}`, /not the holder's/u],
    ["has no signature", `${head}.${body}.`, /not the holder's/u],
    ["is expired", jwt({ ...payload, exp: now / 1000 }), /presentation is expired/u],
    ["is too early", jwt({ ...payload, nbf: now / 1000 + 1 }), /does not hold yet/u],
    ["presents another credential", jwt(inside({ type: "Membership" })), /no DSCSAATPCredential/u],
    ["presents nothing", jwt({ ...payload, vp: { verifiableCredential: [] } }), /no DSCSAATPCredential/u],
    [
      "presents an expired credential",
      jwt(inside({ expirationDate: "2026-11-24T12:00:00Z" })),
      /credential is expired/u
    ],
    ["presents a credential to come", jwt(inside({ issuanceDate: "2026-12-01T00:00:00Z" })), /does not hold yet/u],
    ["presents one of an unknown issuer", jwt(inside({ issuer: { id: "did:web:x" } })), /did:web:x is not trusted/u]
  ]
  for (const [name, presentation, detail] of wrong) {
    it.effect(`is refused when it ${name}`, () =>
      Effect.gen(function* () {
        const finding = yield* judged(presentation)
        assert.strictEqual(finding._tag, "Refused")
        if (finding._tag === "Refused") assert.match(finding.detail, detail)
      })
    )
  }

  it.effect("is missed where none is shown, and not looked at in mode off", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* judged(undefined))._tag, "Missing")
      assert.strictEqual((yield* judged("", { mode: "warn" }))._tag, "Missing")
      assert.strictEqual((yield* judged("hello", { mode: "off" }))._tag, "Unchecked")
    })
  )

  it.effect("counts for the GLNs of its holder only, where they are configured", () =>
    Effect.gen(function* () {
      const only = (glns: ReadonlyArray<string>) => judged(jwt(payload), { holders: [{ did, key: pem, glns }] })
      assert.strictEqual((yield* only([gln]))._tag, "Held")
      assert.deepStrictEqual(yield* only(["0399999000000"]), {
        _tag: "Refused",
        detail: "did:web:elm.example does not ask for 0377777000008"
      })
    })
  )
})

describe("a credential", () => {
  const keys = {
    ES256K: generateKeyPairSync("ec", { namedCurve: "secp256k1" }),
    ES256: generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
    EdDSA: generateKeyPairSync("ed25519")
  }
  type Algorithm = keyof typeof keys
  const algorithms: ReadonlyArray<Algorithm> = ["ES256K", "ES256", "EdDSA"]
  const publicKey = (of: Algorithm) => keys[of].publicKey.export({ type: "spki", format: "pem" }).toString()

  const signed = (alg: Algorithm, claims: object, by: Algorithm = alg): string => {
    const text = `${part({ alg })}.${part(claims)}`
    const key = keys[by].privateKey
    const how = by === "EdDSA" ? key : ({ key, dsaEncoding: "ieee-p1363" } as const)
    return `${text}.${sign(by === "EdDSA" ? null : "sha256", Buffer.from(text), how).toString("base64url")}`
  }
  const presenting = (entry: unknown) => jwt({ ...payload, vp: { verifiableCredential: [entry] } })
  const checked = (entry: unknown, of: Algorithm = "ES256K") =>
    Effect.map(judged(presenting(entry), { issuers: [{ did: issuer, key: publicKey(of) }] }), (finding) =>
      finding._tag === "Refused" ? finding.detail : finding._tag
    )
  const inOneYear = now / 1000 + 365 * 86_400
  /** As W3C has it: the claims of the JWT stand for the fields. */
  const claims = { iss: issuer, sub: did, nbf: now / 1000 - 1, exp: inOneYear, vc: { type: ["DSCSAATPCredential"] } }

  it.effect("as JWT is held to the issuer's key, whatever of the three kinds it is", () =>
    Effect.gen(function* () {
      for (const alg of algorithms) {
        assert.strictEqual(yield* checked(signed(alg, claims), alg), "Held")
        assert.strictEqual(yield* checked(signed(alg, { vc: credential }), alg), "Held")
        const others = algorithms.filter((one) => one !== alg)
        for (const other of others) {
          const detail = `the credential was not signed by ${issuer}`
          assert.strictEqual(yield* checked(signed(alg, claims, other), alg), detail)
          assert.strictEqual(yield* checked(signed(other, claims), alg), detail)
        }
      }
      const [head, , signature] = signed("ES256K", claims).split(".")
      const changed = `${head}.${part({ ...claims, exp: inOneYear + 1 })}.${signature}`
      assert.include(yield* checked(changed), "was not signed by")
      assert.include(yield* checked(`${part({ alg: "none" })}.${part(claims)}.`), "was not signed by")
    })
  )

  it.effect("with another proof than a JWT's cannot be checked by a key, and says so", () =>
    Effect.gen(function* () {
      const proof = { type: "Ed25519Signature2018", jws: "..." }
      const detail = yield* checked({ ...credential, proof })
      assert.strictEqual(detail, `the credential is no JWT, so the key of ${issuer} cannot check it`)
    })
  )

  it.effect("holds in its time and for its subject, by the claims of the JWT too", () =>
    Effect.gen(function* () {
      const wrong = (change: object) => checked(signed("ES256K", { ...claims, ...change }))
      assert.strictEqual(yield* wrong({ exp: now / 1000 }), "the credential is expired")
      assert.strictEqual(yield* wrong({ nbf: now / 1000 + 1 }), "the credential does not hold yet")
      assert.strictEqual(yield* wrong({ sub: "did:web:oak.example" }), `the credential is not about ${did}`)
      assert.strictEqual(yield* wrong({ iss: "did:web:x" }), "the credential's issuer did:web:x is not trusted")
      assert.strictEqual(yield* wrong({ iss: undefined }), "it presents no DSCSAATPCredential")
      const about = (id: string) => judged(presenting({ ...credential, credentialSubject: { id, name: "Elm" } }))
      assert.strictEqual((yield* about(did))._tag, "Held")
      assert.strictEqual((yield* about("did:web:oak.example"))._tag, "Refused")
    })
  )
})
