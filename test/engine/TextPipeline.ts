/**
 * A pipeline over plain text, to try the engine with: a document is lines `sender|receiver|controlNumber|word...`.
 * Words tell it what to do: `bad` breaks class 1, `refuse` class 2, `race` may wait for `document:x`, `park` waits for
 * an operator, `boom` throws, `touch` wakes waiters, `unsendable` answers with a document that may not leave, and
 * `write:NAME` makes an effect that can be counted.
 */
import { Duration, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import * as Findings from "../../src/engine/Findings.ts"
import { Parties, type PartiesView } from "../../src/engine/Parties.ts"
import * as Pipeline from "../../src/engine/Pipeline.ts"
import * as Registry from "../../src/engine/Registry.ts"
import { json, type Report } from "../../src/engine/Report.ts"
import * as Rule from "../../src/engine/Rule.ts"

const unwritten = { source: "test", situation: "test", example: { test: "test/engine/Flow.test.ts" } } as const

export const unreadable = Rule.define({
  id: "text/unreadable",
  class: 1,
  element: "N/A",
  text: "Not a document.",
  ...unwritten
})
export const bad = Rule.define({ id: "text/bad", class: 1, element: "word", text: "Bad word !!!", ...unwritten })
export const refused = Rule.define({
  id: "text/refused",
  class: 2,
  element: "word",
  text: "Refused [word].",
  ...unwritten
})
export const race = Rule.define({
  id: "text/race",
  class: 2,
  element: "word",
  text: "Perhaps later.",
  mayWait: true,
  ...unwritten
})
export const parked = Rule.define({ id: "text/parked", class: 2, element: "word", text: "Nobody acted.", ...unwritten })
export const unsendable = Rule.define({
  id: "text/unsendable",
  class: 1,
  element: "answer",
  text: "Cannot leave !!!",
  ...unwritten
})

export interface Text {
  readonly header: Pipeline.Envelope
  readonly words: ReadonlyArray<string>
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const parse = (text: string): Text | undefined => {
  const [sender, receiver, controlNumber, ...words] = text.split("|")
  if (sender === undefined || receiver === undefined || controlNumber === undefined) return undefined
  return { header: { sender, receiver, controlNumber }, words }
}

export const accepts: Pipeline.Accepts<Text> = {
  type: "TEXT",
  format: "text",
  map: "TEXT_1",
  schema: import.meta.filename,
  roots: ["text"],
  places: {},
  rules: [unreadable],
  read: (bytes) => {
    const canonical = parse(decode(bytes))
    return Effect.succeed({
      canonical,
      findings: canonical === undefined ? Findings.of([unreadable.raise()]) : Findings.none
    })
  },
  locate: (_, paths) => Effect.succeed(new Map(paths.map((path) => [path, { line: 1, column: 1, offset: 0 }]))),
  annotate: (bytes) => Effect.succeed({ bytes, kind: "document" })
}

export const pipeline = Pipeline.define({
  name: "text",
  summary: "Tries the engine",
  accepts,
  check: [
    Rule.check<Text>(bad, ({ words }) =>
      words.flatMap((word, index) => (word === "bad" ? [bad.raise({ path: `/word[${index + 1}]` })] : []))
    )
  ],
  raises: [refused, race, parked],
  apply: Effect.fnUntraced(function* ({ words }: Text, context) {
    const sql = yield* SqlClient.SqlClient
    for (const word of words.filter((one) => one.startsWith("write:"))) {
      yield* sql`INSERT INTO effects (name, message, run) VALUES (${word}, ${context.messageId}, ${context.runId})`
    }
    if (words.includes("boom")) return yield* Effect.die(new Error("boom: a secret of the house"))
    if (words.includes("refuse"))
      return yield* Effect.fail(Pipeline.refuse([refused.raise({ word: "refuse" }), refused.raise({ word: "again" })]))
    if (words.includes("race")) {
      const ready = yield* sql`SELECT 1 FROM effects WHERE name = 'write:ready'`
      if (ready.length === 0) return yield* Effect.fail(Pipeline.refuse([race.raise()], { waitFor: ["document:x"] }))
    }
    if (words.includes("park") && context.given["place"] === undefined) {
      const park = { reason: "waits for a place", until: Duration.days(30) }
      return yield* Effect.fail(Pipeline.refuse([parked.raise()], { park }))
    }
    const answers = words.includes("silent")
      ? []
      : [{ to: "other", controlNumber: context.controlNumber(0), value: words.join(" ") }]
    return { answers, warnings: [], touched: words.includes("touch") ? ["document:x"] : [] }
  }),
  reply: {
    type: "TEXT_ANSWER",
    map: "TEXT_ANSWER_1",
    schema: import.meta.filename,
    extension: "txt",
    check: [Rule.check<string>(unsendable, (value) => (value.includes("unsendable") ? [unsendable.raise()] : []))],
    write: (value: string) => Effect.succeed(new TextEncoder().encode(value))
  },
  patience: { every: Duration.minutes(15), until: Duration.hours(2) }
})

const format: Pipeline.Format = {
  name: "text",
  rules: [],
  sniff: (bytes) => {
    const header = parse(decode(bytes))?.header
    return Effect.succeed({
      root: "text",
      envelope: { sender: header?.sender, receiver: header?.receiver, controlNumber: header?.controlNumber }
    })
  },
  inspect: () => Effect.succeed(Findings.none),
  annotate: (bytes) => Effect.succeed({ bytes, kind: "document" })
}

const report: Pipeline.Sends<Report> = {
  type: "IE_PROCESSING_RESPONSE",
  map: "TEXT_REPORT_1",
  schema: import.meta.filename,
  extension: "xml",
  check: [],
  write: (value) => Effect.succeed(json(value))
}

/** One installation's worth of pipelines: these, over text. */
export const registryOf = <E, R>(pipelines: ReadonlyArray<Pipeline.Pipeline<E, R>>) =>
  Registry.layer({ pipelines, formats: [], fallback: format, report: () => report })

export const registry = registryOf([pipeline])

/** Companies that speak for themselves only; `keen` wants to hear of successes. */
const view: PartiesView = {
  speaksFor: (company, sender) => company === sender,
  wantsSuccess: (company) => company === "keen",
  counterpart: (company, { from, receiver }) => (company === from ? receiver : from),
  nameOf: (company) => company,
  numberOf: (company) => company,
  reportNamespace: "urn:test"
}

export const parties = Layer.succeed(Parties, { view: Effect.succeed(view) })
