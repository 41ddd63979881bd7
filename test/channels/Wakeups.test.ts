/**
 * Several processes' worth of engines over one database, told of work through RabbitMQ. They look by themselves only
 * once a minute here, so that what is processed in time was announced.
 */
import { assert, it } from "@effect/vitest"
import { Context, Duration, Effect, Layer, Logger, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import * as Wakeups from "../../src/channels/Wakeups.ts"
import { Channels } from "../../src/engine/Channel.ts"
import { Checkpoint } from "../../src/engine/Checkpoint.ts"
import * as Delivery from "../../src/engine/Delivery.ts"
import * as Flow from "../../src/engine/Flow.ts"
import * as Journal from "../../src/engine/Journal.ts"
import * as Limits from "../../src/engine/Limits.ts"
import * as Engine from "../../src/engine/Wakeups.ts"
import * as Worker from "../../src/engine/Worker.ts"
import { eventually } from "../contracts/ChannelContract.ts"
import * as Database from "../Database.ts"
import { parties, registry } from "../engine/TextPipeline.ts"
import { describeWithBroker, fresh, TestBroker, until } from "./AmqpBroker.ts"

/** What one process did. */
interface Member {
  readonly committed: Array<number>
  /** Whether it stands still for ever at messages once they are prepared, like a process that dies there. */
  readonly dies: boolean
  readonly stoodAt: Array<number>
  readonly ended: (messageId: number) => void
}

type Sql = SqlClient.SqlClient

const member = (dies = false): Member => ({ committed: [], dies, stoodAt: [], ended: () => {} })

/** An engine that processes, over the database of the context; the channels it delivers by take everything. */
const worker = (told: Wakeups.Options, who: Member, limits: Partial<Limits.LimitValues>) =>
  Layer.build(
    Layer.fresh(
      Worker.layer.pipe(
        Layer.provide(Delivery.layer),
        Layer.provide(Layer.succeed(Channels, { deliver: () => Effect.succeed([undefined]) })),
        Layer.provide(Flow.layer),
        Layer.provide(Layer.mergeAll(registry, parties)),
        Layer.provide(Journal.layer),
        Layer.provide(Wakeups.layer(told)),
        Layer.provide(
          Layer.succeed(Limits.Limits, { ...Limits.defaults, poll: Duration.minutes(1), concurrency: 2, ...limits })
        ),
        Layer.provide(
          Layer.succeed(Checkpoint, (step, messageId) =>
            Effect.suspend(() => {
              if (messageId === undefined) return Effect.void
              if (step === "flow/prepared" && who.dies) {
                who.stoodAt.push(messageId)
                return Effect.never
              }
              if (step === "flow/committed") {
                who.committed.push(messageId)
                who.ended(messageId)
              }
              return Effect.void
            })
          )
        )
      )
    )
  )

/** A process that only receives. */
const receiver = (told: Wakeups.Options) =>
  Effect.gen(function* () {
    const context = yield* Layer.build(Layer.fresh(Journal.layer.pipe(Layer.provideMerge(Wakeups.layer(told)))))
    const wakeups = Context.get(context, Engine.Wakeups)
    const journal = Context.get(context, Journal.Journal)
    const put = (company: string, text: string) =>
      Effect.map(
        journal.receive({
          channel: "test",
          company,
          type: "TEXT",
          fileName: "a.txt",
          bytes: new TextEncoder().encode(`${company}|other|${text}`)
        }),
        ({ messageId }) => messageId
      )
    return { put, journal, connected: eventually("connected", wakeups.announce(0)) }
  })

const quiet = Layer.merge(Database.layer, Logger.layer([]))

describeWithBroker("Wake-ups through RabbitMQ", () => {
  const broker = new TestBroker("shared")

  const scenario = <E>(name: string, play: (told: Wakeups.Options) => Effect.Effect<unknown, E, Sql | Scope.Scope>) =>
    it.live(
      name,
      () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* sql`CREATE TABLE effects (name text, message bigint, run bigint)`
          yield* play({ url: broker.url, queue: `${fresh()}.work`, heartbeat: 5 })
        }).pipe(Effect.provide(quiet)),
      60_000
    )

  scenario("bring a message to a process that looks by itself once a minute", (told) =>
    Effect.gen(function* () {
      const one = member()
      yield* worker(told, one, {})
      const { put, connected } = yield* receiver(told)
      yield* connected
      for (let n = 1; n <= 3; n++) {
        const id = yield* put("acme", `c${n}|write:a`)
        yield* until("processed", () => one.committed.includes(id))
      }
    })
  )

  scenario("spread work over processes", (told) =>
    Effect.gen(function* () {
      const members = [member(), member()]
      for (const one of members) yield* worker(told, one, {})
      const { put, connected } = yield* receiver(told)
      yield* connected
      for (let n = 0; n < 60; n++) yield* put(`company-${n}`, "c1|write:a")
      const done = () => members.flatMap(({ committed }) => committed)
      yield* until("processed", () => done().length >= 60)
      assert.strictEqual(new Set(done()).size, 60)
      assert.strictEqual(done().length, 60)
      for (const { committed } of members) assert.isAtLeast(committed.length, 12)
    })
  )

  scenario("keep the order of a lane", (told) =>
    Effect.gen(function* () {
      const order: Array<number> = []
      const members = [1, 2, 3].map((): Member => ({ ...member(), ended: (id) => order.push(id) }))
      for (const one of members) yield* worker(told, one, {})
      const { put, connected } = yield* receiver(told)
      yield* connected
      const lanes = ["a", "b", "c"]
      const sent = new Map<string, Array<number>>(lanes.map((lane) => [lane, []]))
      for (let n = 0; n < 20; n++) {
        for (const lane of lanes) sent.get(lane)?.push(yield* put(lane, `c${n}|write:${lane}${n}`))
      }
      yield* until("processed", () => order.length >= 60)
      for (const lane of lanes) {
        const ids = sent.get(lane) ?? []
        assert.deepStrictEqual(
          order.filter((id) => ids.includes(id)),
          ids
        )
      }
    })
  )

  scenario("leave the work of a process that died to another, within the lease", (told) =>
    Effect.gen(function* () {
      const limits = { lease: Duration.seconds(1), poll: Duration.millis(250), concurrency: 1 }
      const { put, connected } = yield* receiver(told)
      yield* connected
      const dead = member(true)
      yield* worker(told, dead, limits)
      const id = yield* put("acme", "c1|write:a")
      yield* until("begun", () => dead.stoodAt.includes(id))
      const alive = member()
      yield* worker(told, alive, limits)
      const from = Date.now()
      yield* until("taken over", () => alive.committed.includes(id))
      assert.isBelow(Date.now() - from, 3000)
      const sql = yield* SqlClient.SqlClient
      assert.strictEqual((yield* sql`SELECT 1 FROM effects`).length, 1)
      assert.deepStrictEqual(dead.committed, [])
    })
  )

  it.live("are not missed: without a broker a process wakes itself", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`CREATE TABLE effects (name text, message bigint, run bigint)`
      const { put, journal } = yield* receiver({ url: "amqp://127.0.0.1:1" })
      assert.isFalse(journal.arrivals.isOpen())
      yield* put("acme", "c1|write:a")
      assert.isTrue(journal.arrivals.isOpen())
    }).pipe(Effect.provide(quiet))
  )
})
