/**
 * What every channel promises, tested from the partner's side of it. A channel's own test file calls `channelContract`
 * with a harness; folder, SFTP, AMQP and HTTP all do. Nothing in here knows how a channel works.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger, Schedule, type Scope } from "effect"
import type { Channel, ChannelError, OutgoingFile } from "../../src/engine/Channel.ts"
import { Journal } from "../../src/engine/Journal.ts"
import * as RecordingJournal from "../channels/RecordingJournal.ts"

/** The other side: what a partner can do and see. */
export interface Partner {
  readonly put: (company: string, type: string, name: string, bytes: Uint8Array) => Effect.Effect<void>
  /** Names of what was put and is not acknowledged yet. */
  readonly unacknowledged: (company: string, type: string) => Effect.Effect<ReadonlyArray<string>>
  readonly delivered: (
    company: string,
    type: string
  ) => Effect.Effect<ReadonlyArray<{ readonly name: string; readonly bytes: Uint8Array }>>
}

export interface Harness {
  readonly channel: Channel
  readonly receive: Effect.Effect<never, ChannelError, Journal>
  readonly partner: Partner
}

/** Two companies every harness knows. */
export const companies = ["acme-printing", "borealis-pharma"] as const

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Waits for what must become true, and says what it was when it does not. */
export const eventually = <E, R>(
  what: string,
  look: Effect.Effect<boolean, E, R>
): Effect.Effect<void, E | string, R> =>
  look.pipe(
    Effect.filterOrFail(
      (is) => is,
      () => `${what}: not within ten seconds`
    ),
    Effect.retry({ schedule: Schedule.max([Schedule.spaced("10 millis"), Schedule.recurs(1000)]) }),
    Effect.asVoid
  )

/** The journal, and no log lines between those of the test runner. */
const quiet = Layer.merge(RecordingJournal.layer, Logger.layer([]))

const file = (over: Partial<OutgoingFile> = {}): OutgoingFile => ({
  company: companies[0],
  type: "SNX_TRANSFER",
  fileName: "SNX_TRANSFER_1001.xml",
  bytes: bytesOf("<a>1</a>"),
  messageId: 7,
  controlNumber: "1001",
  ...over
})

export const channelContract = (name: string, harness: Effect.Effect<Harness, unknown, Scope.Scope>): void => {
  describe(`${name} keeps the channel contract`, () => {
    it.live("delivers the exact bytes under the file's name, and only to its company", () =>
      Effect.gen(function* () {
        const { channel, partner } = yield* harness
        const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => (at * 31) % 256)
        yield* channel.deliver(file({ bytes }))
        assert.deepStrictEqual(yield* partner.delivered(companies[0], "SNX_TRANSFER"), [
          { name: "SNX_TRANSFER_1001.xml", bytes }
        ])
        assert.deepStrictEqual(yield* partner.delivered(companies[1], "SNX_TRANSFER"), [])
      })
    )

    it.live("takes the same file again as a success", () =>
      Effect.gen(function* () {
        const { channel, partner } = yield* harness
        yield* channel.deliver(file())
        yield* channel.deliver(file())
        for (const { bytes } of yield* partner.delivered(companies[0], "SNX_TRANSFER")) {
          assert.deepStrictEqual(bytes, file().bytes)
        }
      })
    )

    it.live("does not know every company", () =>
      Effect.gen(function* () {
        const { channel } = yield* harness
        for (const company of ["nobody", "../acme-printing", ""]) {
          const error = yield* Effect.flip(channel.deliver(file({ company })))
          assert.strictEqual(error.reason._tag, "NoDestination")
          assert.isFalse(error.isRetryable)
        }
      })
    )

    it.live("receives the exact bytes with company, type and name, then acknowledges", () =>
      Effect.gen(function* () {
        const { receive, partner } = yield* harness
        const recorded = yield* RecordingJournal.Recorded
        yield* Effect.forkScoped(receive)
        const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => (at * 7) % 256)
        yield* partner.put(companies[1], "SNX_TRANSFER", "a b.xml", bytes)
        yield* eventually(
          "received",
          Effect.sync(() => recorded.all.length === 1)
        )
        const [taken] = recorded.all
        assert.strictEqual(taken?.company, companies[1])
        assert.strictEqual(taken?.type, "SNX_TRANSFER")
        assert.strictEqual(taken?.fileName, "a b.xml")
        assert.deepStrictEqual(taken?.bytes, bytes)
        const journal = yield* Journal
        assert.deepStrictEqual(yield* journal.bytes(taken?.messageId ?? 0), bytes)
        yield* eventually(
          "acknowledged",
          Effect.map(partner.unacknowledged(companies[1], "SNX_TRANSFER"), (names) => names.length === 0)
        )
      }).pipe(Effect.provide(quiet))
    )

    it.live("acknowledges nothing while the journal is away, and loses nothing", () =>
      Effect.gen(function* () {
        const { receive, partner } = yield* harness
        const recorded = yield* RecordingJournal.Recorded
        recorded.away = "unavailable"
        yield* Effect.forkScoped(receive)
        yield* partner.put(companies[0], "SNX_TRANSFER", "1.xml", bytesOf("one"))
        yield* partner.put(companies[0], "SNX_TRANSFER", "2.xml", bytesOf("two"))
        yield* Effect.sleep("400 millis")
        assert.deepStrictEqual(yield* partner.unacknowledged(companies[0], "SNX_TRANSFER"), ["1.xml", "2.xml"])
        recorded.away = "no"
        yield* eventually(
          "received",
          Effect.sync(() => recorded.all.length === 2)
        )
        assert.deepStrictEqual(recorded.all.map(({ fileName }) => fileName).sort(), ["1.xml", "2.xml"])
      }).pipe(Effect.provide(quiet))
    )

    it.live("takes nothing twice when it is stopped between commit and acknowledgement", () =>
      Effect.gen(function* () {
        const { receive, partner } = yield* harness
        const recorded = yield* RecordingJournal.Recorded
        recorded.afterCommit = Effect.never
        yield* partner.put(companies[0], "SNX_TRANSFER", "1.xml", bytesOf("one"))
        yield* Effect.raceFirst(
          receive,
          eventually(
            "committed",
            Effect.sync(() => recorded.all.length === 1)
          )
        )
        recorded.afterCommit = Effect.void
        assert.deepStrictEqual(yield* partner.unacknowledged(companies[0], "SNX_TRANSFER"), ["1.xml"])
        yield* Effect.forkScoped(receive)
        yield* eventually(
          "acknowledged",
          Effect.map(partner.unacknowledged(companies[0], "SNX_TRANSFER"), (names) => names.length === 0)
        )
        assert.deepStrictEqual(
          recorded.all.map(({ again }) => again),
          [false, true]
        )
        assert.strictEqual(recorded.all[1]?.messageId, recorded.all[0]?.messageId)
      }).pipe(Effect.provide(quiet))
    )

    it.live("takes what lay there before it started, in the order it was put", () =>
      Effect.gen(function* () {
        const { receive, partner } = yield* harness
        const recorded = yield* RecordingJournal.Recorded
        const names = ["z.xml", "m.xml", "a.xml", "b.xml"]
        for (const each of names) {
          yield* partner.put(companies[0], "SNX_TRANSFER", each, bytesOf(each))
          yield* Effect.sleep("15 millis")
        }
        yield* Effect.forkScoped(receive)
        yield* eventually(
          "received",
          Effect.sync(() => recorded.all.length === names.length)
        )
        assert.deepStrictEqual(
          recorded.all.map(({ fileName }) => fileName),
          names
        )
      }).pipe(Effect.provide(quiet))
    )
  })
}
