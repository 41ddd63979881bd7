/**
 * Serials as people and scanners write them: one text whatever was around them, one identity a product, and the way back
 * to what people know.
 */
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import * as SerialText from "../../src/orders/SerialText.ts"
import { gtin14 } from "../../src/orders/TradeIndex.ts"
import * as World from "../../src/partners/World.ts"

const product = (id: string, codes: ReadonlyArray<{ type: string; value: string }>): World.Product =>
  Schema.decodeSync(World.Product)({ id, owner: "elm", name: id, packagingLevel: "EA", codes })

const scanner = product("scanner", [
  { type: "SKU", value: "SCAN 1/2" },
  { type: "GTIN-14", value: "00614141101016" }
])
const cable = product("cable", [{ type: "SKU", value: "CABLE:2M" }])

describe("a scanned serial", () => {
  it("is the same with blanks, brackets, separators and a symbology identifier around it", () => {
    const texts = [
      "AB12",
      "  AB12 ",
      "010061414110101621AB12",
      "(01)00614141101016(21)AB12",
      "]d2010061414110101621AB12",
      "\u001d010061414110101621AB12\u001d10LOT1"
    ]
    assert.deepStrictEqual(
      texts.map((text) => SerialText.scanned(text, false).serial),
      texts.map(() => "AB12")
    )
  })

  it("keeps its case unless case is ignored", () => {
    assert.strictEqual(SerialText.scanned("ab12", false).serial, "ab12")
    assert.strictEqual(SerialText.scanned("ab12", true).serial, "AB12")
  })

  it("names the GTIN it was read with, right or wrong", () => {
    assert.strictEqual(SerialText.scanned("010061414110101621S1", false).gtin, "00614141101016")
    assert.strictEqual(SerialText.scanned("010061414110101021S1", false).gtin, "00614141101010")
    assert.isUndefined(SerialText.scanned("S1", false).gtin)
  })

  it("that begins like a bar code and is none is a serial", () => {
    assert.deepStrictEqual(SerialText.scanned("(01)x", false), { serial: "(01)x" })
    assert.deepStrictEqual(SerialText.scanned("]d2", false), { serial: "]d2" })
  })
})

describe("the identity of a serial", () => {
  it("is under the GTIN where the serial may stand in AI 21, else under company and SKU", () => {
    assert.strictEqual(SerialText.identity(scanner, "S1"), "010061414110101621S1")
    assert.strictEqual(SerialText.identity(scanner, "S 1"), "sku:elm:SCAN%201%2F2:S 1")
    assert.strictEqual(SerialText.identity(scanner, "x".repeat(21)), `sku:elm:SCAN%201%2F2:${"x".repeat(21)}`)
    assert.strictEqual(SerialText.identity(cable, "S1"), "sku:elm:CABLE%3A2M:S1")
  })

  it("is nothing for an empty serial, and for a product without codes", () => {
    assert.isUndefined(SerialText.identity(scanner, ""))
    assert.isUndefined(SerialText.identity(product("none", []), "S1"))
  })

  it.prop(
    "leads back to the serial, and tells serials apart",
    [Schema.NonEmptyString, Schema.NonEmptyString],
    ([a, b]) => {
      for (const one of [scanner, cable]) {
        const [first = "", other = ""] = [SerialText.identity(one, a), SerialText.identity(one, b)]
        assert.strictEqual(SerialText.serialOf(first), a)
        assert.strictEqual(first === other, a === b)
      }
    }
  )
})

describe("a wrong bar code", () => {
  it("is a UPC, EAN or GTIN of the product, however padded", () => {
    for (const text of ["614141101016", "0614141101016", "00614141101016"])
      assert.isTrue(SerialText.isCode(text, "00614141101016"), text)
    for (const text of ["61414110101", "614141101017", "614141101016A", ""])
      assert.isFalse(SerialText.isCode(text, "00614141101016"), text)
  })

  it("has 8, 12, 13 or 14 digits", () => {
    assert.strictEqual(gtin14("12345670"), "00000012345670")
    for (const text of ["", "1234567", "123456789", "1234567890", "12345678901", "123456789012345", "１２３４５６７０"])
      assert.isUndefined(gtin14(text), text)
  })
})
