/**
 * CSV reading and writing: columns by name, every error with its place, limits, formulas, and a round trip over
 * generated rows.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as Csv from "../../src/formats/Csv.ts"
import { cut } from "../../src/formats/csv/CsvRecords.ts"

const layout = Csv.layout("TEST_CSV", {
  sku: { names: ["SKU", "Item"], required: "cell" },
  serial: { names: ["Serial Number"], required: "column" },
  lot: { names: ["Lot"] }
})
const bytes = (text: string) => new TextEncoder().encode(text)
const read = (text: string, options?: Csv.ReadOptions) => Csv.read(bytes(text), layout, options)
const brief = ({ issues }: { readonly issues: ReadonlyArray<Csv.Issue> }) =>
  issues.map(({ rule, path, line, column }) => `${rule} ${path ?? "-"} ${line ?? "-"}:${column ?? "-"}`)

describe("Csv", () => {
  it("reads columns by their names, wherever they stand and however they are written", () => {
    const { rows, issues } = read('\uFEFFlot;serial_number;ITEM\r\n"A;1";"S ""1""";X\r\n;S2;Y\n')
    assert.deepStrictEqual(issues, [])
    assert.deepStrictEqual(rows, [
      { row: 1, cells: { sku: "X", serial: 'S "1"', lot: "A;1" } },
      { row: 2, cells: { sku: "Y", serial: "S2", lot: undefined } }
    ])
  })

  it("takes a partner's column names instead of its own", () => {
    const text = "Artikel\tSeriennummer\nX\tS1\n"
    assert.sameMembers(brief(read(text)), [
      "csv/column-missing - 1:-",
      "csv/column-missing - 1:-",
      "csv/column-unknown - 1:1",
      "csv/column-unknown - 1:9"
    ])
    const { rows } = read(text, { profile: { sku: "Artikel", serial: "Seriennummer" } })
    assert.deepStrictEqual(rows?.[0]?.cells, { sku: "X", serial: "S1", lot: undefined })
  })

  it("says everything that is wrong at once, each with its place", () => {
    const text = 'SKU,Serial Number,Lot,lot,Colour\nX,S1,A\n,S2,,,\nY,"S3"x,A,,\nZ,S4,,,\nQ,"open,,,\n'
    assert.sameMembers(brief(read(text)), [
      "csv/column-repeated - 1:23",
      "csv/column-unknown - 1:27",
      "csv/cells /row[1] 2:1",
      "csv/cell-missing /row[2]/SKU 3:1",
      "csv/quote - 4:7",
      "csv/cells /row[3] 4:1",
      "csv/quote - 6:3",
      "csv/cells /row[5] 6:1"
    ])
  })

  it("keeps cells with line breaks together and counts lines through them", () => {
    const { rows, issues } = read('SKU,Serial Number\n"X\nY",S1\n,S2\n')
    assert.strictEqual(rows?.[0]?.cells.sku, "X\nY")
    assert.deepStrictEqual(
      issues.map(({ rule, line }) => [rule, line]),
      [["csv/cell-missing", 4]]
    )
  })

  it("refuses what is no table, and what is too much", () => {
    assert.deepStrictEqual(brief(read("")), ["csv/empty - -:-"])
    assert.deepStrictEqual(brief(read("SKU,Serial Number\n")), ["csv/empty - -:-"])
    assert.deepStrictEqual(brief(read("SKU\u0000")), ["csv/binary - -:-"])
    assert.deepStrictEqual(brief(read("SKU,Serial Number\nX,S1\n", { maxBytes: 5 })), ["csv/too-large - -:-"])
    assert.deepStrictEqual(brief(read("SKU,Serial Number\nX,S1\nX,S2\n", { maxRows: 1 })), ["csv/too-many-rows - -:-"])
    assert.deepStrictEqual(brief(read("SKU,Serial Number\nX,S1\n", { maxColumns: 1 })), ["csv/too-many-columns - 1:-"])
    assert.deepStrictEqual(brief(read("SKU,Serial Number\nXXX,S1\n", { maxCell: 2 })), [
      "csv/cell-too-long /row[1]/SKU 2:1"
    ])
  })

  it("locates rows and cells, and sniffs a first row", () => {
    const text = "SKU,Serial Number\nX,S1\nY,S2\n"
    const places = Csv.locate(bytes(text), ["/row[2]/Serial Number", "/row[1]", "/row[9]"])
    assert.deepStrictEqual(places.get("/row[2]/Serial Number"), { line: 3, column: 3, offset: 25 })
    assert.deepStrictEqual(places.get("/row[1]"), { line: 2, column: 1, offset: 18 })
    assert.isUndefined(places.get("/row[9]"))
    assert.deepStrictEqual(Csv.sniff(bytes(text), ["Serial Number", "Lot"]), { "Serial Number": "S1", Lot: undefined })
    assert.isTrue(Csv.claims(bytes(text)))
    for (const other of ["<a,b>", '{"a":1,"b":2}', "one column\n", "PK\u0003\u0004,a", "ISA*00*a,b"])
      assert.isFalse(Csv.claims(bytes(other)), other)
  })

  it("reads a file of Western encoding", () => {
    const { rows } = Csv.read(Uint8Array.from(Buffer.from("SKU,Serial Number\nGrün,S1\n", "latin1")), layout)
    assert.strictEqual(rows?.[0]?.cells.sku, "Grün")
  })

  it("writes formulas so that a spreadsheet shows them, where asked to", () => {
    const cells = ["=1+1", "-5.00", "@x", "+49 30", "a,b", 'q"', " "]
    assert.strictEqual(Csv.record(cells, { safe: true }), `'=1+1,-5.00,'@x,'+49 30,"a,b","q"""," "\r\n`)
    assert.strictEqual(Csv.record(["=1+1", "@x"]), "=1+1,@x\r\n")
  })

  it.effect.prop(
    "reads back what it wrote",
    [Schema.Array(Schema.Array(Schema.String).check(Schema.isBetweenLength(1, 5)))],
    ([records]) =>
      Effect.sync(() => {
        const text = records.map((cells) => Csv.record(cells)).join("")
        const { records: back, faults } = cut(text, ",", 1_000_000)
        assert.deepStrictEqual(faults, [])
        // An empty line is no record, so a record of one empty cell is written with quotes; it reads as none either.
        const kept = records.filter((cells) => cells.length > 1 || cells[0] !== "")
        assert.deepStrictEqual(
          back.map(({ cells }) => cells.map(({ text: cell }) => cell)),
          kept
        )
      })
  )

  it.effect.prop("never throws, whatever the bytes", [Schema.String], ([text]) =>
    Effect.sync(() => {
      const { rows, issues } = read(`SKU,Serial Number${text}`)
      assert.isTrue(rows !== undefined || issues.length > 0)
      Csv.locate(bytes(text), ["/row[1]/SKU"])
      Csv.sniff(bytes(text), ["SKU"])
      Csv.claims(bytes(text))
    })
  )
})
