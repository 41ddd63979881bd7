/** HTTPS with certificates on both sides: which of them speaks for which company, and which for none. */
import { X509Certificate } from "node:crypto"
import * as https from "node:https"
import * as tls from "node:tls"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Logger } from "effect"
import { HttpServer } from "effect/http"
import * as Authentication from "../../src/api/Authentication.ts"
import * as Health from "../../src/api/Health.ts"
import * as Routes from "../../src/api/Routes.ts"
import * as Server from "../../src/api/Server.ts"
import * as Journal from "../../src/engine/Journal.ts"
import * as Database from "../Database.ts"
import { services } from "./ApiServer.ts"
import { type Certificate, maker } from "./Certificates.ts"

interface Asking {
  readonly path: string
  readonly method?: string
  readonly body?: string
  readonly as?: Certificate
}

/** A server behind TLS that knows companies by these certificates. */
const started = Effect.fnUntraced(function* (
  tls: Server.Tls,
  trusted: ReadonlyArray<Authentication.TrustedCertificate>,
  ca: string
) {
  const context = yield* Layer.build(
    Server.layer(Layer.mergeAll(Routes.routes, Health.routes([])), { host: "127.0.0.1", port: 0, tls }).pipe(
      Layer.provide(Layer.succeed(Authentication.TrustedCertificates, trusted)),
      Layer.provide([Journal.layer, services]),
      Layer.provideMerge(Database.layer),
      Layer.provideMerge(Logger.layer([]))
    )
  )
  const { address } = Context.get(context, HttpServer.HttpServer)
  const port = "port" in address ? address.port : 0
  return ({ path, method = "GET", body, as }: Asking) =>
    Effect.promise(
      () =>
        new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
          const client = as === undefined ? {} : { cert: as.certificate, key: as.key }
          const request = https.request(
            { host: "127.0.0.1", port, path, method, ca, agent: false, ...client },
            (response) => {
              let text = ""
              response.on("data", (chunk) => {
                text += String(chunk)
              })
              response.on("end", () => resolve({ status: response.statusCode ?? 0, text }))
            }
          )
          request.on("error", reject)
          request.end(body)
        })
    )
})

describe("a certificate", () => {
  it.live("speaks for a company by its fingerprint, or by a name that a trusted authority signed", () =>
    Effect.gen(function* () {
      const { alone, signed } = yield* maker
      const authority = yield* alone("authority", "Partners")
      const server = yield* signed("server", "localhost", "authority")
      const pinned = yield* alone("pinned", "whatever")
      const named = yield* signed("named", "other.example", "authority")
      const forged = yield* alone("forged", "other.example")
      const unknown = yield* signed("unknown", "nobody.example", "authority")
      const expired = yield* signed("expired", "other.example", "authority", -1)

      const ask = yield* started(
        { certificate: server.certificate, key: server.key, clientAuthorities: [authority.certificate] },
        [
          { company: "acme", fingerprint: new X509Certificate(pinned.certificate).fingerprint256 },
          { company: "other", commonName: "other.example" }
        ],
        authority.certificate
      )
      const send = (as: Certificate | undefined) =>
        ask({ path: "/v1/messages/TEXT", method: "POST", body: "x", ...(as === undefined ? {} : { as }) })

      assert.strictEqual((yield* ask({ path: "/health/live" })).status, 200)
      assert.deepStrictEqual([(yield* send(pinned)).status, (yield* send(named)).status], [202, 202])
      assert.strictEqual((yield* ask({ path: "/v1/messages/1", as: pinned })).status, 200)
      assert.strictEqual((yield* ask({ path: "/v1/messages/1", as: named })).status, 404)
      assert.strictEqual((yield* ask({ path: "/v1/messages/2", as: named })).status, 200)
      for (const stranger of [undefined, forged, unknown, expired]) {
        assert.strictEqual((yield* send(stranger)).status, 401)
      }
    })
  )

  it.live("speaks for nobody by a name that any authority of the public signed", () =>
    Effect.gen(function* () {
      const { alone, signed } = yield* maker
      const authority = yield* alone("authority", "Public")
      const server = yield* signed("server", "localhost", "authority")
      const named = yield* signed("named", "other.example", "authority")
      yield* Effect.acquireRelease(
        Effect.sync(() => {
          const before = tls.getCACertificates("default")
          tls.setDefaultCACertificates([...before, authority.certificate])
          return before
        }),
        (before) => Effect.sync(() => tls.setDefaultCACertificates(before))
      )
      const ask = yield* started(
        { certificate: server.certificate, key: server.key },
        [{ company: "other", commonName: "other.example" }],
        authority.certificate
      )
      const { status } = yield* ask({ path: "/v1/messages/TEXT", method: "POST", body: "x", as: named })
      assert.strictEqual(status, 401)
    })
  )
})
