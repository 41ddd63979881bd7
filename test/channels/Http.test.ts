/** The HTTP channel keeps the contract, both ways of delivering; what a partner's server may answer and what follows. */

import { createHmac } from "node:crypto"
import { createServer, type Server } from "node:https"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Redacted } from "effect"
import * as Http from "../../src/channels/Http.ts"
import * as HttpWebhook from "../../src/channels/HttpWebhook.ts"
import type { OutgoingFile } from "../../src/engine/Channel.ts"
import * as Certificates from "../api/Certificates.ts"
import { bytesOf, channelContract, companies, eventually } from "../contracts/ChannelContract.ts"
import * as Database from "../Database.ts"
import { freePort, harness, partnerServer } from "./HttpHarness.ts"

channelContract("http, fetched by the partner,", harness({ posts: false }))
channelContract("http, posted to the partner,", harness({ posts: true }))

const file: OutgoingFile = {
  company: companies[0],
  type: "SNX_TRANSFER",
  fileName: "Größe 1.xml",
  bytes: bytesOf("<a>1</a>"),
  messageId: 7,
  controlNumber: "10 01"
}

describe("posting to a partner", () => {
  it.live("says what the document is, who sends it, and that it is the same one again", () =>
    Effect.gen(function* () {
      const partner = yield* partnerServer
      const webhook = {
        url: `${partner.url}/x?y=1`,
        token: Redacted.make("secret-token"),
        signingKey: Redacted.make("signing-key")
      }
      yield* HttpWebhook.deliver(webhook, file)
      yield* HttpWebhook.deliver(webhook, file)
      const [first, second] = partner.posted
      assert.deepStrictEqual(first?.bytes, file.bytes)
      assert.strictEqual(first?.path, "/in/x?y=1")
      assert.deepInclude(first?.headers, {
        "content-type": "application/xml",
        "idempotency-key": "7",
        "throughline-message-id": "7",
        "throughline-message-type": "SNX_TRANSFER",
        "throughline-control-number": "10%2001",
        authorization: "Bearer secret-token",
        "content-disposition": `attachment; filename="Gr__e 1.xml"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%201.xml`,
        "throughline-signature": `sha256=${createHmac("sha256", "signing-key").update(file.bytes).digest("hex")}`
      })
      assert.deepStrictEqual(second?.headers["idempotency-key"], first?.headers["idempotency-key"])
    })
  )

  it.live("goes to the address of the link where there is one, else to the company's", () =>
    Effect.gen(function* () {
      const [usual, ofLink] = [yield* partnerServer, yield* partnerServer]
      const channel = yield* Http.make({
        companies: Effect.succeed(companies),
        webhooks: new Map([
          [file.company, usual],
          [`${file.company}/${companies[1]}`, ofLink]
        ])
      })
      yield* channel.deliver(file)
      yield* channel.deliver({ ...file, messageId: 8, other: companies[1] })
      const idsOf = ({ posted }: typeof usual) => posted.map(({ headers }) => headers["throughline-message-id"])
      assert.deepStrictEqual([idsOf(usual), idsOf(ofLink)], [["7"], ["8"]])
    }).pipe(Effect.provide(Http.HttpOutbox.layer.pipe(Layer.provide(Database.layer))))
  )

  it.live("knows which answers may pass, which an operator has to mend, and which are for good", () =>
    Effect.gen(function* () {
      const partner = yield* partnerServer
      for (const status of [200, 201, 202, 204]) {
        partner.status = status
        yield* HttpWebhook.deliver(partner, file)
      }
      const expected = [
        [500, "Unavailable", true],
        [503, "Unavailable", true],
        [429, "Unavailable", true],
        [401, "Refused", true],
        [403, "Refused", true],
        [404, "Blocked", true],
        [302, "Blocked", true],
        [400, "Rejected", false],
        [409, "Rejected", false],
        [422, "Rejected", false]
      ] as const
      const before = partner.posted.length
      for (const [status, reason, isRetryable] of expected) {
        partner.status = status
        const error = yield* Effect.flip(HttpWebhook.deliver(partner, file))
        assert.deepStrictEqual([status, error.reason._tag, error.isRetryable], [status, reason, isRetryable])
        assert.include(error.message, `answered ${status}: what the partner says`)
      }
      assert.strictEqual(partner.posted.length - before, expected.length)
    })
  )

  it.live("reads no more of an answer than its beginning, whatever is streamed", () =>
    Effect.gen(function* () {
      const partner = yield* partnerServer
      for (const [status, outcome] of [
        [200, "delivered"],
        [422, `answered 422: ${"the partner says ".repeat(20).slice(0, 300)}`]
      ] as const) {
        partner.status = status
        partner.streams = "the partner says "
        const from = Date.now()
        const said = yield* HttpWebhook.deliver(partner, file).pipe(
          Effect.match({ onFailure: ({ message }) => message, onSuccess: () => "delivered" })
        )
        assert.include(said, outcome.trim())
        assert.isBelow(Date.now() - from, 3000)
        // The partner is told that nobody listens any more.
        yield* eventually(
          "cut off",
          Effect.sync(() => partner.streaming === 0)
        )
        assert.isBelow(partner.streamed, 20_000_000)
        partner.streamed = 0
      }
      partner.status = 200
      yield* Http.reach(partner)
      yield* eventually(
        "cut off",
        Effect.sync(() => partner.streaming === 0)
      )
    })
  )

  it.live("is tried before, with who we are; what the answer says of the server counts", () =>
    Effect.gen(function* () {
      const partner = yield* partnerServer
      const tag = Effect.match(Http.reach({ ...partner, token: Redacted.make("secret-token") }), {
        onFailure: ({ reason }) => reason._tag,
        onSuccess: (note) => note ?? "works"
      })
      const { host } = new URL(partner.url)
      const reached = (status: number) =>
        `${host} is reached and answered ${status} to a request without a document (OPTIONS): whether it takes documents there, the first one tells`
      const expected = {
        200: "works",
        404: reached(404),
        405: reached(405),
        501: reached(501),
        401: "Refused",
        403: "Refused",
        302: "Blocked",
        410: "Blocked",
        503: "Unavailable"
      }
      const found: Record<string, string> = {}
      for (const status of Object.keys(expected)) {
        partner.status = Number(status)
        found[status] = yield* tag
      }
      assert.deepStrictEqual(found, expected)
      assert.strictEqual(partner.posted[0]?.headers.authorization, "Bearer secret-token")
    })
  )

  it.live("is not trusted with a certificate that nobody known has signed, and an operator is told", () =>
    Effect.gen(function* () {
      const certificates = yield* Certificates.maker
      const { certificate: cert, key } = yield* certificates.alone("partner", "localhost")
      const server = yield* Effect.acquireRelease(
        Effect.callback<Server>((resume) => {
          const made = createServer({ cert, key }, (_, response) => response.end())
          made.listen(0, "127.0.0.1", () => resume(Effect.succeed(made)))
        }),
        (made) => Effect.sync(() => made.close())
      )
      const address = server.address()
      const port = typeof address === "object" ? address?.port : undefined
      const https = { url: `https://localhost:${port}/` }
      // Nothing speaks TLS at a port for plain HTTP.
      const plain = { url: (yield* partnerServer).url.replace("http:", "https:") }
      for (const partner of [https, plain]) {
        for (const attempt of [Http.reach(partner), HttpWebhook.deliver(partner, file)]) {
          const { reason, message } = yield* Effect.flip(attempt)
          assert.deepStrictEqual([reason._tag, reason.whoActs], ["Blocked", "operator"])
          assert.match(message, /^\S+:\d+ cannot be trusted: no TLS connection, [A-Z_]+$/u)
        }
      }
    })
  )

  it.live("does not wait for the end of an answer that trickles", () =>
    Effect.gen(function* () {
      const partner = yield* partnerServer
      partner.trickles = true
      const from = Date.now()
      yield* HttpWebhook.deliver(partner, file)
      assert.isBelow(Date.now() - from, 3000)
    })
  )

  it.live("gives up on a partner who is away or silent, and says so", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const away = yield* Effect.flip(HttpWebhook.deliver({ url: `http://127.0.0.1:${port}/` }, file))
      assert.strictEqual(away.reason._tag, "Unavailable")
      assert.include(away.message, "ECONNREFUSED")
      const silent = yield* Effect.acquireRelease(
        Effect.promise(async () => {
          const net = await import("node:net")
          const server = net.createServer(() => {})
          await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
          return server
        }),
        (server) => Effect.sync(() => server.close())
      )
      const address = silent.address()
      const silentPort = typeof address === "object" && address !== null ? address.port : 0
      const timeout = Duration.millis(300)
      const quiet = yield* Effect.flip(HttpWebhook.deliver({ url: `http://127.0.0.1:${silentPort}/`, timeout }, file))
      assert.strictEqual(quiet.reason._tag, "Timeout")
      assert.include(quiet.message, "did not answer in 300ms")
    })
  )
})
