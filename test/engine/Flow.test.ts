/**
 * The way of a message, on a real database, with a pipeline that does what the document says: every ending, what it
 * leaves behind, and what it must not.
 */
import { assert, describe, layer } from "@effect/vitest"
import { Clock, Duration, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import * as Flow from "../../src/engine/Flow.ts"
import * as Journal from "../../src/engine/Journal.ts"
import { defaults, Limits } from "../../src/engine/Limits.ts"
import * as SetClock from "../../src/replay/SetClock.ts"
import * as Database from "../Database.ts"
import { parties, registry } from "./TextPipeline.ts"

const engine = Flow.layer.pipe(
  Layer.provideMerge(Journal.layer),
  Layer.provide(Layer.succeed(Limits, { ...defaults, maxBytes: 2000 })),
  Layer.provideMerge(Layer.mergeAll(registry, parties)),
  Layer.provideMerge(Database.layer)
)

const start = new Date("2026-01-05T12:00:00Z")

/** A fresh world: nothing journaled, a counter of effects, a clock that stands. */
const fresh = <A, E, R>(body: (hand: SetClock.SetClock) => Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`CREATE TABLE IF NOT EXISTS effects (name text, message bigint, run bigint)`
    yield* sql`TRUNCATE effects, messages, message_chunks, runs, deliveries, delivery_attempts, pickups RESTART IDENTITY`
    const hand = yield* SetClock.make(start)
    return yield* Effect.provideService(body(hand), Clock.Clock, hand.clock)
  })

const receive = (
  text: string,
  more: { readonly company?: string; readonly type?: string; readonly size?: number } = {}
) =>
  Journal.Journal.use((journal) =>
    journal.receive({
      channel: "test",
      company: more.company ?? "acme",
      type: more.type ?? "TEXT",
      fileName: "document.txt",
      bytes: new TextEncoder().encode(text),
      size: more.size
    })
  )

/** Runs everything that may run; the last ending of each message by its id. */
const settle = Effect.gen(function* () {
  const flow = yield* Flow.Flow
  const ended = new Map<number, Flow.Ended>()
  let claimed = yield* flow.claim(10)
  while (claimed.length > 0) {
    for (const one of claimed) {
      const end = yield* flow.process(one)
      if (end !== undefined) ended.set(end.messageId, end)
    }
    claimed = yield* flow.claim(10)
  }
  return ended
})

const process = (text: string, more: Parameters<typeof receive>[1] = {}) =>
  Effect.gen(function* () {
    const { messageId } = yield* receive(text, more)
    const end = (yield* settle).get(messageId)
    return yield* Effect.fromNullishOr(end)
  })

const rows = (table: "effects" | "deliveries") =>
  Effect.map(
    SqlClient.SqlClient.use((sql) => sql<{ readonly n: number }>`SELECT count(*)::int4 AS n FROM ${sql(table)}`),
    (all) => all[0]?.n
  )

const rules = (end: Flow.Ended) => end.verdict.findings.errors.map(({ rule }) => rule.id)
const outputs = (end: Flow.Ended) => end.outputs.map(({ fileName }) => fileName)

layer(engine, { excludeTestServices: true })("Flow", (it) => {
  describe("endings", () => {
    it.effect("processed: effects, run, answer and status are there together", () =>
      fresh(() =>
        Effect.gen(function* () {
          const end = yield* process("acme|other|c1|write:a")
          assert.strictEqual(end.verdict.outcome, "processed")
          assert.deepStrictEqual(outputs(end), ["TEXT_ANSWER_20260105120000001.txt"])
          assert.deepStrictEqual([yield* rows("effects"), yield* rows("deliveries")], [1, 1])
        })
      )
    )

    it.effect("class 1: all errors, a report in three documents, no effect", () =>
      fresh(() =>
        Effect.gen(function* () {
          const end = yield* process("acme|other|c1|write:a|bad|fine|bad")
          assert.strictEqual(end.verdict.outcome, "map_in_failed")
          assert.deepStrictEqual(
            end.verdict.findings.errors.map(({ path, line }) => [path, line]),
            [
              ["/word[2]", 1],
              ["/word[4]", 1]
            ]
          )
          assert.deepStrictEqual(outputs(end), [
            "IE_PROCESSING_RESPONSE_20260105120000001.xml",
            "IE_PROCESSING_RESPONSE_20260105120000001.json",
            "IE_PROCESSING_RESPONSE_20260105120000001_annotated.xml"
          ])
          assert.strictEqual(yield* rows("effects"), 0)
        })
      )
    )

    it.effect("class 2: effects made before the refusal are gone", () =>
      fresh(() =>
        Effect.gen(function* () {
          const end = yield* process("acme|other|c1|write:a|refuse")
          assert.strictEqual(end.verdict.outcome, "processing_failed")
          assert.deepStrictEqual(
            end.verdict.findings.errors.map(({ text }) => text),
            ["Refused refuse.", "Refused again."]
          )
          assert.strictEqual(yield* rows("effects"), 0)
        })
      )
    )

    it.effect("class 3: the partner learns the run and nothing of the house", () =>
      fresh(() =>
        Effect.gen(function* () {
          const end = yield* process("acme|other|c1|write:a|boom")
          assert.strictEqual(end.verdict.outcome, "processing_failed")
          const told = end.outputs
            .map(({ bytes }) => new TextDecoder().decode(bytes))
            .slice(0, 2)
            .join()
          assert.include(told, `INTERNALERROR=Internal error from server run ${end.runId}.`)
          assert.notInclude(told, "secret")
          assert.strictEqual(yield* rows("effects"), 0)
        })
      )
    )

    it.effect("map out: a document that may not leave undoes what it would have answered", () =>
      fresh(() =>
        Effect.gen(function* () {
          const end = yield* process("acme|other|c1|write:a|unsendable")
          assert.deepStrictEqual([end.verdict.outcome, rules(end)], ["map_out_failed", ["text/unsendable"]])
          assert.strictEqual(yield* rows("effects"), 0)
        })
      )
    )

    it.effect("a success is reported to those who asked for it", () =>
      fresh(() =>
        Effect.gen(function* () {
          const end = yield* process("keen|other|c1|silent", { company: "keen" })
          assert.deepStrictEqual(outputs(end), [
            "IE_PROCESSING_RESPONSE_20260105120000001.xml",
            "IE_PROCESSING_RESPONSE_20260105120000001.json"
          ])
        })
      )
    )

    it.effect("bytes that no pipeline reads, types that none accepts, files too large", () =>
      fresh(() =>
        Effect.gen(function* () {
          assert.deepStrictEqual(rules(yield* process("")), ["text/unreadable"])
          assert.deepStrictEqual(rules(yield* process("acme|other|c1", { type: "NOTHING_KNOWN" })), [
            "engine/unknown-type"
          ])
          const large = yield* process("acme|other|c2", { size: 3000 })
          assert.deepStrictEqual(rules(large), ["engine/too-large"])
          assert.strictEqual(
            large.verdict.findings.errors[0]?.text,
            "The file has 3000 bytes; at most 2000 are accepted."
          )
        })
      )
    )

    it.effect("a sender nobody lets speak is refused", () =>
      fresh(() =>
        Effect.gen(function* () {
          assert.deepStrictEqual(rules(yield* process("mallory|other|c1|write:a")), ["engine/not-authentic"])
          assert.strictEqual(yield* rows("effects"), 0)
        })
      )
    )
  })

  describe("duplicates", () => {
    it.effect("the same bytes again point to the first run and do nothing", () =>
      fresh(() =>
        Effect.gen(function* () {
          const first = yield* process("acme|other|c1|write:a")
          const again = yield* process("acme|other|c1|write:a")
          assert.deepStrictEqual(again.verdict.duplicateOf, { message: first.messageId, run: first.runId })
          assert.strictEqual(again.verdict.outcome, "processed")
          assert.deepStrictEqual(
            again.outputs.map(({ type }) => type),
            ["IE_PROCESSING_RESPONSE", "IE_PROCESSING_RESPONSE"]
          )
          assert.strictEqual(yield* rows("effects"), 1)
        })
      )
    )

    it.effect("the same number with other bytes is the documented error", () =>
      fresh(() =>
        Effect.gen(function* () {
          yield* process("acme|other|c1|write:a")
          const second = yield* process("acme|other|c1|write:b")
          assert.strictEqual(
            second.verdict.findings.errors[0]?.text,
            "File document.txt is a potential duplicate match with file document.txt sent from acme received on 2026-01-05T12:00:00Z, based on both files having the same File Control Number c1."
          )
        })
      )
    )

    it.effect("a failed message frees its number and its bytes", () =>
      fresh(() =>
        Effect.gen(function* () {
          yield* process("acme|other|c1|refuse")
          assert.strictEqual((yield* process("acme|other|c1|write:b")).verdict.outcome, "processed")
          assert.strictEqual((yield* process("acme|other|c2|bad")).verdict.outcome, "map_in_failed")
          assert.strictEqual((yield* process("acme|other|c2|bad")).verdict.outcome, "map_in_failed")
        })
      )
    )

    it.effect("numbers of other companies and types do not count", () =>
      fresh(() =>
        Effect.gen(function* () {
          yield* process("acme|other|c1|write:a")
          const other = yield* process("keen|other|c1|write:a", { company: "keen" })
          assert.strictEqual(other.verdict.duplicateOf, undefined)
          assert.strictEqual(yield* rows("effects"), 2)
        })
      )
    )
  })

  describe("waiting", () => {
    it.effect("waits, is tried every fifteen minutes, and fails at its deadline with its own text", () =>
      fresh((hand) =>
        Effect.gen(function* () {
          const first = yield* process("acme|other|c1|race")
          assert.strictEqual(first.verdict.outcome, "waiting")
          assert.deepStrictEqual(first.outputs, [])
          let tries = 1
          let last = first
          while (last.verdict.outcome === "waiting") {
            hand.set(new Date(hand.now().getTime() + Duration.toMillis("15 minutes")))
            last = yield* Effect.fromNullishOr((yield* settle).get(first.messageId))
            tries += 1
          }
          assert.strictEqual(tries, 9)
          assert.deepStrictEqual([last.verdict.outcome, rules(last)], ["processing_failed", ["text/race"]])
          assert.strictEqual(hand.now().toISOString(), "2026-01-05T14:00:00.000Z")
        })
      )
    )

    it.effect("is tried at once when what it waits for was touched, and lets later ones pass meanwhile", () =>
      fresh(() =>
        Effect.gen(function* () {
          const waiting = yield* receive("acme|other|c1|race|write:late")
          const second = yield* receive("acme|other|c2|write:ready|touch")
          const ended = yield* settle
          assert.strictEqual(ended.get(second.messageId)?.verdict.outcome, "processed")
          assert.strictEqual(ended.get(waiting.messageId)?.verdict.outcome, "processed")
          assert.strictEqual(yield* rows("effects"), 2)
        })
      )
    )

    it.effect("parked messages wait for a person, or fail when nobody came", () =>
      fresh((hand) =>
        Effect.gen(function* () {
          const parked = yield* process("acme|other|c1|park")
          assert.deepStrictEqual([parked.verdict.outcome, parked.verdict.reason], ["waiting", "waits for a place"])
          hand.set(new Date("2026-01-20T00:00:00Z"))
          assert.strictEqual((yield* settle).size, 0)
          hand.set(new Date("2026-02-04T12:00:00Z"))
          assert.deepStrictEqual((yield* settle).get(parked.messageId)?.verdict.reason, "Nobody acted.")
        })
      )
    )
  })

  describe("claims", () => {
    it.effect("one message of a lane at a time, oldest first; other lanes beside it", () =>
      fresh(() =>
        Effect.gen(function* () {
          const flow = yield* Flow.Flow
          const a1 = yield* receive("acme|other|c1")
          yield* receive("acme|other|c2")
          const k1 = yield* receive("keen|other|c1", { company: "keen" })
          const claimed = yield* flow.claim(10)
          assert.deepStrictEqual(
            claimed.map(({ id }) => id),
            [a1.messageId, k1.messageId]
          )
          assert.deepStrictEqual(yield* flow.claim(10), [])
        })
      )
    )

    it.effect("a claim that lost its lease changes nothing", () =>
      fresh(() =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const flow = yield* Flow.Flow
          yield* receive("acme|other|c1|write:a")
          const [stale] = yield* flow.claim(1)
          yield* sql`UPDATE messages SET lease_until = now() - interval '1 second' WHERE status = 'processing'`
          const [current] = yield* flow.claim(1)
          if (stale === undefined || current === undefined) return assert.fail("both claims should succeed")
          assert.strictEqual(yield* flow.process(stale), undefined)
          assert.strictEqual(yield* rows("effects"), 0)
          assert.strictEqual((yield* flow.process(current))?.verdict.outcome, "processed")
          assert.strictEqual(yield* rows("effects"), 1)
        })
      )
    )

    it.effect("a message that killed the process three times fails as class 3 and lets its lane go on", () =>
      fresh(() =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const flow = yield* Flow.Flow
          const { messageId } = yield* receive("acme|other|c1|write:a")
          for (const _ of [1, 2, 3]) {
            assert.strictEqual((yield* flow.claim(1)).length, 1)
            yield* sql`UPDATE messages SET lease_until = now() - interval '1 second' WHERE status = 'processing'`
          }
          const next = yield* receive("acme|other|c2|write:b")
          const ended = yield* settle
          assert.deepStrictEqual(
            ended.get(messageId)?.verdict.findings.errors.map(({ rule }) => rule.id),
            ["engine/internal"]
          )
          assert.strictEqual(ended.get(next.messageId)?.verdict.outcome, "processed")
          assert.strictEqual(yield* rows("effects"), 1)
        })
      )
    )

    it.effect("several workers at once do everything once", () =>
      fresh(() =>
        Effect.gen(function* () {
          const names = Array.from({ length: 60 }, (_, index) => index)
          yield* Effect.forEach(
            names,
            (n) => receive(`acme${n % 6}|other|c${n}|write:${n}`, { company: `acme${n % 6}` }),
            {
              concurrency: 4
            }
          )
          yield* Effect.all([settle, settle, settle], { concurrency: "unbounded" })
          yield* settle
          const sql = yield* SqlClient.SqlClient
          const twice = yield* sql`SELECT name FROM effects GROUP BY name HAVING count(*) > 1`
          assert.deepStrictEqual([yield* rows("effects"), twice.length], [60, 0])
          const disorder = yield* sql`
            SELECT 1 FROM runs a JOIN messages m ON m.id = a.message_id JOIN runs b ON b.xid > a.xid
            JOIN messages n ON n.id = b.message_id WHERE n.lane = m.lane AND n.id < m.id`
          assert.strictEqual(disorder.length, 0)
        })
      )
    )
  })
})
