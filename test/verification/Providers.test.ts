/**
 * Two installations with databases of their own as two providers over mutual TLS, as processes: elm-wholesale asks the one
 * where it is at home about a product of the other. Wrong certificates are refused; while the other is dead the answer is
 * that nobody could be asked, in time, and when it is back, so are its answers.
 */

import { X509Certificate } from "node:crypto"
import * as https from "node:https"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Redacted } from "effect"
import * as ApiKeys from "../../src/api/ApiKeys.ts"
import * as VerificationProviders from "../../src/channels/VerificationProviders.ts"
import { Providers } from "../../src/verification/Providers.ts"
import { type Certificate, maker } from "../api/Certificates.ts"
import { freePort, site } from "./Processes.ts"
import { companies, glns, ours, target, world } from "./Site.ts"

const [, elm] = companies

interface Answer {
  readonly status: number
  readonly text: string
}

const ask = (
  port: number,
  path: string,
  options: { readonly ca: string; readonly as?: Certificate; readonly key?: string }
) =>
  Effect.callback<Answer, Error>((resume) => {
    const { ca, as, key } = options
    const request = https.get(
      {
        host: "127.0.0.1",
        port,
        path,
        ca,
        agent: false,
        headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
        ...(as === undefined ? {} : { cert: as.certificate, key: as.key })
      },
      (response) => {
        let text = ""
        response.on("data", (chunk) => {
          text += String(chunk)
        })
        response.on("end", () => resume(Effect.succeed({ status: response.statusCode ?? 0, text })))
      }
    )
    request.on("error", (error) => resume(Effect.fail(error)))
    return Effect.sync(() => request.destroy())
  })

const question = {
  ...ours,
  requesterGln: glns.elm,
  corrUuid: "21EC2020-3AEA-4069-A2DD-08002B30309D",
  context: "dscsaSaleableReturn"
}

describe("two providers", () => {
  it.live(
    "answer each other's requesters, refuse strangers, and say when nobody could be asked",
    () =>
      Effect.gen(function* () {
        const { alone, signed } = yield* maker
        const authority = yield* alone("authority", "Providers")
        const ca = authority.certificate
        const [elmServer, alderServer] = [
          yield* signed("elm-server", "localhost", "authority"),
          yield* signed("alder-server", "localhost", "authority")
        ]
        // The certificate of the link from elm's provider to alder's, and no other link's.
        const link = yield* signed("link", "elm-to-alder", "authority")
        const back = yield* signed("back", "alder-to-elm", "authority")
        const wrong = yield* signed("wrong", "elm-to-somebody", "authority")

        const alder = yield* site(world({ companies: world().companies.slice(0, 1) }))
        const elms = yield* site({ companies: [elm] })
        const [elmPort, alderPort] = [yield* freePort, yield* freePort]
        const tls = (server: Certificate) => ({
          certificate: { file: server.certificateFile },
          key: { file: server.keyFile },
          clientAuthorities: [{ file: authority.certificateFile }]
        })
        const alderConfiguration = {
          http: { port: alderPort, tls: tls(alderServer) },
          verification: {
            providers: {
              "elm-vrs": {
                url: `https://localhost:${elmPort}`,
                certificate: { file: back.certificateFile },
                key: { file: back.keyFile },
                certificates: [{ fingerprint: new X509Certificate(link.certificate).fingerprint256 }]
              }
            }
          }
        }
        const alderUrl = `https://localhost:${alderPort}`
        const elmConfiguration = {
          http: { port: elmPort, tls: tls(elmServer) },
          verification: {
            providers: {
              "alder-vrs": {
                url: alderUrl,
                certificate: { file: link.certificateFile },
                key: { file: link.keyFile },
                authorities: [{ file: authority.certificateFile }],
                timeoutSeconds: 2,
                retries: 1,
                breakAfter: 2,
                breakSeconds: 1
              }
            }
          }
        }
        yield* elms.serve(elmConfiguration)
        const keys = yield* Effect.provideContext(ApiKeys.ApiKeys, elms.context)
        const { key: made } = yield* keys.add({ company: "elm-wholesale", scopes: ["verify"], note: "", actor: "test" })
        const key = Redacted.value(made)
        const verify = (unit: Partial<Record<keyof typeof ours, string>> = {}) =>
          ask(elmPort, target({ ...ours, ...unit }, { corrUUID: question.corrUuid }), { ca, key })

        // Before the directories met nobody knows who answers.
        assert.strictEqual((yield* verify()).status, 404)
        const running = yield* alder.serve(alderConfiguration)
        const synced = yield* elms.command("directory", "sync")
        assert.strictEqual(synced.code, 0, synced.said)

        const yes = yield* verify()
        assert.strictEqual(yes.status, 200, yes.text)
        const body = JSON.parse(yes.text)
        assert.deepStrictEqual(
          [body.data, body.responderGLN, body.corrUUID],
          [{ verified: true }, glns.alder, question.corrUuid]
        )
        // What can be asked is connected: the responder is the other provider's.
        const connectivity = `/checkConnectivity?gtin=${ours.gtin}&reqGLN=${glns.elm}`
        const connected = yield* ask(elmPort, connectivity, { ca, key })
        assert.deepStrictEqual([connected.status, connected.text], [200, JSON.stringify({ responderGLN: glns.alder })])
        const no = JSON.parse((yield* verify({ lot: "L2" })).text)
        assert.deepStrictEqual(no.data, { verified: false, verificationFailureReason: "No_match_GTIN_Serial_Lot" })
        const awkward = yield* verify({ serial: 'A/B%C&D"E?F+G.H' })
        assert.deepStrictEqual(JSON.parse(awkward.text).data, { verified: true })

        // Both sides have recorded all three, each in its own way.
        const told =
          yield* elms.sql`SELECT in_network, provider, requester, producer, outcome FROM verifications ORDER BY id`
        const provider = { in_network: false, provider: "alder-vrs", requester: "elm-wholesale", producer: null }
        assert.deepStrictEqual(told.slice(1), [
          { ...provider, outcome: "valid" },
          { ...provider, outcome: "invalid" },
          { ...provider, outcome: "valid" }
        ])
        const answered = yield* alder.sql`
          SELECT DISTINCT in_network, asked_by, requester, requester_gln, producer FROM verifications`
        assert.deepStrictEqual(answered, [
          {
            in_network: true,
            asked_by: "elm-vrs",
            requester: null,
            requester_gln: glns.elm,
            producer: "alder-pharma"
          }
        ])

        // Any requester may ask through a provider that is trusted, also one that nobody has heard of.
        const stranger = target(ours, { reqGLN: glns.stranger })
        assert.strictEqual((yield* ask(alderPort, stranger, { ca, as: link })).status, 200)
        assert.strictEqual((yield* ask(alderPort, stranger, { ca, as: wrong })).status, 401)
        assert.strictEqual((yield* ask(alderPort, stranger, { ca })).status, 401)
        const byWrong = Providers.use((providers) => Effect.flip(providers.ask("alder-vrs", question))).pipe(
          Effect.provide(
            VerificationProviders.layer({
              providers: {
                "alder-vrs": {
                  url: alderUrl,
                  certificate: wrong.certificate,
                  key: Redacted.make(wrong.key),
                  authorities: [ca]
                }
              }
            })
          )
        )
        assert.strictEqual((yield* byWrong).reason._tag, "ProviderRefused")
        // A server that the authority did not sign is not told anything.
        const untrusted = Providers.use((providers) => Effect.flip(providers.ask("alder-vrs", question))).pipe(
          Effect.provide(VerificationProviders.layer({ providers: { "alder-vrs": { url: alderUrl, retries: 0 } } }))
        )
        assert.strictEqual((yield* untrusted).reason._tag, "ProviderDown")

        // It stands still: asked in vain, twice two seconds long.
        yield* running.signal("SIGSTOP")
        assert.strictEqual((yield* verify()).status, 504)
        // It dies while a question is under way.
        const underWay = yield* Effect.forkChild(verify())
        yield* Effect.sleep("500 millis")
        yield* running.kill("SIGKILL")
        assert.strictEqual((yield* Fiber.join(underWay)).status, 502)
        for (let count = 0; count < 3; count++) assert.strictEqual((yield* verify()).status, 502)
        const rows = yield* elms.sql<{ readonly outcome: string; readonly scenario: string }>`
          SELECT outcome, scenario FROM verifications ORDER BY id OFFSET 4`
        assert.deepStrictEqual(
          rows,
          ["ProviderTimeout", ...Array.from({ length: 4 }, () => "ProviderDown")].map((scenario) => ({
            outcome: "not_asked",
            scenario
          }))
        )

        yield* alder.serve(alderConfiguration)
        // Left alone for a second after it failed.
        yield* Effect.sleep("1100 millis")
        assert.strictEqual((yield* verify()).status, 200)
      }),
    180_000
  )
})
