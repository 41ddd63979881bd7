/**
 * What the engine counts: messages by type and outcome, how long they took, deliveries by outcome. Labels come from
 * small closed sets (types of registered pipelines, outcomes), never from partners' data.
 */
import { Clock, Effect, Metric } from "effect"
import type { Verdict } from "./Verdict.ts"

const messages = Metric.counter("throughline_messages_total", {
  description: "Messages that ended an attempt, by pipeline and outcome",
  incremental: true
})

const seconds = Metric.histogram("throughline_message_seconds", {
  description: "From claim to commit of a message, in seconds",
  boundaries: Metric.exponentialBoundaries({ start: 0.001, factor: 4, count: 8 })
})

const deliveries = Metric.counter("throughline_deliveries_total", {
  description: "Delivery attempts, by outcome",
  incremental: true
})

/** Counts the end of an attempt. `started` is in nanoseconds of the engine's clock. */
export const messageEnded = Effect.fnUntraced(function* (
  ended: { readonly pipeline: string | undefined; readonly verdict: Verdict },
  started: number
) {
  const now = Number(yield* Clock.currentTimeNanos)
  const pipeline = ended.pipeline ?? "none"
  yield* Metric.update(Metric.withAttributes(messages, { pipeline, outcome: ended.verdict.outcome }), 1)
  yield* Metric.update(Metric.withAttributes(seconds, { pipeline }), (now - started) / 1e9)
})

/** Counts an attempt to deliver. */
export const deliveryTried = (outcome: "delivered" | "retrying" | "delivery_failed") =>
  Metric.update(Metric.withAttributes(deliveries, { outcome }), 1)
