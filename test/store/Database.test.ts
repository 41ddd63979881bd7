import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as Database from "../Database.ts"

describe("the tests' database", () => {
  layer(Database.layer)("shared by a file", (it) => {
    it.effect("is migrated", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        assert.deepStrictEqual(yield* sql`SELECT count(*) AS n FROM messages`, [{ n: 0n }])
      })
    )
  })
  for (const n of [1, 2, 3]) {
    it.live(`of a test, ${n}`, () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`INSERT INTO names (name) VALUES ('x')`
        assert.deepStrictEqual(yield* sql`SELECT count(*) AS n FROM names`, [{ n: 1n }])
      }).pipe(Effect.provide(Database.layer))
    )
  }
})
