/** What was found about a document, however much it is. */
import { assert, describe, it } from "@effect/vitest"
import { Judgement } from "../../src/orders/Judgement.ts"
import * as Rules from "../../src/orders/TradeRules.ts"

describe("Judgement", () => {
  it("keeps 200,000 findings of each kind, more than a call takes arguments", () => {
    const judgement = new Judgement()
    const finding = Rules.orderUnknown.raise({ kind: "Purchase order", number: "PO-1" }, { path: "" })
    judgement.addAll(Array.from({ length: 200_000 }, () => finding))
    for (let count = 0; count < 200_000; count += 1) judgement.desk(finding)
    assert.strictEqual(judgement.judge(undefined, "client", false, "").errors.length, 400_000)
    assert.strictEqual(judgement.judge({ by: "mara", reason: "seen" }, "client", true, "").warnings.length, 200_000)
  })
})
