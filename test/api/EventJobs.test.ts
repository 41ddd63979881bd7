/** Set Event requests in the background, of several companies at a time: whoever asks a slow provider waits alone. */
import { createServer } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import * as EventJobs from "../../src/api/EventJobs.ts"
import type { SetEvent } from "../../src/api/SetEvent.ts"
import { glns, gtin, started, unknownGtin } from "../verification/Site.ts"

const event = (packagingCode: string, serials: ReadonlyArray<string>): SetEvent => ({
  eventTime: "2026-11-24T12:00:00Z",
  eventType: "VERIFYING",
  locationType: "DUNS",
  locationValue: "1",
  serialNumberList: serials.map((serialNumber) => ({
    packagingCode,
    packagingCodeType: "GTIN-14",
    serialNumber,
    lotNumber: "L1",
    expirationDate: "301130"
  }))
})

/** A provider that keeps whoever asks waiting until it is let go. */
const stalling = Effect.acquireRelease(
  Effect.callback<{
    readonly url: string
    readonly asked: () => number
    readonly letGo: () => void
    readonly close: () => void
  }>((resume) => {
    let count = 0
    let letGo = () => {}
    const gone = new Promise<void>((done) => {
      letGo = done
    })
    const server = createServer((_request, response) => {
      count += 1
      void gone.then(() => response.writeHead(404).end())
    }).listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      const close = () => {
        letGo()
        server.closeAllConnections()
        server.close()
      }
      resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, asked: () => count, letGo, close }))
    })
  }),
  ({ close }) => Effect.sync(close)
)

describe("Set Event requests", () => {
  it.live("of one company wait for its own only", () =>
    Effect.gen(function* () {
      const north = yield* stalling
      const { context, sql } = yield* started({
        verification: { providers: { north: { url: north.url, retries: 0 } } }
      })
      yield* sql`INSERT INTO directory_records (provider, record, version, gtin, responder, deleted, updated_at, received_at)
        VALUES ('north', 'r1', 1, ${unknownGtin}, ${glns.stranger}, false, now(), now())`
      const jobs = Context.get(
        yield* Layer.build(EventJobs.layer.pipe(Layer.provide(Layer.succeedContext(context)))),
        EventJobs.EventJobs
      )
      const submit = (company: string, asked: SetEvent) => jobs.submit(company, "test", asked)
      const ended = Effect.fnUntraced(function* (company: string, id: string) {
        for (;;) {
          const job = yield* jobs.find(company, id)
          if (job?.isDone === true) return job.outcomes.map(({ status }) => status)
          yield* Effect.sleep("20 millis")
        }
      })
      const slow = yield* submit("elm-wholesale", event(unknownGtin, ["1", "2"]))
      while (north.asked() < 2) yield* Effect.sleep("20 millis")
      const behind = yield* submit("elm-wholesale", event(gtin, ["S1", "S2"]))
      const other = yield* submit("alder-pharma", event(gtin, ["S1", "S2"]))
      assert.deepStrictEqual(yield* ended("alder-pharma", other), ["PIE_SUCCESS", "PV_SUBMISSION_FAILURE"])
      for (const id of [slow, behind]) {
        assert.strictEqual((yield* jobs.find("elm-wholesale", id))?.isDone, false)
      }
      north.letGo()
      assert.deepStrictEqual(yield* ended("elm-wholesale", slow), ["PIE_FAILURE", "PIE_FAILURE"])
      assert.deepStrictEqual(yield* ended("elm-wholesale", behind), ["PIE_SUCCESS", "PV_SUBMISSION_FAILURE"])
    }).pipe(Effect.timeout("25 seconds"), Effect.scoped)
  )
})
