/** The RabbitMQ channel keeps the contract; what it does beyond it: labels, identity, dead letters, what a broker refuses. */
import { createServer } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import type { Options } from "amqplib"
import { Effect, Layer, Logger, type Scope } from "effect"
import * as Amqp from "../../src/channels/Amqp.ts"
import type { OutgoingFile } from "../../src/engine/Channel.ts"
import type { Journal } from "../../src/engine/Journal.ts"
import { bytesOf, channelContract, companies, eventually } from "../contracts/ChannelContract.ts"
import {
  describeWithBroker,
  drain,
  fresh,
  harness,
  optionsFor,
  partnerOf,
  publish,
  TestBroker,
  tried,
  until
} from "./AmqpBroker.ts"
import * as RecordingJournal from "./RecordingJournal.ts"

const quiet = Layer.merge(RecordingJournal.layer, Logger.layer([]))

const file: OutgoingFile = {
  company: companies[0],
  type: "SNX_TRANSFER",
  fileName: "SNX_TRANSFER_1001.xml",
  bytes: bytesOf("<a>1</a>"),
  messageId: 7,
  controlNumber: "1001"
}

describeWithBroker("RabbitMQ", () => {
  const broker = new TestBroker("shared")

  channelContract(
    "amqp",
    Effect.suspend(() => harness(broker))
  )

  /** A channel that listens to the queue of the first company, and a partner. */
  const start = (options: { readonly type?: string; readonly sizeLimit?: number } = {}) =>
    Effect.gen(function* () {
      const name = fresh()
      const queue = `${name}.in`
      const dead = `${name}.dead`
      const { type, ...rest } = options
      const channel = yield* Amqp.make({
        ...optionsFor(broker.url, name),
        consumes: [{ queue, company: companies[0], ...(type === undefined ? {} : { type }) }],
        ...rest
      })
      const partner = yield* partnerOf(broker.url)
      yield* tried(channel)
      const recorded = yield* RecordingJournal.Recorded
      return {
        name,
        queue,
        dead,
        channel,
        partner,
        recorded,
        put: (text: string, options: Options.Publish = {}) => publish(partner, queue, bytesOf(text), options),
        taken: (count: number) => until(`${count} taken`, () => recorded.all.length >= count),
        firsts: () => recorded.all.filter(({ again }) => !again).map(({ bytes }) => new TextDecoder().decode(bytes))
      }
    })

  const scenario = <E>(
    name: string,
    play: (f: Effect.Success<ReturnType<typeof start>>) => Effect.Effect<unknown, E, Journal | Scope.Scope>,
    options: Parameters<typeof start>[0] = {}
  ) => it.live(name, () => Effect.flatMap(start(options), play).pipe(Effect.provide(quiet)))

  describe("a message", () => {
    scenario("says its type and name by properties or headers", (f) =>
      Effect.gen(function* () {
        yield* Effect.forkScoped(f.channel.receive)
        yield* f.put("1", { type: "SNX_TRANSFER", messageId: "m-1", headers: { "file-name": "a/b\u0000.xml" } })
        yield* f.put("2", {
          headers: { "message-type": "SNX_REQUEST", "message-id": "m-2", "correlation-id": "order\u00007" }
        })
        yield* f.put("3", { type: "application.letter", headers: { "message-type": "SNX_REQUEST" }, messageId: "m-3" })
        yield* Effect.promise(() => f.partner.assertExchange(`${f.name}.any`, "topic"))
        yield* Effect.promise(() => f.partner.bindQueue(f.queue, `${f.name}.any`, "#"))
        f.partner.publish(`${f.name}.any`, "SNX_REQUEST", Buffer.from("4"))
        yield* f.taken(4)
        assert.deepStrictEqual(
          f.recorded.all.slice(0, 3).map(({ type, fileName, company }) => [type, fileName, company]),
          [
            ["SNX_TRANSFER", "a_b_.xml", companies[0]],
            ["SNX_REQUEST", "m-2", companies[0]],
            ["SNX_REQUEST", "m-3", companies[0]]
          ]
        )
        assert.strictEqual(f.recorded.all[3]?.type, "SNX_REQUEST")
        assert.strictEqual(f.recorded.all[1]?.correlationId, "order 7")
        assert.match(f.recorded.all[3]?.fileName ?? "", /^message-[0-9a-f]{16}$/u)
      })
    )

    scenario(
      "is of the type of its queue when it says none",
      (f) =>
        Effect.gen(function* () {
          yield* Effect.forkScoped(f.channel.receive)
          yield* f.put("1")
          yield* f.taken(1)
          assert.strictEqual(f.recorded.all[0]?.type, "SNX_TRANSFER")
        }),
      { type: "SNX_TRANSFER" }
    )

    scenario("without any type is in the dead-letter queue with the reason, and holds up no other", (f) =>
      Effect.gen(function* () {
        yield* Effect.forkScoped(f.channel.receive)
        yield* f.put("lost", { messageId: "m-1", correlationId: "c", headers: { mine: "x", CC: [f.queue] } })
        yield* f.put("good", { type: "SNX_TRANSFER" })
        yield* f.taken(1)
        assert.deepStrictEqual(f.firsts(), ["good"])
        const [dead, more] = yield* Effect.promise(() => drain(f.partner, f.dead))
        assert.isUndefined(more)
        assert.strictEqual(dead?.content.toString(), "lost")
        assert.deepInclude(dead?.properties, { messageId: "m-1", correlationId: "c" })
        assert.deepInclude(dead?.properties.headers, { mine: "x", "x-throughline-company": companies[0] })
        assert.include(dead?.properties.headers?.["x-throughline-reason"], "no message type")
        yield* eventually(
          "acknowledged",
          Effect.map(broker.messages(f.queue), (left) => left === 0)
        )
      })
    )

    scenario(
      "over the size limit is cut, and its true size told",
      (f) =>
        Effect.gen(function* () {
          yield* Effect.forkScoped(f.channel.receive)
          yield* f.put("x".repeat(400_000), { type: "SNX_TRANSFER" })
          yield* f.put("", { type: "SNX_TRANSFER" })
          yield* f.taken(2)
          assert.deepStrictEqual(
            f.recorded.all.map(({ bytes, size }) => [bytes.length, size]),
            [
              [1001, 400_000],
              [0, 0]
            ]
          )
        }),
      { sizeLimit: 1000 }
    )

    scenario("is known by its id: the same id and bytes are the same message, anything else is a new one", (f) =>
      Effect.gen(function* () {
        yield* Effect.forkScoped(f.channel.receive)
        const type = "SNX_TRANSFER"
        for (const [text, messageId] of [
          ["same", "m-1"],
          ["same", "m-2"],
          ["same", "m-1"],
          ["other", "m-1"]
        ] as const) {
          yield* f.put(text, { type, messageId })
        }
        yield* f.taken(4)
        assert.deepStrictEqual(
          f.recorded.all.map(({ again }) => again),
          [false, false, true, false]
        )
      })
    )

    scenario("without an id is new every time, except when the broker delivers it again", (f) =>
      Effect.gen(function* () {
        f.recorded.afterCommit = Effect.suspend(() => (f.recorded.all.length === 2 ? Effect.never : Effect.void))
        yield* f.put("same", { type: "SNX_TRANSFER" })
        yield* f.put("same", { type: "SNX_TRANSFER" })
        yield* Effect.raceFirst(f.channel.receive, f.taken(2))
        f.recorded.afterCommit = Effect.void
        yield* Effect.forkScoped(f.channel.receive)
        yield* f.put("same", { type: "SNX_TRANSFER" })
        yield* f.taken(4)
        assert.deepStrictEqual(
          f.recorded.all.map(({ again }) => again),
          [false, false, true, false]
        )
        assert.strictEqual(f.recorded.all[2]?.messageId, f.recorded.all[1]?.messageId)
      })
    )

    scenario("that the journal refuses is kept, and holds up no other", (f) =>
      Effect.gen(function* () {
        f.recorded.away = "refused"
        yield* f.put("refused", { type: "SNX_TRANSFER", messageId: "1" })
        yield* Effect.raceFirst(
          f.channel.receive,
          Effect.gen(function* () {
            yield* Effect.sleep("700 millis")
            f.recorded.away = "no"
            yield* f.put("good", { type: "SNX_TRANSFER", messageId: "2" })
            yield* f.taken(1)
            yield* Effect.sleep("200 millis")
          })
        )
        assert.deepStrictEqual(f.firsts(), ["good"])
        yield* Effect.forkScoped(f.channel.receive)
        yield* f.taken(2)
        assert.deepStrictEqual(f.firsts(), ["good", "refused"])
      })
    )
  })

  describe("a delivery", () => {
    it.live("is persistent, labelled, and the same when it is sent again", () =>
      Effect.gen(function* () {
        const { channel, name } = yield* harness(broker)
        const partner = yield* partnerOf(broker.url)
        yield* channel.deliver(file)
        yield* channel.deliver(file)
        const [one, two] = yield* Effect.promise(() => drain(partner, `${name}.out.${companies[0]}`))
        assert.deepInclude(one?.properties, {
          messageId: "7",
          type: "SNX_TRANSFER",
          correlationId: "1001",
          contentType: "application/xml",
          deliveryMode: 2
        })
        assert.strictEqual(one?.properties.headers?.["file-name"], file.fileName)
        assert.strictEqual(one?.fields.routingKey, "acme-printing.SNX_TRANSFER")
        assert.deepStrictEqual([two?.properties, two?.content], [one?.properties, one?.content])
        yield* channel.deliver({ ...file, inReplyTo: "order 7" })
        const [answer] = yield* Effect.promise(() => drain(partner, `${name}.out.${companies[0]}`))
        assert.strictEqual(answer?.properties.headers?.["in-reply-to-correlation-id"], "order 7")
      })
    )

    /** A channel that publishes to an exchange which others declare. */
    const foreign = Effect.gen(function* () {
      const name = fresh()
      const channel = yield* Amqp.make({
        ...optionsFor(broker.url, name),
        delivers: companies.map((company) => ({ company, exchange: `${name}.${company}`, declare: false }))
      })
      const partner = yield* partnerOf(broker.url)
      const declare = (company: string) =>
        Effect.promise(async () => {
          await partner.assertExchange(`${name}.${company}`, "topic")
          await partner.assertQueue(`${name}.${company}`, { durable: true })
        })
      const bind = (company: string) =>
        Effect.promise(() => partner.bindQueue(`${name}.${company}`, `${name}.${company}`, "#"))
      const got = (company: string) =>
        Effect.map(
          Effect.promise(() => drain(partner, `${name}.${company}`)),
          (all) => all.length
        )
      return { channel, declare, bind, got }
    })

    it.live("that leads to no queue says so, and arrives once somebody bound one", () =>
      Effect.gen(function* () {
        const { channel, declare, bind, got } = yield* foreign
        yield* declare(file.company)
        const error = yield* Effect.flip(channel.deliver(file))
        assert.deepStrictEqual(error.reason, { _tag: "Unroutable", isRetryable: true, whoActs: "operator" })
        assert.include(error.message, "leads to no queue")
        yield* bind(file.company)
        yield* channel.deliver(file)
        assert.strictEqual(yield* got(file.company), 1)
      })
    )

    it.live("to an exchange that is not there says so, and disturbs no other company", () =>
      Effect.gen(function* () {
        const { channel, declare, bind, got } = yield* foreign
        yield* declare(companies[1])
        yield* bind(companies[1])
        const missing = Effect.map(Effect.flip(channel.deliver(file)), ({ reason }) => reason._tag)
        const many = Effect.forEach(
          Array.from({ length: 20 }, (_, at) => at),
          (at) => channel.deliver({ ...file, company: companies[1], messageId: at })
        )
        const [tags] = yield* Effect.all([Effect.replicateEffect(missing, 5), many], { concurrency: "unbounded" })
        assert.deepStrictEqual([...new Set(tags)], ["Refused"])
        assert.strictEqual(yield* got(companies[1]), 20)
      })
    )
  })

  describe("a broker", () => {
    const failing = (change: Partial<Amqp.Options>) =>
      Effect.gen(function* () {
        const channel = yield* Amqp.make({ ...optionsFor(broker.url, fresh()), ...change })
        const error = yield* Effect.flip(tried(channel))
        assert.strictEqual((yield* Effect.flip(channel.deliver(file))).reason._tag, error.reason._tag)
        assert.isTrue(error.isRetryable)
        return error
      })

    it.live("that turns us away says why: password, virtual host, a queue of another kind", () =>
      Effect.gen(function* () {
        const wrong = yield* failing({ url: broker.url.replace(/:[0-9a-f]+@/u, ":wrong@") })
        assert.deepStrictEqual([wrong.reason._tag, wrong.reason.whoActs], ["Refused", "operator"])
        assert.include(wrong.message, "ACCESS_REFUSED")
        assert.notInclude(wrong.message, "wrong")
        const elsewhere = yield* failing({ url: `${broker.url}/nowhere` })
        assert.deepStrictEqual([elsewhere.reason._tag, elsewhere.reason.whoActs], ["Refused", "operator"])
        assert.include(elsewhere.message, "nowhere")
        const name = fresh()
        const partner = yield* partnerOf(broker.url)
        yield* Effect.promise(() => partner.assertQueue(`${name}.in.${companies[0]}`, { durable: true }))
        const channel = yield* Amqp.make(optionsFor(broker.url, name))
        const other = yield* Effect.flip(tried(channel))
        assert.deepStrictEqual([other.reason._tag, other.reason.whoActs], ["Refused", "operator"])
      })
    )

    it.live("is asked for every queue and exchange, those that others declare too, and each fault is told", () =>
      Effect.gen(function* () {
        const name = fresh()
        const partner = yield* partnerOf(broker.url)
        yield* Effect.promise(() => partner.assertQueue(`${name}.old`, { durable: true }))
        const [company, other] = companies
        const { trials } = yield* Amqp.make({
          ...optionsFor(broker.url, name),
          consumes: [
            { queue: `${name}.old`, company },
            { queue: `${name}.gone`, company, declare: false }
          ],
          delivers: [
            { company, exchange: `${name}.nowhere`, declare: false },
            { company: other, exchange: "", queue: `${name}.none`, declare: false },
            { company, with: other, exchange: "", queue: `${name}.old`, declare: false }
          ]
        })
        const outcomes = yield* Effect.forEach(trials, ({ name, run }) =>
          Effect.match(run, { onFailure: ({ reason }) => [name, reason._tag], onSuccess: () => [name, "works"] })
        )
        assert.deepStrictEqual(outcomes, [
          ["amqp", "works"],
          [`amqp:${name}.old`, "Refused"],
          [`amqp:${name}.gone`, "Refused"],
          [`amqp:${company}`, "Refused"],
          [`amqp:${other}`, "Refused"],
          [`amqp:${company}/${other}`, "works"]
        ])
      })
    )

    it.live("that is away or silent is waited for", () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* failing({ url: "amqp://127.0.0.1:1" })).reason._tag, "Unavailable")
        const silent = yield* Effect.acquireRelease(
          Effect.promise(
            () =>
              new Promise<ReturnType<typeof createServer>>((resolve) => {
                const server = createServer(() => {}).listen(0, "127.0.0.1", () => resolve(server))
              })
          ),
          (server) => Effect.sync(() => server.close())
        )
        const address = silent.address()
        const port = typeof address === "object" ? address?.port : 0
        const error = yield* failing({ url: `amqp://127.0.0.1:${port}`, connectTimeout: 1 })
        assert.deepStrictEqual([error.reason._tag, error.reason.whoActs], ["Timeout", "nobody"])
      })
    )
  })
})
