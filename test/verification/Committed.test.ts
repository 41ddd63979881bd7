/**
 * From a message to an answer: numbers that a packaging line puts to use, and takes out of it, go through journal, flow
 * and pipeline, and verification is asked before, inside and right behind the commit. There is nothing in between to wait for.
 */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Logger } from "effect"
import * as ConfigFile from "../../src/cli/ConfigFile.ts"
import * as Installation from "../../src/cli/Installation.ts"
import * as Verifying from "../../src/cli/Verifying.ts"
import * as WorldFile from "../../src/cli/WorldFile.ts"
import * as WorldImport from "../../src/cli/WorldImport.ts"
import { Checkpoint } from "../../src/engine/Checkpoint.ts"
import * as Flow from "../../src/engine/Flow.ts"
import * as Journal from "../../src/engine/Journal.ts"
import * as NumberQueries from "../../src/verification/NumberQueries.ts"
import { Verification } from "../../src/verification/Verification.ts"
import * as Database from "../Database.ts"

const samples = fileURLToPath(new URL("../../samples/snx-disposition-assigned", import.meta.url))
const gtin = "00992326050107"
const read = { gtin, lot: "A1710", expiry: "491231" } as const

/** What the text has once, made something else. */
const changed = (text: string, from: string, to: string): string => {
  assert.include(text, from)
  return text.replaceAll(from, to)
}

/** The line's world, in which the cartons are sold in the United States and may be verified. */
const world = () => {
  const verified = [
    ["role: producer", "role: producer\n    modules: { masterDataShare: producer, productVerification: producer }"],
    ["role: consumer", "role: consumer\n    modules: { masterDataShare: consumer, productVerification: consumer }"],
    ['value: "00992326050107" }] }', 'value: "00992326050107" }], markets: [{ country: US }] }']
  ] as const
  const text = verified.reduce(
    (all, [from, to]) => changed(all, from, to),
    readFileSync(`${samples}/world.yaml`, "utf8")
  )
  const rules =
    "dataRules:\n  - { id: alder-pharma, company: alder-pharma, masterData: [{ market: ALL }], verification: [{ market: US, itemStatuses: [all] }] }\n"
  return WorldFile.parse(`${text}\n${rules}`, "world.yaml")
}

/** The lot ends late enough for this test to outlive its authors. */
const assigned = () =>
  changed(
    changed(readFileSync(`${samples}/commission-only/message.xml`, "utf8"), "271231", "491231"),
    "2027-12-31",
    "2049-12-31"
  )

const updated = (serial: string, status: string, controlNumber: string) => {
  const text = readFileSync(`${samples}/decommissioned-again/decommission.xml`, "utf8")
  const about = changed(changed(text, "211001", `21${serial}`), "0000003008", controlNumber)
  return changed(about, "DECOMMISSIONED", status)
}

const installation = Verifying.layer.pipe(
  Layer.provideMerge(Installation.over),
  Layer.provideMerge(Layer.mergeAll(Installation.xml, Layer.fresh(Database.layer))),
  Layer.provideMerge(Installation.limits),
  Layer.provide(ConfigFile.layer(ConfigFile.none)),
  Layer.provideMerge(Logger.layer([]))
)

const line = Effect.gen(function* () {
  const context = yield* Layer.build(installation)
  const decoded = yield* Effect.fromResult(world())
  const imported = WorldImport.run(decoded, { actor: "test", why: "test", clock: new Date("2025-11-19T09:00:00Z") })
  yield* Effect.provideContext(imported, context)
  const { verify } = Context.get(context, Verification)
  const journal = Context.get(context, Journal.Journal)
  const flow = Context.get(context, Flow.Flow)

  /** The answer in a word. */
  const told = (serial: string) =>
    Effect.map(verify({ ...read, serial, asker: { _tag: "Company", company: "dogwood-wholesale" } }), (outcome) =>
      outcome._tag === "Answered" ? outcome.verdict.verified || (outcome.verdict.failureReason ?? "no") : outcome._tag
    )

  /** Processes one message; what is found behind its last step before the commit, by it and by everybody else. */
  const sent = Effect.fnUntraced(function* (type: string, text: string, serial: string) {
    const numbers = yield* Effect.provideContext(NumberQueries.make, context)
    const bytes = new TextEncoder().encode(text)
    yield* journal.receive({ channel: "test", company: "cedar-packaging", type, fileName: "message.xml", bytes })
    const [claimed] = yield* flow.claim(10)
    if (claimed === undefined) return assert.fail("nothing to do")
    const inside: Array<readonly [string | undefined, string | boolean]> = []
    const looking = Effect.gen(function* () {
      const [found] = yield* numbers.look([{ prefix: `01${gtin}21`, serial }])
      inside.push([found?.known?.state, yield* told(serial)])
    })
    const ended = yield* Effect.provideService(flow.process(claimed), Checkpoint, (step) =>
      step === "flow/finished" ? Effect.orDie(looking) : Effect.void
    )
    assert.deepStrictEqual(
      [ended?.verdict.outcome, ended?.verdict.findings.errors.map(({ text: said }) => said)],
      ["processed", []]
    )
    return inside.at(-1)
  })
  return { told, sent }
})

describe("a committed message", () => {
  it.live("makes its numbers verifiable in the transaction that commits it, and for everybody with it", () =>
    Effect.gen(function* () {
      const { told, sent } = yield* line
      assert.strictEqual(yield* told("1001"), "No_match_GTIN_Serial")
      const inside = yield* sent("SNX_DISPOSITION_ASSIGNED", assigned(), "1001")
      assert.deepStrictEqual(inside, ["commissioned", "No_match_GTIN_Serial"])
      assert.deepStrictEqual([yield* told("1001"), yield* told("1002")], [true, true])
      assert.strictEqual(yield* told("1003"), "No_match_GTIN_Serial")
    })
  )

  it.live("that takes numbers out of use changes the answer as soon", () =>
    Effect.gen(function* () {
      const { told, sent } = yield* line
      yield* sent("SNX_DISPOSITION_ASSIGNED", assigned(), "1001")
      const endings = [
        ["1001", "DESTROYED", "0000003108"],
        ["1002", "DECOMMISSIONED", "0000003109"]
      ] as const
      for (const [serial, status, controlNumber] of endings) {
        assert.strictEqual(yield* told(serial), true)
        const inside = yield* sent("SNX_DISPOSITION_UPDATED", updated(serial, status, controlNumber), serial)
        assert.deepStrictEqual(inside, [status.toLowerCase(), true])
        assert.strictEqual(yield* told(serial), "Manufacturer_policy")
      }
    })
  )
})
