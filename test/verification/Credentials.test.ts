/** Presentations of credentials: signed by keys that the test makes, whole and wrong in every way that is looked for. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { Credentials } from "../../src/verification/Credentials.ts"

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

const judged = (presentation: string | undefined, mode: "off" | "warn" | "require" = "require") =>
  Effect.gen(function* () {
    yield* TestClock.setTime(now)
    return yield* Credentials.use(({ check }) => check(presentation))
  }).pipe(
    Effect.provide(Credentials.layer({ mode, holders: [{ did, key: pem }], issuers: ["did:web:issuer.example"] }))
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
      assert.strictEqual((yield* judged("", "warn"))._tag, "Missing")
      assert.strictEqual((yield* judged("hello", "off"))._tag, "Unchecked")
    })
  )
})
