/**
 * The 997 for what was received: accepted or rejected as a whole, with the codes and positions of what was found.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Findings from "../../src/engine/Findings.ts"
import type { RunContext } from "../../src/engine/Pipeline.ts"
import * as Rule from "../../src/engine/Rule.ts"
import { acknowledged } from "../../src/engine/X12Acknowledge.ts"
import * as X12Message from "../../src/engine/X12Message.ts"
import * as X12 from "../../src/formats/X12.ts"
import { bytes, compose, receipt } from "../formats/X12Samples.ts"

const context: RunContext = {
  messageId: 17,
  runId: 1,
  type: "X12",
  fileName: "944.edi",
  clock: new Date("2026-11-24T09:00:00Z"),
  company: "fir",
  given: {},
  controlNumber: (index) => `20261124090000017${index === 0 ? "" : `-${index}`}`
}

const accepts = X12Message.accepts({
  set: X12.set944,
  map: "TEST_944",
  file: import.meta.filename,
  dialect: () => Effect.succeed({ unknownSegments: "error" as const }),
  canonical: (interchange) => ({ header: X12.envelopeOf(interchange) })
})

/** The segments of the 997 for a text, with findings besides those of the format. */
const answer = Effect.fnUntraced(function* (text: string, more: ReadonlyArray<Rule.Violation> = []) {
  const { canonical, findings: read } = yield* accepts.read(bytes(text))
  const findings = Findings.merge(read, Findings.of(more))
  const told = { bytes: bytes(text), canonical, findings, context, firstIndex: 2 }
  const outputs = yield* acknowledged(X12.set944).write(told)
  const [output] = outputs
  if (output === undefined) return undefined
  assert.deepStrictEqual(output.findings.errors, [])
  assert.strictEqual(output.to, "fir")
  const segments = new TextDecoder().decode(output.bytes).split("~")
  return segments.filter((segment) => /^AK/u.test(segment))
})

/** What a 997 says of a group and its only set when one text of the interchange is another. */
const changed = (from: string, to: string) =>
  Effect.map(answer(compose().replace(from, to)), (segments = []) =>
    segments.filter((segment) => /^(?:AK1|AK5|AK9)/u.test(segment)).join("~")
  )

const foreign = Rule.define({
  id: "test/foreign",
  class: 1,
  element: "lot",
  text: "Wrong.",
  source: "test",
  situation: "test",
  example: { test: "test/engine/X12Acknowledge.test.ts" }
})

describe("X12Acknowledge", () => {
  it.effect("accepts every set of every group", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* answer(compose({}, receipt, receipt)), [
        "AK1*RE*17",
        "AK2*944*0001",
        "AK5*A",
        "AK2*944*0002",
        "AK5*A",
        "AK9*A*2*2*2"
      ])
    })
  )

  it.effect("rejects all of an interchange with an error, and says which set has it and where", () =>
    Effect.gen(function* () {
      const text = compose({}, receipt, receipt)
      const broken =
        text.slice(0, text.lastIndexOf("ST*")) +
        text.slice(text.lastIndexOf("ST*")).replace("W07*2*EA", "W07*x*E").replace("W14*2~", "")
      assert.deepStrictEqual(yield* answer(broken), [
        "AK1*RE*17",
        "AK2*944*0001",
        "AK5*R",
        "AK2*944*0002",
        "AK3*W07*4**8",
        "AK4*1*413*6*x",
        "AK4*2*355*4*E",
        "AK3*W14*8**3",
        "AK5*R*4*5",
        "AK9*R*2*2*0"
      ])
    })
  )

  it.effect("gives findings of the message's own rules a place too", () =>
    Effect.gen(function* () {
      const more = [
        foreign.raise({ path: "/GS[1]/ST[1]/N9@5/N902", value: "L7" }),
        foreign.raise({ path: "/GS[1]/ST[1]/W07@4", value: "2" })
      ]
      assert.deepStrictEqual(yield* answer(compose(), more), [
        "AK1*RE*17",
        "AK2*944*0001",
        "AK3*W07*4**2",
        "AK3*N9*5**8",
        "AK4*2*127*7*L7",
        "AK5*R*5",
        "AK9*R*1*1*0"
      ])
    })
  )

  it.effect("repeats bad data only where it can be written", () =>
    Effect.gen(function* () {
      const broken = compose().replace("W07*2*", "W07*1>2*")
      assert.include((yield* answer(broken)) ?? [], "AK4*1*413*6")
      const long = compose().replace("N9*LT*L7", `N9*LT*${"L".repeat(120)}`)
      assert.include((yield* answer(long)) ?? [], "AK4*2*127*5")
    })
  )

  it.effect("answers with the partner's own delimiters and swaps the sides", () =>
    Effect.gen(function* () {
      const text = compose({ delimiters: { element: "~", segment: "!", component: '"' } })
      const { canonical, findings } = yield* accepts.read(bytes(text))
      const [output] = yield* acknowledged(X12.set944).write({
        bytes: bytes(text),
        canonical,
        findings,
        context,
        firstIndex: 0
      })
      const { interchange, issues } = X12.read(output?.bytes ?? new Uint8Array(), X12.set997)
      assert.deepStrictEqual(issues, [])
      assert.deepStrictEqual([interchange?.sender.id, interchange?.receiver.id], ["ELM", "FIR"])
      assert.strictEqual(interchange?.controlNumber, "000001700")
    })
  )

  it.effect("sends nothing where nobody can be answered, nor for acknowledgments", () =>
    Effect.gen(function* () {
      assert.isUndefined(yield* answer("not x12"))
      assert.isUndefined(yield* answer(compose().replace("GS*RE", "GS*FA")))
    })
  )

  it.effect("has a word for bad counts and control numbers, and names a group whose name cannot be read", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* changed("GE*1*", "GE*-1*"), "AK1*RE*17~AK5*R~AK9*R*1*1*0*5")
      assert.strictEqual(yield* changed("GE*1*", "GE*one*"), "AK1*RE*17~AK5*R~AK9*R*1*1*0*5")
      assert.strictEqual(yield* changed("SE*9*", "SE*-9*"), "AK1*RE*17~AK5*R*4~AK9*R*1*1*0")
      assert.strictEqual(yield* changed("SE*9*0001", "SE*9*1"), "AK1*RE*17~AK5*R*3*7~AK9*R*1*1*0")
      assert.strictEqual(yield* changed("IEA*1*", "IEA*-1*"), "AK1*RE*17~AK5*R~AK9*R*1*1*0")
      assert.strictEqual(yield* changed("GS*RE*", "GS**"), "AK1*RE*17~AK5*R~AK9*R*1*1*0*1")
      assert.strictEqual(yield* changed("ST*944*", "ST**"), "AK1*RE*17~AK5*R*6~AK9*R*1*1*0")
      assert.strictEqual(yield* changed("*004010~ST", "*003050~ST"), "AK1*RE*17~AK5*R~AK9*R*1*1*0*2")
    })
  )

  it.effect("rejects a file of two million segments by its envelopes", () =>
    Effect.gen(function* () {
      const text = compose().replace("W14*", `${"Z~".repeat(2_000_000)}W14*`)
      assert.deepStrictEqual(yield* answer(text), ["AK1*RE*17", "AK2*944*0001", "AK5*R", "AK9*R*1*1*0"])
    })
  )
})
