import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber } from "effect"
import * as Xml from "../../src/formats/Xml.ts"
import { make } from "../../src/formats/xml/XmlPool.ts"
import { namespaces, transfer } from "./xml/layouts.ts"

const schema = fileURLToPath(new URL("./xml/transfer.xsd", import.meta.url))

/** One worker that misbehaves on demand. Starting it counts against the time limit, so that is generous. */
const saboteur = (timeLimitMillis = 20_000) =>
  make({
    workers: 1,
    timeLimitMillis,
    recycleHeapBytes: 1000,
    limits: { maxBytes: 1, maxDepth: 1, maxAttribute: 1, maxText: 1, detail: 1 },
    entry: new URL("./xml/saboteur.ts", import.meta.url)
  })

const order = (what: string) => ({ kind: "locate", bytes: new Uint8Array(1), paths: [what] }) as const

const message = (body: string): Buffer =>
  Buffer.from(
    `<SNXSerialNumberTransferMessage xmlns="${namespaces.snx}" xmlns:cmn="${namespaces.cmn}"><MessageBody>${body}</MessageBody></SNXSerialNumberTransferMessage>`
  )
const serials = (count: number): Buffer =>
  message(
    `<SerialNumbers>${Array.from({ length: count }, (_, at) => `<cmn:Serial>${at}</cmn:Serial>`).join("")}</SerialNumbers>`
  )

describe("the worker pool", () => {
  it.live("replaces a worker that dies and tells the caller to try again", () =>
    Effect.gen(function* () {
      const pool = yield* saboteur()
      for (const what of ["exit", "throw"]) {
        const error = yield* Effect.flip(pool.run(order(what), undefined))
        assert.strictEqual(error.reason._tag, "WorkerStopped")
        assert.isTrue(error.isRetryable)
        assert.strictEqual(error.whoActs, "nobody")
        assert.strictEqual((yield* pool.run(order("answer"), undefined)).kind, "locate")
      }
      assert.strictEqual((yield* pool.stats).replaced, 2)
    })
  )

  it.live("replaces a worker that dies while nobody waits for it", () =>
    Effect.gen(function* () {
      const pool = yield* saboteur()
      yield* pool.run(order("exit later"), undefined)
      while ((yield* pool.stats).workers > 0) yield* Effect.sleep("10 millis")
      assert.strictEqual((yield* pool.run(order("answer"), undefined)).kind, "locate")
    })
  )

  it.live("stops a document that takes too long", () =>
    Effect.gen(function* () {
      const pool = yield* saboteur(2000)
      const hanging = yield* Effect.forkChild(Effect.flip(pool.run(order("hang"), undefined)))
      // Waits for the only worker, then gets a new one; the wait does not count against its own limit.
      const waiting = yield* Effect.forkChild(pool.run(order("answer"), undefined))
      const error = yield* Fiber.join(hanging)
      assert.strictEqual(error.reason._tag, "TimeLimit")
      assert.strictEqual(error.whoActs, "operator")
      assert.strictEqual((yield* Fiber.join(waiting)).kind, "locate")
      assert.strictEqual((yield* pool.stats).busy, 0)
    })
  )

  it.live("stops the worker of a caller that was interrupted", () =>
    Effect.gen(function* () {
      const pool = yield* saboteur()
      const hanging = yield* Effect.forkChild(pool.run(order("hang"), undefined))
      yield* Effect.sleep("50 millis")
      yield* Fiber.interrupt(hanging)
      assert.deepStrictEqual(yield* pool.stats, { workers: 0, busy: 0, heapBytes: [], recycled: 0, replaced: 0 })
      assert.strictEqual((yield* pool.run(order("answer"), undefined)).kind, "locate")
    })
  )

  it.live("shares its workers among many callers", () =>
    Effect.gen(function* () {
      const xml = yield* Xml.Xml
      const sizes = Array.from({ length: 60 }, (_, at) => (at % 7) * 500)
      const read = yield* Effect.forEach(sizes, (size) => xml.read(serials(size), transfer, schema), {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(
        read.map(({ document }) => document?.serials.values.length),
        sizes
      )
      assert.strictEqual((yield* xml.stats).workers, 2)
    }).pipe(Effect.provide(Xml.Xml.layer({ workers: 2 })))
  )

  it.live(
    "keeps its memory flat over 10,000 messages, good and bad",
    () =>
      Effect.gen(function* () {
        const xml = yield* Xml.Xml
        const asking = `xmlns:xsi="${namespaces.xsi}" xsi:schemaLocation="urn:x http://127.0.0.1:1/x.xsd"`
        const messages = [
          serials(5),
          serials(1000),
          message("<cmn:Nonsense/>"),
          message('<SerialNumbers><cmn:Serial format="x"/></SerialNumbers>'),
          Buffer.from(String(message("<cmn:Remark/>")).replace(" xmlns", ` ${asking} xmlns`)),
          message("<a></b>"),
          message("<p:a/><p:a/>"),
          Buffer.from(`<!DOCTYPE a [<!ENTITY e "e">]>${message("&e;")}`),
          Buffer.from(`\u{feff}${message("<cmn:Remark>\u{fc}</cmn:Remark>")}`, "utf16le"),
          message("<a>".repeat(300)),
          message("<a>".repeat(220) + "</a>".repeat(220)),
          Buffer.from("<other/>")
        ]
        const round = (count: number) =>
          Effect.forEach(
            Array.from({ length: count }, (_, at) => messages[at % messages.length] ?? Buffer.alloc(0)),
            (bytes) =>
              xml
                .read(bytes, transfer, schema)
                .pipe(Effect.andThen(xml.annotate(bytes, transfer, [{ line: 1, text: "x" }]))),
            { discard: true }
          )
        yield* round(1000)
        const { heapBytes: before } = yield* xml.stats
        yield* round(10_000)
        const { heapBytes: after, recycled, replaced } = yield* xml.stats
        assert.deepStrictEqual(after, before)
        assert.deepStrictEqual([recycled, replaced], [0, 0])
      }).pipe(Effect.provide(Xml.Xml.layer({ workers: 1 }))),
    60_000
  )

  it.live("replaces a worker whose heap a big file has blown up", () =>
    Effect.gen(function* () {
      const xml = yield* Xml.Xml
      const big = yield* xml.read(serials(200_000), transfer, schema)
      assert.strictEqual(big.document?.serials.values.length, 200_000)
      const between = yield* xml.stats
      assert.strictEqual(between.recycled, 1)
      assert.deepStrictEqual(between.heapBytes, [])
      const small = yield* xml.read(serials(2), transfer, schema)
      assert.strictEqual(small.document?.serials.values.length, 2)
      const [heap = 0] = (yield* xml.stats).heapBytes
      assert.isBelow(heap, 20 * 1024 * 1024)
    }).pipe(Effect.provide(Xml.Xml.layer({ workers: 1, recycleHeapBytes: 24 * 1024 * 1024 })))
  )

  it.live("keeps to the time limit it was given", () =>
    Effect.gen(function* () {
      const xml = yield* Xml.Xml
      const error = yield* Effect.flip(xml.read(serials(200_000), transfer, schema))
      assert.strictEqual(error.message, "The document was not done within 1 ms")
    }).pipe(Effect.provide(Xml.Xml.layer({ workers: 1, timeLimit: Duration.millis(1) })))
  )
})
