/** The audit trail over a real database: gapless under concurrency, in the transaction of the change, and tampering shows. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as Audit from "../../src/audit/Audit.ts"
import * as Transaction from "../../src/store/Transaction.ts"
import * as Database from "../Database.ts"

const at = new Date("2026-11-24T12:00:00Z")
const by = { actor: "ann", why: "a reason", at }

const fresh = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`TRUNCATE audit, audit_head`
  return { sql, audit: yield* Audit.make }
})

/** A trail of five entries. */
const five = Effect.gen(function* () {
  const { sql, audit } = yield* fresh
  for (const n of [1, 2, 3, 4, 5]) yield* audit.record([{ act: "rule.changed", subject: `r${n}`, after: { n } }], by)
  assert.deepInclude(yield* audit.check(), { good: 5, broken: undefined })
  return { sql, audit }
})

layer(Database.layer)("the audit trail", (it) => {
  it.effect("says who did what, when, why, and what was before and after; newest first", () =>
    Effect.gen(function* () {
      const { audit } = yield* fresh
      const before = { b: 1, a: [{ z: '\u0000 ü "' }] }
      yield* audit.record([{ act: "rule.changed", subject: "US", before, after: { ...before, b: 2 } }], by)
      yield* audit.record(
        [
          { act: "rule.removed", subject: "US", before },
          { act: "rule.added", subject: "PR", after: {} }
        ],
        { ...by, actor: "ben" }
      )
      const entries = yield* audit.list({ limit: 10 })
      assert.deepStrictEqual(
        entries.map(({ n, actor, act, subject }) => [n, actor, act, subject]),
        [
          [3, "ben", "rule.added", "PR"],
          [2, "ben", "rule.removed", "US"],
          [1, "ann", "rule.changed", "US"]
        ]
      )
      const first = entries.at(-1)
      assert.deepInclude(first, { at: at.toISOString(), why: "a reason", before, after: { ...before, b: 2 } })
      assert.deepStrictEqual(Audit.difference(first?.before, first?.after), { was: { b: 1 }, is: { b: 2 } })
      assert.deepStrictEqual(
        (yield* audit.list({ limit: 10, words: "Ann" })).map(({ n }) => n),
        [1]
      )
      assert.deepStrictEqual(
        (yield* audit.list({ limit: 1, before: 3 })).map(({ n }) => n),
        [2]
      )
      assert.deepInclude(yield* audit.check(), { good: 3, broken: undefined })
      assert.deepInclude(yield* audit.check({ n: 1, hash: first?.hash ?? "" }), { broken: undefined })
    })
  )

  it.effect("is empty and whole before the first entry", () =>
    Effect.gen(function* () {
      const { audit } = yield* fresh
      yield* audit.record([], by)
      assert.deepInclude(yield* audit.check(), { good: 0, broken: undefined })
      assert.deepStrictEqual(yield* audit.list({ limit: 10 }), [])
    })
  )

  const together = (inside: typeof Transaction.transaction) =>
    Effect.gen(function* () {
      const { sql, audit } = yield* fresh
      yield* sql`CREATE TABLE IF NOT EXISTS rules (name text)`
      yield* sql`TRUNCATE rules`
      const change = (n: number) =>
        inside(
          Effect.gen(function* () {
            yield* sql`INSERT INTO rules VALUES (${`r${n}`})`
            yield* audit.record([{ act: "rule.added", subject: `r${n}` }], by)
            if (n % 5 === 0) return yield* Effect.fail("taken back")
          })
        )
      const many = Array.from({ length: 30 }, (_, n) => Effect.exit(change(n)))
      yield* Effect.all(many, { concurrency: "unbounded" })
      const kept = yield* sql<{ readonly name: string }>`SELECT name FROM rules ORDER BY name`
      const subjects = (yield* audit.list({ limit: 100 })).map(({ subject }) => subject).sort()
      assert.deepStrictEqual(
        subjects,
        kept.map(({ name }) => name)
      )
      assert.strictEqual(subjects.length, 24)
      assert.deepInclude(yield* audit.check(), { good: 24, broken: undefined })
    })
  it.effect("has what was committed and nothing else, of many at once", () => together(Transaction.readCommitted))
  it.effect("the same where each sees one snapshot", () => together(Transaction.transaction))

  describe("tampering", () => {
    const finds = (
      title: string,
      harm: (sql: SqlClient.SqlClient) => Effect.Effect<unknown, unknown>,
      n: number,
      what: RegExp
    ) =>
      it.effect(`names the entry when ${title}`, () =>
        Effect.gen(function* () {
          const { sql, audit } = yield* five
          yield* harm(sql)
          const { good, broken } = yield* audit.check()
          assert.deepStrictEqual([good, broken?.n], [n - 1, n])
          assert.match(broken?.what ?? "", what)
        })
      )
    finds(
      "its text was changed",
      (sql) => sql`UPDATE audit SET content = replace(content, 'ann', 'eve') WHERE n = 3`,
      3,
      /was changed/u
    )
    finds("its hash was changed", (sql) => sql`UPDATE audit SET hash = sha256('x') WHERE n = 2`, 2, /was changed/u)
    finds("it was removed", (sql) => sql`DELETE FROM audit WHERE n = 3`, 3, /is missing/u)
    finds("the first was removed", (sql) => sql`DELETE FROM audit WHERE n = 1`, 1, /is missing/u)
    finds("the last was removed", (sql) => sql`DELETE FROM audit WHERE n = 5`, 5, /is missing/u)
    finds("all were removed", (sql) => sql`DELETE FROM audit`, 1, /is missing/u)
    finds(
      "two changed places",
      (sql) =>
        sql`UPDATE audit SET n = CASE n WHEN 2 THEN 14 ELSE 12 END WHERE n IN (2, 4)`.pipe(
          Effect.andThen(sql`UPDATE audit SET n = n - 10 WHERE n > 10`)
        ),
      2,
      /is entry 4 in its place/u
    )
    finds(
      "its text is no entry any more",
      (sql) => sql`UPDATE audit SET content = 'gone' WHERE n = 4`,
      4,
      /is not an entry/u
    )
    finds(
      "one was added at the end",
      (sql) => sql`
      INSERT INTO audit (n, content, hash)
      SELECT 6, c, sha256(hash || convert_to(c, 'UTF8')) FROM audit, (SELECT '{"n":6,"why":"forged"}' AS c) f WHERE n = 5`,
      6,
      /more than the trail/u
    )

    it.effect("shows by a noted hash when the trail was written anew to its end", () =>
      Effect.gen(function* () {
        const { audit } = yield* five
        const [, fourth] = yield* audit.list({ limit: 2 })
        const { sql } = yield* five
        yield* sql`UPDATE audit SET content = replace(content, 'r4', 'r9') WHERE n = 4`
        yield* sql`UPDATE audit SET hash = sha256((SELECT p.hash FROM audit p WHERE p.n = audit.n - 1) || convert_to(content, 'UTF8')) WHERE n = 4`
        yield* sql`UPDATE audit SET hash = sha256((SELECT p.hash FROM audit p WHERE p.n = audit.n - 1) || convert_to(content, 'UTF8')) WHERE n = 5`
        yield* sql`UPDATE audit_head SET hash = (SELECT hash FROM audit WHERE n = 5)`
        assert.deepInclude(yield* audit.check(), { good: 5, broken: undefined })
        const { broken } = yield* audit.check({ n: 4, hash: fourth?.hash ?? "" })
        assert.deepStrictEqual(broken, { n: 4, what: "has another hash than was noted" })
        assert.strictEqual((yield* audit.check({ n: 9, hash: "" })).broken?.n, 6)
      })
    )
  })
})
