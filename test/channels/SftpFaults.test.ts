/**
 * Faults between us and a partner's server, in short form: connections cut, reset and held at awkward moments, sshd killed
 * and started again, two machines at one inbox. What counts are the rows of the journal: every file once, none missing,
 * and all goes on by itself within 30 s.
 */
import { readdir, readFile, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Duration, Effect, Layer, Logger, Redacted, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { Checkpoint, type Step } from "../../src/engine/Checkpoint.ts"
import * as Journal from "../../src/engine/Journal.ts"
import { companies, eventually } from "../contracts/ChannelContract.ts"
import * as Database from "../Database.ts"
import { act, alone, describeSftp, login, type Running, running, visible } from "./SftpHarness.ts"
import * as SftpServer from "./SftpServer.ts"

const services = Layer.merge(Journal.layer, Logger.layer([])).pipe(Layer.provideMerge(Database.layer))

/** What the journal holds: name and text of every message. */
const ledger = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly file_name: string; readonly bytes: Uint8Array }>`
    SELECT file_name, bytes FROM messages JOIN message_chunks ON message_id = messages.id ORDER BY messages.id`
  const claims = yield* sql<{ readonly count: bigint }>`SELECT count(*) FROM pickups`
  assert.strictEqual(Number(claims[0]?.count), rows.length)
  return rows.map(({ file_name, bytes }) => [file_name, new TextDecoder().decode(bytes)] as const)
})

const fault = (
  name: string,
  play: (
    f: Running & { readonly inbox: string; readonly put: (name: string, text: string) => Effect.Effect<void> }
  ) => Effect.Effect<unknown, unknown, Scope.Scope | Journal.Journal | SqlClient.SqlClient>
) =>
  it.live(
    name,
    () =>
      Effect.gen(function* () {
        const parts = yield* running()
        const inbox = join(parts.server.data, companies[0], "inbox", "SNX_TRANSFER")
        yield* play({ ...parts, inbox, put: (file, text) => act(() => writeFile(join(inbox, file), text)) })
      }).pipe(Effect.provide(services)),
    60_000
  )

/** Becomes true within the promised half minute. */
const within30s = (what: string, is: () => Promise<boolean>) => {
  const from = Date.now()
  return eventually(what, act(is)).pipe(
    Effect.retry({ while: () => Date.now() - from < 30_000 }),
    Effect.tap(() => Effect.sync(() => assert.isBelow(Date.now() - from, 30_000)))
  )
}

/** Nothing is left in the inbox: all was committed and moved. */
const cleared = (inbox: string) => within30s("cleared", async () => (await visible(inbox)).length === 0)

const files = (count: number) =>
  Array.from({ length: count }, (_, at) => [`${at}.xml`, `text ${at} ${"x".repeat(at * 3000)}`] as const)

const assertOnce = (expected: ReadonlyArray<readonly [string, string]>) =>
  Effect.map(ledger, (rows) => assert.deepStrictEqual([...rows].sort(), [...expected].sort()))

/** Does something when the channel passes a step, the first `times` times. */
const atStep = (step: Step, times: number, act: () => void) => {
  let left = times
  return Effect.provideService(Checkpoint, (reached: Step) =>
    Effect.sync(() => {
      if (reached === step && left-- > 0) act()
    })
  )
}

describeSftp("receiving from an SFTP server", () => {
  fault("survives connections cut after the read, before the commit", (f) =>
    Effect.gen(function* () {
      const sent = files(5)
      for (const [name, text] of sent) yield* f.put(name, text)
      yield* Effect.forkScoped(alone(f.channel.receive).pipe(atStep("journal/read", 3, f.proxy.cut)))
      yield* cleared(f.inbox)
      yield* assertOnce(sent)
    })
  )

  fault("survives connections cut after the commit, before the file is moved", (f) =>
    Effect.gen(function* () {
      const sent = files(5)
      for (const [name, text] of sent) yield* f.put(name, text)
      yield* Effect.forkScoped(alone(f.channel.receive).pipe(atStep("journal/committed", 4, f.proxy.cut)))
      yield* cleared(f.inbox)
      yield* assertOnce(sent)
      const archived = yield* act(() => readdir(f.inbox.replace("inbox", "archive")))
      assert.strictEqual(archived.length, sent.length)
    })
  )

  fault("survives it in the mode that deletes", (f) =>
    Effect.gen(function* () {
      const sent = files(5)
      for (const [name, text] of sent) yield* f.put(name, text)
      const channel = yield* f.another({}, { taken: "delete" })
      yield* Effect.forkScoped(alone(channel.receive).pipe(atStep("journal/committed", 4, f.proxy.reset)))
      yield* cleared(f.inbox)
      yield* assertOnce(sent)
      assert.deepStrictEqual(yield* act(() => visible(join(f.server.data, companies[0]))), ["inbox", "outbox"])
    })
  )

  fault("survives resets at any moment, again and again", (f) =>
    Effect.gen(function* () {
      yield* Effect.forkScoped(alone(f.channel.receive))
      const sent = files(30)
      for (const [at, [name, text]] of sent.entries()) {
        yield* f.put(name, text)
        yield* Effect.sleep("60 millis")
        if (at % 4 === 0) f.proxy.reset()
      }
      yield* cleared(f.inbox)
      yield* assertOnce(sent)
      assert.isAbove(f.proxy.accepted(), 3)
    })
  )

  fault("survives a line on which nothing passes any more", (f) =>
    Effect.gen(function* () {
      yield* Effect.forkScoped(alone(f.channel.receive))
      yield* f.put("1.xml", "one")
      yield* cleared(f.inbox)
      f.proxy.hold()
      yield* f.put("2.xml", "two")
      yield* Effect.sleep("4 seconds")
      f.proxy.resume()
      yield* cleared(f.inbox)
      yield* assertOnce([
        ["1.xml", "one"],
        ["2.xml", "two"]
      ])
    })
  )

  fault("survives sshd killed and started again", (f) =>
    Effect.gen(function* () {
      yield* Effect.forkScoped(alone(f.channel.receive))
      const sent = files(12)
      for (const [at, [name, text]] of sent.entries()) {
        yield* f.put(name, text)
        if (at % 4 === 3) {
          yield* Effect.sleep("250 millis")
          yield* act(f.server.kill)
          yield* Effect.sleep("700 millis")
          yield* act(f.server.start)
        }
      }
      yield* cleared(f.inbox)
      yield* assertOnce(sent)
    })
  )

  fault("survives a server that refuses connections for a while", (f) =>
    Effect.gen(function* () {
      f.proxy.refuse()
      yield* Effect.forkScoped(alone(f.channel.receive))
      yield* f.put("1.xml", "one")
      yield* Effect.sleep("3 seconds")
      f.proxy.accept()
      yield* cleared(f.inbox)
      yield* assertOnce([["1.xml", "one"]])
    })
  )

  fault("waits for no server that lets us wait", (f) =>
    Effect.gen(function* () {
      const folders = {
        inbox: [["SNX_TRANSFER", 0o040755, 0]],
        "inbox/SNX_TRANSFER": [["a.xml", 0o100644, 10]]
      } as const
      let isReading = false
      const stalls = () => {
        isReading = true
      }
      const port = yield* SftpServer.start({ stalls, folders })
      const slow = { host: "127.0.0.1", port, username: "u", password: Redacted.make("any"), company: "slow" }
      const channel = yield* f.another({
        reading: 1,
        servers: [slow, login(f.server, companies[0])],
        patience: { connectMs: 5_000, requestMs: 30_000, keepaliveMs: 1_000 }
      })
      yield* Effect.forkScoped(alone(channel.receive))
      yield* within30s("reading", async () => isReading)
      const from = Date.now()
      yield* f.put("1.xml", "one")
      yield* cleared(f.inbox)
      assert.isBelow(Date.now() - from, 5_000)
    })
  )

  for (const over of [{}, { with: "somebody" }]) {
    fault(
      `takes nothing twice when two machines ${"with" in over ? "told otherwise " : ""}believe that they lead`,
      (f) =>
        Effect.gen(function* () {
          const other = yield* f.another({}, over)
          yield* Effect.forkScoped(alone(f.channel.receive))
          yield* Effect.forkScoped(alone(other.receive))
          const sent = files(40)
          for (const [name, text] of sent) {
            yield* f.put(name, text)
            yield* Effect.sleep("15 millis")
          }
          yield* cleared(f.inbox)
          yield* assertOnce(sent)
          assert.strictEqual((yield* act(() => readdir(f.inbox.replace("inbox", "archive")))).length, sent.length)
        })
    )
  }
})

describeSftp("delivering to an SFTP server", () => {
  const bytes = new Uint8Array(900_000).map((_, at) => (at * 31) % 251)
  const file = {
    company: companies[0],
    type: "SNX_TRANSFER",
    fileName: "a.xml",
    bytes,
    messageId: 1,
    controlNumber: "1"
  }
  const outbox = (f: Running) => join(f.server.data, companies[0], "outbox", "SNX_TRANSFER")

  fault("never shows half a file when the line breaks, and is repeated with the same outcome", (f) =>
    Effect.gen(function* () {
      const sizes = new Set<number>()
      yield* Effect.forkScoped(
        Effect.forever(
          act(async () => {
            for (const name of await visible(outbox(f))) sizes.add((await stat(join(outbox(f), name))).size)
            await new Promise((done) => setTimeout(done, 5))
          })
        )
      )
      yield* f.channel.deliver({ ...file, fileName: "first.xml", bytes: new Uint8Array([1]) })
      let tries = 0
      for (const point of [1_000, 50_000, 300_000, 700_000, 899_000, 905_000]) {
        const from = f.proxy.accepted()
        f.proxy.reset()
        f.proxy.onData = (sent) => {
          if (sent > point && f.proxy.accepted() > from) f.proxy.reset()
        }
        const error = yield* Effect.flip(
          Effect.repeat(f.channel.deliver({ ...file, fileName: `${point}.xml` }), { times: 0 })
        ).pipe(Effect.orElseSucceed(() => undefined))
        if (error !== undefined) {
          tries++
          assert.isTrue(error.isRetryable)
        }
        f.proxy.onData = () => undefined
        yield* f.channel
          .deliver({ ...file, fileName: `${point}.xml` })
          .pipe(Effect.retry({ while: ({ isRetryable }) => Effect.as(Effect.sleep("100 millis"), isRetryable) }))
      }
      assert.isAbove(tries, 2)
      assert.isEmpty([...sizes].filter((size) => size !== 1 && size !== bytes.length))
      for (const name of yield* act(() => visible(outbox(f)))) {
        if (name === "first.xml") continue
        assert.isTrue(Buffer.from(bytes).equals(yield* act(() => readFile(join(outbox(f), name)))))
      }
      assert.strictEqual((yield* act(() => visible(outbox(f)))).length, 7)
    })
  )

  fault("says at once that a dead partner is away, and goes on when it is back", (f) =>
    Effect.gen(function* () {
      yield* f.channel.deliver(file)
      yield* act(f.server.kill)
      f.proxy.reset()
      const error = yield* Effect.flip(f.channel.deliver({ ...file, fileName: "b.xml" }))
      assert.strictEqual(error.reason._tag, "Unavailable")
      for (let turn = 0; turn < 5; turn++) {
        yield* Effect.flip(f.channel.deliver({ ...file, fileName: "b.xml" })).pipe(Effect.timeout("2 seconds"))
      }
      yield* act(f.server.start)
      yield* f.channel
        .deliver({ ...file, fileName: "b.xml" })
        .pipe(
          Effect.retry({ while: () => Effect.as(Effect.sleep(Duration.millis(200)), true) }),
          Effect.timeout("30 seconds")
        )
      assert.deepStrictEqual(yield* act(() => visible(outbox(f))), ["a.xml", "b.xml"])
    })
  )
})
