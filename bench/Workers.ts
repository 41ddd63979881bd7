/**
 * (d) Five-serial messages from 20 senders, received here and worked on by 1, 2 and 4 `throughline worker` processes over
 * one durable database, received to delivered: found by looking, and told through RabbitMQ. Beside bare transactions (as
 * many commits as were made, one row each) and, for RabbitMQ, bare ids through a queue of the same kind.
 *
 * Processes are started and warm before the clock runs, and senders keep a few messages under way each. A run that takes
 * too long is cut; its rate is that of the messages done until then. Where RabbitMQ is not installed its half is not measured.
 */
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import * as RabbitMq from "../scripts/rabbitmq.ts"
import * as Wakeups from "../src/channels/Wakeups.ts"
import { Journal } from "../src/engine/Journal.ts"
import * as Database from "../src/store/Database.ts"
import * as BareQueue from "./BareQueue.ts"
import * as Program from "./Program.ts"
import * as Small from "./Small.ts"
import * as Stage from "./Stage.ts"

const senders = 20
const perSender = 100
/** Messages of a sender before the clock runs. */
const warmUp = 5
/** Messages of a sender that may be under way: enough to keep all workers busy, and a cut run is like a whole one. */
const ahead = 8
/** Six runs, with what it takes to set them up, have to stay within a minute and a half. */
const longestMs = 7000
const bareTransactions = 500
/** That of the wake-ups unless it is called otherwise. */
const workQueue = "throughline.work"

export interface Rate {
  readonly workers: number
  readonly wakeups: boolean
  /** Delivered, of `sent`. */
  readonly done: number
  readonly sent: number
  readonly perSecond: number
  /** Bare transactions, as messages per second. */
  readonly barePerSecond: number
  readonly commitsEach: number
}

export interface Result {
  readonly rates: ReadonlyArray<Rate>
  /** Bare ids per second; undefined where RabbitMQ is not installed. */
  readonly idsPerSecond: number | undefined
}

const delivered = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly n: number }>`
    SELECT count(*)::int4 AS n FROM deliveries WHERE status = 'delivered'`
  return row?.n ?? 0
})

/** The kth message of every sender. */
const feed = Effect.fnUntraced(function* (names: ReadonlyArray<string>, each: number, k: number) {
  const journal = yield* Journal
  const one = (company: string, n: number) => {
    const serials = Array.from({ length: Small.listed }, (_, s) => Stage.serial(n * each + k * Small.listed + s))
    const bytes = Stage.request(n, `workers-${k}`, serials)
    return journal.receive({ channel: "bench", company, type: "SNX_TRANSFER", fileName: `${k}.xml`, bytes })
  }
  yield* Effect.forEach(names, one, { concurrency: "unbounded", discard: true })
})

/** Sends messages `from` to `to` of every sender; how many were received, and delivered, when all were or time is over. */
const flood = Effect.fnUntraced(function* (
  names: ReadonlyArray<string>,
  each: number,
  from: number,
  to: number,
  ms: number
) {
  const end = performance.now() + ms
  const before = yield* delivered
  let fed = from
  let done = 0
  while (done < senders * (to - from) && performance.now() < end) {
    if (fed < to && senders * (fed - from) - done <= senders * (ahead - 1)) yield* feed(names, each, fed++)
    else yield* Effect.sleep("20 millis")
    done = (yield* delivered) - before
  }
  return { received: senders * (fed - from), done }
})

/** As many transactions as matter; on connections like those of the workers. */
const bare = Effect.fnUntraced(function* (database: string) {
  const sql = yield* Database.connect(database, senders)
  const floor = yield* Stage.timed(
    Effect.provideService(Small.bare(bareTransactions, senders), SqlClient.SqlClient, sql)
  )
  return bareTransactions / (floor.ms / 1000)
})

const listening = (broker: string, workers: number) =>
  Effect.gen(function* () {
    while ((yield* BareQueue.consumers(broker, workQueue)) < workers) yield* Effect.sleep("100 millis")
  }).pipe(Effect.timeoutOrElse({ duration: "30 seconds", orElse: () => Effect.die("the workers do not listen") }))

const measure = (workers: number, broker: string | undefined) =>
  Effect.gen(function* () {
    const { names, each } = yield* Stage.world(senders * (warmUp + perSender) * Small.listed, senders)
    const site = yield* Program.site(broker)
    const starting = Array.from({ length: workers }, () => Program.start(site, "working", "worker"))
    yield* Effect.all(starting, { concurrency: "unbounded" })
    if (broker !== undefined) yield* listening(broker, workers)
    const early = yield* flood(names, each, 0, warmUp, 60_000)
    if (early.done < early.received) return yield* Effect.die("the workers do not work")

    const before = yield* Small.written
    const start = performance.now()
    const { received, done } = yield* flood(names, each, warmUp, warmUp + perSender, longestMs)
    const seconds = (performance.now() - start) / 1000
    const commits = (yield* Small.written) - before
    // Receiving is one; what was received and not done yet counts for nothing.
    const commitsEach = 1 + (commits - received) / done
    const rate: Rate = {
      workers,
      wakeups: broker !== undefined,
      done,
      sent: senders * perSender,
      perSecond: done / seconds,
      barePerSecond: (yield* bare(site.database)) / commitsEach,
      commitsEach
    }
    return rate
  }).pipe(Effect.scoped)

/** Each in a database of its own; who receives tells the broker, when there is one. */
const apart = (workers: number, broker: string | undefined) => {
  const layer = broker === undefined ? Stage.layer : Stage.layer.pipe(Layer.provide(Wakeups.layer({ url: broker })))
  return Effect.provide(measure(workers, broker), layer, { local: true })
}

const broker = Effect.acquireRelease(
  Effect.promise(() => RabbitMq.start("bench")),
  (broker) => Effect.promise(() => broker.stop())
)

/** Over RabbitMQ and without, for so many workers. */
export const run = Effect.fn("Workers.run")(function* (counts: ReadonlyArray<number>) {
  const without = yield* Effect.forEach(counts, (workers) => apart(workers, undefined))
  if (RabbitMq.find() === undefined) return { rates: without, idsPerSecond: undefined } satisfies Result
  const { url } = yield* broker
  const idsPerSecond = yield* BareQueue.run(url, senders, perSender)
  const told = yield* Effect.forEach(counts, (workers) => apart(workers, url))
  return { rates: [...without, ...told], idsPerSecond } satisfies Result
}, Effect.scoped)

const perSecond = (value: number): string => `${Math.round(value)}/s`

/** Rows of the table of results: what, engine, floor, ratio, aim. */
export const rows = ({ rates, idsPerSecond }: Result): ReadonlyArray<string> => {
  const row = (one: Rate): string => {
    const { workers, done, sent } = one
    const what = `(d) ${sent.toLocaleString("en")} five-serial messages, ${senders} senders, ${workers} worker process${workers === 1 ? "" : "es"}`
    const cut = done < sent ? `, cut after ${done}` : ""
    const peer = rates.find((other) => !other.wakeups && other.workers === (one.wakeups ? workers : 1))
    const times = peer === undefined || peer === one ? "" : `, ${(one.perSecond / peer.perSecond).toFixed(2)} × `
    const compared = times === "" ? "" : `${times}${one.wakeups ? "without" : "one worker"}`
    const engine = `${perSecond(one.perSecond)}${compared}${cut}`
    if (one.wakeups && idsPerSecond !== undefined) {
      const ratio = (one.perSecond / idsPerSecond).toFixed(2)
      return `| ${what}, told over RabbitMQ | ${engine} | ${perSecond(idsPerSecond)}: bare ids, published with confirm and consumed | ${ratio} of it | |`
    }
    const ratio = (one.perSecond / one.barePerSecond).toFixed(2)
    return `| ${what}, without RabbitMQ | ${engine} | ${perSecond(one.barePerSecond)}: bare transactions, ${one.commitsEach.toFixed(1)} commits a message | ${ratio} of it | |`
  }
  const missing = "| (d) the same told over RabbitMQ | not measured: RabbitMQ is not installed | | | |"
  return [...rates.map(row), ...(idsPerSecond === undefined ? [missing] : [])]
}
