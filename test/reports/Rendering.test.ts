/** Reports as files of each kind, opened again: same rows, safe cells, real dates, pages that say what they are. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Stream } from "effect"
import * as ReportData from "../../bench/ReportData.ts"
import * as Csv from "../../src/formats/csv/CsvRecords.ts"
import { reports } from "../../src/reports/Catalogue.ts"
import * as PdfRendering from "../../src/reports/PdfRendering.ts"
import type { About, Format, Rendering, RenderOptions } from "../../src/reports/Rendering.ts"
import type { Cell } from "../../src/reports/Report.ts"
import { Reports } from "../../src/reports/Reports.ts"
import * as TextRendering from "../../src/reports/TextRendering.ts"
import * as Workbook from "../formats/Workbook.ts"
import * as PdfText from "./PdfText.ts"
import * as Shop from "./Shop.ts"

const fileOf = Effect.fnUntraced(function* (
  name: string,
  format: Format,
  filters: Readonly<Record<string, unknown>> = {},
  options: RenderOptions = {}
) {
  const told: Array<number> = []
  const { bytes } = yield* Reports.use(({ file }) =>
    file({ name, filters, format, options, onRows: (rows) => Effect.sync(() => told.push(rows)) })
  )
  return { bytes: new Uint8Array(Buffer.concat(yield* Stream.runCollect(bytes))), told }
})

const text = (bytes: Uint8Array) => new TextDecoder("utf-8", { fatal: true }).decode(bytes)

/** A rendering of rows of our own. */
const rendered = Effect.fnUntraced(function* (
  make: (about: About) => Rendering,
  rows: ReadonlyArray<ReadonlyArray<Cell>>,
  options: RenderOptions = {}
) {
  const columns = ["SERIAL NUMBER", "NOTES"].map(
    (heading) => ({ heading, key: heading.toLowerCase(), kind: "text", width: 20 }) as const
  )
  const rendering = make({
    report: { title: "Notes", columns },
    subtitle: "company cedar-shop",
    at: new Date("2026-11-24T09:00:00Z"),
    options
  })
  const pieces = [yield* rendering.begin]
  for (const row of rows) pieces.push(yield* rendering.rows([row]))
  pieces.push(yield* rendering.end)
  return new Uint8Array(Buffer.concat(pieces))
})

layer(Shop.layer, { excludeTestServices: true })("report files", (it) => {
  describe("CSV", () => {
    it.effect("SC-54: has the headings and every row, and says how far it is", () =>
      Effect.gen(function* () {
        const { bytes, told } = yield* fileOf("arrivals-with-serials", "csv")
        const { records, faults } = Csv.cut(text(bytes), ",", 1_000)
        assert.deepStrictEqual(faults, [])
        assert.strictEqual(records.length, 401)
        assert.deepStrictEqual(
          records[1]?.cells.map((cell) => cell.text),
          [
            "PO-1",
            "2026-10-01",
            "Alder Pharma",
            "AMX-500",
            "Amoxil 500 mg",
            "4.25",
            "2026-10-06T11:05:00Z",
            "200",
            "0",
            "INV-7",
            ReportData.serial(1)
          ]
        )
        assert.deepStrictEqual(told, [400])
      })
    )

    it.effect("makes cells safe that a spreadsheet would run, unless they are wanted exactly", () =>
      Effect.gen(function* () {
        const evil = ["=1+1", "+SUM(A1)", "-2+3", "@now", "\t=1", "-5", 'a "b", c\r\nd', " x "]
        const rows = evil.map((cell) => [cell, undefined])
        const cells = (bytes: Uint8Array) =>
          Csv.cut(text(bytes), ",", 100)
            .records.slice(1)
            .map((record) => record.cells[0]?.text)
        const safe = cells(yield* rendered(TextRendering.csv, rows))
        assert.deepStrictEqual(safe, ["'=1+1", "'+SUM(A1)", "'-2+3", "'@now", "'\t=1", "-5", 'a "b", c\r\nd', " x "])
        assert.deepStrictEqual(cells(yield* rendered(TextRendering.csv, rows, { exact: true })), evil)
      })
    )
  })

  it.effect("JSON is one object a line, with what is there", () =>
    Effect.gen(function* () {
      const { bytes } = yield* fileOf("arrivals", "json", { po: ["PO-1"] })
      assert.deepStrictEqual(JSON.parse(text(bytes)), {
        po: "PO-1",
        poDate: "2026-10-01",
        vendor: "Alder Pharma",
        sku: "AMX-500",
        productName: "Amoxil 500 mg",
        price: "4.25",
        receivedOn: "2026-10-06T11:05:00.000Z",
        qtyReceived: 200,
        qtyBeforeReceive: 0,
        receiveInvoiceNumber: "INV-7"
      })
      const { bytes: lines } = yield* fileOf("serials-export", "json")
      assert.strictEqual(text(lines).trimEnd().split("\n").length, 400)
    })
  )

  it.effect("XLSX has every row, numbers and dates as such, and serials as texts", () =>
    Effect.gen(function* () {
      const { bytes } = yield* fileOf("arrivals-with-serials", "xlsx", { po: ["PO-2"] })
      const { sheets } = yield* Workbook.sheets(bytes)
      assert.strictEqual(sheets[0]?.rows.length, 201)
      assert.deepStrictEqual(
        sheets[0]?.rows[1]?.map(({ value }) => value),
        [
          "PO-2",
          46_296,
          "Alder Pharma",
          "AMX-500",
          "Amoxil 500 mg",
          4.25,
          46_301.461805556,
          200,
          0,
          "INV-7",
          ReportData.serial(201)
        ]
      )
    })
  )

  describe("PDF", () => {
    it.effect("SC-54: has title, filters, headings and a number on every page, and every row on one", () =>
      Effect.gen(function* () {
        const { bytes } = yield* fileOf("arrivals-with-serials", "pdf", { vendor: ["Alder Pharma"] })
        assert.isTrue(text(bytes.subarray(0, 5)) === "%PDF-")
        const pages = PdfText.pages(bytes)
        assert.isAbove(pages.length, 5)
        for (const [index, page] of pages.entries()) {
          assert.include(page, "Inventory arrivals with serials")
          assert.include(page.join("|"), "company cedar-shop")
          assert.include(page.join("|"), "vendor Alder Pharma")
          assert.include(page.join(" "), "SERIAL NUMBER")
          assert.include(page, `Page ${index + 1} of ${pages.length}`)
        }
        const all = pages.flat()
        for (let n = 1; n <= 400; n++) assert.include(all, ReportData.serial(n))
      })
    )

    it.effect("breaks no day and no word of a heading, in any report", () =>
      Effect.gen(function* () {
        const given = { product: ["AMX-500"], serial: [ReportData.serial(100)], lot: ["A1"] }
        for (const { name, needs, columns } of reports) {
          const filters = Object.fromEntries(Object.entries(given).filter(([key]) => needs.some((one) => one === key)))
          const [page = []] = PdfText.pages((yield* fileOf(name, "pdf", filters)).bytes)
          const words = page.flatMap((shown) => shown.split(/\s+/u))
          for (const { heading } of columns) assert.includeMembers(words, heading.split(" "), name)
          const days = words.filter((word) => /^20\d\d-/u.test(word))
          for (const day of days) assert.match(day, /^\d{4}-\d\d-\d\d$/u, name)
          if (columns.some(({ kind }) => kind === "day" || kind === "moment")) assert.isNotEmpty(days, name)
        }
      })
    )

    it.effect("wraps what is long and cuts nothing, and tells of letters that its font lacks", () =>
      Effect.gen(function* () {
        const words = Array.from({ length: 300 }, (_, n) => `word${n}`)
        const bytes = yield* rendered(PdfRendering.pdf, [
          ["x".repeat(400), words.join(" ")],
          ["Größe €", "Ж"]
        ])
        const [first = [], ...others] = PdfText.pages(bytes)
        assert.deepStrictEqual(others, [])
        const all = first.join(" ")
        for (const word of words) assert.include(all.split(/\s+/u), word)
        assert.strictEqual(first.join("").match(/x/gu)?.length, 400)
        assert.include(first, "Größe €")
        assert.include(first, "?")
        assert.include(all, "? stands for letters that this font lacks")
      })
    )

    it.effect("takes no more rows than a person reads, and says what takes more", () =>
      Effect.gen(function* () {
        const rendering = PdfRendering.pdf({
          report: { title: "Notes", columns: [] },
          subtitle: "",
          at: new Date(0),
          options: {}
        })
        yield* rendering.rows(Array.from({ length: PdfRendering.maxRows }, () => []))
        const error = yield* Effect.flip(rendering.rows([[]]))
        assert.strictEqual(error.reason._tag, "TooLarge")
        assert.include(error.message, "more than 10,000 rows")
        assert.include(error.next ?? "", "XLSX")
      })
    )

    it.effect("refuses a text that no page holds, instead of cutting it", () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(rendered(PdfRendering.pdf, [["a", "serial ".repeat(5_000)]]))
        assert.strictEqual(error.message, "A text of the report is longer than a page.")
      })
    )

    it.effect("refuses a font that is none", () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(rendered(PdfRendering.pdf, [["a"]], { font: import.meta.filename }))
        assert.strictEqual(error.reason._tag, "Unprintable")
      })
    )
  })
})
