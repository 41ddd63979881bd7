/** What other providers may answer, whole and broken, and what is made of it; over a real socket where it matters how it comes. */
import { createServer, type ServerResponse } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import * as ProviderHttp from "../../src/channels/ProviderHttp.ts"
import * as VerificationAnswer from "../../src/channels/VerificationAnswer.ts"
import * as VerificationProviders from "../../src/channels/VerificationProviders.ts"
import { Providers } from "../../src/verification/Providers.ts"
import { additionalInfos, failureReasons } from "../../src/verification/Verification.ts"
import { glns, ours } from "./Site.ts"

const corrUUID = "21EC2020-3AEA-4069-A2DD-08002B30309D"
const right = {
  verificationTimestamp: "2026-11-24T12:00:00.000Z",
  responderGLN: glns.alder,
  data: { verified: true },
  corrUUID
}
const read = (body: unknown, status = 200) => {
  const text = typeof body === "string" ? body : JSON.stringify(body)
  return VerificationAnswer.read("north", { status, body: text }, corrUUID)
}
const verdict = (data: object) => Result.getOrUndefined(read({ ...right, data }))?.verdict
const tag = (result: ReturnType<typeof read>) => (Result.isFailure(result) ? result.failure.reason._tag : "Answered")

describe("an answer", () => {
  it("is read with every reason and every additional information, whatever their case", () => {
    assert.deepStrictEqual(verdict({ verified: true }), { verified: true, additionalInfo: undefined })
    for (const additionalInfo of additionalInfos) {
      for (const said of [additionalInfo, additionalInfo.toLowerCase()]) {
        assert.deepStrictEqual(verdict({ verified: true, additionalInfo: said }), { verified: true, additionalInfo })
      }
    }
    for (const failureReason of failureReasons) {
      const said = { verified: false, verificationFailureReason: failureReason, additionalInfo: null }
      assert.deepStrictEqual(verdict(said), { verified: false, failureReason, additionalInfo: undefined })
    }
    // A no is a no, also with a reason that nobody knows.
    assert.deepInclude(verdict({ verified: false, verificationFailureReason: "GTIN_not_found" }), { verified: false })
  })

  it("is none when it is not whole, or answers another question", () => {
    const { corrUUID: _, ...withoutId } = right
    for (const broken of [
      "",
      "<html>",
      "null",
      {},
      withoutId,
      { ...right, corrUUID: corrUUID.toLowerCase() },
      { ...right, data: {} },
      { ...right, data: { verified: "true" } },
      { ...right, responderGLN: "12" },
      { ...right, verificationTimestamp: "yesterday" }
    ]) {
      assert.strictEqual(tag(read(broken)), "InvalidAnswer", JSON.stringify(broken))
    }
  })

  it("is none with any other status, for the reason that the status says", () => {
    const said = [400, 401, 403, 404, 408, 429, 500, 502, 503, 504, 204, 301, 307, 418].map((status) => [
      status,
      tag(read(right, status))
    ])
    assert.deepStrictEqual(said, [
      [400, "ProviderRefused"],
      [401, "ProviderRefused"],
      [403, "ProviderRefused"],
      [404, "GtinUnknown"],
      [408, "ProviderTimeout"],
      [429, "ProviderDown"],
      [500, "ProviderDown"],
      [502, "ProviderDown"],
      [503, "ProviderDown"],
      [504, "ProviderTimeout"],
      [204, "InvalidAnswer"],
      [301, "InvalidAnswer"],
      [307, "InvalidAnswer"],
      [418, "InvalidAnswer"]
    ])
  })
})

/** A provider that answers as it is told, with the targets it was asked. */
const provider = (answer: (response: ServerResponse, count: number) => void) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<{ readonly port: number; readonly asked: Array<string>; readonly close: () => void }>(
        (resume) => {
          const asked: Array<string> = []
          const server = createServer((request, response) => {
            asked.push(request.url ?? "")
            answer(response, asked.length)
          }).listen(0, "127.0.0.1", () => {
            const address = server.address()
            const port = typeof address === "object" && address !== null ? address.port : 0
            const close = () => {
              server.closeAllConnections()
              server.close()
            }
            resume(Effect.succeed({ port, asked, close }))
          })
        }
      ),
      ({ close }) => Effect.sync(close)
    ),
    ({ port, asked }) => ({ url: `http://127.0.0.1:${port}`, asked })
  )

const question = { ...ours, requesterGln: glns.elm, corrUuid: corrUUID, context: "dscsaSaleableReturn" }
const outcome = (url: string | undefined = undefined) =>
  Effect.map(Effect.result(Providers.use(({ ask }) => ask("north", question, url))), (result) =>
    Result.isFailure(result) ? result.failure.reason._tag : result.success.verdict.verified
  )

describe("a provider", () => {
  it.live("is asked again when it fails in passing, and not when it refuses", () =>
    Effect.gen(function* () {
      const flaky = yield* provider((response, count) => {
        response.statusCode = count < 3 ? 503 : 200
        response.end(JSON.stringify(right))
      })
      const options = { url: flaky.url, retries: 2 }
      const given = VerificationProviders.layer({ providers: { north: options } })
      assert.strictEqual(yield* Effect.provide(outcome(), given), true)
      assert.lengthOf(flaky.asked, 3)
      assert.isTrue(
        flaky.asked.every((target) => target.startsWith(`/verify/gtin/${ours.gtin}/lot/L1/ser/S1?exp=301130`))
      )

      const closed = yield* provider((response) => {
        response.statusCode = 403
        response.end()
      })
      const refusing = VerificationProviders.layer({ providers: { north: { url: closed.url, retries: 2 } } })
      assert.strictEqual(yield* Effect.provide(outcome(), refusing), "ProviderRefused")
      assert.lengthOf(closed.asked, 1)
    })
  )

  it.live("is asked at a record's address only under its own, whatever that address says", () =>
    Effect.gen(function* () {
      const told = yield* provider((response) => response.end(JSON.stringify(right)))
      const base = `${told.url}/vrs`
      const layer = VerificationProviders.layer({ providers: { north: { url: base, retries: 0 } } })
      const path = Effect.fnUntraced(function* (url: string) {
        assert.strictEqual(yield* Effect.provide(outcome(url), layer), true)
        return told.asked.at(-1)?.split("/verify/")[0]
      })
      const at = (url: string) =>
        Effect.provide(
          Effect.map(Providers, (providers) => providers.at(url)),
          layer
        )
      for (const under of [base, `${base}/`, `${base}/alder`]) {
        assert.strictEqual(yield* path(under), new URL(under).pathname.replace(/\/$/u, ""))
        assert.strictEqual(yield* at(under), "north")
      }
      for (const astray of [
        told.url,
        `${told.url}/admin`,
        `${base}2`,
        `${base}/../admin`,
        `${base}/%2e%2e/admin`,
        `${base}/..%2fadmin`,
        `${base}/admin?`,
        `${base}/admin?x=`,
        `${base}/admin#`,
        base.replace("http:", "https:"),
        base.replace("127.0.0.1", "user@127.0.0.1"),
        "no address"
      ]) {
        assert.strictEqual(yield* path(astray), "/vrs", astray)
        assert.isUndefined(yield* at(astray), astray)
      }
    })
  )

  it.live("that cannot be asked where the configuration says is down, and nothing breaks", () =>
    Effect.gen(function* () {
      const url = "https://localhost:9/vrs"
      const agent = ProviderHttp.agentOf({ url })
      const failed = yield* Effect.flip(ProviderHttp.get("http://localhost:9/vrs", agent, { headers: {}, largest: 10 }))
      assert.include(String(failed), "ERR_INVALID_PROTOCOL")
      const layer = VerificationProviders.layer({ providers: { north: { url, retries: 0 } } })
      assert.strictEqual(yield* Effect.provide(outcome("http://localhost:9/vrs/x"), layer), "ProviderDown")
    })
  )

  it.live("is left alone after it failed in a row, but not for refusals and unknown GTINs", () =>
    Effect.gen(function* () {
      const dead = yield* provider((response) => {
        response.statusCode = 500
        response.end()
      })
      const failing = VerificationProviders.layer({
        providers: { north: { url: dead.url, retries: 0, breakAfter: 2, breakSeconds: 60 } }
      })
      const five = Effect.all(Array.from({ length: 5 }, () => outcome()))
      assert.deepStrictEqual<unknown>(
        yield* Effect.provide(five, failing),
        Array.from({ length: 5 }, () => "ProviderDown")
      )
      assert.lengthOf(dead.asked, 2)
      const without = yield* provider((response) => {
        response.statusCode = 404
        response.end()
      })
      const well = VerificationProviders.layer({ providers: { north: { url: without.url, breakAfter: 2 } } })
      yield* Effect.provide(five, well)
      assert.lengthOf(without.asked, 5)
    })
  )

  it.live("that answers without end, or from elsewhere than it is configured, is not listened to", () =>
    Effect.gen(function* () {
      const endless = yield* provider((response) => {
        response.write("x".repeat(100_000))
      })
      const given = VerificationProviders.layer({ providers: { north: { url: endless.url, retries: 0 } } })
      assert.strictEqual(yield* Effect.provide(outcome(), given), "ProviderDown")
      const silent = yield* provider(() => undefined)
      const waiting = VerificationProviders.layer({
        providers: { north: { url: silent.url, retries: 0, timeoutSeconds: 1 } }
      })
      assert.strictEqual(yield* Effect.provide(outcome(), waiting), "ProviderTimeout")
      // A record's address counts where it is the provider's own host; another one is never called.
      const good = yield* provider((response) => response.end(JSON.stringify(right)))
      const both = VerificationProviders.layer({ providers: { north: { url: good.url } } })
      assert.strictEqual(yield* Effect.provide(outcome(`${good.url}/vrs`), both), true)
      assert.strictEqual(yield* Effect.provide(outcome(endless.url), both), true)
      assert.deepStrictEqual(
        good.asked.map((target) => target.split("/gtin/")[0]),
        ["/vrs/verify", "/verify"]
      )
      const unknown = Providers.use(({ ask }) => Effect.flip(ask("south", question)))
      assert.strictEqual((yield* Effect.provide(unknown, both)).reason._tag, "ProviderUnknown")
    })
  )
})
