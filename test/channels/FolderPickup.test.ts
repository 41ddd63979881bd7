/** What partners do to files in an inbox, on a real file system, and what must come of it. */
import { execFileSync } from "node:child_process"
import { chmod, link, mkdir, open, readdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { companies } from "../contracts/ChannelContract.ts"
import { act, harness, scenario, settings, visible } from "./FolderHarness.ts"
import * as RecordingJournal from "./RecordingJournal.ts"

const nobody = 65_534

/** Root may read everything: it works as an ordinary user, to whom the folder is handed over, for as long as this runs. */
const asOrdinaryUser = <A, E, R>(folder: string, effect: Effect.Effect<A, E, R>) =>
  process.getuid?.() === 0
    ? Effect.acquireUseRelease(
        Effect.sync(() => {
          execFileSync("chown", ["-R", `${nobody}`, folder])
          process.seteuid?.(nobody)
        }),
        () => effect,
        () => Effect.sync(() => process.seteuid?.(0))
      )
    : effect

describe("a finished file", () => {
  scenario("moves to the archive under its message id once it is committed", (f) =>
    Effect.gen(function* () {
      yield* act(() => writeFile(f.at("a.xml"), "one"))
      yield* f.taken(1)
      yield* f.until("archived", async () => (await visible(f.inbox)).length === 0)
      assert.deepStrictEqual(yield* f.archived(), [`${f.recorded.all[0]?.messageId}_a.xml`])
    })
  )

  scenario("may be dated long ago, or tomorrow", (f) =>
    Effect.gen(function* () {
      yield* act(async () => {
        await writeFile(f.at("old.xml"), "old")
        await utimes(f.at("old.xml"), 1, 1)
        await writeFile(f.at("new.xml"), "new")
        await utimes(f.at("new.xml"), 4_000_000_000, 4_000_000_000)
      })
      yield* f.taken(2)
      assert.deepStrictEqual(f.texts(), ["old", "new"])
    })
  )

  scenario("may be renamed into place", (f) =>
    Effect.gen(function* () {
      yield* act(() => writeFile(f.at("a.xml.part"), "whole"))
      yield* f.quiet
      assert.deepStrictEqual(f.recorded.all, [])
      yield* act(() => rename(f.at("a.xml.part"), f.at("a.xml")))
      yield* f.taken(1)
      assert.deepStrictEqual(f.texts(), ["whole"])
      assert.strictEqual(f.recorded.all[0]?.fileName, "a.xml")
    })
  )

  scenario("with a name that was used before is another file", (f) =>
    Effect.gen(function* () {
      yield* act(() => writeFile(f.at("a.xml"), "one"))
      yield* f.until("first", async () => (await visible(f.inbox)).length === 0)
      yield* act(() => writeFile(f.at("a.xml"), "two"))
      yield* f.taken(2)
      assert.deepStrictEqual(f.texts(), ["one", "two"])
      yield* f.until("second", async () => (await visible(f.inbox)).length === 0)
      assert.strictEqual((yield* f.archived()).length, 2)
    })
  )

  scenario(
    "with bytes that came before under another name is another file: duplicates are the engine's to judge",
    (f) =>
      Effect.gen(function* () {
        yield* act(() => writeFile(f.at("a.xml"), "same"))
        yield* f.taken(1)
        yield* act(() => writeFile(f.at("b.xml"), "same"))
        yield* f.taken(2)
        assert.deepStrictEqual(
          f.recorded.all.map(({ again }) => again),
          [false, false]
        )
      })
  )

  scenario("sent again with the same name, bytes and date is another file too", (f) =>
    Effect.gen(function* () {
      for (const count of [1, 2]) {
        yield* act(async () => {
          await writeFile(f.at(".a"), "same")
          await utimes(f.at(".a"), 1_700_000_000, 1_700_000_000)
          await rename(f.at(".a"), f.at("a.xml"))
        })
        yield* f.taken(count)
        yield* f.until("archived", async () => (await visible(f.inbox)).length === 0)
      }
      assert.deepStrictEqual(
        f.recorded.all.map(({ again }) => again),
        [false, false]
      )
    })
  )

  scenario("of an unknown type is taken: the engine has an answer to that", (f) =>
    Effect.gen(function* () {
      yield* act(async () => {
        await mkdir(join(f.home, "inbox", "NO_SUCH_TYPE"))
        await mkdir(join(f.home, "inbox", "snx transfer"))
        await writeFile(join(f.home, "inbox", "NO_SUCH_TYPE", "a.xml"), "unknown")
        await writeFile(join(f.home, "inbox", "snx transfer", "b.xml"), "left")
        await writeFile(join(f.home, "inbox", "c.xml"), "left too")
      })
      yield* f.taken(1)
      yield* f.quiet
      assert.deepStrictEqual(
        f.recorded.all.map(({ type, fileName }) => [type, fileName]),
        [["NO_SUCH_TYPE", "a.xml"]]
      )
      assert.deepStrictEqual(yield* act(() => readdir(join(f.home, "archive", "NO_SUCH_TYPE"))), [
        `${f.recorded.all[0]?.messageId}_a.xml`
      ])
    })
  )

  scenario("over the size limit is cut, and its true size told", (f) =>
    Effect.gen(function* () {
      yield* act(async () => {
        const file = await open(f.at("huge.xml"), "w")
        await file.truncate(20_000_000_000)
        await file.close()
        await writeFile(f.at("limit.xml"), new Uint8Array(settings.sizeLimit))
      })
      yield* f.taken(2)
      const sizes = f.recorded.all.map(({ fileName, bytes, size }) => [fileName, bytes.length, size])
      assert.deepStrictEqual(sizes.sort(), [
        ["huge.xml", settings.sizeLimit + 1, 20_000_000_000],
        ["limit.xml", settings.sizeLimit, settings.sizeLimit]
      ])
    })
  )

  scenario("that is empty is taken as well, after more looks than others", (f) =>
    Effect.gen(function* () {
      yield* act(() => writeFile(f.at("empty.xml"), ""))
      yield* act(() => writeFile(f.at("full.xml"), "full"))
      yield* f.taken(2)
      assert.deepStrictEqual(
        f.recorded.all.map(({ fileName, bytes }) => [fileName, bytes.length]),
        [
          ["full.xml", 4],
          ["empty.xml", 0]
        ]
      )
    })
  )
})

describe("an inbox", () => {
  scenario("may lose a file between two looks", (f) =>
    Effect.gen(function* () {
      for (let turn = 0; turn < 10; turn++) {
        yield* act(() => writeFile(f.at("a.xml"), "gone"))
        yield* Effect.sleep("40 millis")
        yield* act(() => rm(f.at("a.xml")))
      }
      yield* act(() => writeFile(f.at("b.xml"), "there"))
      yield* f.taken(1)
      assert.deepStrictEqual(f.texts(), ["there"])
    })
  )

  scenario("keeps a file that was put in the place of the one just committed", (f) =>
    Effect.gen(function* () {
      f.recorded.afterCommit = act(async () => {
        f.recorded.afterCommit = Effect.void
        await writeFile(f.at(".b"), "second")
        await rename(f.at(".b"), f.at("a.xml"))
      })
      yield* act(() => writeFile(f.at("a.xml"), "first"))
      yield* f.taken(2)
      assert.deepStrictEqual(f.texts(), ["first", "second"])
    })
  )

  scenario("gives nothing of what only looks like a file", (f) =>
    Effect.gen(function* () {
      const secret = join(f.root, "secret.txt")
      yield* act(async () => {
        await writeFile(secret, "secret")
        await symlink(secret, f.at("link.xml"))
        await symlink(join(f.root, "nowhere"), f.at("dangling.xml"))
        await mkdir(f.at("folder.xml"))
        await symlink(f.root, join(f.home, "inbox", "LINKED"))
        for (const name of [".hidden", "a.tmp", "a.part", "a.filepart", "a.xml~", "A.TMP"]) {
          await writeFile(f.at(name), name)
        }
        await writeFile(f.at("real.xml"), "real")
      })
      yield* f.taken(1)
      yield* f.quiet
      assert.deepStrictEqual(f.texts(), ["real"])
      assert.isTrue((yield* f.left()).includes("link.xml"))
    })
  )

  scenario("takes any name and keeps the archive tidy", (f) =>
    Effect.gen(function* () {
      const names = [
        "ünï cödé 数.xml",
        "-rf *.xml",
        "$(touch x).xml",
        "line\nbreak.xml",
        "C:\\dir\\a.xml",
        "%2e%2e%2f.xml",
        `${"x".repeat(251)}.xml`,
        "\u202eexe.xml",
        "noextension"
      ]
      const raw = Buffer.from([0x72, 0x61, 0x77, 0xe9, 0xff, 0x2e, 0x78])
      yield* act(async () => {
        for (const name of names) await writeFile(f.at(name), name)
        await writeFile(Buffer.concat([Buffer.from(`${f.inbox}/`), raw]), "raw")
      })
      yield* f.taken(names.length + 1)
      yield* f.until("archived", async () => (await readdir(f.inbox)).length === 0)
      assert.deepStrictEqual([...f.texts()].sort(), [...names, "raw"].sort())
      assert.deepStrictEqual(f.recorded.all.map(({ fileName }) => fileName).sort(), [...names, "raw%E9%FF.x"].sort())
      for (const name of yield* f.archived()) {
        assert.notMatch(name, /[\u0000-\u001f\\:*?"<>|\u202e]/u)
        assert.isAtMost(Buffer.byteLength(name), 255)
      }
    })
  )

  scenario("that is removed is made anew", (f) =>
    Effect.gen(function* () {
      yield* act(() => rm(f.home, { recursive: true }))
      yield* f.until("made anew", async () => (await visible(join(f.home, "inbox"))).length === 2)
      yield* act(() => writeFile(f.at("a.xml"), "one"))
      yield* f.taken(1)
    })
  )

  scenario("of another type comes in the order of age all the same", (f) =>
    Effect.gen(function* () {
      yield* act(async () => {
        const places = ["SNX_TRANSFER", "SNX_REQUEST", "SNX_TRANSFER", "SNX_REQUEST"]
        for (const [at, type] of places.entries()) {
          const path = join(f.home, "inbox", type, `${9 - at}.xml`)
          await writeFile(path, String(at))
          await utimes(path, 1000 + at, 1000 + at)
        }
      })
      yield* f.taken(4)
      assert.deepStrictEqual(f.texts(), ["0", "1", "2", "3"])
    })
  )
})

describe("what is wrong in an inbox", () => {
  it.live("is said once, and again when it comes back", () => {
    const lines: Array<string> = []
    const listening = Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))])
    return Effect.gen(function* () {
      const { channel, root } = yield* harness
      const inbox = join(root, companies[0], "inbox")
      const about = (word: string) => lines.filter((line) => line.includes(word)).length
      const wait = Effect.sleep("200 millis")
      yield* act(async () => {
        await mkdir(join(inbox, "SNX_TRANSFER"), { recursive: true })
        await writeFile(join(inbox, "lost.xml"), "here")
        await symlink("/etc/hosts", join(inbox, "SNX_TRANSFER", "link.xml"))
      })
      yield* Effect.forkScoped(channel.receive)
      yield* wait
      yield* wait
      assert.deepStrictEqual([about("lost.xml"), about("link.xml")], [1, 1])
      yield* act(() => rm(join(inbox, "lost.xml")))
      yield* wait
      yield* act(() => writeFile(join(inbox, "lost.xml"), "again"))
      yield* wait
      assert.deepStrictEqual([about("lost.xml"), about("link.xml"), lines.length], [2, 1, 3])
    }).pipe(Effect.provide(Layer.merge(RecordingJournal.layer, listening)))
  })
})

describe("a file that cannot be taken", () => {
  scenario("holds up no other, and is taken when somebody mended it", (f) =>
    asOrdinaryUser(
      f.root,
      Effect.gen(function* () {
        yield* act(async () => {
          await writeFile(f.at("a.xml"), "secret")
          await chmod(f.at("a.xml"), 0)
          await writeFile(f.at("b.xml"), "open")
        })
        yield* f.taken(1)
        yield* f.quiet
        assert.deepStrictEqual(f.texts(), ["open"])
        yield* act(() => chmod(f.at("a.xml"), 0o600))
        yield* f.taken(2)
      })
    )
  )

  scenario("away is not journaled twice when the archive is in the way", (f) =>
    Effect.gen(function* () {
      const archive = join(f.home, "archive")
      yield* act(async () => {
        await rm(archive, { recursive: true })
        await writeFile(archive, "in the way")
        await writeFile(f.at("a.xml"), "one")
        await writeFile(f.at("b.xml"), "two")
      })
      yield* f.taken(2)
      yield* f.quiet
      assert.deepStrictEqual(f.texts(), ["one", "two"])
      assert.deepStrictEqual(yield* f.left(), ["a.xml", "b.xml"])
      yield* act(() => rm(archive))
      yield* f.until("moved", async () => (await visible(f.inbox)).length === 0)
      assert.deepStrictEqual(
        f.recorded.all.map(({ again }) => again),
        [false, false]
      )
    })
  )

  scenario("because the journal refuses it is tried again", (f) =>
    Effect.gen(function* () {
      f.recorded.away = "refused"
      yield* act(() => writeFile(f.at("a.xml"), "one"))
      yield* f.quiet
      assert.deepStrictEqual(yield* f.left(), ["a.xml"])
      f.recorded.away = "no"
      yield* f.taken(1)
    })
  )

  scenario("covers nothing in the archive, even when something of its name lies there", (f) =>
    Effect.gen(function* () {
      yield* act(() => writeFile(f.at("a.xml"), "one"))
      yield* f.until("archived", async () => (await visible(f.inbox)).length === 0)
      const next = (f.recorded.all[0]?.messageId ?? 0) + 1
      yield* act(async () => {
        await link(
          join(f.home, "archive", "SNX_TRANSFER", `${next - 1}_a.xml`),
          join(f.home, "archive", "SNX_TRANSFER", `${next}_b.xml`)
        )
        await writeFile(f.at("b.xml"), "two")
      })
      yield* f.until("archived", async () => (await visible(f.inbox)).length === 0)
      assert.strictEqual(yield* f.contentOf("archive", `${next}_b.xml`), "one")
      assert.strictEqual(yield* f.contentOf("archive", `${next}_b.2.xml`), "two")
    })
  )
})
