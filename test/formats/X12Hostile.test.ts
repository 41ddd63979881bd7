/**
 * X12 against bytes of any kind: garbage, pieces, cuts, floods and limits; it never throws and never stays silent.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as X12 from "../../src/formats/X12.ts"
import { brief, bytes, compose, read } from "./X12Samples.ts"

const whole = compose()
const rules = (text: string, options?: X12.ReadOptions) => read(text, options).issues.map(({ rule }) => rule)
const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/** Pieces of interchanges in any order: nearer to the grammar than random text. */
const Pieces = Schema.Array(
  Schema.Literals([
    "ISA",
    "GS*RE*A*B*20260101*0900*1*X*004010~",
    "ST*944*0001~",
    "SE*1*0001~",
    "GE*1*1~",
    "IEA*1*000000017~",
    "~",
    "*",
    ">",
    "W07*1*EA**VN*X~",
    "N9*SE*1~",
    "N9",
    "LS*1~",
    "LX*1~",
    "LE*1~",
    "W14*1~",
    "\n",
    "\u0000",
    "é",
    " ",
    "ZZZ*1~"
  ])
)

describe("X12 against hostile input", () => {
  it.effect.prop(
    "never throws, and never says nothing, whatever the bytes",
    [Schema.Array(between(0, 255))],
    ([found]) =>
      Effect.sync(() => {
        const garbage = Uint8Array.from(found)
        assert.isNotEmpty(X12.read(garbage, X12.set944).issues)
        X12.sniff(garbage)
        X12.claims(garbage)
        X12.locate(garbage, ["/GS[1]/ST[1]/N9@1/N902"])
        X12.outline(garbage)
      })
  )

  it.effect.prop("never throws on pieces of interchanges behind a good header", [Pieces], ([pieces]) =>
    Effect.sync(() => {
      const text = `${whole.slice(0, whole.indexOf("GS"))}${pieces.join("")}`
      X12.read(bytes(text), X12.set940)
      X12.read(bytes(text), X12.set944)
      X12.read(bytes(text), X12.set945)
      X12.read(bytes(text), X12.set856)
      X12.read(bytes(text), X12.set997)
      X12.locate(bytes(text), ["/GS[1]/ST[1]/N9@3/N902"])
    })
  )

  it.effect.prop("tells of every interchange that was cut off", [between(0, whole.length - 2)], ([length]) =>
    Effect.sync(() => assert.isNotEmpty(rules(whole.slice(0, length))))
  )

  it.effect.prop(
    "reads a changed byte without a throw",
    [between(0, whole.length - 1), between(0, 255)],
    ([at, byte]) =>
      Effect.sync(() => {
        const changed = bytes(whole)
        changed[at] = byte
        X12.read(changed, X12.set944)
        X12.sniff(changed)
      })
  )

  it("says what is no interchange at all", () => {
    assert.deepStrictEqual(rules(""), ["x12/empty"])
    assert.deepStrictEqual(rules(" \r\n"), ["x12/empty"])
    assert.deepStrictEqual(rules("UNB+UNOA:1+A+B'"), ["x12/not-x12"])
    for (const header of [
      "ISA",
      "ISA*00*",
      "ISAAAAAAAA",
      whole.slice(0, 105),
      whole.replaceAll("~", "*"),
      whole.replaceAll("~", "A")
    ])
      assert.deepStrictEqual(rules(header), ["x12/header"], header)
  })

  it("names a foreign encoding, and passes over what fills a file up", () => {
    const utf16 = Buffer.from(whole, "utf16le")
    for (const [encoding, found] of [
      ["UTF-16", utf16],
      ["UTF-16", Buffer.from(utf16).swap16()],
      ["EBCDIC", Buffer.from([0xc9, 0xe2, 0xc1, 0x5c])]
    ] as const) {
      const [issue] = X12.read(found, X12.set944).issues
      assert.strictEqual(issue?.rule, "x12/not-x12")
      assert.include(issue?.message, encoding)
    }
    for (const end of ["\u0000".repeat(300), "\u001A", "\r\n\u001A\u0000"])
      assert.deepStrictEqual(rules(whole + end), [])
  })

  it("stops at its limits with one word, and not half a report", () => {
    assert.deepStrictEqual(rules(whole, { limits: { maxBytes: 10 } }), ["x12/too-large"])
    assert.deepStrictEqual(rules(whole, { limits: { maxSegments: 5 } }), ["x12/too-many-segments"])
    assert.deepStrictEqual(rules(whole.replace("Fir hall", "F".repeat(30_000))), ["x12/segment-too-long"])
  })

  it("counts every error of a file of errors and keeps the first details", () => {
    const text = whole.replace("N9*SE*0001~", "ZZZ*1~".repeat(50_000))
    const { issues, totals } = read(text)
    assert.strictEqual(totals["x12/segment-unknown"], 50_000)
    assert.lengthOf(
      issues.filter(({ rule }) => rule === "x12/segment-unknown"),
      1000
    )
  })

  it("gets through hundreds of thousands of segments, groups and elements that fit nowhere", () => {
    const count = 200_000
    assert.isNotEmpty(rules(whole.replace("GS*", `${"GS*~".repeat(count)}GS*`)))
    assert.isNotEmpty(rules(whole.replace("SE*9*0001~", "ST*944*0001~".repeat(count))))
    assert.isNotEmpty(rules(whole.replace("N9*SE*0001", `N9*SE*0001${"*".repeat(15_000)}x`)))
    assert.isNotEmpty(rules(whole.replace("W14", `${"LS*1~LX*1~".repeat(count)}W14`)))
    assert.isNotEmpty(rules(`${whole}${"\r\n".repeat(count)}${"ISA~".repeat(count)}`))
  })

  it("takes values for values: no patterns, no markup, no numbers that are none", () => {
    assert.deepStrictEqual(brief(read(whole.replace("Fir hall", "<script>[text]$&"))), [
      "x12/element-character /GS[1]/ST[1]/N1@3/N102 1:189"
    ])
    assert.deepStrictEqual(rules(whole.replace("W07*2*", "W07*1e3*")), ["x12/element-character"])
    assert.deepStrictEqual(rules(whole.replace("W07*2*", "W07*-*")), ["x12/element-character"])
  })

  it("tells of elements that exclude each other", () => {
    const { rules: known } = { rules: X12.x12Rules.map(({ id }) => id) }
    assert.include(known, "x12/element-exclusion")
    assert.deepStrictEqual(X12.ackCodes("x12/element-exclusion"), { segment: "8", element: "10", set: "5" })
    assert.isUndefined(X12.ackCodes("orders/no-lines"))
  })
})
