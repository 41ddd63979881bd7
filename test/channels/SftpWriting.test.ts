/** Writers at work in an inbox on a real server: slow ones, pausing ones, those who write again, rename, or vanish. */
import {
  appendFile,
  chmod,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile
} from "node:fs/promises"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { companies } from "../contracts/ChannelContract.ts"
import { act, describeSftp, scenario, settings, visible } from "./SftpHarness.ts"

/** Some days ago, in seconds. */
const past = 1_700_000_000

describeSftp("a file that is being written on an SFTP server", () => {
  scenario("slowly is left until its writer has finished", (f) =>
    Effect.gen(function* () {
      let whole = ""
      for (let part = 0; part < 12; part++) {
        yield* act(() => appendFile(f.at("slow.xml"), `part ${part};`))
        whole += `part ${part};`
        yield* Effect.sleep("60 millis")
        assert.deepStrictEqual(f.texts(), [])
      }
      yield* f.taken(1)
      yield* f.cleared
      assert.deepStrictEqual(f.texts(), [whole])
    })
  )

  scenario("with a pause longer than anybody waits for comes back whole", (f) =>
    Effect.gen(function* () {
      const file = yield* act(() => open(f.at("a.xml"), "w"))
      yield* act(() => file.writeFile("first half, "))
      yield* f.until("taken too early", async () => (await visible(f.inbox)).length === 0)
      yield* act(() => file.writeFile("second half"))
      yield* act(() => file.close())
      yield* f.taken(2)
      yield* f.cleared
      assert.deepStrictEqual(f.texts(), ["first half, ", "first half, second half"])
      assert.deepStrictEqual(yield* f.archived(), [`${f.recorded.all.at(-1)?.messageId}_a.xml`])
    })
  )

  scenario("under another name is not seen before it is renamed", (f) =>
    Effect.gen(function* () {
      for (const name of [".a.xml", "a.xml.part", "a.xml.filepart", "a.tmp"]) {
        yield* act(() => writeFile(f.at(name), name))
      }
      yield* f.quiet
      assert.deepStrictEqual(f.texts(), [])
      yield* act(() => rename(f.at("a.xml.part"), f.at("a.xml")))
      yield* f.taken(1)
      yield* f.quiet
      assert.deepStrictEqual(f.texts(), ["a.xml.part"])
    })
  )

  scenario("and cut and written anew is taken as it ends", (f) =>
    Effect.gen(function* () {
      yield* act(() => writeFile(f.at("a.xml"), "the first try, rather long"))
      yield* Effect.sleep("80 millis")
      yield* act(() => truncate(f.at("a.xml"), 0))
      yield* Effect.sleep("200 millis")
      yield* act(() => writeFile(f.at("a.xml"), "second"))
      yield* f.taken(1)
      yield* f.cleared
      assert.deepStrictEqual(f.texts(), ["second"])
    })
  )

  scenario("and dated back after every part is taken when it stops growing", (f) =>
    Effect.gen(function* () {
      let whole = ""
      for (let part = 0; part < 10; part++) {
        whole += `part ${part};`
        yield* act(async () => {
          await writeFile(f.at("a.xml"), whole)
          await utimes(f.at("a.xml"), past, past)
        })
        yield* Effect.sleep("60 millis")
        assert.deepStrictEqual(f.texts(), [])
      }
      yield* f.taken(1)
      yield* f.cleared
      assert.deepStrictEqual(f.texts(), [whole])
    })
  )
})

describeSftp("an inbox on an SFTP server", () => {
  scenario("takes new bytes under an old name, also of the same length and date", (f) =>
    Effect.gen(function* () {
      for (const text of ["bytes 1", "bytes 2", "bytes 3"]) {
        yield* f.put("a.xml", text, past)
        yield* f.cleared
      }
      yield* f.quiet
      assert.deepStrictEqual(f.texts(), ["bytes 1", "bytes 2", "bytes 3"])
      assert.strictEqual((yield* f.archived()).length, 3)
    })
  )

  scenario("takes the same bytes under a new name as another file; the engine knows duplicates", (f) =>
    Effect.gen(function* () {
      yield* f.put("a.xml", "same", past)
      yield* f.put("b.xml", "same", past)
      yield* f.cleared
      assert.deepStrictEqual(
        f.recorded.all.map(({ fileName, again }) => [fileName, again]),
        [
          ["a.xml", false],
          ["b.xml", false]
        ]
      )
    })
  )

  scenario("may lose a file between two looks", (f) =>
    Effect.gen(function* () {
      for (let turn = 0; turn < 10; turn++) {
        // Of another length each time: the protocol could not tell them apart within a second.
        yield* f.put("a.xml", "gone".repeat(turn))
        yield* Effect.sleep("60 millis")
        yield* act(() => rm(f.at("a.xml")))
      }
      yield* f.put("b.xml", "there")
      yield* f.taken(1)
      yield* f.quiet
      assert.deepStrictEqual(f.texts(), ["there"])
    })
  )

  scenario("may lose a file at the moment it is taken: it was taken whole, or not at all", (f) =>
    Effect.gen(function* () {
      f.proxy.delay(5)
      for (let turn = 0; turn < 12; turn++) {
        yield* f.put(`${turn}.xml`, "x".repeat(100_000))
        yield* Effect.sleep(Duration.millis(220 + turn * 20))
        yield* act(() => rm(f.at(`${turn}.xml`), { force: true }))
      }
      yield* f.put("last.xml", "there")
      yield* f.until("last", () => f.recorded.all.at(-1)?.fileName === "last.xml")
      for (const { fileName, bytes } of f.recorded.all) {
        assert.strictEqual(bytes.length, fileName === "last.xml" ? 5 : 100_000)
      }
    })
  )

  scenario("keeps a file that was put in the place of the one just committed", (f) =>
    Effect.gen(function* () {
      f.recorded.afterCommit = Effect.suspend(() => {
        f.recorded.afterCommit = Effect.void
        return f.put("a.xml", "the second")
      })
      yield* f.put("a.xml", "first")
      yield* f.taken(2)
      yield* f.cleared
      assert.deepStrictEqual(f.texts(), ["first", "the second"])
    })
  )

  scenario("gives nothing of what only looks like a file", (f) =>
    Effect.gen(function* () {
      yield* act(async () => {
        await writeFile(join(f.server.data, "secret.txt"), "secret")
        await symlink(join(f.server.data, "secret.txt"), f.at("link.xml"))
        await symlink("/nowhere", f.at("dangling.xml"))
        await mkdir(f.at("folder.xml"))
        await symlink(f.server.data, join(f.home, "inbox", "LINKED"))
        await writeFile(join(f.home, "inbox", "stray.xml"), "stray")
      })
      yield* f.put("real.xml", "real")
      yield* f.taken(1)
      yield* f.quiet
      assert.deepStrictEqual(f.texts(), ["real"])
      assert.deepStrictEqual(yield* f.left(), ["dangling.xml", "folder.xml", "link.xml"])
    })
  )

  scenario("takes any name and keeps the archive tidy; one that is no UTF-8 stays", (f) =>
    Effect.gen(function* () {
      const names = [
        "ünï cödé 数.xml",
        "-rf *.xml",
        "$(touch x).xml",
        "line\nbreak.xml",
        "C:\\dir\\a.xml",
        "%2e%2e%2f.xml"
      ]
      const raw = Buffer.concat([Buffer.from(`${f.inbox}/`), Buffer.from([0x72, 0xe9, 0xff, 0x2e, 0x78])])
      yield* act(async () => {
        for (const name of names) await writeFile(f.at(name), name)
        await writeFile(raw, "raw")
      })
      yield* f.taken(names.length)
      yield* f.until("archived", async () => (await visible(f.inbox)).length === 1)
      assert.deepStrictEqual(f.recorded.all.map(({ fileName }) => fileName).sort(), [...names].sort())
      for (const name of yield* f.archived()) assert.notMatch(name, /[\u0000-\u001f\\:*?"<>|]/u)
      assert.strictEqual(yield* act(() => readFile(raw, "utf8")), "raw")
    })
  )

  scenario("cuts what is over the size limit and tells its true size; an empty file is taken last", (f) =>
    Effect.gen(function* () {
      yield* act(async () => {
        await writeFile(f.at("empty.xml"), "")
        const file = await open(f.at("huge.xml"), "w")
        await file.truncate(20_000_000_000)
        await file.close()
        await writeFile(f.at("limit.xml"), new Uint8Array(settings.sizeLimit))
      })
      yield* f.taken(3)
      const sizes = f.recorded.all.map(({ fileName, bytes, size }) => [fileName, bytes.length, size])
      assert.deepStrictEqual(sizes.slice(0, 2).sort(), [
        ["huge.xml", settings.sizeLimit + 1, 20_000_000_000],
        ["limit.xml", settings.sizeLimit, settings.sizeLimit]
      ])
      assert.deepStrictEqual(sizes[2], ["empty.xml", 0, 0])
    })
  )

  scenario("of another type comes in the order of age all the same", (f) =>
    Effect.gen(function* () {
      yield* act(async () => {
        for (const [at, type] of ["SNX_TRANSFER", "SNX_REQUEST", "SNX_TRANSFER", "SNX_REQUEST"].entries()) {
          const path = join(f.home, "inbox", type, `${9 - at}.xml`)
          await writeFile(path, String(at))
          await utimes(path, past + at, past + at)
        }
      })
      yield* f.taken(4)
      assert.deepStrictEqual(f.texts(), ["0", "1", "2", "3"])
    })
  )

  scenario("with a file that may not be read goes on with the others, and takes it when it may", (f) =>
    Effect.gen(function* () {
      yield* f.put("a.xml", "secret")
      yield* act(() => chmod(f.at("a.xml"), 0))
      yield* f.put("b.xml", "open")
      yield* f.taken(1)
      yield* f.quiet
      assert.deepStrictEqual(f.texts(), ["open"])
      yield* act(() => chmod(f.at("a.xml"), 0o644))
      yield* f.taken(2)
      yield* f.cleared
    })
  )

  scenario("whose files cannot be moved journals each of them once", (f) =>
    Effect.gen(function* () {
      const archive = join(f.home, "archive")
      yield* act(() => writeFile(archive, "in the way"))
      yield* f.put("a.xml", "one")
      yield* f.put("b.xml", "two")
      yield* f.taken(2)
      yield* f.quiet
      assert.deepStrictEqual(yield* f.left(), ["a.xml", "b.xml"])
      yield* act(() => rm(archive))
      yield* f.cleared
      assert.deepStrictEqual(f.texts(), ["one", "two"])
      assert.strictEqual((yield* f.archived()).length, 2)
    })
  )

  scenario("takes many files in order, however many come in one second", (f) =>
    Effect.gen(function* () {
      const texts = Array.from({ length: 60 }, (_, at) => `file ${String(at).padStart(3, "0")}`)
      for (const [at, text] of texts.entries()) yield* f.put(`${text}.xml`, text, past + Math.floor(at / 20))
      yield* f.taken(texts.length)
      yield* f.cleared
      assert.deepStrictEqual(f.texts(), texts)
      assert.deepStrictEqual(
        f.recorded.all.filter(({ company, type }) => company !== companies[0] || type !== "SNX_TRANSFER"),
        []
      )
    })
  )
})
