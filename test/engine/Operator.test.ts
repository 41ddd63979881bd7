/**
 * What operators may do by hand, on a real database: each act with its record, and every situation in which an act must
 * be refused and change nothing.
 */
import { assert, describe, layer } from "@effect/vitest"
import { Clock, Duration, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { ChannelError, Channels, type OutgoingFile } from "../../src/engine/Channel.ts"
import * as Delivery from "../../src/engine/Delivery.ts"
import * as Desk from "../../src/engine/Desk.ts"
import * as Flow from "../../src/engine/Flow.ts"
import * as Journal from "../../src/engine/Journal.ts"
import * as Operator from "../../src/engine/Operator.ts"
import * as SetClock from "../../src/replay/SetClock.ts"
import * as Database from "../Database.ts"
import { parties, registry } from "./TextPipeline.ts"

/** Files that were handed over, and whether the channel works at all. */
const post = { delivered: [] as OutgoingFile[], isBroken: false }

const away = new ChannelError({
  channel: "test",
  reason: { _tag: "NoDestination", isRetryable: false, whoActs: "operator" },
  message: "nobody lives there"
})

const channels = Layer.succeed(Channels, {
  deliver: (_, files) =>
    Effect.sync(() => {
      if (post.isBroken) return [away]
      post.delivered.push(...files)
      return files.map(() => undefined)
    })
})

const engine = Layer.mergeAll(Flow.layer, Operator.layer, Desk.layer, Delivery.layer).pipe(
  Layer.provideMerge(Journal.layer),
  Layer.provideMerge(Layer.mergeAll(registry, parties, channels)),
  Layer.provideMerge(Database.layer)
)

const start = new Date("2026-01-05T12:00:00Z")

/** A fresh world: nothing journaled, a channel that works, a clock that stands. */
const fresh = <A, E, R>(body: (hand: SetClock.SetClock) => Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`CREATE TABLE IF NOT EXISTS effects (name text, message bigint, run bigint)`
    yield* sql`TRUNCATE effects, messages, message_chunks, runs, deliveries, delivery_attempts, pickups, operator_acts
      RESTART IDENTITY`
    post.delivered = []
    post.isBroken = false
    const hand = yield* SetClock.make(start)
    return yield* Effect.provideService(body(hand), Clock.Clock, hand.clock)
  })

const receive = (text: string) =>
  Journal.Journal.use((journal) =>
    journal.receive({
      channel: "test",
      company: "acme",
      type: "TEXT",
      fileName: "document.txt",
      bytes: new TextEncoder().encode(text)
    })
  ).pipe(Effect.map(({ messageId }) => messageId))

/** Runs everything that may run, and delivers everything that is due. */
const settle = Effect.gen(function* () {
  const flow = yield* Flow.Flow
  const delivery = yield* Delivery.Delivery
  let claimed = yield* flow.claim(10)
  while (claimed.length > 0) {
    for (const one of claimed) yield* flow.process(one)
    claimed = yield* flow.claim(10)
  }
  let batches = yield* delivery.claim(8)
  while (batches.length > 0) {
    yield* Effect.forEach(batches, delivery.deliver)
    batches = yield* delivery.claim(8)
  }
})

const processed = (text: string) => Effect.tap(receive(text), () => settle)

const by = { actor: "ann", why: "because" }

const dossier = (id: number) => Desk.Desk.use((desk) => desk.dossier(id)).pipe(Effect.flatMap(Effect.fromNullishOr))
const statusOf = (id: number) => Effect.map(dossier(id), ({ message }) => message.status)
const actsOf = (id: number) =>
  Effect.map(dossier(id), ({ acts }) => acts.map(({ act, actor, why, input }) => ({ act, actor, why, input })))

const reprocess = (messageId: number, given: Readonly<Record<string, string>> = {}) =>
  Operator.Operator.use((operator) => operator.reprocess({ messageId, given, ...by }))
const redeliver = (target: { readonly messageId: number } | { readonly deliveryId: number }) =>
  Operator.Operator.use((operator) => operator.redeliver({ ...target, ...by }))
const reconcile = (messageId: number) => Operator.Operator.use((operator) => operator.reconcile({ messageId, ...by }))

/** The refusal of an act, which must have left the journal as it was. */
const refusal = Effect.fnUntraced(function* <A, R>(act: Effect.Effect<A, Operator.OperatorError, R>) {
  const sql = yield* SqlClient.SqlClient
  const all = sql<{ readonly all: string }>`SELECT md5(string_agg(t::text, '' ORDER BY t::text)) AS all FROM (
    SELECT m::text FROM messages m UNION ALL SELECT d::text FROM deliveries d UNION ALL SELECT a::text FROM operator_acts a) t`
  const before = yield* all
  const error = yield* Effect.flip(act)
  assert.deepStrictEqual(yield* all, before)
  return error
})

layer(engine, { excludeTestServices: true })("Operator", (it) => {
  describe("reprocess", () => {
    it.effect("runs a failed message again, which may take its number and succeed", () =>
      fresh(() =>
        Effect.gen(function* () {
          const id = yield* processed("acme|other|c1|race")
          const sql = yield* SqlClient.SqlClient
          assert.strictEqual(yield* statusOf(id), "waiting")
          yield* sql`INSERT INTO effects (name) VALUES ('write:ready')`
          yield* reprocess(id)
          assert.strictEqual(yield* statusOf(id), "received")
          yield* settle
          const { message, runs } = yield* dossier(id)
          assert.deepStrictEqual([message.status, message.controlNumber, runs.length], ["processed", "c1", 2])
          assert.deepStrictEqual(yield* actsOf(id), [{ act: "reprocess", ...by, input: {} }])
        })
      )
    )

    it.effect("gives a parked message what it lacked, and keeps what was given before", () =>
      fresh(() =>
        Effect.gen(function* () {
          const id = yield* processed("acme|other|c1|park")
          assert.strictEqual(yield* statusOf(id), "waiting")
          yield* reprocess(id, { first: "1" })
          yield* settle
          assert.strictEqual(yield* statusOf(id), "waiting")
          yield* reprocess(id, { place: "GLN:1" })
          yield* settle
          const { message, runs } = yield* dossier(id)
          assert.strictEqual(message.status, "processed")
          assert.deepStrictEqual(runs.at(-1)?.given, { first: "1", place: "GLN:1" })
        })
      )
    )

    it.effect("starts the time of waiting anew", () =>
      fresh((hand) =>
        Effect.gen(function* () {
          const id = yield* processed("acme|other|c1|race")
          hand.set(new Date(start.getTime() + Duration.toMillis(Duration.hours(1))))
          yield* reprocess(id)
          yield* settle
          const { message } = yield* dossier(id)
          assert.deepStrictEqual(message.waitUntil, new Date("2026-01-05T15:00:00Z"))
        })
      )
    )

    it.effect("accepts a potential duplicate when told so, which does not take the number", () =>
      fresh(() =>
        Effect.gen(function* () {
          const first = yield* processed("acme|other|c1|write:a")
          const second = yield* processed("acme|other|c1|write:b")
          assert.strictEqual(yield* statusOf(second), "processing_failed")
          yield* reprocess(second)
          yield* settle
          assert.strictEqual(yield* statusOf(second), "processing_failed")
          yield* reprocess(second, { acceptDuplicate: "yes" })
          yield* settle
          assert.strictEqual(yield* statusOf(second), "processed")
          const sql = yield* SqlClient.SqlClient
          const holders =
            yield* sql`SELECT id::int4 FROM messages WHERE holds AND control_number = 'c1' AND direction = 'in'`
          assert.deepStrictEqual(holders, [{ id: first }])
        })
      )
    )

    it.effect("refuses what was processed, is new, was sent, or is not there", () =>
      fresh(() =>
        Effect.gen(function* () {
          const done = yield* processed("acme|other|c1|write:a")
          const [sent] = (yield* dossier(done)).answers
          const waiting = yield* receive("acme|other|c2|fine")
          const errors = [
            yield* refusal(reprocess(done)),
            yield* refusal(reprocess(done, { acceptDuplicate: "yes" })),
            yield* refusal(reprocess(waiting)),
            yield* refusal(reprocess(sent?.id ?? 0)),
            yield* refusal(reprocess(99))
          ]
          assert.deepStrictEqual(
            errors.map(({ reason }) => reason._tag),
            ["NotAllowed", "NotAllowed", "NotAllowed", "NotAllowed", "NotFound"]
          )
          assert.include(errors[0]?.message ?? "", "make its effects twice")
        })
      )
    )

    it.effect("refuses what a worker holds, and leaves that worker its claim", () =>
      fresh(() =>
        Effect.gen(function* () {
          const id = yield* receive("acme|other|c1|write:a")
          const flow = yield* Flow.Flow
          const claimed = yield* flow.claim(1)
          const error = yield* refusal(reprocess(id))
          assert.deepStrictEqual([error.reason._tag, error.isRetryable], ["Busy", true])
          for (const one of claimed) yield* flow.process(one)
          assert.strictEqual(yield* statusOf(id), "processed")
        })
      )
    )

    it.effect("takes a resend only when told to accept it", () =>
      fresh(() =>
        Effect.gen(function* () {
          yield* processed("acme|other|c1|write:a")
          const again = yield* processed("acme|other|c1|write:a")
          const error = yield* refusal(reprocess(again))
          assert.include(error.next ?? "", "--accept-duplicate")
          yield* reprocess(again, { acceptDuplicate: "yes" })
          yield* settle
          const { message } = yield* dossier(again)
          assert.deepStrictEqual([message.status, message.duplicateOf], ["processed", null])
        })
      )
    )

    it.effect("twice at the same moment happens once", () =>
      fresh(() =>
        Effect.gen(function* () {
          const id = yield* processed("acme|other|c1|refuse")
          const outcomes = yield* Effect.forEach([reprocess(id), reprocess(id)], Effect.result, {
            concurrency: "unbounded"
          })
          assert.deepStrictEqual(outcomes.map(({ _tag }) => _tag).sort(), ["Failure", "Success"])
          assert.strictEqual((yield* actsOf(id)).length, 1)
        })
      )
    )
  })

  describe("redeliver", () => {
    it.effect("hands over the same bytes, name, number and message once more", () =>
      fresh(() =>
        Effect.gen(function* () {
          const id = yield* processed("acme|other|c1|hello")
          const queued = yield* redeliver({ messageId: id })
          assert.deepStrictEqual(
            queued.map(({ kind }) => kind),
            ["queued"]
          )
          yield* settle
          const [first, second] = post.delivered
          assert.strictEqual(post.delivered.length, 2)
          assert.deepStrictEqual(second, first)
          const { deliveries } = yield* dossier(id)
          assert.deepStrictEqual(
            deliveries.map(({ status }) => status),
            ["delivered", "delivered"]
          )
          assert.deepStrictEqual(yield* actsOf(id), [{ act: "redeliver", ...by, input: null }])
        })
      )
    )

    it.effect("takes one sent message, or the message of a delivery", () =>
      fresh(() =>
        Effect.gen(function* () {
          const id = yield* processed("acme|other|c1|bad")
          const { answers, deliveries } = yield* dossier(id)
          const one = yield* redeliver({ messageId: answers[1]?.id ?? 0 })
          const other = yield* redeliver({ deliveryId: deliveries[2]?.id ?? 0 })
          assert.deepStrictEqual(
            [...one, ...other].map(({ message }) => message),
            [answers[1]?.id, answers[2]?.id]
          )
        })
      )
    )

    it.effect("brings forward what is on its way already, and queues what was given up", () =>
      fresh(() =>
        Effect.gen(function* () {
          const id = yield* receive("acme|other|c1|hello")
          const flow = yield* Flow.Flow
          for (const one of yield* flow.claim(1)) yield* flow.process(one)
          assert.deepStrictEqual(
            (yield* redeliver({ messageId: id })).map(({ kind }) => kind),
            ["hurried"]
          )
          post.isBroken = true
          yield* settle
          assert.deepStrictEqual(
            (yield* dossier(id)).deliveries.map(({ status }) => status),
            ["delivery_failed"]
          )
          post.isBroken = false
          yield* redeliver({ messageId: id })
          yield* settle
          assert.strictEqual(post.delivered.length, 1)
        })
      )
    )

    it.effect("sends what is on its way elsewhere the way that counts now, unless it is being handed over", () =>
      fresh(() =>
        Effect.gen(function* () {
          const id = yield* receive("acme|other|c1|hello")
          const flow = yield* Flow.Flow
          for (const one of yield* flow.claim(1)) yield* flow.process(one)
          const sql = yield* SqlClient.SqlClient
          yield* sql`UPDATE deliveries SET destination = 'gone:other', lease_until = now() + interval '1 minute'`
          const kinds = Effect.map(redeliver({ messageId: id }), (all) =>
            all.map(({ kind, destination }) => [kind, destination])
          )
          assert.deepStrictEqual(yield* kinds, [["held", "gone:other"]])
          yield* sql`UPDATE deliveries SET lease_until = now() - interval '1 second'`
          const [queued, ...more] = yield* kinds
          assert.deepStrictEqual([queued?.[0], more], ["queued", []])
          assert.notStrictEqual(queued?.[1], "gone:other")
          yield* settle
          assert.deepStrictEqual(
            (yield* dossier(id)).deliveries.map(({ status }) => status),
            ["rerouted", "delivered"]
          )
          assert.strictEqual(post.delivered.length, 1)
        })
      )
    )

    it.effect("refuses where nothing was sent or nothing is there", () =>
      fresh(() =>
        Effect.gen(function* () {
          const silent = yield* processed("acme|other|c1|silent")
          const errors = [
            yield* refusal(redeliver({ messageId: silent })),
            yield* refusal(redeliver({ messageId: 99 })),
            yield* refusal(redeliver({ deliveryId: 99 }))
          ]
          assert.deepStrictEqual(
            errors.map(({ reason }) => reason._tag),
            ["NotAllowed", "NotFound", "NotFound"]
          )
        })
      )
    )
  })

  describe("reconcile", () => {
    it.effect("settles a failure, which then is no longer open", () =>
      fresh(() =>
        Effect.gen(function* () {
          const desk = yield* Desk.Desk
          const id = yield* processed("acme|other|c1|refuse")
          const open = desk.list({ statuses: ["processing_failed"], unsettled: true, limit: 10 })
          assert.strictEqual((yield* open).length, 1)
          yield* reconcile(id)
          assert.strictEqual((yield* open).length, 0)
          assert.strictEqual(yield* statusOf(id), "processing_failed")
          assert.include((yield* refusal(reconcile(id))).message, "reconciled before")
        })
      )
    )

    it.effect("settles a delivery that was given up; delivering it again opens it again", () =>
      fresh(() =>
        Effect.gen(function* () {
          post.isBroken = true
          const id = yield* processed("acme|other|c1|hello")
          const sent = (yield* dossier(id)).answers[0]?.id ?? 0
          yield* reconcile(sent)
          assert.isNotNull((yield* dossier(sent)).message.reconciledAt)
          yield* redeliver({ messageId: sent })
          assert.isNull((yield* dossier(sent)).message.reconciledAt)
        })
      )
    )

    it.effect("refuses what did not fail or is not there", () =>
      fresh(() =>
        Effect.gen(function* () {
          const id = yield* processed("acme|other|c1|hello")
          assert.strictEqual((yield* refusal(reconcile(id))).reason._tag, "NotAllowed")
          assert.strictEqual((yield* refusal(reconcile(99))).reason._tag, "NotFound")
        })
      )
    )
  })
})
