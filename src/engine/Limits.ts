/**
 * The engine's numbers, each with its reason. Provide another value of `Limits` to change one; tests shorten them.
 */
import { Context, Duration } from "effect"
import type { Patience } from "./Pipeline.ts"

export interface LimitValues {
  /** Largest document accepted, in bytes. A 64 MB XML file needs about 350 MB of parser memory. */
  readonly maxBytes: number
  /** How long a claim lasts without renewal: longer than any stall seen, short enough that work moves on. */
  readonly lease: Duration.Duration
  /** Claims a message may cost without an orderly end before it is called poison. */
  readonly maxAttempts: number
  /** Messages processed at once by one process. */
  readonly concurrency: number
  /** How often to look for work when nothing announced any. */
  readonly poll: Duration.Duration
  /** Waiting of messages whose pipeline is not known. */
  readonly patience: Patience
  /** A delivery is given up after this; partners' weekends are shorter. */
  readonly deliverWithin: Duration.Duration
  /** Longest pause between two tries of a delivery. */
  readonly deliveryPause: Duration.Duration
  /** Destinations delivered to at once by one process; slow ones spend their time waiting. */
  readonly destinations: number
  /** Deliveries of one partner handed over in one go; they stay in order. */
  readonly deliveryBatch: number
}

export const defaults: LimitValues = {
  maxBytes: 64 * 1024 * 1024,
  lease: Duration.seconds(60),
  maxAttempts: 3,
  concurrency: 8,
  poll: Duration.millis(500),
  patience: { every: Duration.minutes(15), until: Duration.hours(2) },
  deliverWithin: Duration.days(3),
  deliveryPause: Duration.minutes(5),
  destinations: 32,
  deliveryBatch: 32
}

export const Limits = Context.Reference<LimitValues>("throughline/engine/Limits", { defaultValue: () => defaults })
