/**
 * (b) 2,000 messages of five serials through the whole engine (received, processed, answers delivered to folders), from
 * 1 sender and from 20, against bare transactions: as many commits as the engine made, one row each, on the same pool
 * with as many at once.
 */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Layer, Scope } from "effect"
import { SqlClient } from "effect/sql"
import * as Channels from "../src/channels/Channels.ts"
import * as Folder from "../src/channels/Folder.ts"
import * as Delivery from "../src/engine/Delivery.ts"
import { Journal } from "../src/engine/Journal.ts"
import * as Worker from "../src/engine/Worker.ts"
import * as Stage from "./Stage.ts"

const messages = 2000
export const listed = 5

/** Transactions that wrote, so far; reading takes no id and no flush. */
export const written = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly n: number }>`
    SELECT pg_snapshot_xmax(pg_current_snapshot())::text::int8::float8 AS n`
  return row?.n ?? 0
})

const open = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly n: number }>`
    SELECT (SELECT count(*) FROM messages WHERE direction = 'in' AND status <> 'processed')::int4
      + (SELECT count(*) FROM deliveries WHERE status <> 'delivered')::int4 AS n`
  return row?.n ?? 0
})

/** Feeds everything in and waits until the last answer is delivered. */
const flood = Effect.fnUntraced(function* (senders: number, each: number, names: ReadonlyArray<string>) {
  const journal = yield* Journal
  const perSender = messages / senders
  yield* Effect.forEach(
    names,
    (company, n) =>
      Effect.forEach(
        Array.from({ length: perSender }, (_, k) => k),
        (k) => {
          const serials = Array.from({ length: listed }, (_, s) => Stage.serial(n * each + k * listed + s))
          const bytes = Stage.request(n, `small-${k}`, serials)
          return journal.receive({ channel: "bench", company, type: "SNX_TRANSFER", fileName: `${k}.xml`, bytes })
        }
      ),
    { concurrency: "unbounded" }
  )
  while ((yield* open) > 0) yield* Effect.sleep("100 millis")
})

/** As many transactions of one row, so many at once. */
export const bare = Effect.fnUntraced(function* (count: number, atOnce: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE IF NOT EXISTS bare (id bigint GENERATED ALWAYS AS IDENTITY, text text)`
  yield* Effect.forEach(
    Array.from({ length: count }, (_, n) => n),
    () => sql.withTransaction(sql`INSERT INTO bare (text) VALUES ('a row')`),
    { concurrency: atOnce, discard: true }
  )
})

/** Engine against bare, for so many senders. Receiving, processing and delivering go on beside each other: three at once for one sender. */
export const run = Effect.fn("Small.run")(function* (senders: number) {
  const { names, each } = yield* Stage.world(messages * listed, senders)
  const folder = yield* Effect.promise(() => mkdtemp(join(tmpdir(), "throughline-bench-")))
  const channel = Folder.make({
    root: folder,
    companies: Effect.succeed(["cedar-packaging"]),
    types: { in: [], out: ["SNX_TRANSFER"] }
  })
  const engine = Worker.layer.pipe(Layer.provide(Delivery.layer), Layer.provide(Channels.layer([channel])))
  const scope = yield* Scope.make()
  yield* Layer.buildWithScope(engine, scope)
  const before = yield* written
  const whole = yield* Stage.timed(flood(senders, each, names))
  const commits = (yield* written) - before
  yield* Scope.close(scope, yield* Effect.exit(Effect.void))
  const atOnce = senders === 1 ? 3 : 10
  const floor = yield* Stage.timed(bare(commits, atOnce))
  yield* Effect.promise(() => rm(folder, { recursive: true }))
  return {
    senders,
    perSecond: messages / (whole.ms / 1000),
    barePerSecond: messages / (floor.ms / 1000),
    commitsEach: commits / messages,
    ratio: floor.ms / whole.ms
  }
})

/** Rows for bench/RESULTS.md. */
export const rows = (result: Effect.Success<ReturnType<typeof run>>): ReadonlyArray<string> => {
  const { senders, perSecond, barePerSecond, commitsEach, ratio } = result
  return [
    `| (b) 2,000 five-serial messages, ${senders} sender${senders === 1 ? "" : "s"}, received to delivered | ${Math.round(perSecond)}/s | ${Math.round(barePerSecond)}/s: bare transactions, ${commitsEach.toFixed(1)} commits a message | ${ratio.toFixed(2)} of it | ≥ 0.5 |`
  ]
}
