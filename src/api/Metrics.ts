/**
 * `/metrics` in the text format of Prometheus: everything the process counts, and its own memory and event loop delay
 * as they are at the moment of asking. Names read `throughline_<noun>_<unit>_total`; labels come from small closed sets.
 *
 * It reads memory only, so it answers while the database is away.
 */
import { monitorEventLoopDelay } from "node:perf_hooks"
import { Effect, Layer, Metric } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { PrometheusMetrics } from "effect/observability"
import * as Version from "../engine/Version.ts"

const residentBytes = Metric.gauge("throughline_process_resident_bytes", {
  description: "Memory of the process, XML parsers included, in bytes"
})

const heapBytes = Metric.gauge("throughline_process_heap_bytes", {
  description: "JavaScript heap in use, in bytes"
})

const loopDelay = Metric.gauge("throughline_process_loop_delay_seconds", {
  description: "99th percentile of the event loop's delay since the last scrape, in seconds"
})

const buildInfo = Metric.gauge("throughline_build_info", { description: "Always 1; the version is in the label" })

/** Resolution of the delay's measurement, in ms: also what an idle loop shows. */
const resolution = 10

/** The route; add it to the server's. */
export const routes = Layer.unwrap(
  Effect.gen(function* () {
    const delay = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const histogram = monitorEventLoopDelay({ resolution })
        histogram.enable()
        return histogram
      }),
      (histogram) => Effect.sync(() => histogram.disable())
    )

    const scrape = Effect.gen(function* () {
      const { rss, heapUsed } = process.memoryUsage()
      yield* Metric.update(residentBytes, rss)
      yield* Metric.update(heapBytes, heapUsed)
      yield* Metric.update(loopDelay, Math.max(0, delay.percentile(99) / 1e9 - resolution / 1e3))
      delay.reset()
      yield* Metric.update(Metric.withAttributes(buildInfo, { version: Version.version }), 1)
      return HttpServerResponse.text(yield* PrometheusMetrics.format(), {
        contentType: "text/plain; version=0.0.4; charset=utf-8"
      })
    })

    return HttpRouter.add("GET", "/metrics", scrape)
  })
)
