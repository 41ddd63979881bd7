import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as Migrations from "../../src/store/Migrations.ts"
import * as SchemaDump from "../../src/store/SchemaDump.ts"
import * as Database from "../Database.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))

const invented = (name: string, ...statements: ReadonlyArray<string>): Migrations.Migration => ({
  name,
  statements,
  digest: `digest of ${statements.join()}`
})

describe("migrations", () => {
  it.live("run once, however many processes start at once", () =>
    Effect.gen(function* () {
      const known = [
        ...(yield* Migrations.load),
        invented("8001_a", "CREATE TABLE a ()"),
        invented("8002_b", "CREATE TABLE b ()")
      ]
      // Eight pools of their own on one database, as eight processes have.
      const runs = yield* Effect.forEach(Array.from({ length: 8 }), () => Migrations.run(known), { concurrency: 8 })
      assert.deepStrictEqual(
        runs.filter((names) => names.length > 0),
        [["8001_a", "8002_b"]]
      )
      assert.deepStrictEqual(yield* Migrations.run(known), [])
    }).pipe(Effect.provide(Database.layer))
  )

  it.live("change nothing when one fails", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const known = yield* Migrations.load
      const good = invented("8001_good", "CREATE TABLE good ()")
      const bad = invented("8002_bad", "CREATE TABLE bad ()", "SELECT 1 / 0")
      const error = yield* Effect.flip(Migrations.run([...known, good, bad]))
      assert.include(error.message, "The migration 8002_bad failed and changed nothing: division by zero")
      assert.deepStrictEqual(yield* sql`SELECT to_regclass('good') AS t`, [{ t: null }])
      assert.deepStrictEqual(yield* Migrations.run([...known, good]), ["8001_good"])
    }).pipe(Effect.provide(Database.layer))
  )

  it.live("refuse a database of a newer version, and a changed past", () =>
    Effect.gen(function* () {
      const known = yield* Migrations.load
      yield* Migrations.run([...known, invented("8001_newer", "CREATE TABLE newer ()")])
      const newer = yield* Effect.flip(Migrations.run())
      assert.include(newer.message, "newer Throughline: it has the migrations 8001_newer")
      const changed = yield* Effect.flip(Migrations.run([...known, invented("8001_newer", "CREATE TABLE other ()")]))
      assert.include(changed.message, "The migration 8001_newer was changed")
      assert.deepStrictEqual([newer.isRetryable, newer.whoActs], [false, "operator"])
    }).pipe(Effect.provide(Database.layer))
  )

  it("make what schema.ts says (npm run db:generate -- NAME)", () => {
    const kit = spawnSync(
      process.execPath,
      ["node_modules/drizzle-kit/bin.cjs", "generate", "--explain", "--output", "json"],
      {
        cwd: root,
        encoding: "utf8"
      }
    )
    assert.deepInclude(JSON.parse(kit.stdout), { status: "no_changes" })
  })

  layer(Database.layer)((it) => {
    it.effect("make what docs/generated/schema.sql shows (npm run db:dump)", () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* SchemaDump.dump, readFileSync(`${root}/docs/generated/schema.sql`, "utf8"))
      })
    )
  })
})
