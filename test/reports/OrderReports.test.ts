/** Reports about arrivals and orders: documented columns, filters, and the settings that show serials or hide them. */
import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import * as ReportData from "../../bench/ReportData.ts"
import { Configuration } from "../../src/partners/Configuration.ts"
import { World } from "../../src/partners/World.ts"
import type { DeskSettingName } from "../../src/partners/WorldOrders.ts"
import * as Shop from "./Shop.ts"

const { serial } = ReportData
const arrivals = [
  "PO #",
  "PO DATE",
  "VENDOR",
  "SKU",
  "PRODUCT NAME",
  "PRICE",
  "RECEIVED ON",
  "QTY RECEIVED",
  "QTY BEFORE RECEIVE",
  "RECEIVE INVOICE NUMBER"
]

/** Switches a setting of the shop's serial desk. */
const set = Effect.fnUntraced(function* (setting: DeskSettingName, on: boolean) {
  const configuration = yield* Configuration
  const deskSettings = [{ id: setting.toLowerCase(), setting, owner: "cedar-shop", on }]
  yield* configuration.import(yield* Schema.decodeEffect(World)({ deskSettings }), { actor: "test" })
})

layer(Shop.layer, { excludeTestServices: true })("order reports", (it) => {
  it.effect("SC-54: arrivals have the documented columns, a row for each line of a confirmed receipt", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Shop.headingsOf("arrivals"), arrivals)
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE trade_lines SET before = 12 WHERE document_id = (
        SELECT id FROM trade_documents WHERE number = 'R-2')`
      const rows = yield* Shop.rowsOf("arrivals")
      assert.strictEqual(rows.length, 2)
      assert.deepStrictEqual(rows[1], {
        "PO #": "PO-2",
        "PO DATE": "2026-10-01",
        VENDOR: "Alder Pharma",
        SKU: "AMX-500",
        "PRODUCT NAME": "Amoxil 500 mg",
        PRICE: "4.25",
        "RECEIVED ON": new Date("2026-10-06T11:05:00Z"),
        "QTY RECEIVED": "200",
        "QTY BEFORE RECEIVE": "12",
        "RECEIVE INVOICE NUMBER": "INV-7"
      })
      yield* sql`UPDATE trade_versions SET effective = false WHERE document_id = (
        SELECT id FROM trade_documents WHERE number = 'R-2')`
      assert.strictEqual((yield* Shop.rowsOf("arrivals")).length, 1)
      yield* sql`UPDATE trade_versions SET effective = true`
    })
  )

  it.effect("SC-54: arrivals are narrowed by vendor, manufacturer, product, warehouse, order and day", () =>
    Effect.gen(function* () {
      const count = (filters: Readonly<Record<string, unknown>>) =>
        Effect.map(Shop.rowsOf("arrivals", filters), (rows) => rows.length)
      assert.strictEqual(yield* count({ vendor: ["alder-pharma"] }), 2)
      assert.strictEqual(yield* count({ vendor: ["Alder Pharma"] }), 2)
      assert.strictEqual(yield* count({ vendor: ["elm-clinic"] }), 0)
      assert.strictEqual(yield* count({ manufacturer: "alder-pharma" }), 2)
      assert.strictEqual(yield* count({ manufacturer: "elm-clinic" }), 0)
      assert.strictEqual(yield* count({ product: ["KIT-1"] }), 0)
      assert.strictEqual(yield* count({ warehouse: ["front"] }), 0)
      assert.strictEqual(yield* count({ po: ["PO-2", "PO-3"] }), 1)
      assert.strictEqual(yield* count({ from: "2026-10-06", to: "2026-10-06" }), 2)
      assert.strictEqual(yield* count({ to: "2026-10-05" }), 0)
    })
  )

  it.effect("SC-54: exported with serials, arrivals have one row for each", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Shop.headingsOf("arrivals-with-serials"), [...arrivals, "SERIAL NUMBER"])
      const rows = yield* Shop.rowsOf("arrivals-with-serials", { po: ["PO-2"] })
      assert.deepStrictEqual(
        rows.map((row) => row["SERIAL NUMBER"]),
        Array.from({ length: 200 }, (_, n) => serial(201 + n))
      )
      assert.isTrue(rows.every((row) => row["PO #"] === "PO-2" && row["QTY RECEIVED"] === "200"))
    })
  )

  it.effect("SC-20: the serials of a purchase order stand against their receive session, one row a unit", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Shop.headingsOf("po-serials"), [
        "SKU",
        "RECEIVE SESSION ID",
        "RECEIVED ON",
        "RECEIVED BY",
        "QTY RECEIVED",
        "REQUIRES SERIAL NUMBER",
        "SERIAL NUMBER",
        "NOTES"
      ])
      const sql = yield* SqlClient.SqlClient
      yield* sql`DELETE FROM serial_texts WHERE value LIKE ${`%${serial(3)}`} AND line_id < 3000000`
      const rows = yield* Shop.rowsOf("po-serials", { po: ["PO-1"], session: ["14640"], receivedOn: "2026-10-06" })
      assert.strictEqual(rows.length, 200)
      assert.deepStrictEqual(rows[0], {
        SKU: "AMX-500",
        "RECEIVE SESSION ID": "14640",
        "RECEIVED ON": new Date("2026-10-06T11:05:00Z"),
        "RECEIVED BY": "pat",
        "QTY RECEIVED": "200",
        "REQUIRES SERIAL NUMBER": true,
        "SERIAL NUMBER": serial(1),
        NOTES: undefined
      })
      // A unit that needs a serial and has none is there all the same.
      assert.strictEqual(rows.filter((row) => row["SERIAL NUMBER"] === undefined).length, 1)
      yield* set("requireSerialScan", false)
      const listed = yield* Shop.rowsOf("po-serials", { po: ["PO-1"] })
      assert.strictEqual(listed.length, 199)
      assert.deepInclude(listed[0], { "REQUIRES SERIAL NUMBER": false })
    })
  )

  it.effect("SC-13: the simple grid is one flat list over all sessions, else sessions come one after another", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      // The first order's goods came last.
      yield* sql`UPDATE trade_versions SET head = head || '{"session": "14641", "receivedOn": "2026-10-07"}'::jsonb
        WHERE document_id = (SELECT id FROM trade_documents WHERE number = 'R-1')`
      const first = Effect.map(Shop.rowsOf("po-serials"), (rows) => rows[0]?.["SERIAL NUMBER"])
      assert.strictEqual(yield* first, serial(201))
      yield* set("simpleSerialGrid", true)
      assert.strictEqual(yield* first, serial(1))
    })
  )

  it.effect("SC-11: an order shows its serials where the company wants them there", () =>
    Effect.gen(function* () {
      const page = Shop.rowsOf("order-details", { order: ["SO-3"] })
      const hidden = yield* page
      assert.strictEqual(hidden.length, 1)
      assert.deepInclude(hidden[0], { "ORDER ID": "SO-3", QTY: "50", PRICE: "9.50", "SERIAL NUMBER": undefined })
      yield* set("showOnOrderDetails", true)
      const shown = (yield* page).map((row) => row["SERIAL NUMBER"])
      // Shipped ones; the returned one is on the order still, once.
      assert.strictEqual(shown.length, 50)
      assert.include(shown, serial(300))
      const bought = yield* Shop.rowsOf("order-details", { po: ["PO-2"] })
      assert.strictEqual(bought.length, 200)
      assert.deepInclude(bought[0], { "ORDER ID": "PO-2", "SERIAL NUMBER": serial(201) })
      assert.isTrue((yield* Shop.rowsOf("order-details")).every((row) => String(row["ORDER ID"]).startsWith("SO-")))
    })
  )

  it.effect("SC-12: an invoice prints the serials in its description where the company wants them there", () =>
    Effect.gen(function* () {
      const invoice = Shop.rowsOf("invoice-lines", { order: ["SO-2"] })
      assert.deepStrictEqual(yield* invoice, [
        {
          "ORDER ID": "SO-2",
          "ORDER ITEM ID": "1",
          SKU: "AMX-500",
          DESCRIPTION: "Amoxil 500 mg",
          QTY: "50",
          PRICE: "9.50",
          TOTAL: "475.00"
        }
      ])
      yield* set("showOnInvoice", true)
      const [line] = yield* invoice
      assert.match(String(line?.["DESCRIPTION"]), /^Amoxil 500 mg\nSerial numbers: 100000000102, 100000000104, /u)
    })
  )

  it.effect("finds a serial in any case where the company takes no heed of it", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE serials SET serial = 'AB9' WHERE serial = ${serial(9)}`
      const found = Effect.map(Shop.rowsOf("product-serials", { serial: ["ab9"] }), (rows) => rows.length)
      assert.strictEqual(yield* found, 0)
      yield* set("ignoreSerialCase", true)
      assert.strictEqual(yield* found, 1)
    })
  )

  it.effect("SC-08: profit by serial is told only where prices are kept with serials", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Shop.rowsOf("serial-profit")).length, 200)
      yield* set("profitAndLossBySerial", false)
      const error = yield* Effect.flip(Shop.rowsOf("serial-profit"))
      assert.strictEqual(error.message, "The setting profitAndLossBySerial of cedar-shop is off.")
    })
  )

  it.effect("SC-54, SC-20: serials that came with a later poll stand at the line whose units they are of", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* set("requireSerialScan", true)
      const of = (name: string) =>
        Effect.map(Shop.rowsOf(name, { po: ["PO-2"] }), (rows) =>
          rows.map((row) => [row["QTY RECEIVED"], row["SERIAL NUMBER"]])
        )
      const before = yield* Effect.all([of("arrivals"), of("arrivals-with-serials"), of("po-serials")])
      assert.deepInclude(before[1], ["200", serial(400)])
      yield* sql`
        WITH line AS (
          INSERT INTO trade_lines (id, document_id, version_id, position, line_ref, order_line_id, product, quantity, uom)
          SELECT (SELECT max(id) + 1 FROM trade_lines), l.document_id, l.version_id, 1, l.line_ref, l.order_line_id, l.product, 0, l.uom
          FROM trade_lines l JOIN trade_documents d ON d.id = l.document_id WHERE d.number = 'R-2' RETURNING id, document_id)
        UPDATE serial_texts t SET line_id = line.id FROM line, trade_lines l
        WHERE l.id = t.line_id AND l.document_id = line.document_id AND t.value LIKE ${`%${serial(400)}`}`
      assert.deepStrictEqual(yield* Effect.all([of("arrivals"), of("arrivals-with-serials"), of("po-serials")]), before)
    })
  )
})
