/**
 * Every capability of the documents on lots and serial numbers is shown by a case or a test, and every setting of the
 * serial desk belongs to one.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Checklist from "../../scripts/checklist.ts"
import { deskSettings } from "../../src/partners/WorldOrders.ts"

describe("capabilities of lots and serial numbers", () => {
  it("are each shown by a case or a test", () => {
    const missing = Checklist.shown().filter(({ cases, tests }) => cases.length + tests.length === 0)
    assert.deepStrictEqual(
      missing.map(({ id }) => id),
      []
    )
  })

  it("name every setting of the desk but the one that is ours alone", () => {
    const named = new Set<string>(Checklist.capabilities.flatMap(({ settings }) => settings))
    assert.deepStrictEqual(
      deskSettings.filter((setting) => !named.has(setting)),
      ["ignoreSerialCase"]
    )
  })

  it("have ids that are told once", () => {
    const ids = Checklist.capabilities.map(({ id }) => id)
    assert.strictEqual(new Set(ids).size, ids.length)
  })
})
