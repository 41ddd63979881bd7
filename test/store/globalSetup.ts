/**
 * Starts the one PostgreSQL server of a test run before the first test and leaves it after the last. Its data lies in
 * `.throughline/test-postgres` without fsync and serves the next run too; `npm test` names a folder in memory by
 * TEST_DATABASE_FOLDER. TEST_DATABASE_URL names another server (a role that may create databases), to run the tests on
 * an older PostgreSQL. Test files take databases by test/Database.ts.
 */
import { fileURLToPath } from "node:url"
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import type { TestProject } from "vitest/node"
import * as Database from "../../src/store/Database.ts"
import * as EmbeddedPostgres from "../../src/store/EmbeddedPostgres.ts"
import { Throwaway } from "../../src/store/Throwaway.ts"

declare module "vitest" {
  interface ProvidedContext {
    /** Of a server on which the tests may create databases. */
    readonly databaseUrl: string
  }
}

const folder =
  process.env["TEST_DATABASE_FOLDER"] ?? fileURLToPath(new URL("../../.throughline/test-postgres", import.meta.url))

const server = Effect.gen(function* () {
  const given = process.env["TEST_DATABASE_URL"]
  const url =
    given === undefined ? (yield* EmbeddedPostgres.acquire({ folder, durable: false })).url : Redacted.make(given)
  // Makes the template once, instead of in the first test of every worker.
  yield* Effect.scoped(Layer.build(Throwaway.layer.pipe(Layer.provide(Database.layerServerAt(url)))))
  return Redacted.value(url)
})

const scope = Scope.makeUnsafe()

export const setup = async (project: TestProject) => {
  project.provide("databaseUrl", await Effect.runPromise(Scope.provide(server, scope)))
}

export const teardown = () => Effect.runPromise(Scope.close(scope, Exit.void))
