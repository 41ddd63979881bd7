import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as SerialState from "../../src/serials/SerialState.ts"

const operation = Schema.Literals(SerialState.operations)

/** The arrows of the documented life cycle, written out once more by hand. */
const documented: ReadonlyArray<readonly [SerialState.SerialState, SerialState.SerialState]> = [
  ["unreserved", "reserved"],
  ["reserved", "encoded"],
  ["reserved", "commissioned"],
  ["reserved", "deactivated"],
  ["encoded", "commissioned"],
  ["commissioned", "decommissioned"],
  ["commissioned", "destroyed"],
  ["decommissioned", "commissioned"]
]

describe("SerialState", () => {
  it("lists every operation of the table", () => {
    assert.deepStrictEqual([...SerialState.operations].sort(), Object.keys(SerialState.transitions).sort())
  })

  it("has the documented arrows and no others", () => {
    const arrows = SerialState.serialStates.flatMap((from) =>
      SerialState.operations.flatMap((operation) => {
        const to = SerialState.after(from, operation)
        return to === undefined || to === from ? [] : [`${from} > ${to}`]
      })
    )
    assert.deepStrictEqual([...new Set(arrows)].sort(), documented.map(([from, to]) => `${from} > ${to}`).sort())
  })

  it("transfers reserved and encoded numbers only, and ends where the documents say it does", () => {
    assert.deepStrictEqual(SerialState.sources("transfer"), ["reserved", "encoded"])
    assert.deepStrictEqual(SerialState.serialStates.filter(SerialState.isFinal), ["destroyed", "deactivated"])
  })

  it.effect.prop("no sequence of operations leaves the table", [Schema.Array(operation)], ([sequence]) =>
    Effect.sync(() => {
      let state: SerialState.SerialState = "unreserved"
      for (const one of sequence) {
        const before: SerialState.SerialState = state
        const next = SerialState.after(before, one)
        assert.strictEqual(next !== undefined, SerialState.allowed(before, one))
        state = next ?? before
        if (state !== before) assert.isTrue(documented.some(([from, to]) => from === before && to === state))
        if (SerialState.isFinal(before)) assert.strictEqual(state, before)
      }
    })
  )
})
