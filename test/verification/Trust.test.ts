/** Who may ask through a provider: credentials that are looked at or required, blocked requesters, certificates. */
import { generateKeyPairSync, sign } from "node:crypto"
import * as https from "node:https"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { HttpServer } from "effect/http"
import { type Certificate, maker } from "../api/Certificates.ts"
import { glns, ours, put, started, target } from "./Site.ts"

const did = "did:web:stranger.example"
const pair = generateKeyPairSync("ec", { namedCurve: "secp256k1" })
const publicKey = pair.publicKey.export({ type: "spki", format: "pem" }).toString()
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url")

const presentation = (expires: number): string => {
  const credential = { type: ["VerifiableCredential", "DSCSAATPCredential"], issuer: "did:web:issuer.example" }
  const payload = { iss: did, exp: expires / 1000, vp: { verifiableCredential: [credential] } }
  const signed = `${part({ alg: "ES256K" })}.${part(payload)}`
  const key = { key: pair.privateKey, dsaEncoding: "ieee-p1363" } as const
  return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`
}

/** A site behind mutual TLS that knows one provider and one company by certificate. */
const secured = Effect.fnUntraced(function* (mode: "off" | "warn" | "require") {
  const { alone, signed } = yield* maker
  const authority = yield* alone("authority", "Providers")
  const server = yield* signed("server", "localhost", "authority")
  const north = yield* signed("north", "north.example", "authority")
  const elm = yield* signed("elm", "elm.example", "authority")
  const forged = yield* alone("forged", "north.example")
  const expired = yield* signed("expired", "north.example", "authority", -1)
  const site = yield* started({
    tls: { certificate: server.certificate, key: server.key, clientAuthorities: [authority.certificate] },
    trusted: [{ company: "elm-wholesale", commonName: "elm.example" }],
    verification: {
      providers: { north: { url: "https://north.example", certificates: [{ commonName: "north.example" }] } },
      credentials: { mode, holders: [{ did, publicKey }] }
    }
  })
  const { address } = yield* Effect.provideContext(HttpServer.HttpServer, site.context)
  const port = "port" in address ? address.port : 0
  const ask = (as: Certificate, path: string, headers: Readonly<Record<string, string>> = {}) =>
    Effect.callback<number, Error>((resume) => {
      const client = { ca: authority.certificate, cert: as.certificate, key: as.key, agent: false }
      const request = https.get({ host: "127.0.0.1", port, path, headers, ...client }, (response) => {
        response.resume().on("end", () => resume(Effect.succeed(response.statusCode ?? 0)))
      })
      request.on("error", (error) => resume(Effect.fail(error)))
    })
  const credentials = Effect.map(
    site.sql<{ readonly credential: string | null }>`SELECT credential FROM verifications ORDER BY id`,
    (rows) => rows.map(({ credential }) => credential)
  )
  return { ...site, ask, credentials, north, elm, forged, expired }
})

const stranger = target(ours, { reqGLN: glns.stranger })
const soon = (): string => presentation(Date.now() + 60_000)

describe("a requester", () => {
  it.live("needs a credential where one is required: 403 without, or with one that does not hold", () =>
    Effect.gen(function* () {
      const { ask, north, elm, credentials, sql } = yield* secured("require")
      const shown = (jwt: string) => ({ "ATP-Authorization": jwt })
      assert.strictEqual(yield* ask(north, stranger), 403)
      assert.strictEqual(yield* ask(north, stranger, shown("hello")), 403)
      assert.strictEqual(yield* ask(north, stranger, shown(presentation(Date.now() - 1000))), 403)
      assert.strictEqual(yield* ask(north, stranger, shown(soon())), 200)
      // A company of ours has shown who it is.
      assert.strictEqual(yield* ask(elm, target(ours)), 200)
      assert.deepStrictEqual(yield* credentials, [
        "missing: no credential was shown",
        "refused: the presentation is no JWT of a verifiable presentation",
        "refused: the presentation is expired",
        `held by ${did}`,
        null
      ])
      const scenarios = yield* sql<{
        readonly scenario: string
      }>`SELECT scenario FROM verifications ORDER BY id LIMIT 3`
      assert.isTrue(scenarios.every(({ scenario }) => scenario === "CredentialRefused"))
    })
  )

  it.live("is answered without one where that is only noted", () =>
    Effect.gen(function* () {
      const { ask, north, credentials } = yield* secured("warn")
      assert.strictEqual(yield* ask(north, stranger), 200)
      assert.strictEqual(yield* ask(north, stranger, { "ATP-Authorization": "hello" }), 200)
      assert.deepStrictEqual(yield* credentials, [
        "missing: no credential was shown",
        "refused: the presentation is no JWT of a verifiable presentation"
      ])
    })
  )

  it.live("that nobody has heard of is answered through a trusted provider, unless it is blocked", () =>
    Effect.gen(function* () {
      const { ask, north, forged, expired, context, credentials } = yield* secured("off")
      assert.strictEqual(yield* ask(north, stranger), 200)
      assert.strictEqual(yield* ask(forged, stranger), 401)
      assert.strictEqual(yield* ask(expired, stranger), 401)
      const blocked = { id: glns.stranger, reason: "diverted product", company: "alder-pharma" }
      yield* Effect.provideContext(put({ blockedRequesters: [blocked] }), context)
      assert.strictEqual(yield* ask(north, stranger), 403)
      assert.strictEqual(yield* ask(north, `/checkConnectivity?gtin=${ours.gtin}&reqGLN=${glns.stranger}`), 403)
      assert.strictEqual(yield* ask(north, target(ours)), 200)
      // A provider is not sent on to another one.
      assert.strictEqual(yield* ask(north, target({ ...ours, gtin: "00388888020229" })), 404)
      assert.deepStrictEqual(yield* credentials, [null, null, null, null])
    })
  )
})
