/**
 * The command line in a test: `run` takes arguments, runs them in this process against a database of the test's own, and
 * gives exit code and output as lines. `messages` brings documents through the whole engine first.
 */
import { basename } from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { ConfigProvider, Context, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { TestConsole } from "effect/testing"
import { inject } from "vitest"
import * as Cli from "../../src/cli/Cli.ts"
import * as Installation from "../../src/cli/Installation.ts"
import * as Flow from "../../src/engine/Flow.ts"
import * as Journal from "../../src/engine/Journal.ts"
import * as Store from "../../src/store/Database.ts"
import { Throwaway } from "../../src/store/Throwaway.ts"
import * as Database from "../Database.ts"

/** The environment of the commands: where their database is. */
export class Surroundings extends Context.Service<Surroundings, { readonly databaseUrl: string }>()(
  "throughline/test/cli/Surroundings"
) {
  /** An empty database of its own. */
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const throwaway = yield* Throwaway
      const sql = yield* throwaway.create
      const [row] = yield* sql<{ readonly name: string }>`SELECT current_database() AS name`
      const url = new URL(inject("databaseUrl"))
      url.pathname = `/${row?.name ?? ""}`
      return { databaseUrl: url.href }
    })
  ).pipe(Layer.provide(Database.layerThrowaway))
}

export interface Ran {
  readonly code: number
  readonly out: ReadonlyArray<string>
  readonly err: ReadonlyArray<string>
}

/** Runs one command line in this process. */
export const run = Effect.fnUntraced(function* (...args: ReadonlyArray<string>) {
  const { databaseUrl } = yield* Surroundings
  const environment = ConfigProvider.layer(ConfigProvider.fromUnknown({ DATABASE_URL: databaseUrl }))
  const ran = Effect.gen(function* () {
    const code = yield* Cli.run(args)
    const text = (lines: ReadonlyArray<unknown>) => lines.map(String).join("\n").split("\n")
    const result: Ran = {
      code,
      out: text(yield* TestConsole.logLines),
      err: text(yield* TestConsole.errorLines)
    }
    return result
  })
  return yield* Effect.provide(ran, Layer.mergeAll(TestConsole.layer, environment, NodeServices.layer), { local: true })
})

/** Its output as JSON, one value a line; the command must have succeeded. */
export const json = (...args: ReadonlyArray<string>) =>
  Effect.map(run(...args, "--json"), ({ code, out, err }): ReadonlyArray<Record<string, unknown>> => {
    if (code !== 0) throw new Error(`exit code ${code}: ${err.join("\n")}`)
    return out.filter((line) => line !== "").map((line) => JSON.parse(line))
  })

/** Takes documents in as from a partner's folder and processes what may be processed; the ids, in order. */
export const process = Effect.fnUntraced(function* (
  company: string,
  type: string,
  files: ReadonlyArray<readonly [string, Uint8Array]>
) {
  const { databaseUrl } = yield* Surroundings
  const database = Store.layerFrom.pipe(Layer.provide(Store.layerServerAt(Redacted.make(databaseUrl))))
  const installation = Installation.over.pipe(
    Layer.provideMerge(Layer.mergeAll(Installation.xml, database)),
    Layer.provideMerge(Installation.limits)
  )
  const received = Effect.gen(function* () {
    const journal = yield* Journal.Journal
    const flow = yield* Flow.Flow
    const ids: Array<number> = []
    for (const [name, bytes] of files) {
      const { messageId } = yield* journal.receive({
        channel: "folder",
        company,
        type,
        fileName: basename(name),
        bytes
      })
      ids.push(messageId)
    }
    let claimed = yield* flow.claim(10)
    while (claimed.length > 0) {
      for (const one of claimed) yield* flow.process(one)
      claimed = yield* flow.claim(10)
    }
    return ids
  })
  return yield* Effect.provide(received, installation, { local: true })
})

/** Asks the database behind the commands. */
const ask = <A, E>(statement: (sql: SqlClient.SqlClient) => Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const { databaseUrl } = yield* Surroundings
    const database = Store.layerFrom.pipe(Layer.provide(Store.layerServerAt(Redacted.make(databaseUrl), 1)))
    return yield* Effect.provide(SqlClient.SqlClient.use(statement), database, { local: true })
  })

/** A number the database gives. */
export const count = (table: string) =>
  Effect.map(
    ask((sql) => sql<{ readonly n: number }>`SELECT count(*)::int4 AS n FROM ${sql(table)}`),
    (rows) => rows[0]?.n
  )

/** A small message's document, as text. */
export const documentOf = (id: number) =>
  Effect.map(
    ask((sql) => sql<{ readonly bytes: Uint8Array }>`SELECT bytes FROM message_chunks WHERE message_id = ${id}`),
    (rows) => new TextDecoder().decode(rows[0]?.bytes)
  )
