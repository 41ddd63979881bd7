/** The folder channel keeps the contract; what it does beyond it: outboxes, ended messages, many companies. */
import { statSync } from "node:fs"
import { mkdir, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import * as Folder from "../../src/channels/Folder.ts"
import type { OutgoingFile } from "../../src/engine/Channel.ts"
import { Checkpoint } from "../../src/engine/Checkpoint.ts"
import { bytesOf, channelContract, companies, eventually } from "../contracts/ChannelContract.ts"
import { act, harness, scenario, settings, visible } from "./FolderHarness.ts"
import * as RecordingJournal from "./RecordingJournal.ts"

channelContract("folder", harness)

const file: OutgoingFile = {
  company: companies[0],
  type: "SNX_TRANSFER",
  fileName: "SNX_TRANSFER_1001.xml",
  bytes: bytesOf("<a>1</a>"),
  messageId: 7,
  controlNumber: "1001"
}

describe("companies", () => {
  it.live("wait for none whose file is not read to its end", () =>
    Effect.gen(function* () {
      const { root, partner } = yield* harness
      const recorded = yield* RecordingJournal.Recorded
      const channel = Folder.make({ ...settings, root, concurrency: 1 })
      // The first file of any company is never read to its end.
      let found = 0
      const stuck = Effect.suspend(() => (found++ === 0 ? Effect.never : Effect.void))
      yield* Effect.forkScoped(
        Effect.provideService(channel.receive, Checkpoint, (step) => (step === "folder/found" ? stuck : Effect.void))
      )
      yield* partner.put(companies[0], file.type, "stuck.xml", bytesOf("stuck"))
      yield* eventually(
        "stuck",
        Effect.sync(() => found > 0)
      )
      yield* partner.put(companies[1], file.type, "other.xml", bytesOf("other"))
      yield* eventually(
        "taken",
        Effect.sync(() => recorded.all.length > 0)
      )
      assert.deepStrictEqual(
        recorded.all.map(({ fileName }) => fileName),
        ["other.xml"]
      )
    }).pipe(Effect.provide(Layer.merge(RecordingJournal.layer, Logger.layer([]))))
  )
})

describe("an outbox", () => {
  it.live("refuses other bytes under a name that is taken, and keeps what lies there", () =>
    Effect.gen(function* () {
      const { channel, partner } = yield* harness
      yield* channel.deliver(file)
      const error = yield* Effect.flip(channel.deliver({ ...file, bytes: bytesOf("<a>2</a>") }))
      assert.strictEqual(error.reason._tag, "Conflict")
      assert.strictEqual(error.reason.whoActs, "operator")
      assert.deepStrictEqual(yield* partner.delivered(file.company, file.type), [
        { name: file.fileName, bytes: file.bytes }
      ])
    })
  )

  it.live("never shows half a file, also when many write the same one at once", () =>
    Effect.gen(function* () {
      const { channel, root } = yield* harness
      const bytes = new Uint8Array(2_000_000).fill(65)
      const folder = join(root, file.company, "outbox", file.type)
      const seen = new Set<number>()
      yield* Effect.forkScoped(
        Effect.forever(
          act(async () => {
            for (const name of await visible(folder)) {
              seen.add(statSync(join(folder, name)).size)
            }
          })
        )
      )
      yield* Effect.all(
        Array.from({ length: 8 }, () => channel.deliver({ ...file, bytes })),
        { concurrency: "unbounded" }
      )
      yield* eventually(
        "seen",
        Effect.sync(() => seen.size > 0)
      )
      assert.deepStrictEqual([...seen], [bytes.length])
      assert.deepStrictEqual(yield* act(() => readdir(folder)), [file.fileName])
    })
  )

  it.live("writes nothing through a link, and says that an operator has to act", () =>
    Effect.gen(function* () {
      const { channel, root } = yield* harness
      const elsewhere = join(root, "elsewhere")
      yield* act(async () => {
        await mkdir(elsewhere)
        await mkdir(join(root, file.company))
        await symlink(elsewhere, join(root, file.company, "outbox"))
      })
      const error = yield* Effect.flip(channel.deliver(file))
      assert.strictEqual(error.reason._tag, "Blocked")
      assert.isTrue(error.isRetryable)
      assert.deepStrictEqual(yield* act(() => readdir(elsewhere)), [])
    })
  )

  it.live("is looked at anew when it is another folder than before", () =>
    Effect.gen(function* () {
      const { channel, root, partner } = yield* harness
      const company = join(root, file.company)
      yield* channel.deliver(file)
      yield* act(() => rm(join(company, "outbox"), { recursive: true }))
      yield* channel.deliver(file)
      assert.strictEqual((yield* partner.delivered(file.company, file.type)).length, 1)
      // Replaced by one that leads elsewhere, on the way to it too: nothing is written there.
      const elsewhere = join(root, "elsewhere")
      yield* act(() => mkdir(join(elsewhere, file.type), { recursive: true }))
      for (const place of [join("outbox", file.type), "outbox"]) {
        yield* act(async () => {
          await rm(join(company, place), { recursive: true })
          await symlink(place === "outbox" ? elsewhere : join(elsewhere, file.type), join(company, place))
        })
        const error = yield* Effect.flip(channel.deliver({ ...file, fileName: "b.xml" }))
        assert.strictEqual(error.reason._tag, "Blocked")
      }
      assert.deepStrictEqual(yield* act(() => readdir(join(elsewhere, file.type))), [])
    })
  )

  it.live("that cannot be written to is worth another try", () =>
    Effect.gen(function* () {
      const { channel, root, partner } = yield* harness
      const outbox = join(root, file.company, "outbox")
      yield* act(async () => {
        await mkdir(join(root, file.company))
        await writeFile(outbox, "in the way")
      })
      const error = yield* Effect.flip(channel.deliver(file))
      assert.strictEqual(error.reason.whoActs, "operator")
      assert.isTrue(error.isRetryable)
      yield* act(() => rm(outbox))
      yield* channel.deliver(file)
      assert.strictEqual((yield* partner.delivered(file.company, file.type)).length, 1)
    })
  )

  it.live("keeps names of ours inside the folder", () =>
    Effect.gen(function* () {
      const { channel, partner } = yield* harness
      yield* channel.deliver({ ...file, fileName: "../../escape\n.xml" })
      assert.deepStrictEqual(
        (yield* partner.delivered(file.company, file.type)).map(({ name }) => name),
        ["__.._escape_.xml"]
      )
      const error = yield* Effect.flip(channel.deliver({ ...file, type: "../inbox" }))
      assert.strictEqual(error.reason._tag, "NoDestination")
    })
  )

  it.live("loses what killed processes left in it, and nothing else", () =>
    Effect.gen(function* () {
      const { channel, root } = yield* harness
      const folder = join(root, file.company, "outbox", file.type)
      const ours = ".throughline-00000000-0000-0000-0000-000000000000.tmp"
      const fresh = ".throughline-11111111-1111-1111-1111-111111111111.tmp"
      yield* act(async () => {
        await mkdir(folder, { recursive: true })
        for (const name of [ours, fresh, ".theirs.tmp"]) await writeFile(join(folder, name), "half")
        for (const name of [ours, ".theirs.tmp"]) await utimes(join(folder, name), 1_000_000, 1_000_000)
      })
      yield* Effect.forkScoped(channel.receive)
      yield* eventually(
        "swept",
        act(async () => (await readdir(folder)).length === 2)
      )
      assert.deepStrictEqual((yield* act(() => readdir(folder))).sort(), [".theirs.tmp", fresh])
    }).pipe(Effect.provide(RecordingJournal.layer))
  )
})

describe("the file of an ended message", () => {
  scenario("moves to failed, and back when it is processed after all; again and again", (f) =>
    Effect.gen(function* () {
      yield* act(() => writeFile(f.at("a.xml"), "one"))
      yield* f.until("archived", async () => (await visible(join(f.home, "archive", "SNX_TRANSFER"))).length === 1)
      const messageId = f.recorded.all[0]?.messageId ?? 0
      const ended = { messageId, company: companies[0], type: "SNX_TRANSFER", fileName: "a.xml" }
      assert.isTrue(yield* f.channel.settle({ ...ended, failed: true }))
      assert.isFalse(yield* f.channel.settle({ ...ended, failed: true }))
      assert.deepStrictEqual(yield* f.failed(), [`${messageId}_a.xml`])
      assert.deepStrictEqual(yield* f.archived(), [])
      assert.isTrue(yield* f.channel.settle({ ...ended, failed: false }))
      assert.deepStrictEqual(yield* f.archived(), [`${messageId}_a.xml`])
      assert.isFalse(yield* f.channel.settle({ ...ended, messageId: 999, failed: true }))
    })
  )
})

describe("many companies", () => {
  it.live("are known by their keys: a folder of nobody is told of, once, and nothing in it is taken", () => {
    const lines: Array<string> = []
    const recorder = Logger.make(({ message }) => {
      lines.push(String(message))
    })
    return Effect.gen(function* () {
      const { root } = yield* harness
      const recorded = yield* RecordingJournal.Recorded
      yield* act(async () => {
        await mkdir(join(root, "typo", "inbox", "SNX_TRANSFER"), { recursive: true })
        await writeFile(join(root, "typo", "inbox", "SNX_TRANSFER", "a.xml"), "a")
        await mkdir(join(root, "other"))
      })
      yield* Effect.forkScoped(
        Folder.make({ ...settings, root, companiesEvery: settings.every }).receive.pipe(
          Effect.provide(Logger.layer([recorder]))
        )
      )
      yield* eventually(
        "told",
        Effect.sync(() => lines.length > 0)
      )
      yield* Effect.sleep("300 millis")
      assert.deepStrictEqual(lines, ["the folder typo is left alone: there is no company of that key"])
      assert.strictEqual(recorded.all.length, 0)
    }).pipe(Effect.provide(RecordingJournal.layer))
  })

  it.live("get their folders, also those that come later; those that go are left alone", () =>
    Effect.gen(function* () {
      const { root } = yield* harness
      let keys: ReadonlyArray<string> = ["one"]
      const channel = Folder.make({
        ...settings,
        root,
        companiesEvery: settings.every,
        companies: Effect.sync(() => keys)
      })
      const recorded = yield* RecordingJournal.Recorded
      yield* Effect.forkScoped(channel.receive)
      const inbox = (key: string) => join(root, key, "inbox", "SNX_TRANSFER")
      const there = (key: string) =>
        eventually(
          key,
          act(async () => (await readdir(root)).includes(key))
        )
      yield* there("one")
      keys = ["two"]
      yield* there("two")
      yield* Effect.sleep("200 millis")
      yield* act(async () => {
        await writeFile(join(inbox("one"), "gone.xml"), "gone")
        await writeFile(join(inbox("two"), "here.xml"), "here")
      })
      yield* eventually(
        "taken",
        Effect.sync(() => recorded.all.length === 1)
      )
      yield* Effect.sleep("300 millis")
      assert.deepStrictEqual(
        recorded.all.map(({ company, fileName }) => [company, fileName]),
        [["two", "here.xml"]]
      )
    }).pipe(Effect.provide(RecordingJournal.layer))
  )
})

describe("two processes on one folder", () => {
  it.live("take every file once and leave none", () =>
    Effect.gen(function* () {
      const { channel, root } = yield* harness
      const recorded = yield* RecordingJournal.Recorded
      const other = Folder.make({ ...settings, root })
      const home = join(root, companies[0])
      const inbox = join(home, "inbox", "SNX_TRANSFER")
      const count = 60
      yield* act(async () => {
        await mkdir(inbox, { recursive: true })
        for (let n = 0; n < count; n++) await writeFile(join(inbox, `${n}.xml`), `file ${n}`)
      })
      yield* Effect.forkScoped(channel.receive)
      yield* Effect.forkScoped(other.receive)
      yield* eventually(
        "taken",
        act(async () => (await visible(inbox)).length === 0)
      )
      yield* Effect.sleep("300 millis")
      const firsts = recorded.all.filter(({ again }) => !again)
      assert.deepStrictEqual(
        firsts.map(({ fileName }) => fileName).sort(),
        Array.from({ length: count }, (_, n) => `${n}.xml`).sort()
      )
      assert.strictEqual((yield* act(() => visible(join(home, "archive", "SNX_TRANSFER")))).length, count)
    }).pipe(Effect.provide(Layer.merge(RecordingJournal.layer, Logger.layer([]))))
  )
})
