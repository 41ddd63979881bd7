/**
 * A process that uses an embedded server, for tests that kill it: `node user.ts FOLDER [ANSWER_MS]`. Prints one JSON
 * line once the server is there, one for each line it reads ("ask" it something), and leaves when its input ends.
 */
import { createInterface } from "node:readline"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as PgClient from "@effect/sql-pg/PgClient"
import { Effect, Layer, Logger, Stream } from "effect"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as EmbeddedPostgres from "../../src/store/EmbeddedPostgres.ts"

const [folder = "", answerMs] = process.argv.slice(2)
const say = (value: unknown) => Effect.sync(() => process.stdout.write(`${JSON.stringify(value)}\n`))

const program = Effect.gen(function* () {
  const server = yield* EmbeddedPostgres.acquire({
    folder,
    durable: false,
    answerMs: answerMs === undefined ? undefined : Number(answerMs)
  })
  const sql = yield* PgClient.make({ url: server.url })
  yield* Effect.ignore(sql`CREATE TABLE IF NOT EXISTS kept (n int GENERATED ALWAYS AS IDENTITY)`)
  yield* say({ port: server.port, folder: server.folder, isStartedHere: server.isStartedHere })
  const answer = sql`WITH new AS (INSERT INTO kept DEFAULT VALUES RETURNING n)
    SELECT n, (SELECT count(*) + 1 FROM kept)::int AS rows FROM new`.pipe(
    Effect.map(([row]) => row),
    Effect.catch((error) => Effect.succeed({ error: String(error.reason.cause) }))
  )
  const lines = Stream.fromAsyncIterable(createInterface({ input: process.stdin }), (cause) => ({
    message: String(cause)
  }))
  yield* Stream.runForEach(lines, () => Effect.flatMap(answer, say))
}).pipe(
  Effect.catch((error) => say({ failure: error.message })),
  Effect.scoped,
  Effect.provide(Layer.mergeAll(Reactivity.layer, Logger.layer([Logger.consoleLogFmt])))
)

NodeRuntime.runMain(program)
