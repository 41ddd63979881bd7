/** The line of a file where a number stands: whole, bare, and not as part of another one. */
import { assert, describe, it } from "@effect/vitest"
import * as SourceLine from "../../src/cli/SourceLine.ts"

const lineOf = (text: string, value: string) => SourceLine.of(new TextEncoder().encode(text), value)
const value = "01008820250103382112345"

describe("SourceLine", () => {
  it("finds the whole text", () => {
    assert.strictEqual(lineOf(`<a>\n<Serial>${value}6</Serial>\n<Serial>${value}</Serial>\n</a>`, value), 3)
  })

  it("finds the bare serial, as X12 and CSV write it", () => {
    assert.strictEqual(lineOf("ISA*00~\nN9*SE*123456~\nN9*SE*12345~\n", value), 3)
  })

  it("is silent where the document does not write it", () => {
    for (const text of ["", "ReferenceIdentifier A1", "N9*SE*X12345~", "N9*SE*12345X~"])
      assert.isUndefined(lineOf(text, value))
  })

  it("takes a text that is no number as it is", () => {
    assert.strictEqual(lineOf("a\r\nb\r\nsome text", "some text"), 3)
  })
})
