/** Workbooks read back by code that is not ours; any text comes back as it was. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as Xlsx from "../../src/formats/Xlsx.ts"
import * as Zip from "../../src/formats/Zip.ts"
import * as Workbook from "./Workbook.ts"

const columns: ReadonlyArray<Xlsx.SheetColumn> = [
  { heading: "SERIAL NUMBER", kind: "text", width: 20 },
  { heading: "QTY", kind: "number", width: 10 },
  { heading: "PRICE", kind: "money", width: 10 },
  { heading: "EXP. DATE", kind: "day", width: 12 },
  { heading: "RECEIVED ON", kind: "moment", width: 20 },
  { heading: "IN STOCK", kind: "flag", width: 8 }
]
const at = new Date("2026-11-24T09:00:00Z")

const written = Effect.fnUntraced(function* (
  rows: ReadonlyArray<ReadonlyArray<Xlsx.Cell>>,
  options: Partial<Xlsx.XlsxOptions> = {}
) {
  const writer = Xlsx.make({ title: "Serials", columns, at, ...options })
  const pieces = [yield* writer.begin]
  for (const row of rows) pieces.push(yield* writer.rows([row]))
  pieces.push(yield* writer.end)
  return new Uint8Array(Buffer.concat(pieces))
})

const values = (row: ReadonlyArray<Workbook.ReadCell> | undefined) => row?.map(({ value }) => value)

describe("Xlsx", () => {
  it.effect("writes numbers as numbers, dates as dates, and serials as texts that keep their zeros", () =>
    Effect.gen(function* () {
      const row = ["00100011946933", "12", "4.25", "2027-11-30", new Date("2026-10-06T12:00:00Z"), true]
      const { files, sheets } = yield* Workbook.sheets(yield* written([row]))
      assert.strictEqual(sheets.length, 1)
      assert.deepStrictEqual(
        values(sheets[0]?.rows[0]),
        columns.map(({ heading }) => heading)
      )
      // Days since 30 December 1899; half a day is noon.
      assert.deepStrictEqual(values(sheets[0]?.rows[1]), ["00100011946933", 12, 4.25, 46_721, 46_301.5, true])
      const formats = [...(files.get("xl/styles.xml") ?? "").matchAll(/<xf numFmtId="(\d+)" fontId="\d" fillId/gu)]
      const formatOf = (style: string | undefined) => formats[Number(style) + 1]?.[1]
      const [, , price, day, moment] = sheets[0]?.rows[1] ?? []
      assert.deepStrictEqual(
        [price, day, moment].map((cell) => formatOf(cell?.style)),
        ["166", "164", "165"]
      )
    })
  )

  it.effect("freezes the header, lets it filter, and begins each further sheet with it", () =>
    Effect.gen(function* () {
      const rows = Array.from({ length: 7 }, (_, n) => [`S${n}`])
      const { files, sheets } = yield* Workbook.sheets(yield* written(rows, { rowsPerSheet: 4 }))
      assert.deepStrictEqual(
        sheets.map(({ rows: all }) => all.map((row) => row[0]?.value)),
        [
          ["SERIAL NUMBER", "S0", "S1", "S2"],
          ["SERIAL NUMBER", "S3", "S4", "S5"],
          ["SERIAL NUMBER", "S6"]
        ]
      )
      for (const { xml } of sheets)
        assert.include(xml, 'ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"')
      assert.include(sheets[2]?.xml ?? "", '<autoFilter ref="A1:F2"/>')
      assert.deepStrictEqual(
        [...(files.get("xl/workbook.xml") ?? "").matchAll(/sheet name="([^"]*)"/gu)].map(([, name]) => name),
        ["Serials", "Serials (2)", "Serials (3)"]
      )
    })
  )

  it.effect("names sheets as programs allow", () =>
    Effect.gen(function* () {
      const { files } = yield* Workbook.sheets(yield* written([], { title: `a/b [c]: "${"d".repeat(40)}"` }))
      const name = /sheet name="([^"]*)"/u.exec(files.get("xl/workbook.xml") ?? "")?.[1]
      assert.strictEqual(name?.replaceAll("&quot;", '"').length, 31)
      assert.notMatch(name ?? "", /[[\]:*?/\\]/u)
    })
  )

  it.effect.prop("gives back any text", [Schema.String], ([text]) =>
    Effect.gen(function* () {
      const { sheets } = yield* Workbook.sheets(yield* written([[`.${text}`]]))
      assert.strictEqual(sheets[0]?.rows[1]?.[0]?.value, `.${text}`)
    })
  )

  it.effect("gives back control characters, lone surrogates, and texts that look like their escapes", () =>
    Effect.gen(function* () {
      for (const text of [
        "\u0000\u0001\u001F",
        "a\r\nb\tc",
        "_x0041_ _x000D_",
        "\uD800x",
        "\uFFFE\uFFFF",
        "<&>\"'",
        "😀",
        "=1+1"
      ]) {
        const { sheets } = yield* Workbook.sheets(yield* written([[text]]))
        assert.strictEqual(sheets[0]?.rows[1]?.[0]?.value, text, JSON.stringify(text))
      }
    })
  )

  it.effect("writes what is no number, day or moment that spreadsheets have as text", () =>
    Effect.gen(function* () {
      const row = ["x", "1e5", "12345678901234567890", "2027-11-31", new Date("1899-12-31T00:00:00Z"), undefined]
      const { sheets } = yield* Workbook.sheets(yield* written([row]))
      assert.deepStrictEqual(values(sheets[0]?.rows[1]), [
        "x",
        "1e5",
        "12345678901234567890",
        "2027-11-31",
        "1899-12-31T00:00:00.000Z"
      ])
    })
  )

  it.effect("refuses a cell that no program reads, and names it", () =>
    Effect.gen(function* () {
      const { sheets } = yield* Workbook.sheets(yield* written([["x".repeat(32_767)]]))
      assert.strictEqual(String(sheets[0]?.rows[1]?.[0]?.value).length, 32_767)
      const error = yield* Effect.flip(written([["a"], ["x".repeat(32_768)]]))
      assert.strictEqual(error.reason._tag, "CellTooLong")
      assert.strictEqual(
        error.message,
        "A cell of a spreadsheet holds at most 32,767 characters; SERIAL NUMBER of row 2 has more"
      )
    })
  )

  it.effect("is the same, byte for byte, at the same moment", () =>
    Effect.gen(function* () {
      const rows = [
        ["a", "1"],
        ["b", "2"]
      ]
      assert.deepStrictEqual(yield* written(rows), yield* written(rows))
    })
  )

  it("counts columns as spreadsheets do", () => {
    assert.deepStrictEqual([0, 25, 26, 51, 52, 701, 702].map(Xlsx.columnName), [
      "A",
      "Z",
      "AA",
      "AZ",
      "BA",
      "ZZ",
      "AAA"
    ])
  })
})

describe("Zip", () => {
  it.effect("keeps entries whole, however their bytes are cut, and names in UTF-8", () =>
    Effect.gen(function* () {
      const zip = Zip.make(at)
      const random = Buffer.from(Array.from({ length: 200_000 }, (_, n) => (n * 2_654_435_761) >>> 24))
      const pieces: Array<Uint8Array> = [yield* zip.open("größe.bin")]
      for (let start = 0; start < random.length; start += 7_777)
        pieces.push(yield* zip.write(random.subarray(start, start + 7_777)))
      pieces.push(yield* zip.close, yield* zip.open("empty"), yield* zip.close, yield* zip.end)
      const files = yield* Workbook.entries(new Uint8Array(Buffer.concat(pieces)))
      assert.deepStrictEqual([...files.keys()], ["größe.bin", "empty"])
      assert.strictEqual(files.get("größe.bin"), random.toString("utf8"))
      assert.strictEqual(files.get("empty"), "")
    })
  )
})
