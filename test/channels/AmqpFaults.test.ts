/**
 * What a broker does to those who use it: it is killed, closes channels, cancels consumers, forgets acknowledgements,
 * runs out of memory. Nothing may be lost or journaled twice, and work goes on by itself. On a broker of its own.
 */
import { assert, it } from "@effect/vitest"
import { Duration, Effect, Layer, Logger, Schedule, type Scope } from "effect"
import * as Amqp from "../../src/channels/Amqp.ts"
import type { OutgoingFile } from "../../src/engine/Channel.ts"
import type { Journal } from "../../src/engine/Journal.ts"
import { bytesOf, companies } from "../contracts/ChannelContract.ts"
import {
  describeWithBroker,
  drain,
  fresh,
  optionsFor,
  partnerOf,
  publish,
  TestBroker,
  tried,
  until
} from "./AmqpBroker.ts"
import * as RecordingJournal from "./RecordingJournal.ts"

const file: OutgoingFile = {
  company: companies[0],
  type: "SNX_TRANSFER",
  fileName: "SNX_TRANSFER_1001.xml",
  bytes: bytesOf("<a>1</a>"),
  messageId: 7,
  controlNumber: "1001"
}

/** Within this everything has to go on by itself. */
const limit = Duration.seconds(30)

describeWithBroker("A broker", () => {
  const broker = new TestBroker("faults")

  const start = Effect.gen(function* () {
    const name = fresh()
    const queue = `${name}.in`
    const channel = yield* Amqp.make({
      ...optionsFor(broker.url, name),
      consumes: [{ queue, company: companies[0], type: "SNX_TRANSFER" }]
    })
    yield* tried(channel)
    const recorded = yield* RecordingJournal.Recorded
    let sent = 0
    /** Sends that many messages, each another, over a connection of their own. */
    const put = (count: number) =>
      Effect.scoped(
        Effect.gen(function* () {
          const partner = yield* partnerOf(broker.url)
          for (let n = 0; n < count; n++) {
            sent += 1
            yield* publish(partner, queue, bytesOf(`message ${sent}`), { messageId: `${sent}` })
          }
        })
      )
    const firsts = () => recorded.all.filter(({ again }) => !again).map(({ bytes }) => new TextDecoder().decode(bytes))
    /** All that was sent is there once, in its order. */
    const complete = Effect.gen(function* () {
      yield* until("all taken", () => firsts().length >= sent).pipe(Effect.timeout(limit))
      yield* Effect.sleep("300 millis")
      assert.deepStrictEqual(
        firsts(),
        Array.from({ length: sent }, (_, n) => `message ${n + 1}`)
      )
    })
    const delivered = Effect.scoped(
      Effect.flatMap(partnerOf(broker.url), (partner) =>
        Effect.promise(() => drain(partner, `${name}.out.${companies[0]}`))
      )
    )
    return { name, queue, channel, recorded, put, firsts, complete, delivered }
  })

  const scenario = <E>(
    name: string,
    play: (f: Effect.Success<typeof start>) => Effect.Effect<unknown, E, Journal | Scope.Scope>
  ) =>
    it.live(
      name,
      () => Effect.flatMap(start, play).pipe(Effect.provide(Layer.merge(RecordingJournal.layer, Logger.layer([])))),
      90_000
    )

  scenario("that is killed and started again loses and doubles nothing", (f) =>
    Effect.gen(function* () {
      yield* Effect.forkScoped(f.channel.receive)
      yield* f.put(30)
      // Slow enough that the broker dies while messages are in hand.
      f.recorded.afterCommit = Effect.sleep("50 millis")
      yield* f.put(30)
      yield* broker.kill
      f.recorded.afterCommit = Effect.void
      yield* Effect.sleep("1 second")
      yield* broker.resume
      yield* f.put(10)
      yield* f.complete
    })
  )

  scenario("that is killed is delivered to when it is back, the same once", (f) =>
    Effect.gen(function* () {
      yield* f.channel.deliver(file)
      yield* broker.kill
      const away = yield* Effect.flip(f.channel.deliver({ ...file, messageId: 8 }))
      assert.deepStrictEqual([away.reason._tag, away.reason.whoActs], ["Unavailable", "nobody"])
      yield* broker.resume
      yield* f.channel
        .deliver({ ...file, messageId: 8 })
        .pipe(
          Effect.retry({ while: ({ isRetryable }) => isRetryable, times: 30, schedule: Schedule.spaced("1 second") })
        )
      assert.deepStrictEqual(
        (yield* f.delivered).map(({ properties }) => properties.messageId),
        ["7", "8"]
      )
    })
  )

  scenario("that forgets an acknowledgement delivers again, and is recognised", (f) =>
    Effect.gen(function* () {
      yield* Effect.forkScoped(f.channel.receive)
      f.recorded.afterCommit = Effect.suspend(() => {
        f.recorded.afterCommit = Effect.void
        return Effect.asVoid(broker.control("close_all_connections", "test"))
      })
      yield* f.put(5)
      yield* until("again", () => f.recorded.all.some(({ again }) => again)).pipe(Effect.timeout(limit))
      yield* f.complete
      assert.strictEqual(yield* broker.messages(f.queue), 0)
    })
  )

  scenario("that closes the channel of a consumer which takes too long is subscribed to again", (f) =>
    Effect.gen(function* () {
      const timeout = (ms: number) => broker.control("eval", `application:set_env(rabbit, consumer_timeout, ${ms}).`)
      yield* Effect.addFinalizer(() => timeout(1_800_000))
      yield* timeout(1000)
      f.recorded.afterCommit = Effect.suspend(() => {
        f.recorded.afterCommit = Effect.void
        return Effect.sleep("5 seconds")
      })
      yield* Effect.forkScoped(f.channel.receive)
      yield* f.put(3)
      yield* until("again", () => f.recorded.all.some(({ again }) => again)).pipe(Effect.timeout(limit))
      yield* f.put(2)
      yield* f.complete
    })
  )

  scenario("that cancels the consumer, its queue being deleted, is subscribed to again", (f) =>
    Effect.gen(function* () {
      yield* Effect.forkScoped(f.channel.receive)
      yield* f.put(2)
      yield* until("taken", () => f.firsts().length === 2)
      const partner = yield* partnerOf(broker.url)
      yield* Effect.promise(() => partner.deleteQueue(f.queue))
      const isThere = Effect.scoped(
        Effect.flatMap(partnerOf(broker.url), (probe) =>
          Effect.promise(() =>
            probe.checkQueue(f.queue).then(
              () => true,
              () => false
            )
          )
        )
      )
      yield* isThere.pipe(
        Effect.repeat({ until: (is) => is, schedule: Schedule.spaced("50 millis") }),
        Effect.timeout(limit)
      )
      yield* f.put(3)
      yield* f.complete
    })
  )

  scenario("that has no memory left blocks deliveries and says so; they go on when it has", (f) =>
    Effect.gen(function* () {
      yield* Effect.addFinalizer(() => broker.control("set_vm_memory_high_watermark", "absolute", "512MB"))
      yield* broker.control("set_vm_memory_high_watermark", "0.000001")
      const first = yield* Effect.flip(f.channel.deliver(file))
      assert.deepStrictEqual([first.reason._tag, first.reason.whoActs], ["Blocked", "operator"])
      const [took, second] = yield* Effect.timed(Effect.flip(f.channel.deliver(file)))
      assert.strictEqual(second.reason._tag, "Blocked")
      assert.isBelow(Duration.toMillis(took), 1000)
      yield* broker.control("set_vm_memory_high_watermark", "absolute", "512MB")
      yield* f.channel
        .deliver(file)
        .pipe(Effect.retry({ times: 20, schedule: Schedule.spaced("500 millis") }), Effect.timeout(limit))
      const all = yield* f.delivered
      assert.isAtLeast(all.length, 1)
      for (const { content, properties } of all) {
        assert.deepStrictEqual([content.toString(), properties.messageId], ["<a>1</a>", "7"])
      }
    })
  )

  scenario("that stands still is left, and used again when it moves", (f) =>
    Effect.gen(function* () {
      yield* Effect.forkScoped(f.channel.receive)
      yield* Effect.addFinalizer(() => broker.thaw)
      yield* f.put(3)
      yield* until("taken", () => f.firsts().length === 3)
      yield* broker.freeze
      const error = yield* Effect.flip(f.channel.deliver(file))
      assert.deepStrictEqual([error.reason._tag, error.isRetryable], ["Timeout", true])
      // Longer than two heartbeats: the connection is given up meanwhile.
      yield* Effect.sleep("12 seconds")
      yield* broker.thaw
      yield* f.put(3)
      yield* f.complete
      yield* f.channel
        .deliver(file)
        .pipe(Effect.retry({ times: 20, schedule: Schedule.spaced("500 millis") }), Effect.timeout(limit))
    })
  )
})
