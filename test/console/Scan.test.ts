/** What tells a scanner from a person, by itself. */
import { describe, expect, it } from "vitest"
import * as Scan from "../../src/console/client/Scan.ts"

const key = (key: string, more: Partial<Scan.Key> = {}): Scan.Key => ({
  key,
  code: "",
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...more
})

describe("FNC1", () => {
  it.each([
    ["the character", key("\u001d")],
    ["F8", key("F8")],
    ["Ctrl+]", key("]", { ctrlKey: true })],
    ["Ctrl and the key where ] is on a US keyboard", key("+", { ctrlKey: true, code: "BracketRight" })]
  ])("is %s", (_, pressed) => expect(Scan.isGs(pressed)).toBe(true))

  it.each([
    ["]", key("]", { code: "BracketRight" })],
    ["AltGr+9, which is ] on a German keyboard", key("]", { ctrlKey: true, altKey: true, code: "Digit9" })],
    ["F7", key("F7")],
    ["Ctrl+C", key("c", { ctrlKey: true, code: "KeyC" })]
  ])("is not %s", (_, pressed) => expect(Scan.isGs(pressed)).toBe(false))

  it("is shown by a sign that the service reads", () => expect(Scan.shown("a\u001db\u001d")).toBe("a␝b␝"))
})

describe("a burst", () => {
  const every = (gap: number, count: number) => Array.from({ length: count }, (_, n) => 1000 + n * gap)
  it.each([
    [every(5, 40), true],
    [every(50, 9), true],
    [every(5, 8), false],
    [every(60, 40), false],
    [[], false],
    // Scanned after a person had typed something; typed after a scan.
    [[0, 500, ...every(5, 20)], true],
    [[...every(5, 20), 5000], false]
  ])("%j: %s", (times, is) => expect(Scan.isBurst(times)).toBe(is))
})

describe("a key", () => {
  it("writes a character or does not", () => {
    expect([key("a"), key("é"), key("😀"), key(" ")].map(Scan.isCharacter)).toEqual([true, true, true, true])
    expect([key("Enter"), key("a", { ctrlKey: true }), key("v", { metaKey: true })].map(Scan.isCharacter)).toEqual([
      false,
      false,
      false
    ])
  })
})
