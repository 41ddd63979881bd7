/**
 * What leaves besides a single kind of answer: answers of several kinds, and acknowledgments that are due whether the
 * document was accepted or not. Through the real flow, on a real database.
 */
import { assert, layer } from "@effect/vitest"
import { Duration, Effect, Layer } from "effect"
import * as Flow from "../../src/engine/Flow.ts"
import * as Journal from "../../src/engine/Journal.ts"
import * as Pipeline from "../../src/engine/Pipeline.ts"
import * as Rule from "../../src/engine/Rule.ts"
import * as Database from "../Database.ts"
import { accepts, bad, parties, race, refused, registryOf, type Text, unsendable } from "./TextPipeline.ts"

const sends = (type: string): Pipeline.Sends<string> => ({
  type,
  map: `${type}_1`,
  schema: import.meta.filename,
  extension: "txt",
  check: [Rule.check<string>(unsendable, (value) => (value === "unsendable" ? [unsendable.raise()] : []))],
  write: (value) => Effect.succeed(new TextEncoder().encode(value))
})
const loud = sends("LOUD")
const quiet = sends("QUIET")
const receipt = sends("RECEIPT")

type Said = { readonly _tag: "loud" | "quiet"; readonly word: string }

const said = (word: string): Said => ({ _tag: word === word.toUpperCase() ? "loud" : "quiet", word })

const pipeline = Pipeline.define<Text, Said, unknown, never>({
  name: "noted",
  summary: "Acknowledges whatever comes",
  accepts,
  check: [Rule.check<Text>(bad, ({ words }) => words.filter((word) => word === "bad").map(() => bad.raise()))],
  raises: [refused, race],
  apply: ({ words }, context) => {
    if (words.includes("refuse")) return Effect.fail(Pipeline.refuse([refused.raise({ word: "refuse" })]))
    if (words.includes("race")) return Effect.fail(Pipeline.refuse([race.raise()], { waitFor: ["document:x"] }))
    const answers = words.map((word, index) => ({
      to: "other",
      controlNumber: context.controlNumber(index),
      value: said(word)
    }))
    return Effect.succeed({ answers, warnings: [], touched: [] })
  },
  reply: Pipeline.replies({
    all: [loud, quiet],
    by: (value: Said) => Pipeline.departs(value._tag === "loud" ? loud : quiet, value.word)
  }),
  acknowledge: Pipeline.acknowledges(receipt, ({ canonical, findings, context, firstIndex }) => {
    if (canonical?.words.includes("unreceivable")) return Effect.die("no receipt can be made")
    const verdict = findings.errors.length > 0 ? "rejected" : "accepted"
    const value = canonical?.words.includes("unsendable") ? "unsendable" : verdict
    return Effect.succeed([{ to: context.company, controlNumber: context.controlNumber(firstIndex), value }])
  }),
  patience: { every: Duration.minutes(15), until: Duration.hours(2) }
})

const engine = Flow.layer.pipe(
  Layer.provideMerge(Journal.layer),
  Layer.provideMerge(Layer.mergeAll(registryOf([pipeline]), parties)),
  Layer.provideMerge(Database.layer)
)

const process = Effect.fnUntraced(function* (text: string) {
  const journal = yield* Journal.Journal
  const flow = yield* Flow.Flow
  const bytes = new TextEncoder().encode(text)
  const incoming = { channel: "test", company: "acme", type: "TEXT", fileName: "document.txt", bytes }
  const { messageId } = yield* journal.receive(incoming)
  const claimed = yield* Effect.fromNullishOr(yield* flow.take(messageId))
  const ended = yield* Effect.fromNullishOr(yield* flow.process(claimed))
  const outputs = ended.outputs
    .filter(({ type }) => type !== "IE_PROCESSING_RESPONSE")
    .map(({ type, to, bytes }) => [type, to, new TextDecoder().decode(bytes)])
  const names = ended.outputs.map(({ fileName }) => fileName)
  assert.deepStrictEqual(names, [...new Set(names)])
  return { outcome: ended.verdict.outcome, outputs }
})

layer(engine, { excludeTestServices: true })("Acknowledgments and answers of several kinds", (it) => {
  it.effect("each answer leaves its own way, and the acknowledgment after them", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* process("acme|other|c1|hello|WORLD"), {
        outcome: "processed",
        outputs: [
          ["QUIET", "other", "hello"],
          ["LOUD", "other", "WORLD"],
          ["RECEIPT", "acme", "accepted"]
        ]
      })
    })
  )

  it.effect("a document that class 1 rejects is acknowledged as rejected, also one that could not be read", () =>
    Effect.gen(function* () {
      const rejected = { outcome: "map_in_failed", outputs: [["RECEIPT", "acme", "rejected"]] }
      assert.deepStrictEqual(yield* process("acme|other|c2|bad"), rejected)
      assert.deepStrictEqual(yield* process("nonsense"), rejected)
    })
  )

  it.effect("one that class 2 refuses was accepted as a document", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* process("acme|other|c3|refuse"), {
        outcome: "processing_failed",
        outputs: [["RECEIPT", "acme", "accepted"]]
      })
    })
  )

  it.effect("one that waits is acknowledged when it ends, not before", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* process("acme|other|c4|race"), { outcome: "waiting", outputs: [] })
    })
  )

  it.effect("an acknowledgment that cannot be made, or may not leave, keeps no message from ending", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* process("acme|other|c5|unreceivable"), {
        outcome: "processed",
        outputs: [["QUIET", "other", "unreceivable"]]
      })
      assert.deepStrictEqual(yield* process("acme|other|c6|UNSENDABLE|unsendable|bad"), {
        outcome: "map_in_failed",
        outputs: []
      })
    })
  )
})
