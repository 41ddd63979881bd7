/** What the SFTP channel puts on a partner's server: whole files, each under its name, or a clear word on why not. */
import { chmod, mkdir, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Sftp from "../../src/channels/Sftp.ts"
import { bytesOf, companies } from "../contracts/ChannelContract.ts"
import { act, describeSftp, harness, hostKeys, login, running, settings, sshd } from "./SftpHarness.ts"

const file = {
  company: companies[0],
  type: "SNX_TRANSFER",
  fileName: "SNX_TRANSFER_1001.xml",
  bytes: bytesOf("<a>1</a>"),
  messageId: 7,
  controlNumber: "1001"
}

const folderOf = (data: string) => join(data, file.company, "outbox", file.type)

describeSftp("an outbox on an SFTP server", () => {
  it.live("refuses other bytes under a name that is taken, and keeps what lies there", () =>
    Effect.gen(function* () {
      const { channel, partner } = yield* harness
      yield* channel.deliver(file)
      for (const text of ["<a>2</a>", "longer than the first"]) {
        const error = yield* Effect.flip(channel.deliver({ ...file, bytes: bytesOf(text) }))
        assert.deepStrictEqual(error.reason, { _tag: "Conflict", isRetryable: false, whoActs: "operator" })
      }
      assert.deepStrictEqual(yield* partner.delivered(file.company, file.type), [
        { name: file.fileName, bytes: file.bytes }
      ])
    })
  )

  it.live("of one link gets the documents of that link and no others", () =>
    Effect.gen(function* () {
      const { another, server, proxy } = yield* running()
      const elsewhere = { port: proxy.port, folder: "elsewhere", with: companies[1] }
      for (const name of ["inbox", "outbox"]) server.folder(`elsewhere/${name}`)
      const channel = yield* another({
        servers: [login(server, file.company), login(server, file.company, elsewhere)]
      })
      yield* channel.test(`${file.company}/${companies[1]}`)
      yield* channel.deliver(file)
      yield* channel.deliver({ ...file, fileName: "of-the-link.xml", other: companies[1] })
      const names = (folder: string) => act(() => readdir(join(server.data, folder, "outbox", file.type)))
      assert.deepStrictEqual(yield* names(file.company), [file.fileName])
      assert.deepStrictEqual(yield* names("elsewhere"), ["of-the-link.xml"])
      const error = yield* Effect.flip(channel.deliver({ ...file, other: "somebody" }))
      assert.strictEqual(error.reason._tag, "NoDestination")
    })
  )

  it.live("has a file once when many write the same one at once, and nothing else", () =>
    Effect.gen(function* () {
      const { channel, another, server } = yield* running()
      const other = yield* another()
      const bytes = new Uint8Array(300_000).fill(65)
      yield* Effect.all(
        Array.from({ length: 8 }, (_, at) => (at % 2 ? channel : other).deliver({ ...file, bytes })),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(yield* act(() => readdir(folderOf(server.data))), [file.fileName])
    })
  )

  it.live("takes no file that the partner fetches in this moment for another document", () =>
    Effect.gen(function* () {
      const { channel, server } = yield* running()
      const path = join(folderOf(server.data), file.fileName)
      const bytes = new Uint8Array(200_000).fill(65)
      for (let round = 0; round < 60; round++) {
        yield* channel.deliver({ ...file, bytes })
        const fetched = Effect.delay(
          act(() => rm(path, { force: true })),
          `${(round % 20) / 2} millis`
        )
        yield* Effect.all([fetched, channel.deliver({ ...file, bytes })], { concurrency: 2 })
      }
      yield* channel.deliver({ ...file, bytes })
      assert.deepStrictEqual(yield* act(() => readdir(folderOf(server.data))), [file.fileName])
    })
  )

  it.live("takes an empty document, and one of many megabytes", () =>
    Effect.gen(function* () {
      const { channel, partner } = yield* harness
      const bytes = new Uint8Array(20_000_000).map((_, at) => at % 253)
      yield* channel.deliver({ ...file, fileName: "empty.xml", bytes: new Uint8Array() })
      yield* channel.deliver({ ...file, fileName: "large.xml", bytes })
      yield* channel.deliver({ ...file, fileName: "large.xml", bytes })
      const delivered = yield* partner.delivered(file.company, file.type)
      assert.deepStrictEqual(
        delivered.map(({ name, bytes }) => [name, bytes.length]),
        [
          ["empty.xml", 0],
          ["large.xml", bytes.length]
        ]
      )
      assert.isTrue(Buffer.from(bytes).equals(delivered[1]?.bytes ?? new Uint8Array()))
    })
  )

  it.live("that may not be written to is for an operator, and written to when it may", () =>
    Effect.gen(function* () {
      const { channel, server } = yield* running()
      const folder = server.folder(`${file.company}/outbox/${file.type}`)
      yield* act(() => chmod(folder, 0o555))
      const error = yield* Effect.flip(channel.deliver(file))
      assert.deepStrictEqual(error.reason, { _tag: "Blocked", isRetryable: true, whoActs: "operator" })
      assert.include(error.message, "does not permit")
      yield* act(() => chmod(folder, 0o755))
      yield* channel.deliver(file)
      assert.deepStrictEqual(yield* act(() => readdir(folder)), [file.fileName])
    })
  )

  it.live("that cannot be made is for an operator", () =>
    Effect.gen(function* () {
      const { channel, server } = yield* running()
      yield* act(() => writeFile(join(server.data, file.company, "outbox", file.type), "in the way"))
      const error = yield* Effect.flip(channel.deliver(file))
      assert.strictEqual(error.reason.whoActs, "operator")
      assert.isTrue(error.isRetryable)
    })
  )

  it.live("on a full disk is for an operator, and nothing of the file is left", () =>
    Effect.gen(function* () {
      const server = yield* sshd({ fileBlocks: 200 })
      const folder = server.folder(`${file.company}/outbox/${file.type}`)
      const channel = yield* Sftp.make({
        ...settings,
        hostKeys: (yield* hostKeys).keys,
        servers: [login(server, file.company)]
      })
      const error = yield* Effect.flip(channel.deliver({ ...file, bytes: new Uint8Array(500_000) }))
      assert.deepStrictEqual(error.reason, { _tag: "Blocked", isRetryable: true, whoActs: "operator" })
      assert.include(error.message, "disk")
      assert.deepStrictEqual(yield* act(() => readdir(folder)), [])
      yield* channel.deliver(file)
    })
  )

  it.live("keeps names of ours inside the folder, and writes through no link", () =>
    Effect.gen(function* () {
      const { channel, server } = yield* running()
      yield* channel.deliver({ ...file, fileName: "../../escape\n.xml" })
      assert.deepStrictEqual(yield* act(() => readdir(folderOf(server.data))), ["__.._escape_.xml"])
      const elsewhere = join(server.data, "elsewhere.xml")
      yield* act(() => symlink(elsewhere, join(folderOf(server.data), file.fileName)))
      const error = yield* Effect.flip(channel.deliver(file))
      assert.strictEqual(error.reason._tag, "Conflict")
      assert.notInclude(yield* act(() => readdir(server.data)), "elsewhere.xml")
      for (const type of ["../inbox", "", "a/b"]) {
        assert.strictEqual((yield* Effect.flip(channel.deliver({ ...file, type }))).reason._tag, "NoDestination")
      }
    })
  )

  it.live("loses what killed processes left in it, and nothing else", () =>
    Effect.gen(function* () {
      const { channel, server } = yield* running()
      const folder = server.folder(`${file.company}/outbox/${file.type}`)
      const ours = ".throughline-00000000-0000-0000-0000-000000000000.tmp"
      const fresh = ".throughline-11111111-1111-1111-1111-111111111111.tmp"
      yield* act(async () => {
        for (const name of [ours, fresh, ".theirs.tmp"]) await writeFile(join(folder, name), "half")
        for (const name of [ours, ".theirs.tmp"]) await utimes(join(folder, name), 1_000_000, 1_000_000)
      })
      yield* channel.deliver(file)
      assert.deepStrictEqual((yield* act(() => readdir(folder))).sort(), [".theirs.tmp", fresh, file.fileName].sort())
    })
  )

  it.live("may have another name and place", () =>
    Effect.gen(function* () {
      const { another, server } = yield* running()
      const channel = yield* another({}, { folder: `${server.data}/deep`, outbox: "to us", inbox: "from us" })
      server.folder("deep")
      yield* channel.deliver(file)
      assert.deepStrictEqual(yield* act(() => readdir(join(server.data, "deep", "to us", file.type))), [file.fileName])
    })
  )
})

describeSftp("looking whether an SFTP server can be used", () => {
  it.live("says what is missing, and nothing when all is there", () =>
    Effect.gen(function* () {
      const { channel, another, server } = yield* running()
      yield* channel.test(file.company)
      const lost = yield* another({}, { folder: "no such folder" })
      const error = yield* Effect.flip(lost.test(file.company))
      assert.strictEqual(error.reason._tag, "Blocked")
      assert.include(error.message, "there is no folder no such folder/inbox")
      const closed = server.folder("closed")
      yield* act(async () => {
        await mkdir(join(closed, "inbox"))
        await chmod(join(closed, "inbox"), 0o700)
      })
      const shut = yield* another({}, { folder: "closed" })
      const denied = yield* Effect.flip(shut.test(file.company))
      assert.strictEqual(denied.reason.whoActs, "operator")
    })
  )
})
