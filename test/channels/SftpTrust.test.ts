/** Who the other side is and who we are there: host keys, keys, passwords; and what a server that means ill can do. */
import { readdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger, Redacted, Schema } from "effect"
import * as Sftp from "../../src/channels/Sftp.ts"
import * as SftpHostKeys from "../../src/channels/SftpHostKeys.ts"
import { Server } from "../../src/channels/SftpOptions.ts"
import { bytesOf, companies, eventually } from "../contracts/ChannelContract.ts"
import * as RecordingJournal from "./RecordingJournal.ts"
import { act, alone, describeSftp, hostKeys, running, settings } from "./SftpHarness.ts"
import * as SftpServer from "./SftpServer.ts"

const company = companies[0]
const file = {
  company,
  type: "SNX_TRANSFER",
  fileName: "a.xml",
  bytes: bytesOf("<a>1</a>"),
  messageId: 7,
  controlNumber: "1001"
}

describeSftp("the host key of an SFTP server", () => {
  it.live("is kept at the first meeting as OpenSSH keeps it, and asked for from then on", () =>
    Effect.gen(function* () {
      const { channel, another, server, proxy, kept } = yield* running()
      const known = Effect.map(kept.list, (all) => all.map(({ server, key }) => `${server} ${SftpHostKeys.print(key)}`))
      yield* channel.test(company)
      assert.deepStrictEqual(yield* known, [`[127.0.0.1]:${proxy.port} ${server.hostKey()}`])
      yield* (yield* another()).test(company)
      assert.deepStrictEqual(yield* known, [`[127.0.0.1]:${proxy.port} ${server.hostKey()}`])
    })
  )

  it.live("that has changed holds everything until an operator says that it may", () =>
    Effect.gen(function* () {
      const { channel, server, proxy, kept, another } = yield* running()
      yield* channel.deliver(file)
      yield* act(server.kill)
      server.changeHostKey()
      yield* act(server.start)
      proxy.reset()
      yield* Effect.sleep("50 millis")
      const error = yield* Effect.flip(channel.deliver({ ...file, fileName: "b.xml" }))
      assert.deepStrictEqual(error.reason, { _tag: "Untrusted", isRetryable: true, whoActs: "operator" })
      assert.include(error.message, "has changed")
      assert.include(error.message, "SHA256:")
      assert.deepStrictEqual(yield* act(() => readdir(join(server.data, company, "outbox", file.type))), ["a.xml"])
      const name = `[127.0.0.1]:${proxy.port}`
      assert.include(error.message, `throughline channels forget-host-key '${name}'`)
      const by = { actor: "test", why: "the partner confirmed it" }
      assert.isFalse(yield* kept.forget("[127.0.0.1]:1", by))
      assert.isTrue(yield* kept.forget(name, by))
      yield* (yield* another()).deliver({ ...file, fileName: "b.xml" })
      // The channel that was refused comes round to it by itself, too.
      yield* channel
        .deliver({ ...file, fileName: "c.xml" })
        .pipe(Effect.retry({ while: () => Effect.as(Effect.sleep("200 millis"), true) }), Effect.timeout("10 seconds"))
    })
  )

  it.live("that has changed stops the receiving, and nothing is taken from there", () =>
    Effect.gen(function* () {
      const { channel, server, proxy } = yield* running()
      const recorded = yield* RecordingJournal.Recorded
      yield* channel.test(company)
      yield* act(server.kill)
      server.changeHostKey()
      yield* act(server.start)
      proxy.reset()
      yield* act(() => writeFile(join(server.data, company, "inbox", "SNX_TRANSFER", "a.xml"), "one"))
      yield* Effect.forkScoped(alone(channel.receive))
      yield* Effect.sleep("1 second")
      assert.deepStrictEqual(recorded.all, [])
    }).pipe(Effect.provide(Layer.merge(RecordingJournal.layer, Logger.layer([]))))
  )

  it.live("may be configured, by its fingerprint or in full; another one is refused at the first meeting", () =>
    Effect.gen(function* () {
      const { another, server, kept } = yield* running()
      const full = server.hostKey()
      const fingerprint = SftpHostKeys.fingerprint(Buffer.from(full.split(" ")[1] ?? "", "base64"))
      for (const hostKey of [full, fingerprint, `${full} comment`]) {
        yield* (yield* another({}, { hostKey })).test(company)
      }
      const wrong = `SHA256:${"A".repeat(43)}`
      const error = yield* Effect.flip((yield* another({}, { hostKey: wrong })).test(company))
      assert.strictEqual(error.reason._tag, "Untrusted")
      assert.deepStrictEqual(yield* kept.list, [])
    })
  )

  it.live("is the same for processes that meet a server at the same time", () =>
    Effect.gen(function* () {
      const { keys, list } = yield* hostKeys
      const key = (n: number) => Buffer.from(`\0\0\0\u000bssh-ed25519key ${n}`, "latin1")
      const numbers = Array.from({ length: 8 }, (_, n) => n)
      const pinned = yield* act(() => Promise.all(numbers.map((n) => keys.pin("Host", 22, key(n)))))
      const found = yield* act(() => keys.find("host", 22))
      for (const each of pinned) assert.deepStrictEqual(Buffer.from(each), Buffer.from(found ?? []))
      assert.deepStrictEqual(
        (yield* list).map(({ server }) => server),
        ["host"]
      )
    })
  )
})

describeSftp("a login to an SFTP server", () => {
  it.live("with a wrong key or user is refused: an operator has to act, and no secret is shown", () =>
    Effect.gen(function* () {
      const { another } = yield* running()
      const error = yield* Effect.flip((yield* another({}, { username: "somebody" })).test(company))
      assert.deepStrictEqual(error.reason, { _tag: "Refused", isRetryable: true, whoActs: "operator" })
      const nonsense = yield* Effect.flip((yield* another({}, { privateKey: Redacted.make("no key") })).test(company))
      assert.deepStrictEqual(nonsense.reason, { _tag: "Refused", isRetryable: true, whoActs: "operator" })
      assert.include(nonsense.message, "the private key for")
      assert.notInclude(`${nonsense.message}${String(nonsense.cause)}`, "no key")
    })
  )
})

const reach = (port: number, password: string) =>
  Effect.gen(function* () {
    return yield* Sftp.make({
      ...settings,
      hostKeys: (yield* hostKeys).keys,
      servers: [{ company, host: "127.0.0.1", port, username: "partner", password: Redacted.make(password) }]
    })
  })

const folder = 0o040755
const regular = 0o100644

describe("a server of another make", () => {
  const empty = { inbox: [], outbox: [] }

  for (const dialogue of [false, true]) {
    it.live(`lets in who knows the password${dialogue ? ", asked for in a dialogue" : ""}`, () =>
      Effect.gen(function* () {
        const port = yield* SftpServer.start({ password: "right", dialogue, folders: empty })
        yield* (yield* reach(port, "right")).test(company)
        const error = yield* Effect.flip((yield* reach(port, "wrong")).test(company))
        assert.strictEqual(error.reason._tag, "Refused")
        assert.notInclude(error.message, 'wrong"')
      })
    )
  }

  it.live("that answers nothing is given up, not waited for", () =>
    Effect.gen(function* () {
      const port = yield* SftpServer.start({ silent: true })
      const error = yield* Effect.flip((yield* reach(port, "any")).test(company))
      assert.strictEqual(error.reason._tag, "Timeout")
    })
  )

  it.live("that is none, or not there, is said to be so", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip((yield* reach(1, "any")).test(company))
      assert.strictEqual(error.reason._tag, "Unavailable")
      assert.include(error.message, "nothing listens")
    })
  )

  it.live("cannot make us ask for what lies elsewhere, by whatever names it tells", () =>
    Effect.gen(function* () {
      const port = yield* SftpServer.start({
        folders: {
          inbox: [
            ["SNX_TRANSFER", folder, 0],
            ["../../etc", folder, 0],
            ["lower", folder, 0]
          ],
          "inbox/SNX_TRANSFER": [
            ["../../../etc/passwd", regular, 10],
            ["/etc/shadow", regular, 10],
            ["nul\0.xml", regular, 10],
            ["device.xml", 0o020644, 10],
            ["link.xml", 0o120777, 10],
            ["vast.xml", regular, 2 ** 52]
          ],
          outbox: []
        }
      })
      const channel = yield* reach(port, "any")
      const recorded = yield* RecordingJournal.Recorded
      const lines: Array<string> = []
      const listening = Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))])
      yield* Effect.forkScoped(alone(channel.receive).pipe(Effect.provide(listening)))
      yield* eventually(
        "complaints",
        Effect.sync(() => lines.filter((line) => /left alone|no message type/u.test(line)).length >= 6)
      )
      yield* Effect.sleep("400 millis")
      assert.deepStrictEqual(recorded.all, [])
    }).pipe(Effect.provide(RecordingJournal.layer))
  )
})

describe("the description of a server", () => {
  const decode = Schema.decodeUnknownEffect(Server, { errors: "all" })

  it.effect("needs a way to log in, and folders that lead nowhere else", () =>
    Effect.gen(function* () {
      const good = { company: "acme", host: "sftp.example", username: "u", password: Redacted.make("secret") }
      const server = yield* decode(good)
      assert.notInclude(JSON.stringify(server), "secret")
      for (const bad of [
        { ...good, password: undefined },
        { ...good, folder: "a/../b" },
        { ...good, inbox: "a/b" },
        { ...good, outbox: ".." },
        { ...good, port: 0 },
        { ...good, hostKey: "SHA256:short" },
        { ...good, company: "Not A Key" }
      ]) {
        yield* Effect.flip(decode(bad))
      }
    })
  )
})
