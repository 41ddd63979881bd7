import { assert, describe, it, layer } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { inject } from "vitest"
import * as Store from "../../src/store/Database.ts"
import * as Migrations from "../../src/store/Migrations.ts"
import * as Throwaway from "../../src/store/Throwaway.ts"
import * as Database from "../Database.ts"

describe("the database that DATABASE_URL names", () => {
  const given = (url: string) => ConfigProvider.layer(ConfigProvider.fromEnv({ env: { DATABASE_URL: url } }))
  /** An empty database of its own for each test. */
  const emptyDatabase = (options: string) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const name = `given_${process.pid}_${Math.trunc(performance.now())}`
      yield* Effect.acquireRelease(sql.unsafe(`CREATE DATABASE ${name} TEMPLATE template0 ${options}`).unprepared, () =>
        Effect.orDie(sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`).unprepared)
      )
      return Object.assign(new URL(inject("databaseUrl")), { pathname: `/${name}` }).href
    })

  layer(Database.layer)((it) => {
    it.effect("is migrated by the first of several that open it at once", () =>
      Effect.gen(function* () {
        const url = yield* emptyDatabase("ENCODING 'UTF8' LOCALE 'C'")
        const open = Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const [row] = yield* sql`SELECT current_database() AS name, (SELECT count(*) FROM messages) AS messages`
          assert.deepStrictEqual(row, { name: new URL(url).pathname.slice(1), messages: 0n })
          assert.isFalse((yield* Store.Server).isEmbedded)
        }).pipe(Effect.provide(Layer.fresh(Store.layer).pipe(Layer.provide(given(url)))))
        yield* Effect.all([open, open, open], { concurrency: "unbounded" })
      })
    )

    it.effect("is refused when it cannot hold every character", () =>
      Effect.gen(function* () {
        const url = yield* emptyDatabase("ENCODING 'SQL_ASCII' LOCALE 'C'")
        const error = yield* Effect.flip(Layer.build(Layer.fresh(Store.layer).pipe(Layer.provide(given(url)))))
        assert.include(error.message, "stores text as SQL_ASCII")
      })
    )
  })

  for (const [what, url, words, isRetryable] of [
    ["nobody answers", "postgresql://a:b@127.0.0.1:1/c", "ECONNREFUSED", true],
    [
      "the password is wrong",
      () => Object.assign(new URL(inject("databaseUrl")), { password: "x" }).href,
      "28P01",
      false
    ],
    ["it does not exist", () => Object.assign(new URL(inject("databaseUrl")), { pathname: "/x" }).href, "x", false]
  ] as const) {
    it.live(`says so when ${what}`, () =>
      Effect.gen(function* () {
        const server = Store.layerServerAt(Redacted.make(typeof url === "string" ? url : url()))
        const error = yield* Effect.flip(Effect.scoped(Layer.build(Store.layerFrom.pipe(Layer.provide(server)))))
        assert.include(error.message, "The database cannot be used (connect)")
        assert.include(error.message, words === "28P01" ? "password authentication failed" : words)
        assert.deepStrictEqual([error.isRetryable, error.whoActs], [isRetryable, "operator"])
      })
    )
  }
})

describe("values on their way to the database and back", () => {
  layer(Database.layer)((it) => {
    it.effect("arrive as the head of Database.ts says", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const at = new Date("2026-01-02T03:04:05.678Z")
        const bytes = Uint8Array.of(0, 1, 255)
        const value = { a: [1, null, "ä"], b: { c: true } }
        const [row] =
          yield* sql`SELECT ${"7"}::int8 AS int8, ${2 ** 40} AS wide, ${7}::int4 AS int4, ${0.5}::float8 AS float8,
          ${at}::timestamptz AS at, ${bytes}::bytea AS bytes, ${JSON.stringify(value)}::jsonb AS value, ${null}::text AS nothing,
          ${"processed"}::message_status AS status, 1.50::numeric AS numeric, count(*) AS n FROM (VALUES (1)) t`
        assert.deepStrictEqual(row, {
          int8: 7n,
          wide: 1_099_511_627_776n,
          int4: 7,
          float8: 0.5,
          at,
          bytes,
          value,
          nothing: null,
          status: "processed",
          numeric: "1.50",
          n: 1n
        })
      })
    )

    it.effect("arrive in arrays, empty ones and those with nulls too", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const rows =
          yield* sql`SELECT ${["a", null, 'b\\"{},']}::text[] AS text, ${[1n, 2n]}::int8[] AS int8, ${[1, 2]}::int4[] AS int4,
          ${[Uint8Array.of(1)]}::bytea[] AS bytes, ${[]}::text[] AS nothing`
        assert.deepStrictEqual(rows, [
          { text: ["a", null, 'b\\"{},'], int8: [1n, 2n], int4: [1, 2], bytes: [Uint8Array.of(1)], nothing: [] }
        ])
      })
    )

    it.effect("may be 100,000 at once, and 40 MB back", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const serials = Array.from({ length: 100_000 }, (_, i) => `SN${i}`)
        const [counted] = yield* sql`SELECT count(*) AS n, max(s) AS last FROM unnest(${serials}::text[]) AS s`
        assert.deepStrictEqual(counted, { n: 100_000n, last: "SN99999" })
        const [back] = yield* sql<{ serials: ReadonlyArray<string> }>`SELECT ${serials}::text[] AS serials`
        assert.deepStrictEqual(back?.serials, serials)
        const [big] = yield* sql<{ bytes: Uint8Array }>`SELECT decode(repeat('00', 40000000), 'hex') AS bytes`
        assert.strictEqual(big?.bytes.length, 40_000_000)
      })
    )
  })
})

describe("temporary databases", { timeout: 60_000 }, () => {
  const copies = Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<{ name: string }>`
      SELECT datname AS name FROM pg_database WHERE datname LIKE 'throughline\_copy\_%'`
    return new Set(rows.map(({ name }) => name))
  })
  const name = Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`INSERT INTO names (name) VALUES ('only here')`
    const [row] = yield* sql<{ name: string; n: bigint }>`
      SELECT current_database() AS name, (SELECT count(*) FROM names) AS n`
    assert.strictEqual(row?.n, 1n)
    return row?.name ?? ""
  })

  layer(Layer.merge(Database.layer, Database.layerThrowaway))((it) => {
    it.effect("are many, each alone, and gone afterwards", () =>
      Effect.gen(function* () {
        const names = yield* Effect.forEach(Array.from({ length: 20 }), () => Throwaway.within(name), {
          concurrency: 4
        })
        assert.strictEqual(new Set(names).size, 20)
        const left = yield* copies
        assert.deepStrictEqual(
          names.filter((n) => left.has(n)),
          []
        )
      })
    )

    it.effect("sort by code point", () =>
      Throwaway.within(
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const rows = yield* sql`SELECT x FROM unnest(${["a", "B", "ä", "_"]}::text[]) AS x ORDER BY x`
          assert.deepStrictEqual(
            rows.map(({ x }) => x),
            ["B", "_", "a", "ä"]
          )
        })
      )
    )

    it.effect("of a process that is gone are dropped by the next, those of a living one are not", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const dead = "throughline_copy_dead_1"
        yield* sql.unsafe(`CREATE DATABASE ${dead}`).unprepared
        yield* Throwaway.within(
          Effect.gen(function* () {
            const alive = yield* name
            // The next one is connected to another database of the server.
            const url = Object.assign(new URL(inject("databaseUrl")), { pathname: `/${alive}` }).href
            const next = Layer.fresh(Throwaway.Throwaway.layer).pipe(
              Layer.provide(Store.layerServerAt(Redacted.make(url)))
            )
            yield* Effect.scoped(Layer.build(next))
            const left = yield* copies
            assert.isTrue(left.has(alive))
            assert.isFalse(left.has(dead))
          })
        )
      })
    )

    it.effect("are made also after somebody dropped the template", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const digest = Migrations.digestOf(yield* Migrations.load).slice(0, 16)
        yield* sql.unsafe(`DROP DATABASE IF EXISTS throughline_template_${digest}`).unprepared
        assert.include(yield* Throwaway.within(name), "throughline_copy_")
      })
    )
  })
})
