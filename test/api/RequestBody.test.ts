/** Bodies that come slowly or not at all: they cost whoever sends them, and nobody else. */
import { request } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { started } from "./ApiServer.ts"

const megabyte = 1024 * 1024

/** Begins a request whose body does not end, and gives what waits for the status it is answered with. */
const begun = (base: string, key: string, bytes: number) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const posting = request(`${base}/v1/messages/TEXT`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "transfer-encoding": "chunked" }
      })
      const status = new Promise<number>((resolve) => {
        posting.on("response", (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        })
        posting.on("error", () => resolve(0))
      })
      posting.write(new Uint8Array(bytes).fill(97))
      return { posting, answered: { status: Effect.promise(() => status) } }
    }),
    ({ posting }) => Effect.sync(() => posting.destroy())
  ).pipe(Effect.map(({ answered }) => answered))

describe("bodies that do not come to an end", () => {
  it.live(
    "keep no other company waiting, and are given up with everything they held",
    () =>
      Effect.gen(function* () {
        const { base, ask, keyFor } = yield* started({ works: false })
        const [acme, other] = [yield* keyFor("acme"), yield* keyFor("other")]
        const upload = (key: string) =>
          Effect.map(
            ask("/v1/messages/TEXT", { method: "POST", key, body: new Uint8Array(2 * megabyte).fill(97) }),
            ({ status }) => status
          )
        const silent = yield* Effect.forEach(Array.from({ length: 4 }), () => begun(base, acme, 3))
        const stopped = yield* Effect.forEach(Array.from({ length: 4 }), () => begun(base, acme, 1.5 * megabyte))
        yield* Effect.sleep("500 millis")
        const from = Date.now()
        assert.strictEqual(yield* upload(other), 202)
        assert.isBelow(Date.now() - from, 5_000)
        const ended = yield* Effect.forEach([...silent, ...stopped], ({ status }) => status, {
          concurrency: "unbounded"
        })
        assert.deepStrictEqual([...new Set(ended)], [503])
        assert.isBelow(Date.now() - from, 45_000)
        assert.strictEqual(yield* upload(acme), 202)
      }),
    60_000
  )
})
