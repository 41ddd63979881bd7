import { NodeServices } from "@effect/platform-node"
import { assert, describe, expect, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { SqlClient } from "effect/sql"
import * as WorldFile from "../../src/cli/WorldFile.ts"
import { Configuration } from "../../src/partners/Configuration.ts"
import { Partners } from "../../src/partners/Partners.ts"
import type * as World from "../../src/partners/World.ts"
import * as Transaction from "../../src/store/Transaction.ts"
import * as Database from "../Database.ts"
import { worldOf } from "./worlds.ts"

const company = (id: string, name = id) => ({ id, name, role: "both" })
const link = (owner: string, partner: string) => ({ id: `${owner}-${partner}`, owner, partner })
const by = { actor: "test" }

const Live = Layer.mergeAll(Configuration.layer, Partners.layer, NodeServices.layer).pipe(
  Layer.provideMerge(Database.layer)
)

const fresh = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`TRUNCATE configuration`
  return { sql, configuration: yield* Configuration, partners: yield* Partners }
})
const rows = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const found = yield* sql<{ readonly n: number }>`SELECT count(*)::int AS n FROM configuration`
  return found[0]?.n
})
const snapshot = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const found = yield* sql<{ readonly now: string }>`SELECT pg_current_snapshot()::text AS now`
  return found[0]?.now ?? ""
})
const companiesOf = (world: World.Configuration) => world.companies.map(({ id, name }) => `${id}:${name}`)

layer(Live, { excludeTestServices: true })("stored configuration", (it) => {
  it.effect("that a transaction has seen and another one changed is seen anew before it is changed", () =>
    Effect.gen(function* () {
      const { configuration } = yield* fresh
      yield* configuration.import(worldOf({ companies: [company("a")] }), by)
      // Beside the transaction, not in it.
      const context = yield* Effect.context<never>()
      let attempts = 0
      const edited = yield* Transaction.transaction(
        Effect.gen(function* () {
          attempts += 1
          yield* configuration.export
          if (attempts === 1) {
            const other = configuration.import(worldOf({ companies: [company("b")] }), by)
            yield* Effect.promise(() => Effect.runPromiseWith(context)(other))
          }
          return yield* configuration.change((world) => Effect.succeed([world, companiesOf(world)]), by)
        })
      )
      assert.deepStrictEqual([attempts, edited], [2, ["a:a", "b:b"]])
    })
  )

  describe("an import", () => {
    it.effect("stores a world once, however often it comes", () =>
      Effect.gen(function* () {
        const { configuration } = yield* fresh
        const demo = yield* WorldFile.read("samples/demo/world.yaml")
        const first = yield* configuration.import(demo, by)
        expect(first).toEqual({ added: 29, changed: 0, removed: 0, unchanged: 0 })
        expect(yield* configuration.import(demo, by)).toEqual({ added: 0, changed: 0, removed: 0, unchanged: 29 })
        expect(yield* rows).toBe(29)

        const exported = yield* configuration.export
        const { serials: _, ...expected } = demo
        expect(exported.companies).toEqual(expected.companies)
        expect(new Set(exported.pools)).toEqual(new Set(expected.pools))
        yield* configuration.import({ ...exported, serials: [] }, { actor: "test", replace: true })
        expect(yield* rows).toBe(29)
      })
    )

    it.effect("keeps a partner's own names of fields", () =>
      Effect.gen(function* () {
        const { configuration } = yield* fresh
        const json = { document: { number: "header.docNo" }, lines: "body.items", line: { lotNumber: "batch" } }
        const channel = { id: "c", owner: "a", partner: "b", kind: "warehouse", json }
        yield* configuration.import(
          worldOf({ companies: [company("a"), company("b")], partnerChannels: [channel] }),
          by
        )
        expect((yield* configuration.export).partnerChannels.map((kept) => kept.json)).toEqual([json])
      })
    )

    it.effect("appends what differs and keeps the rest", () =>
      Effect.gen(function* () {
        const { configuration } = yield* fresh
        yield* configuration.import(worldOf({ companies: [company("a"), company("b")], settings: { appId: "X" } }), by)
        const second = worldOf({ companies: [company("b", "B"), company("c")], links: [link("a", "c")] })
        expect(yield* configuration.import(second, by)).toEqual({ added: 2, changed: 1, removed: 0, unchanged: 2 })
        const world = yield* configuration.export
        expect(companiesOf(world)).toEqual(["a:a", "b:B", "c:c"])
        expect(world.settings).toEqual({ appId: "X" })
      })
    )

    it.effect("removes what a replacing world does not name, and takes it again", () =>
      Effect.gen(function* () {
        const { configuration } = yield* fresh
        const both = worldOf({ companies: [company("a"), company("b")], settings: { appId: "X" } })
        yield* configuration.import(both, by)
        const replaced = yield* configuration.import(worldOf({ companies: [company("a")] }), { ...by, replace: true })
        expect(replaced).toEqual({ added: 0, changed: 0, removed: 2, unchanged: 1 })
        expect((yield* configuration.export).settings).toEqual({})
        expect(yield* configuration.import(both, by)).toEqual({ added: 2, changed: 0, removed: 0, unchanged: 1 })
      })
    )

    it.effect("changes nothing when anything is wrong, and says all of it", () =>
      Effect.gen(function* () {
        const { configuration } = yield* fresh
        yield* configuration.import(worldOf({ companies: [company("a")] }), by)
        const wrong = worldOf({ companies: [company("b")], links: [link("a", "x"), link("y", "b")] })
        const error = yield* Effect.flip(configuration.import(wrong, by))
        assert(error._tag === "WorldError")
        expect(error.reason.faults).toHaveLength(2)
        expect(yield* rows).toBe(1)
      })
    )

    const alone = (inside: typeof Transaction.transaction) =>
      Effect.gen(function* () {
        const { configuration } = yield* fresh
        const imports = Array.from({ length: 12 }, (_, n) =>
          inside(configuration.import(worldOf({ companies: [company("shared"), company(`c${n % 6}`)] }), by))
        )
        const done = yield* Effect.all(imports, { concurrency: "unbounded" })
        expect(done.reduce((sum, { added }) => sum + added, 0)).toBe(7)
        expect(done.every(({ changed, removed }) => changed + removed === 0)).toBe(true)
        expect(yield* rows).toBe(7)
        expect((yield* configuration.export).companies).toHaveLength(7)
      })
    it.effect("stands alone: of many at once, each sees those before it", () => alone((effect) => effect))
    it.effect("stands alone as the first of a transaction on one snapshot", () => alone(Transaction.transaction))

    it.effect("never leaves a link without its company, whoever comes first", () =>
      Effect.gen(function* () {
        const { configuration } = yield* fresh
        yield* configuration.import(worldOf({ companies: [company("a"), company("b")] }), by)
        const ends = yield* Effect.all(
          [
            Effect.exit(configuration.import(worldOf({ companies: [company("a")] }), { ...by, replace: true })),
            Effect.exit(configuration.import(worldOf({ links: [link("a", "b")] }), by))
          ],
          { concurrency: "unbounded" }
        )
        expect(ends.some(({ _tag }) => _tag === "Success")).toBe(true)
        const world = yield* configuration.export
        const known = new Set(world.companies.map(({ id }) => id))
        for (const { owner, partner } of world.links) expect(known.has(owner) && known.has(partner)).toBe(true)
      })
    )

    it.effect("joins the transaction it is called in", () =>
      Effect.gen(function* () {
        const { sql, configuration, partners } = yield* fresh
        const attempt = Effect.gen(function* () {
          yield* configuration.import(worldOf({ companies: [company("a")] }), by)
          expect((yield* partners.current).company("a")?.name).toBe("a")
          return yield* Effect.fail("undone" as const)
        })
        expect(yield* Effect.flip(sql.withTransaction(attempt))).toBe("undone")
        expect(yield* rows).toBe(0)
        expect((yield* partners.current).company("a")).toBeUndefined()
      })
    )
  })

  describe("as of a snapshot", () => {
    it.effect("configuration is what that transaction saw", () =>
      Effect.gen(function* () {
        const { sql, configuration } = yield* fresh
        const empty = yield* snapshot
        yield* configuration.import(worldOf({ companies: [company("a"), company("b")] }), by)
        const first = yield* snapshot
        // An import that has written and not committed yet is in nobody's snapshot.
        const written = yield* Deferred.make<void>()
        const seen = yield* Deferred.make<void>()
        const slow = yield* Effect.forkChild(
          sql.withTransaction(
            Effect.gen(function* () {
              yield* configuration.import(worldOf({ companies: [company("a", "A")] }), { ...by, replace: true })
              yield* Deferred.succeed(written, undefined)
              yield* Deferred.await(seen)
            })
          )
        )
        yield* Deferred.await(written)
        const during = yield* snapshot
        yield* Deferred.succeed(seen, undefined)
        yield* Fiber.join(slow)
        const last = yield* snapshot

        const at = (moment: string) => Effect.map(configuration.asOf(moment), companiesOf)
        expect(yield* at(empty)).toEqual([])
        expect(yield* at(first)).toEqual(["a:a", "b:b"])
        expect(yield* at(during)).toEqual(["a:a", "b:b"])
        expect(yield* at(last)).toEqual(["a:A"])
        expect(companiesOf(yield* configuration.export)).toEqual(["a:A"])
      })
    )

    it.effect("a snapshot that is none is an error and no empty world", () =>
      Effect.gen(function* () {
        const { configuration } = yield* fresh
        const error = yield* Effect.flip(configuration.asOf("yesterday"))
        expect(error.reason._tag).toBe("Unreadable")
        expect(error.isRetryable).toBe(false)
      })
    )
  })

  describe("the directory of the moment", () => {
    it.effect("is what the transaction sees, while others already see the next", () =>
      Effect.gen(function* () {
        const { sql, configuration, partners } = yield* fresh
        yield* configuration.import(worldOf({ companies: [company("a", "old")] }), by)
        const began = yield* Deferred.make<void>()
        const imported = yield* Deferred.make<void>()
        const reader = yield* Effect.forkChild(
          sql.withTransaction(
            Effect.gen(function* () {
              yield* sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`
              const before = (yield* partners.current).company("a")?.name
              yield* Deferred.succeed(began, undefined)
              yield* Deferred.await(imported)
              return [before, (yield* partners.current).company("a")?.name]
            })
          )
        )
        yield* Deferred.await(began)
        yield* configuration.import(worldOf({ companies: [company("a", "new")] }), by)
        expect((yield* partners.current).company("a")?.name).toBe("new")
        yield* Deferred.succeed(imported, undefined)
        expect(yield* Fiber.join(reader)).toEqual(["old", "old"])
        expect((yield* partners.current).company("a")?.name).toBe("new")
      })
    )

    it.effect("is built once for all who ask while nothing changes, also after imports that were undone", () =>
      Effect.gen(function* () {
        const { sql, configuration, partners } = yield* fresh
        yield* configuration.import(worldOf({ companies: [company("a")] }), by)
        const directory = yield* partners.current
        for (let n = 0; n < 5; n++) {
          const undone = Effect.gen(function* () {
            yield* configuration.import(worldOf({ companies: [company(`b${n}`)] }), by)
            yield* partners.current
            return yield* Effect.fail("undone" as const)
          })
          yield* Effect.ignore(sql.withTransaction(undone))
          const now = yield* partners.current
          if (n > 0) expect(now).toBe(yield* partners.current)
          expect(now.companies).toEqual(directory.companies)
        }
      })
    )

    it.effect("says when a stored version cannot be read", () =>
      Effect.gen(function* () {
        const { sql, partners } = yield* fresh
        yield* sql`INSERT INTO configuration (kind, key, value, actor, at) VALUES ('company', 'a', '{"id": "a"}', 'test', now())`
        const error = yield* Effect.flip(partners.current)
        expect(error.reason).toMatchObject({ _tag: "Unusable", detail: expect.stringContaining("companies[a].name") })
        yield* sql`TRUNCATE configuration`
      })
    )
  })

  it.effect("holds 20,000 products", () =>
    Effect.gen(function* () {
      const { configuration, partners } = yield* fresh
      const products = Array.from({ length: 20_000 }, (_, at) => ({
        id: `p-${at}`,
        owner: "a",
        name: `Product ${at}`,
        packagingLevel: "EA",
        codes: [{ type: "GTIN-14", value: String(at).padStart(14, "0") }]
      }))
      const world = worldOf({ companies: [company("a")], products })
      expect((yield* configuration.import(world, by)).added).toBe(20_001)
      expect((yield* configuration.import(world, by)).unchanged).toBe(20_001)
      expect((yield* partners.current).product("a", "GTIN-14", "00000000019999")?.id).toBe("p-19999")
    })
  )
})
