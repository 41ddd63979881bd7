/** Reports with a row for each serial: exactly the documented columns, and what stands in them. */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as ReportData from "../../bench/ReportData.ts"
import * as Shop from "./Shop.ts"

const { serial } = ReportData
const whole = (n: number) => `01${ReportData.gtin}21${serial(n)}`

layer(Shop.layer, { excludeTestServices: true })("serial reports", (it) => {
  it.effect("SC-50: the panel has the documented columns, and what each serial went through", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Shop.headingsOf("serial-panel"), [
        "SERIAL NUMBER",
        "PO",
        "ORDER ID",
        "ORDER ITEM ID",
        "CREDIT MEMO",
        "CREDIT MEMO REASON",
        "WAREHOUSE",
        "BIN NAME",
        "FBA SHIPMENT",
        "WH TRANSF. #",
        "EXP. DATE",
        "HISTORY"
      ])
      const rows = yield* Shop.rowsOf("serial-panel", { product: ["AMX-500"] })
      assert.strictEqual(rows.length, Shop.serials)
    })
  )
})
