/** Amounts as people write them. */
import { assert, it } from "@effect/vitest"
import { money } from "../../src/formats/Money.ts"

it("writes two decimals, more where there are more, and no zeros that say nothing", () => {
  const written = [
    ["5.000000", "5.00"],
    ["5", "5.00"],
    ["0.5", "0.50"],
    ["0.125000", "0.125"],
    ["-4.500000", "-4.50"],
    ["1000.000000", "1000.00"],
    ["0.000001", "0.000001"],
    ["007.5", "7.50"],
    ["-00.50", "-0.50"]
  ] as const
  for (const [kept, shown] of written) assert.strictEqual(money(kept), shown)
})
