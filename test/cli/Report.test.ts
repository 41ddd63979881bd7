/**
 * `throughline report` over what messages did: a purchase order with lots and serials, its receipt, transfers, a change of
 * SKU, a sale, a return, and serials added by hand; as table and as files.
 */
import { execFile } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as Workbook from "../formats/Workbook.ts"
import * as CommandLine from "./CommandLine.ts"
import { story } from "./ReportStory.ts"

const { run } = CommandLine
const company = "elm-outfitters"
const folder = mkdtempSync(join(tmpdir(), "throughline-report-"))
const world = fileURLToPath(new URL("../../samples/orders-story/world.yaml", import.meta.url))
const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url))
const settings = `deskSettings:
${["profitAndLossBySerial", "transferSerialsWithSku", "showOnOrderDetails"]
  .map((setting) => `  - { id: ${setting.toLowerCase()}, owner: ${company}, setting: ${setting} }`)
  .join("\n")}
`

const surroundings = Layer.effectDiscard(
  Effect.gen(function* () {
    const file = join(folder, "settings.yaml")
    writeFileSync(file, settings)
    for (const path of [world, file]) assert.strictEqual((yield* run("import", path)).code, 0)
    for (const [index, [type, bytes]] of story.entries())
      yield* CommandLine.process(company, type, [[`${index + 1}-${type}.json`, bytes]])
    const messages = yield* run("messages", "--direction", "in", "--status", "failed")
    assert.deepStrictEqual(messages.out, [""], messages.out.join("\n"))
    yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(folder, { recursive: true, force: true })))
  })
).pipe(Layer.provideMerge(CommandLine.Surroundings.layer))

/** Makes a report as JSON lines in a file, and reads it. */
const rows = Effect.fnUntraced(function* (...args: ReadonlyArray<string>) {
  const out = join(folder, "rows.json")
  const { code, err } = yield* run("report", ...args, "--out", out)
  assert.strictEqual(code, 0, err.join("\n"))
  return readFileSync(out, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Readonly<Record<string, unknown>> => JSON.parse(line))
})

layer(surroundings, { excludeTestServices: true })("throughline report", (it) => {
  it.effect("SC-50: tells of messages' serials where they lie and which documents they are on", () =>
    Effect.gen(function* () {
      const panel = yield* rows("serial-panel", "--product", "SERUM-10")
      const common = { po: "PO-1", expDate: "2027-11-30" }
      const history = (serial: string) => `0100614141101023${"21"}${serial}`
      assert.deepStrictEqual(panel, [
        { serialNumber: "A1", ...common, warehouse: "Fir hall 1", whTransf: "WT-1", history: history("A1") },
        {
          serialNumber: "A2",
          ...common,
          orderId: "SO-1",
          orderItemId: "10",
          creditMemo: "CM-1",
          creditMemoReason: "damaged box",
          warehouse: "Back Store Room",
          history: history("A2")
        },
        {
          serialNumber: "A3",
          ...common,
          orderId: "SO-1",
          orderItemId: "10",
          warehouse: "Back Store Room",
          history: history("A3")
        },
        { serialNumber: "A4", ...common, warehouse: "Back Store Room", fbaShipment: "FBA-1", history: history("A4") }
      ])
      const inStock = yield* rows("serial-panel", "--product", "SERUM-10", "--in-stock", "--warehouse", "main")
      assert.deepStrictEqual(
        inStock.map((row) => row["serialNumber"]),
        ["A2", "A4"]
      )
      assert.deepInclude((yield* rows("serial-panel", "--product", "SCAN-1"))[0], {
        serialNumber: "S1",
        binName: "A-01"
      })
    })
  )

  it.effect("SC-57: a serial that became another SKU's is told under it, with its whole history", () =>
    Effect.gen(function* () {
      const [renewed, ...others] = yield* rows("serial-panel", "--product", "SCAN-1R")
      assert.deepStrictEqual(others, [])
      assert.deepInclude(renewed, { serialNumber: "S2", po: "PO-1", binName: "A-02" })
      const told = yield* rows("serial-history", "--serial", "S2")
      assert.deepStrictEqual(
        told.map(({ what, product }) => [what, product]),
        [
          ["create", "SCAN-1"],
          ["receive", "SCAN-1"],
          ["sku_transfer", "SCAN-1R"]
        ]
      )
    })
  )

  it.effect("SC-51: each movement names the message and file it came from", () =>
    Effect.gen(function* () {
      const told = yield* rows("serial-history", "--serial", "A2")
      assert.deepStrictEqual(
        told.map(({ what, document, file }) => [what, document, file]),
        [
          ["create", "PO PO-1, receipt R-1", "2-RECEIPT.json"],
          ["receive", "PO PO-1, receipt R-1", "2-RECEIPT.json"],
          ["ship", "order SO-1, shipment S-1", "9-SHIPMENT.json"],
          ["return", "order SO-1, RMA RMA-1", "10-RETURN.json"]
        ]
      )
    })
  )

  it.effect("SC-52, SC-58: prices of purchase and sale stand with the serial, and what is left of them", () =>
    Effect.gen(function* () {
      const [row] = yield* rows("product-serials", "--serial", "A3")
      assert.deepInclude(row, {
        productId: "SERUM-10",
        serial: "A3",
        po: "PO-1",
        dateOrdered: "2026-11-20",
        vendorName: "Gorse Supply (invented)",
        purchasePrice: "5.00",
        saleOrder: "SO-1",
        saleOrderDate: "2026-11-23",
        salesOrderPrice: "9.50",
        recdWarehouse: "Back Store Room",
        shipFromWarehouse: "Back Store Room"
      })
      const profit = yield* rows("serial-profit")
      assert.deepStrictEqual(
        profit.map(({ serial, profit: left, returned }) => [serial, left, returned]),
        [
          ["A2", undefined, true],
          ["A3", "4.50", false]
        ]
      )
    })
  )

  it.effect("SC-20, SC-54: arrivals and the grid of a purchase order list serials, those added by hand too", () =>
    Effect.gen(function* () {
      const grid = yield* rows("po-serials", "--po", "PO-1", "--product", "SCAN-1")
      assert.deepStrictEqual(
        grid.map(({ receiveSessionId, receivedBy, serialNumber }) => [receiveSessionId, receivedBy, serialNumber]),
        [
          ["77", "pat", "S1"],
          ["77", "pat", "S2"],
          ["77", "pat", "S3"]
        ]
      )
      const arrived = yield* rows("arrivals-with-serials", "--vendor", "gorse-supply")
      assert.deepStrictEqual(
        arrived.map(({ sku, serialNumber, qtyReceived }) => [sku, serialNumber, qtyReceived]),
        [
          ...["A1", "A2", "A3", "A4"].map((one) => ["SERUM-10", one, 4]),
          ...["S1", "S2", "S3"].map((one) => ["SCAN-1", one, 2]),
          ["SALVE-50", undefined, 10]
        ]
      )
      assert.deepInclude(arrived[0], { receiveInvoiceNumber: "INV-9", receivedOn: "2026-11-22T10:00:00.000Z" })
    })
  )

  it.effect("SC-53, SC-11: orders are found by serial and show their serials", () =>
    Effect.gen(function* () {
      const orders = yield* rows("orders-by-serial", "--serial", "A2")
      assert.deepStrictEqual(
        orders.map(({ orderId, customer, shipment }) => [orderId, customer, shipment]),
        [["SO-1", "Ivy Clinic (invented)", "S-1"]]
      )
      const bought = yield* rows("pos-by-serial", "--serial", "S3")
      assert.deepStrictEqual(
        bought.map(({ po, vendor }) => [po, vendor]),
        [["PO-1", "Gorse Supply (invented)"]]
      )
      const planned = yield* rows("pos-by-serial", "--serial", "P1")
      assert.deepStrictEqual(
        planned.map(({ po, status, receipt }) => [po, status, receipt]),
        [["PO-2", "draft", undefined]]
      )
      const page = yield* rows("order-details", "--order", "SO-1")
      assert.deepStrictEqual(
        page.map(({ serialNumber }) => serialNumber),
        ["A2", "A3", undefined]
      )
    })
  )

  it.effect("a lot is recalled by number and, where there are none, by what documents tell", () =>
    Effect.gen(function* () {
      const numbers = yield* rows("recall", "--lot", "L1")
      assert.deepStrictEqual(
        numbers.map(({ serialNumber, status, warehouse, customer, returned }) => [
          serialNumber,
          status,
          warehouse,
          customer,
          returned
        ]),
        [
          ["A1", "available", "Fir hall 1", undefined, false],
          ["A2", "received", "Back Store Room", "Ivy Clinic (invented)", true],
          ["A3", "shipped", undefined, "Ivy Clinic (invented)", false],
          ["A4", "picked", "Back Store Room", undefined, false]
        ]
      )
      assert.deepInclude(numbers[2], { orderId: "SO-1", shipment: "S-1", heldBy: "Ivy Clinic (invented)", qty: 1 })
      const units = yield* rows("recall", "--lot", "K7", "--product", "SALVE-50")
      assert.deepStrictEqual(
        units.map(({ status, qty, warehouse, customer }) => [status, qty, warehouse, customer]),
        [
          ["shipped", 4, "Back Store Room", "Ivy Clinic (invented)"],
          ["returned", 1, "Back Store Room", "Ivy Clinic (invented)"],
          ["in stock", 7, "Back Store Room", undefined]
        ]
      )
      const customers = yield* rows("recall-customers", "--lot", "L1", "--lot", "K7")
      assert.deepStrictEqual(
        customers.map(({ customer, lot, orders, shipped, returned, stillOut }) => [
          customer,
          lot,
          orders,
          shipped,
          returned,
          stillOut
        ]),
        [
          ["Ivy Clinic (invented)", "K7", "SO-1", 4, 1, 3],
          ["Ivy Clinic (invented)", "L1", "SO-1", 2, 1, 1]
        ]
      )
      assert.deepStrictEqual(yield* rows("recall", "--lot", "L1", "--product", "SALVE-50"), [])
    })
  )

  it.effect("lists the reports and explains each with its columns, filters and examples", () =>
    Effect.gen(function* () {
      const { code, out } = yield* run("report")
      assert.strictEqual(code, 0)
      const names = out.slice(1).map((line) => line.split(" ")[0] ?? "")
      assert.includeMembers(names, ["serial-panel", "product-serials", "arrivals-with-serials"])
      for (const name of names) {
        const help = (yield* run("report", name, "--help")).out.join("\n")
        assert.include(help, "Columns: ", name)
        assert.include(help, "EXAMPLES", name)
        assert.include(help, "--format", name)
      }
    })
  )

  it.effect("shows a table, cut where a person stops reading, and says how to get the rest", () =>
    Effect.gen(function* () {
      const { code, out, err } = yield* run("report", "serial-panel", "--product", "SERUM-10", "--limit", "2")
      assert.strictEqual(code, 0)
      assert.match(out[0] ?? "", /SERIAL NUMBER {2}PO .* EXP\. DATE/u)
      assert.strictEqual(out.length, 3)
      assert.include(err.join("\n"), "There are more")
      assert.include((yield* run("report", "serial-panel", "--product", "KIT-1")).err.join("\n"), "No rows.")
    })
  )

  it.effect("writes the format the file's name says, whole or not at all", () =>
    Effect.gen(function* () {
      const place = mkdtempSync(join(folder, "out-"))
      const out = (name: string) => join(place, name)
      for (const name of ["all.csv", "all.xlsx", "all.pdf", "all.json"]) {
        const { code, err } = yield* run("report", "serials-export", "--out", out(name))
        assert.strictEqual(code, 0)
        assert.strictEqual(err[0], `Written to ${out(name)}: 7 rows.`)
      }
      assert.strictEqual(readFileSync(out("all.csv"), "utf8").split("\r\n").length, 9)
      const { sheets } = yield* Workbook.sheets(new Uint8Array(readFileSync(out("all.xlsx"))))
      assert.strictEqual(sheets[0]?.rows.length, 8)
      assert.strictEqual(readFileSync(out("all.pdf")).subarray(0, 5).toString(), "%PDF-")
      // A report that fails leaves what was there, and nothing beside it.
      writeFileSync(out("kept.pdf"), "before")
      const font = ["--font", import.meta.filename]
      assert.strictEqual((yield* run("report", "serials-export", "--out", out("kept.pdf"), ...font)).code, 2)
      assert.strictEqual(readFileSync(out("kept.pdf"), "utf8"), "before")
      assert.deepStrictEqual(readdirSync(place).sort(), ["all.csv", "all.json", "all.pdf", "all.xlsx", "kept.pdf"])
    })
  )

  it.effect("gives the same bytes to a pipe as to a file, and ends in good order when nobody reads on", () =>
    Effect.gen(function* () {
      const { databaseUrl } = yield* CommandLine.Surroundings
      const out = join(folder, "piped.csv")
      assert.strictEqual((yield* run("report", "serials-export", "--out", out)).code, 0)
      const piped = (command: string) =>
        Effect.promise(() =>
          promisify(execFile)("sh", ["-c", command, "sh", process.execPath, main], {
            env: { ...process.env, DATABASE_URL: databaseUrl },
            encoding: "utf8"
          })
        )
      const report = '"$1" --disable-warning=ExperimentalWarning "$2" report serials-export --format csv'
      assert.strictEqual((yield* piped(report)).stdout, readFileSync(out, "utf8"))
      const cut = yield* piped(`(${report}; echo "ended $?" >&2) | head -c 10`)
      assert.deepStrictEqual([cut.stdout, cut.stderr], ["ProductID,", "ended 0\n"])
    })
  )

  it.effect("is 2 with the next step when it is used in a way that makes no sense", () =>
    Effect.gen(function* () {
      const wrong: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
        [["serial-panel"], "product is needed"],
        [["serial-panel", "--product", "nope"], 'has no product "nope"'],
        [["arrivals", "--from", "yesterday"], "from must be a day"],
        [["arrivals", "--serial", "S1"], "--serial"],
        [["arrivals", "--format", "xlsx"], "--out arrivals.xlsx"],
        [["arrivals", "--out", join(folder, "arrivals.docx")], "--format"],
        [["arrivals", "--out", join(folder, "no", "such", "folder.csv")], "cannot be written"],
        [["nonsense"], "nonsense"]
      ]
      for (const [args, said] of wrong) {
        const { code, out, err } = yield* run("report", ...args)
        assert.strictEqual(code, 2, args.join(" "))
        assert.include(err.join("\n"), said, args.join(" "))
        assert.deepStrictEqual(out, [""], args.join(" "))
      }
    })
  )
})
