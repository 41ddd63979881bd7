/** The server on a real socket: health, metrics, and what it says when it cannot listen. */
import * as net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Logger, Metric } from "effect"
import { HttpRouter, HttpServer, HttpServerResponse } from "effect/http"
import * as Health from "../../src/api/Health.ts"
import * as Metrics from "../../src/api/Metrics.ts"
import * as Server from "../../src/api/Server.ts"

const local = { host: "127.0.0.1", port: 0 }

/** A server and a way to ask it. */
const started = <E>(routes: Layer.Layer<never, E, HttpRouter.HttpRouter>) =>
  Effect.gen(function* () {
    const context = yield* Layer.build(Server.layer(routes, local))
    const server = yield* Effect.provide(HttpServer.HttpServer, context)
    const base = HttpServer.formatAddress(server.address)
    return (path: string, method = "GET") =>
      Effect.promise(async () => {
        const response = await fetch(base + path, { method })
        return { status: response.status, type: response.headers.get("content-type"), text: await response.text() }
      })
  })

describe("a server that is starting", () => {
  it.live("answers what came before its routes were there", () =>
    Effect.gen(function* () {
      const { port } = yield* Effect.promise(
        () =>
          new Promise<{ readonly port: number }>((resolve) => {
            const free = net.createServer().listen(0, "127.0.0.1", () => {
              const address = free.address()
              free.close(() => resolve({ port: typeof address === "object" ? (address?.port ?? 0) : 0 }))
            })
          })
      )
      const asked: Array<Promise<number>> = []
      const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status
      // The server listens by the time that its routes are made.
      const slow = Layer.unwrap(
        Effect.gen(function* () {
          for (const path of ["/health/live", "/health/live", "/nowhere"]) asked.push(ask(path))
          yield* Effect.sleep("300 millis")
          return Health.routes([])
        })
      )
      yield* Layer.build(Server.layer(slow, { host: "127.0.0.1", port }))
      assert.deepStrictEqual(yield* Effect.promise(() => Promise.all(asked)), [200, 200, 404])
      assert.strictEqual(yield* Effect.promise(() => ask("/health/live")), 200)
    }).pipe(Effect.timeout("10 seconds"))
  )
})

describe("health", () => {
  it.live("is live while it answers, ready when every check ends well, and names the one that does not", () =>
    Effect.gen(function* () {
      let database = true
      const get = yield* started(
        Health.routes([
          {
            name: "database",
            check: Effect.suspend(() => (database ? Effect.void : Effect.fail("secret at 10.0.0.1")))
          },
          { name: "workers", check: Effect.void }
        ])
      )
      assert.strictEqual((yield* get("/health/live")).status, 200)
      assert.deepStrictEqual(yield* get("/health/ready"), {
        status: 200,
        type: "application/json",
        text: '{"status":"ready","checks":{"database":"ok","workers":"ok"}}'
      })
      database = false
      assert.deepStrictEqual(yield* get("/health/ready"), {
        status: 503,
        type: "application/json",
        text: '{"status":"not ready","checks":{"database":"failed","workers":"ok"}}'
      })
      assert.strictEqual((yield* get("/health/live")).status, 200)
      assert.strictEqual((yield* get("/health/live", "HEAD")).status, 200)
      assert.strictEqual((yield* get("/health/other")).status, 404)
      database = true
      assert.strictEqual((yield* get("/health/ready")).status, 200)
    }).pipe(Effect.provide(Logger.layer([])))
  )

  it.live("does not wait for a check that never ends, nor breaks with one that dies", () =>
    Effect.gen(function* () {
      const get = yield* started(
        Health.routes([
          { name: "hangs", check: Effect.never },
          { name: "dies", check: Effect.die(new Error("no")) }
        ])
      )
      const [elapsed, answer] = yield* Effect.timed(get("/health/ready"))
      assert.strictEqual(answer.text, '{"status":"not ready","checks":{"hangs":"timed out","dies":"failed"}}')
      assert.isBelow(Duration.toMillis(elapsed), 4000)
    }).pipe(Effect.provide(Logger.layer([])))
  )
})

describe("metrics", () => {
  it.live("are what Prometheus reads", () =>
    Effect.gen(function* () {
      const counted = Metric.counter("throughline_tests_total", { description: "Counted by a test", incremental: true })
      yield* Metric.update(Metric.withAttributes(counted, { outcome: 'odd "value"\n' }), 2)
      const get = yield* started(Metrics.routes)
      const { status, type, text } = yield* get("/metrics")
      assert.strictEqual(status, 200)
      assert.strictEqual(type, "text/plain; version=0.0.4; charset=utf-8")
      assert.include(text, "# TYPE throughline_tests_total counter\n")
      assert.include(text, 'throughline_tests_total{outcome="odd \\"value\\"\\n"} 2\n')
      for (const name of ["resident_bytes", "heap_bytes", "loop_delay_seconds"]) {
        assert.match(text, new RegExp(`^throughline_process_${name} [0-9.e+-]+$`, "mu"))
      }
      for (const line of text.trim().split("\n")) {
        assert.match(line, /^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{.*\})? -?[0-9.e+-]+(?:Inf)?)$/u)
      }
    })
  )
})

describe("the server", () => {
  it.live("says which port is taken and what to do", () =>
    Effect.gen(function* () {
      const other = yield* Effect.acquireRelease(
        Effect.callback<net.Server>((resume) => {
          const server = net.createServer().listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.sync(() => server.close())
      )
      const address = other.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      const routes = HttpRouter.add("GET", "/", HttpServerResponse.text(""))
      const error = yield* Effect.flip(Layer.build(Server.layer(routes, { ...local, port })))
      assert.strictEqual(error._tag, "ServerError")
      assert.strictEqual(error.reason._tag, "AddressInUse")
      assert.include(error.message, String(port))
    })
  )
})
