/**
 * The commands against a database with the demo world and what its partner sent: what they print, the JSON contract,
 * exit codes, and that nothing is changed by what only asks.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as CommandLine from "./CommandLine.ts"

const samples = fileURLToPath(new URL("../../samples/demo", import.meta.url))
const world = join(samples, "world.yaml")
const inbox = join(samples, "birch-printing", "inbox", "SNX_TRANSFER")
const transfers = readdirSync(inbox)
  .sort()
  .map((name) => [name, new Uint8Array(readFileSync(join(inbox, name)))] as const)
const pending = new TextEncoder().encode(
  new TextDecoder()
    .decode(transfers[1]?.[1])
    .replace("0000000003", "0000000009")
    .replace(/<cmn:SNTransferToLocation.*\n/u, "")
    .replace(
      /(<SerialNumbers>)[\s\S]*(<\/SerialNumbers>)/u,
      "$1<cmn:Serial>015030069422066721 1000000001</cmn:Serial>$2"
    )
    .replace("21 1000000001", "211000000001")
)

const folder = mkdtempSync(join(tmpdir(), "throughline-cli-"))
const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** A database with the demo world, in which four transfers were sent: two good, a duplicate number, a broken one. */
const surroundings = Layer.effectDiscard(
  Effect.gen(function* () {
    yield* CommandLine.run("import", world)
    yield* CommandLine.process("birch-printing", "SNX_TRANSFER", [...transfers, ["pending.xml", pending]])
    yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(folder, { recursive: true, force: true })))
  })
).pipe(Layer.provideMerge(CommandLine.Surroundings.layer))

const { run, json } = CommandLine

layer(surroundings, { excludeTestServices: true })("throughline", (it) => {
  describe("usage", () => {
    it.effect("explains itself, and every command has examples", () =>
      Effect.gen(function* () {
        const top = yield* run("--help")
        assert.strictEqual(top.code, 0)
        const commands = top.out.flatMap((line) => /^ {2}([a-z]+) {2,}\S/u.exec(line)?.[1] ?? [])
        assert.includeMembers(commands, ["serve", "replay", "check", "lint", "complete"])
        for (const command of commands) {
          const { code, out } = yield* run(command, "--help")
          assert.strictEqual(code, 0)
          assert.include(out.join("\n"), "EXAMPLES", command)
        }
      })
    )

    it.effect("is 2 when it is wrong, with where to read on and nothing on stdout", () =>
      Effect.gen(function* () {
        const wrong: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
          [["bogus"], "See `throughline --help`."],
          [["messages", "--bogus"], "See `throughline messages --help`."],
          [["reprocess", "1"], "--why"],
          [["reprocess", "one", "--why", "x"], "id"],
          [["reprocess", "1", "--why", " "], "a reason in words"],
          [["messages", "--limit", "0"], "1 or more"],
          [["messages", "--since", "yesterday"], "is no moment"],
          [["serve", "--port", "99999"], "a port from 0 to 65535"],
          [["message", "99"], "There is no message 99."],
          [["serial", "nonsense"], "No serial number is known"],
          [["rules", "nonsense"], "There is no rule"],
          [["pipelines", "nonsense"], "snx-transfer"],
          [["check", "nonsense.xml"], "no file or folder nonsense.xml"],
          [["replay"], "Nothing to replay was named."],
          [["replay", "--message", "99"], "Message 99"],
          [["complete", "5", "--to", "GLN:1", "--why", "x"], "There is no location GLN:1."],
          [["complete", "5", "--to", "line one", "--why", "x"], "TYPE:NUMBER"]
        ]
        for (const [args, told] of wrong) {
          const { code, out, err } = yield* run(...args)
          assert.deepStrictEqual([code, out], [2, [""]], args.join(" "))
          assert.include(err.join("\n"), told)
        }
      })
    )
  })

  describe("import and export", () => {
    it.effect("import again changes nothing", () =>
      Effect.gen(function* () {
        const before = yield* CommandLine.count("configuration")
        const [done] = yield* json("import", world)
        assert.deepInclude(done, { configuration: { added: 0, changed: 0, removed: 0, unchanged: 29 } })
        assert.strictEqual(yield* CommandLine.count("configuration"), before)
      })
    )

    it.effect("what is exported imports as it was", () =>
      Effect.gen(function* () {
        const path = join(folder, "exported.yaml")
        assert.strictEqual((yield* run("export", "--out", path)).code, 0)
        const [done] = yield* json("import", path)
        assert.deepInclude(done, { configuration: { added: 0, changed: 0, removed: 0, unchanged: 29 } })
        assert.include((yield* run("export", "--out", path)).err.join(), "exists already")
        assert.notInclude((yield* run("export", "--no-serials")).out.join("\n"), "\nserials:")
      })
    )

    it.effect("every fault of a world is told with its path, and nothing is taken", () =>
      Effect.gen(function* () {
        const before = yield* CommandLine.count("configuration")
        const path = file("bad.yaml", "companies:\n  - { id: new, name: New, role: prince }\nlinks: [{ id: l }]\n")
        const { code, err } = yield* run("import", path)
        const told = err.join("\n")
        assert.strictEqual(code, 2)
        for (const part of [path, "companies[new].role", "links[l].owner", "links[l].partner"])
          assert.include(told, part)
        assert.strictEqual(yield* CommandLine.count("configuration"), before)
        assert.strictEqual((yield* run("import", file("no.yaml", "companies: [\n"))).code, 2)
      })
    )
  })

  describe("the desk", () => {
    it.effect("lists messages by what one looks for", () =>
      Effect.gen(function* () {
        const all = yield* json("messages", "--direction", "in")
        assert.deepStrictEqual(all.map(({ id, status, fileName }) => [id, status, fileName]).reverse(), [
          [1, "processed", "1-by-reference.xml"],
          [2, "processed", "2-by-list.xml"],
          [3, "processing_failed", "3-number-used-before.xml"],
          [4, "map_in_failed", "4-with-mistakes.xml"],
          [5, "waiting", "pending.xml"]
        ])
        const ids = (...args: ReadonlyArray<string>) =>
          Effect.map(json("messages", ...args), (rows) => rows.map(({ id }) => id))
        assert.deepStrictEqual(yield* ids("--status", "failed"), [4, 3])
        assert.deepStrictEqual(yield* ids("--open"), [5, 4, 3])
        assert.deepStrictEqual(yield* ids("--direction", "in", "--limit", "2", "--before", "4"), [3, 2])
        assert.deepStrictEqual(yield* ids("--direction", "in", "--since", "2000-01-01", "--company", "nobody"), [])
        const queued = yield* json("messages", "--status", "queued", "--company", "cedar-packaging")
        assert.strictEqual(queued.length, 2)
      })
    )

    it.effect("shows one message with its runs, errors and answers, and its exact bytes", () =>
      Effect.gen(function* () {
        const { code, out } = yield* run("message", "4")
        assert.strictEqual(code, 0)
        const text = out.join("\n")
        for (const part of [
          "Message 4",
          "map_in_failed",
          "class 1",
          "snx-transfer/recipient-type-unknown",
          "Answers"
        ]) {
          assert.include(text, part)
        }
        const [message] = yield* json("message", "4")
        assert.containsAllKeys(message, ["runs", "answers", "deliveries", "acts", "controlNumber", "receivedAt"])
      })
    )

    it.effect("refuses to process again what was processed, and says what to do instead", () =>
      Effect.gen(function* () {
        const { code, err } = yield* run("reprocess", "1", "--why", "try")
        assert.strictEqual(code, 2)
        assert.include(err.join("\n"), "throughline replay --message 1")
      })
    )

    it.effect("replaces no recipient that a document names", () =>
      Effect.gen(function* () {
        const { code, err } = yield* run("complete", "4", "--to", "GLN:8779891024769", "--why", "try")
        assert.strictEqual(code, 2)
        assert.include(err.join("\n"), "Message 4 does not lack a recipient")
      })
    )

    it.effect("journals what is done by hand, with who and why", () =>
      Effect.gen(function* () {
        yield* json("reconcile", "4", "--why", "sent again", "--actor", "ann")
        yield* json("redeliver", "1", "--actor", "ben")
        yield* json("complete", "5", "--to", "GLN:8779891024769", "--why", "Birch called", "--actor", "eva")
        yield* CommandLine.process("birch-printing", "SNX_TRANSFER", [])
        const [settled] = yield* json("message", "4")
        const [completed] = yield* json("message", "5")
        assert.deepNestedInclude(settled, { "acts[0].actor": "ann", "acts[0].why": "sent again" })
        assert.deepNestedInclude(completed, {
          status: "processed",
          "acts[0].actor": "eva",
          "acts[0].input": { transferTo: "GLN:8779891024769" }
        })
        assert.notInclude(
          (yield* json("messages", "--open")).map(({ id }) => id),
          4
        )
      })
    )
  })

  describe("serial numbers", () => {
    it.effect("are listed by state, code, holder and document", () =>
      Effect.gen(function* () {
        const rows = yield* json("serials", "--reference", "A1013453")
        assert.strictEqual(rows.length, 10)
        assert.deepInclude(rows[0], { state: "encoded", company: "cedar-packaging", location: "cedar-line-one" })
        assert.strictEqual((yield* json("serials", "--state", "commissioned")).length, 10)
        const { err } = yield* run("serials", "--limit", "3")
        assert.match(err.join(), /add --after \d+/u)
      })
    )

    it.effect("show their history with the message behind each change", () =>
      Effect.gen(function* () {
        const { out } = yield* run("serial", "(01)00882025010338(21)100011946933")
        const text = out.join("\n")
        for (const part of ["cedar-packaging, cedar-line-one", "message 1", "transfer"]) assert.include(text, part)
      })
    )
  })

  describe("check", () => {
    it.effect("says what is wrong with a file and changes nothing", () =>
      Effect.gen(function* () {
        const before = [yield* CommandLine.count("messages"), yield* CommandLine.count("serial_changes")]
        const { code, out, err } = yield* run("check", join(inbox, "4-with-mistakes.xml"), "--json")
        assert.strictEqual(code, 1, err.join("\n"))
        const line = JSON.parse(out[0] ?? "")
        assert.containsAllKeys(line, ["file", "pipeline", "message", "status", "errors", "warnings", "outputs"])
        assert.strictEqual(line.status, "map_in_failed")
        const error = line.errors.find(({ rule }: { rule: string }) => rule === "snx-transfer/recipient-type-unknown")
        assert.containsAllKeys(error, ["class", "rule", "element", "path", "line", "column", "value", "message"])
        assert.deepStrictEqual(
          [yield* CommandLine.count("messages"), yield* CommandLine.count("serial_changes")],
          before
        )
      })
    )

    it.effect("takes a world of its own", () =>
      Effect.gen(function* () {
        const { code, out } = yield* run("check", join(inbox, "2-by-list.xml"), "--world", world)
        assert.deepStrictEqual([code, out.some((line) => line.includes("processed"))], [0, true])
      })
    )
  })

  describe("replay", () => {
    it.effect("of the journal gives what was recorded", () =>
      Effect.gen(function* () {
        const { code, out } = yield* run("replay", "--since", "1 day")
        assert.strictEqual(out.at(-1), "6 runs repeated, 6 the same, 0 different.", out.join("\n"))
        assert.strictEqual(code, 0)
      })
    )

    it.effect("of a file writes its answers where they are wanted", () =>
      Effect.gen(function* () {
        const answers = join(folder, "answers")
        const args = ["--out", answers, "--clock", "2026-01-05T12:00:00Z", "--world", world]
        const { code } = yield* run("replay", join(inbox, "2-by-list.xml"), ...args)
        assert.strictEqual(code, 0)
        assert.deepStrictEqual(readdirSync(join(answers, "cedar-packaging", "SNX_TRANSFER")), [
          "SNX_TRANSFER_20260105120000001.xml"
        ])
      })
    )
  })

  describe("lint", () => {
    it.effect("finds nothing wrong with this checkout", () =>
      Effect.gen(function* () {
        const { code, out } = yield* run("lint")
        assert.deepStrictEqual([code, out.length], [0, 1], out.join("\n"))
      })
    )
  })

  describe("rules and pipelines", () => {
    it.effect("lists every rule with what it is held by", () =>
      Effect.gen(function* () {
        const rules = yield* json("rules")
        assert.isAbove(rules.length, 100)
        for (const rule of rules) {
          assert.containsAllKeys(rule, [
            "id",
            "class",
            "severity",
            "element",
            "text",
            "source",
            "situation",
            "mayWait",
            "example",
            "pipelines"
          ])
        }
        const [one] = yield* json("rules", "engine/duplicate")
        assert.strictEqual(one?.["class"], 2)
      })
    )

    it.effect("draws every pipeline", () =>
      Effect.gen(function* () {
        const names = (yield* json("pipelines")).map(({ name }) => String(name))
        const { out } = yield* run("pipelines")
        for (const name of names) assert.isTrue(out.some((line) => line.startsWith(name)))
        assert.include((yield* run("pipelines", "snx-transfer", "--mermaid")).out[0], "flowchart")
      })
    )
  })
})
