/** Names of partners: whatever they are, what we write is safe, stable and short enough. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as FileNames from "../../src/channels/FileNames.ts"

describe("a safe name", () => {
  it.effect.prop("stays inside its folder, fits, and is the same every time", [Schema.String], ([name]) =>
    Effect.sync(() => {
      const safe = FileNames.safe(name)
      assert.notMatch(safe, /[\u0000-\u001f/\\:*?"<>|]|^\.|[.\s]$/u)
      assert.isAtLeast(safe.length, 1)
      assert.isAtMost(Buffer.byteLength(safe), 255)
      assert.strictEqual(FileNames.safe(safe), safe)
      assert.isTrue(safe.isWellFormed())
      assert.isAtMost(Buffer.byteLength(FileNames.archived(Number.MAX_SAFE_INTEGER, name)), 255)
    })
  )

  it("keeps what is harmless and the extension of what is too long", () => {
    assert.strictEqual(FileNames.safe("Lieferung 7 (größer).xml"), "Lieferung 7 (größer).xml")
    assert.strictEqual(FileNames.safe(".."), "_")
    assert.strictEqual(FileNames.safe(""), "_")
    assert.match(FileNames.safe(`${"数".repeat(200)}.xml`), /^数+\.xml$/u)
    assert.isAtMost(Buffer.byteLength(FileNames.safe(`${"数".repeat(200)}.xml`)), 255)
    assert.strictEqual(FileNames.safe(`a.${"x".repeat(400)}`).length, 255)
  })

  it("makes way for one that is taken", () => {
    assert.deepStrictEqual(
      [1, 2, 3].map((n) => FileNames.alternative("a.xml", n)),
      ["a.xml", "a.2.xml", "a.3.xml"]
    )
    assert.strictEqual(FileNames.alternative("plain", 2), "plain.2")
  })
})

describe("names", () => {
  it("tell finished files from those being written", () => {
    const unfinished = [".a", "a.tmp", "a.xml.PART", "a.filepart", "a~", "a.crdownload"]
    assert.isTrue(unfinished.every(FileNames.isUnfinished))
    assert.isFalse(["a.xml", "part.xml", "tmp", "a.tmp.xml"].some(FileNames.isUnfinished))
  })

  it("of folders are message types and company keys, or nothing", () => {
    assert.isTrue(["SNX_TRANSFER", "A", "EPCIS_2"].every(FileNames.isTypeFolder))
    assert.isFalse(["snx", "A B", "", "..", "A".repeat(65)].some(FileNames.isTypeFolder))
    assert.isTrue(["acme-printing", "3pl"].every(FileNames.isCompanyFolder))
    assert.isFalse(["..", "a/b", "-a", "A", ""].some(FileNames.isCompanyFolder))
  })

  it("that are no UTF-8 are spelled out", () => {
    assert.strictEqual(FileNames.textOf(Buffer.from([0x61, 0xff, 0x2e, 0x78])), "a%FF.x")
    assert.strictEqual(FileNames.textOf(Buffer.from("ü.xml")), "ü.xml")
  })
})
