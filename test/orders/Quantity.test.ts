/** Sums of quantities: what people get on paper, whatever floating point makes of it. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as Quantity from "../../src/orders/Quantity.ts"

describe("Quantity", () => {
  it("adds like people do", () => {
    assert.strictEqual(Quantity.sum([0.1, 0.2]), 0.3)
    assert.deepStrictEqual(
      [
        ...Quantity.sums([
          ["a", 0.1],
          ["b", 1],
          ["a", 0.2]
        ])
      ],
      [
        ["a", 0.3],
        ["b", 1]
      ]
    )
    assert.strictEqual(Quantity.sum([]), 0)
  })

  it.effect.prop(
    "gives the exact sum of quantities with four decimals",
    [Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: -1e7, maximum: 1e7 })))],
    ([tenThousandths]) =>
      Effect.sync(() => {
        const exact = tenThousandths.reduce((total, each) => total + each, 0)
        assert.strictEqual(
          Math.round(Quantity.sum(tenThousandths.map((each) => each / 10_000)) * 10_000),
          exact === 0 ? 0 : exact
        )
      })
  )
})
