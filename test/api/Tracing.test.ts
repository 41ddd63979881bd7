/** Spans reach a collector when the environment names one, and nothing is sent when it does not. */
import { createServer } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Logger } from "effect"
import * as Tracing from "../../src/api/Tracing.ts"

/** A collector that notes what it was sent. */
const collector = Effect.gen(function* () {
  const got = new Map<string, string>()
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      got.set(request.url ?? "", (got.get(request.url ?? "") ?? "") + Buffer.concat(chunks).toString("latin1"))
      response.end()
    })
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void))),
    () => Effect.sync(() => server.close())
  )
  const address = server.address()
  return { got, url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}` }
})

const traced = (env: Record<string, string>) =>
  Effect.void.pipe(
    Effect.withSpan("stage.map"),
    Effect.provide(
      Tracing.layer.pipe(
        Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))),
        Layer.provide(Logger.layer([]))
      )
    )
  )

describe("tracing", () => {
  it.live("sends spans under our name", () =>
    Effect.gen(function* () {
      const { got, url } = yield* collector
      yield* traced({ OTEL_EXPORTER_OTLP_ENDPOINT: url })
      const sent = got.get("/v1/traces") ?? ""
      assert.include(sent, "stage.map")
      assert.include(sent, "throughline")
    })
  )

  it.live("goes by the name it is given", () =>
    Effect.gen(function* () {
      const { got, url } = yield* collector
      yield* traced({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_RESOURCE_ATTRIBUTES: "service.name=plant%207" })
      assert.include(got.get("/v1/traces") ?? "", "plant 7")
    })
  )

  it.live("sends nothing when nobody asked, and minds no nonsense", () =>
    Effect.gen(function* () {
      const { got, url } = yield* collector
      yield* traced({})
      yield* traced({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_RESOURCE_ATTRIBUTES: "a=%ZZ" })
      assert.strictEqual(got.size, 0)
    })
  )
})
