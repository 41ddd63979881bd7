/** Codes of product identifiers in every spelling that scanners send, and what is said of those that lack something. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import * as Gs1 from "../../src/formats/Gs1.ts"
import { read } from "../../src/verification/ScannedCode.ts"

const gs = "\u001d"
const unit = { gtin: "00388888020205", serial: "S-1/7ABCDEFG", lot: "L1234567", expiry: "301130" }
const elements = { "01": unit.gtin, "21": unit.serial, "10": unit.lot, "17": unit.expiry }
type Ai = keyof typeof elements
const ais: ReadonlyArray<Ai> = ["01", "21", "10", "17"]

const orders = (rest: ReadonlyArray<Ai>): ReadonlyArray<ReadonlyArray<Ai>> =>
  rest.length === 0 ? [[]] : rest.flatMap((ai) => orders(rest.filter((other) => other !== ai)).map((o) => [ai, ...o]))
const open = (ai: Ai): boolean => ai === "21" || ai === "10"

describe("a code", () => {
  it("is read in any order, with parentheses, with FNC1, and without it", () => {
    for (const order of orders(ais)) {
      const bracketed = order.map((ai) => `(${ai})${elements[ai]}`).join("")
      const separated = order.map((ai) => `${ai}${elements[ai]}${open(ai) ? gs : ""}`).join("")
      const bare = order.map((ai) => `${ai}${elements[ai]}`).join("")
      for (const text of [
        bracketed,
        separated,
        `]d2${separated}`,
        `]C1${separated}`,
        `${gs}${separated}`,
        bare,
        `]d2${bare}`,
        ...["<GS>", "<gs>", "{GS}", "\\x1d", "~d029"].map((word) => `]d2${separated.replaceAll(gs, word)}`)
      ]) {
        assert.deepStrictEqual(read(text), Result.succeed(unit), text)
      }
    }
  })

  it("is read as it is printed for people, blanks and lines and all", () => {
    const printed = ` (01) ${elements["01"]}\n(21) ${elements["21"]}\r\n(17)\u00a0${elements["17"]} (10) ${elements["10"]} `
    assert.deepStrictEqual(read(printed), read(printed.replace(/\s/gu, "")))
    assert.isTrue(Result.isSuccess(read(printed)))
  })

  it("may have a serial number that looks like a spelled FNC1", () => {
    const serial = "A<GS>10B"
    for (const text of [
      `01${unit.gtin}21${serial}${gs}10L1${gs}17301130`,
      `(01)${unit.gtin}(21)${serial}(10)L1(17)301130`
    ])
      assert.deepStrictEqual(read(text), Result.succeed({ ...unit, serial, lot: "L1" }))
    // No AI is called A2.
    assert.isTrue(Result.isFailure(read(`01${unit.gtin}1730113010L<GS>A21S`)))
    const lacking = read(`01${unit.gtin}21S1<GS>10L1`)
    assert.isTrue(Result.isFailure(lacking) && lacking.failure.message === "The code lacks expiration date (17).")
  })

  it("is read from a Digital Link", () => {
    const serial = encodeURIComponent(unit.serial)
    for (const link of [
      `https://id.example.com/01/${unit.gtin}/10/${unit.lot}/21/${serial}?17=301130`,
      `https://id.example.com/gtin/${unit.gtin}/lot/${unit.lot}/ser/${serial}?exp=301130`,
      `https://vrs.example.com/verify/gtin/${unit.gtin}/lot/${unit.lot}/ser/${serial}?exp=301130&linkType=verificationService`
    ]) {
      assert.deepStrictEqual(read(link), Result.succeed(unit), link)
    }
  })

  it("that lacks parts is told which", () => {
    const names = {
      "01": "product code (01)",
      "21": "serial number (21)",
      "10": "lot number (10)",
      "17": "expiration date (17)"
    }
    for (const lacking of ais) {
      const text = ais
        .filter((ai) => ai !== lacking)
        .map((ai) => `(${ai})${elements[ai]}`)
        .join("")
      const missing = [names[lacking]]
      const message = `The code lacks ${names[lacking]}.`
      assert.deepStrictEqual(read(text), Result.fail({ _tag: "Lacks", missing, message }))
    }
    const empty = read("")
    assert.isTrue(Result.isFailure(empty) && empty.failure._tag === "Lacks" && empty.failure.missing.length === 4)
  })

  it("that can be read in several ways without FNC1 is refused, and that is none too", () => {
    // Lot A, serial 10B... or lot A2110B...: without separators nobody can tell.
    const text = `01${unit.gtin}17301130${"10A21B"}${"21C"}`
    const found = read(text)
    assert.isTrue(Result.isFailure(found) && found.failure._tag === "Ambiguous", JSON.stringify(found))
    for (const nothing of ["hello", "(01)123", `(01)${unit.gtin}(21)S 1(10)L(17)301130`, "https://example.com/"]) {
      assert.isTrue(Result.isFailure(read(nothing)), nothing)
    }
    assert.deepStrictEqual(
      read(`01${unit.gtin}${gs}21S1${gs}10L1${gs}17301130`),
      Result.succeed({ ...unit, serial: "S1", lot: "L1" })
    )
  })

  it("that lacks a part is not cut into one that has all", () => {
    const setIt = "or the scanner left out FNC1: set it to send FNC1 (ASCII 29)."
    const lacking = (text: string) => {
      const found = read(text)
      return Result.isFailure(found) && found.failure._tag === "Lacks" ? found.failure : assert.fail(text)
    }
    // Serial number 400010000001 and no lot, or 4000 of lot 000001.
    const found = lacking("01009923260501211727123121400010000001")
    assert.deepStrictEqual(found.missing, ["lot number (10)"])
    assert.strictEqual(found.message, `The code lacks lot number (10), ${setIt}`)
    assert.deepStrictEqual(lacking(`01${unit.gtin}1730113010A121B`).missing, ["serial number (21)"])
    assert.strictEqual(
      lacking(`01${unit.gtin}21S110L117301130`).message,
      `The code lacks lot number (10), expiration date (17), ${setIt}`
    )
    assert.strictEqual(lacking(`01${unit.gtin}1730113021S1`).message, "The code lacks lot number (10).")
    assert.strictEqual(lacking(`01${unit.gtin}17301130${gs}21S10L1`).message, "The code lacks lot number (10).")
  })

  const cset82 = Schema.String.check(Schema.isPattern(/^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}$/u))
  it.effect.prop("comes back from its element string whatever stands in it", [cset82, cset82], ([serial, lot]) =>
    Effect.sync(() => {
      assert.isTrue(Gs1.isCset82(serial))
      const text = `01${unit.gtin}21${serial}${gs}10${lot}${gs}17301130`
      assert.deepStrictEqual(read(text), Result.succeed({ ...unit, serial, lot }))
    })
  )
})
