/** `throughline audit` over what the other commands did: rules, overrides and keys are in it, and tampering ends with 1. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import * as Store from "../../src/store/Database.ts"
import * as CommandLine from "./CommandLine.ts"

const { run, json, Surroundings } = CommandLine

const demo = readFileSync(fileURLToPath(new URL("../../samples/demo/world.yaml", import.meta.url)), "utf8")
const folder = mkdtempSync(join(tmpdir(), "throughline-audit-"))

const world = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** Runs a statement on the database that the commands use. */
const tamper = (statement: string) =>
  Effect.gen(function* () {
    const { databaseUrl } = yield* Surroundings
    const database = Store.layerFrom.pipe(Layer.provide(Store.layerServerAt(Redacted.make(databaseUrl), 1)))
    const done = SqlClient.SqlClient.use((sql) => sql.unsafe(statement))
    yield* Effect.provide(done, database, { local: true })
  })

const cleared = Layer.effectDiscard(
  Effect.addFinalizer(() => Effect.sync(() => rmSync(folder, { recursive: true, force: true })))
)

layer(Layer.merge(Surroundings.layer, cleared), { excludeTestServices: true })("throughline audit", (it) => {
  it.effect("lists what was decided about rules, messages and keys, with who and why", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* run("import", world("demo.yaml", demo), "--actor", "ann")).code, 0)
      const first = yield* json("audit")
      assert.includeMembers(
        first.map(({ act, subject }) => `${act} ${subject}`),
        ["profile.added alder-for-birch", "link.added alder-birch"]
      )
      assert.isTrue(
        first.every(({ actor, act }) => actor === "ann" && !/^(?:company|product|pool)\./u.test(String(act)))
      )

      const changed = demo.replace(
        "    partner: birch-printing\n",
        "    partner: birch-printing\n    successResponses: true\n"
      )
      assert.notStrictEqual(changed, demo)
      yield* run("import", world("changed.yaml", changed), "--actor", "ben", "--why", "Birch asked for it")
      const [rule, ...rest] = yield* json("audit", "--limit", "1")
      assert.deepStrictEqual(rest, [])
      assert.deepInclude(rule, { act: "link.changed", subject: "alder-birch", actor: "ben", why: "Birch asked for it" })
      assert.deepNestedInclude(rule, { "before.successResponses": false, "after.successResponses": true })

      const [key] = yield* json("keys", "add", "birch-printing", "--note", "line 3", "--actor", "ann")
      const id = String(key?.["id"])
      for (const _ of [1, 2]) yield* run("keys", "revoke", id, "--why", "lost", "--actor", "ben")
      const keys = yield* json("audit", "--about", id)
      assert.deepStrictEqual(
        keys.map(({ act, actor, why }) => [act, actor, why]),
        [
          ["key.revoked", "ben", "lost"],
          ["key.made", "ann", "line 3"]
        ]
      )
      assert.notInclude(JSON.stringify(yield* json("audit")), String(key?.["key"]))

      const [wrong = 0] = yield* CommandLine.process("birch-printing", "SNX_TRANSFER", [["x.xml", new Uint8Array([1])]])
      yield* run("reprocess", `${wrong}`, "--why", "once more", "--accept-duplicate", "--actor", "ann")
      yield* CommandLine.process("birch-printing", "SNX_TRANSFER", [])
      yield* run("reconcile", `${wrong}`, "--why", "was rubbish", "--actor", "ann")
      assert.strictEqual((yield* run("reconcile", `${wrong}`, "--why", "again", "--actor", "ann")).code, 2)
      const acts = yield* json("audit", "--limit", "2")
      assert.deepInclude(acts[0], {
        act: "message.reconciled",
        subject: `${wrong}`,
        why: "was rubbish",
        before: { status: "map_in_failed" },
        after: { reconciled: true }
      })
      assert.deepInclude(acts[1], {
        act: "message.reprocessed",
        after: { status: "received", given: { acceptDuplicate: "yes" } }
      })

      const list = yield* run("audit", "--about", "alder-birch")
      assert.include(list.out.join("\n"), '{"successResponses":false} -> {"successResponses":true}')
      assert.strictEqual((yield* run("audit", "--about", "nothing like it")).out.join(""), "")
    })
  )

  it.effect("--verify is good until somebody changes a row, and names the entry", () =>
    Effect.gen(function* () {
      const good = yield* run("audit", "--verify")
      assert.strictEqual(good.code, 0)
      assert.match(good.out.join("\n"), /^\d+ entries, each as it was written\.$/u)
      const [, noted = ""] = /: (\d+:[0-9a-f]{64})$/u.exec(good.err.join("\n")) ?? []
      assert.strictEqual((yield* run("audit", "--verify", "--expect", noted)).code, 0)
      const other = `1:${"0".repeat(64)}`
      assert.strictEqual((yield* run("audit", "--verify", "--expect", other)).code, 1)
      assert.strictEqual((yield* run("audit", "--verify", "--expect", "nonsense")).code, 2)

      yield* tamper(
        "UPDATE audit SET content = replace(content, 'Birch asked', 'Alder asked') WHERE content LIKE '%Birch asked%'"
      )
      const found = yield* run("audit", "--verify")
      assert.strictEqual(found.code, 1)
      assert.match(
        found.out.join("\n"),
        /^broken {2}Entry \d+ was changed, or what was before it\. Entries 1 to \d+ are as/u
      )
      const asJson = yield* run("audit", "--verify", "--json")
      assert.strictEqual(asJson.code, 1)
      const { broken, entries } = JSON.parse(asJson.out.join(""))
      assert.strictEqual(broken.n, entries + 1)
      // A trail that is broken can still be read.
      assert.include((yield* run("audit")).out.join("\n"), "Alder asked")
    })
  )
})
