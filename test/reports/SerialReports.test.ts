/** Reports with a row for each serial: exactly the documented columns, and what stands in them. */
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as ReportData from "../../bench/ReportData.ts"
import * as Shop from "./Shop.ts"

const { serial } = ReportData
const whole = (n: number) => `01${ReportData.gtin}21${serial(n)}`
const present = (row: Readonly<Record<string, unknown>> | undefined) =>
  Object.fromEntries(Object.entries(row ?? {}).filter(([, value]) => value !== undefined))

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
      assert.deepStrictEqual(
        rows.map((row) => row["SERIAL NUMBER"]),
        Array.from({ length: Shop.serials }, (_, n) => serial(n + 1))
      )
      assert.deepStrictEqual(present(rows[0]), {
        "SERIAL NUMBER": serial(1),
        PO: "PO-1",
        WAREHOUSE: "Back Store Room",
        "EXP. DATE": "2027-11-30",
        HISTORY: whole(1)
      })
      // Transferred and shipped: the warehouse it left from, and no bin any more.
      assert.deepStrictEqual(present(rows[203]), {
        "SERIAL NUMBER": serial(204),
        PO: "PO-2",
        "ORDER ID": "SO-3",
        "ORDER ITEM ID": "1",
        WAREHOUSE: "Front Shop",
        "WH TRANSF. #": "WT-9",
        "EXP. DATE": "2027-11-30",
        HISTORY: whole(204)
      })
      // And it came back.
      assert.deepStrictEqual(present(rows[99]), {
        "SERIAL NUMBER": serial(100),
        PO: "PO-1",
        "ORDER ID": "SO-1",
        "ORDER ITEM ID": "1",
        "CREDIT MEMO": "CM-3",
        "CREDIT MEMO REASON": "damaged box",
        WAREHOUSE: "Back Store Room",
        "WH TRANSF. #": "WT-9",
        "EXP. DATE": "2027-11-30",
        HISTORY: whole(100)
      })
    })
  )

  it.effect("SC-50: the panel is narrowed by warehouse, serial in any spelling, and what is in stock", () =>
    Effect.gen(function* () {
      const count = (filters: Readonly<Record<string, unknown>>) =>
        Effect.map(Shop.rowsOf("serial-panel", { product: ["amoxil"], ...filters }), (rows) => rows.length)
      // Every fourth is at the front but for the returned ones.
      assert.strictEqual(yield* count({ warehouse: ["Front Shop"] }), 96)
      assert.strictEqual(yield* count({ warehouse: ["main", "front"] }), 400)
      assert.strictEqual(yield* count({ inStock: true }), 204)
      assert.strictEqual(yield* count({ inStock: true, warehouse: ["front"] }), 0)
      const epc = `urn:epc:id:sgtin:0371571.011222.${serial(7)}`
      for (const text of [serial(7), whole(7), epc, `(01)${ReportData.gtin}(21)${serial(7)}`, ` ${serial(7)} `])
        assert.strictEqual(yield* count({ serial: [text] }), 1, text)
      assert.strictEqual(yield* count({ serial: [serial(7), serial(8)] }), 2)
      assert.strictEqual(yield* count({ serial: [`0100614141101023${"21"}${serial(7)}`] }), 0)
    })
  )

  it.effect("SC-52: the Product Serial Report has the documented columns and both prices", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Shop.headingsOf("product-serials"), [
        "ProductID",
        "Serial#",
        "PO#",
        "Date Ordered",
        "Vendor Name",
        "PurchasePrice",
        "SaleOrder#",
        "SaleOrder Date",
        "Sales Order Price",
        "Recd Warehouse",
        "ShipFrom Warehouse",
        "HISTORY"
      ])
      const rows = yield* Shop.rowsOf("product-serials", { serial: [serial(2)] })
      assert.deepStrictEqual(rows.map(present), [
        {
          ProductID: "AMX-500",
          "Serial#": serial(2),
          "PO#": "PO-1",
          "Date Ordered": "2026-10-01",
          "Vendor Name": "Alder Pharma",
          PurchasePrice: "4.25",
          "SaleOrder#": "SO-1",
          "SaleOrder Date": "2026-10-16",
          "Sales Order Price": "9.50",
          "Recd Warehouse": "Back Store Room",
          "ShipFrom Warehouse": "Back Store Room",
          HISTORY: whole(2)
        }
      ])
      assert.strictEqual((yield* Shop.rowsOf("product-serials")).length, 400)
    })
  )

  it.effect("SC-55: serials of several products come out as one list", () =>
    Effect.gen(function* () {
      const rows = yield* Shop.rowsOf("serials-export", { product: ["AMX-500", "KIT-1"], inStock: true })
      assert.strictEqual(rows.length, 204)
      assert.deepStrictEqual(present(rows[0]), {
        ProductID: "AMX-500",
        "Serial#": serial(1),
        Lot: "A1",
        "Exp. Date": "2027-11-30",
        Status: "received",
        "In Stock": true,
        Warehouse: "Back Store Room",
        "PO#": "PO-1",
        HISTORY: whole(1)
      })
      assert.strictEqual((yield* Shop.rowsOf("serials-export", { product: ["KIT-1"] })).length, 0)
      assert.strictEqual((yield* Shop.rowsOf("serials-export", { manufacturer: "Alder Pharma" })).length, 400)
      assert.strictEqual((yield* Shop.rowsOf("serials-export", { manufacturer: "elm-clinic" })).length, 0)
    })
  )

  it.effect(
    "SC-58: profit of a sold unit is its price less the price kept at receipt; one that came back has none",
    () =>
      Effect.gen(function* () {
        const rows = yield* Shop.rowsOf("serial-profit", { order: ["SO-1"] })
        assert.strictEqual(rows.length, 50)
        const of = (n: number) => rows.find((row) => row["Serial#"] === serial(n))
        assert.deepInclude(of(2), {
          PurchasePrice: "4.25",
          "Sales Order Price": "9.50",
          Profit: "5.25",
          Returned: false
        })
        assert.deepInclude(of(100), { Returned: true, Profit: undefined })
        assert.strictEqual((yield* Shop.rowsOf("serial-profit", { from: "2026-10-17" })).length, 0)
        assert.strictEqual((yield* Shop.rowsOf("serial-profit", { from: "2026-10-16", to: "2026-10-16" })).length, 200)
      })
  )

  it.effect("SC-51: the history of a serial goes from purchase order over transfer and order to the return", () =>
    Effect.gen(function* () {
      const rows = yield* Shop.rowsOf("serial-history", { serial: [serial(100)] })
      assert.deepStrictEqual(
        rows.map((row) => [row["WHAT"], row["DOCUMENT"], row["WAREHOUSE"], row["BIN NAME"]]),
        [
          ["receive", "PO PO-1, receipt R-1", "Back Store Room", undefined],
          ["warehouse_transfer_receive", "movement T-1", "Front Shop", "F-02"],
          ["ship", "order SO-1, shipment S-1", "Back Store Room", undefined],
          ["return", "order SO-1, RMA RMA-1", "Back Store Room", undefined]
        ]
      )
    })
  )

  it.effect("SC-53: orders and purchase orders are found by serial", () =>
    Effect.gen(function* () {
      const [order, ...others] = yield* Shop.rowsOf("orders-by-serial", { serial: [serial(204)] })
      assert.deepStrictEqual(others, [])
      assert.deepInclude(order, { "ORDER ID": "SO-3", CUSTOMER: "Elm Clinic", SHIPMENT: "S-3", PRICE: "9.50" })
      const bought = yield* Shop.rowsOf("pos-by-serial", { serial: [whole(204)] })
      assert.deepStrictEqual(
        bought.map((row) => [row["PO #"], row["VENDOR"], row["RECEIPT"]]),
        [["PO-2", "Alder Pharma", "R-2"]]
      )
      assert.deepStrictEqual(yield* Shop.rowsOf("orders-by-serial", { serial: ["nonsense"] }), [])
    })
  )

  it.effect("leaves out documents a serial was taken off again", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`INSERT INTO serial_removals (line_id, value, version_id)
        SELECT line_id, value, 0 FROM serial_texts WHERE value = ${whole(206)} AND line_id > 5000000`
      const [row] = yield* Shop.rowsOf("serial-panel", { product: ["AMX-500"], serial: [serial(206)] })
      assert.deepInclude(row, { PO: "PO-2", "ORDER ID": undefined })
      assert.deepStrictEqual(yield* Shop.rowsOf("orders-by-serial", { serial: [serial(206)] }), [])
      assert.strictEqual((yield* Shop.rowsOf("pos-by-serial", { serial: [serial(206)] })).length, 1)
    })
  )

  it.effect("gives a unit of a bundle no price of its own", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE trade_lines SET parent_ref = '1' WHERE document_id = (
        SELECT id FROM trade_documents WHERE number = 'S-4')`
      const [row] = yield* Shop.rowsOf("serial-profit", { serial: [serial(400)] })
      assert.deepInclude(row, { "SaleOrder#": "SO-4", "Sales Order Price": undefined, Profit: undefined })
    })
  )

  it.effect("tells every wrong filter at once, and what there is instead", () =>
    Effect.gen(function* () {
      const failed = (name: string, filters: Readonly<Record<string, unknown>>) =>
        Effect.map(Effect.flip(Shop.rowsOf(name, filters)), ({ message }) => message)
      assert.include(yield* failed("serial-panel", {}), "product is needed")
      const several = yield* failed("serial-profit", { from: "2026-02-30", warehouse: ["main"], to: "soon" })
      for (const part of ["from must be a day", "to must be a day", "warehouse is no filter of this report"])
        assert.include(several, part)
      assert.include(yield* failed("serial-panel", { product: ["nope"] }), 'cedar-shop has no product "nope"')
      assert.include(
        yield* failed("serial-panel", { product: ["amoxil"], warehouse: ["attic"] }),
        'cedar-shop has no warehouse "attic"'
      )
      assert.include(yield* failed("arrivals", { company: "nobody" }), 'There is no company "nobody"')
      assert.include(yield* failed("stock", {}), 'There is no report "stock"')
    })
  )
})
