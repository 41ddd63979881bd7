/** CSV as a format of pipelines: the envelope in its columns, and partners with column names of their own. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as CsvMessage from "../../src/engine/CsvMessage.ts"
import * as Csv from "../../src/formats/Csv.ts"

const layout = Csv.layout("TEST_CSV", { sku: { names: ["SKU"], required: "cell" } })
const accepts = CsvMessage.accepts({
  type: "TEST",
  file: import.meta.filename,
  layout,
  canonical: (rows, header) => ({
    header,
    skus: rows.map(({ cells }) => cells.sku),
    paths: rows.map(({ row }) => Csv.path(row, "SKU"))
  }),
  profile: {
    dialect: ({ sender }) => Effect.succeed(sender === "B" ? { columns: { sku: "Artikel" } } : {}),
    placed: (canonical, original) => ({ ...canonical, paths: canonical.paths.map(original) })
  }
})
const read = (text: string) => accepts.read(new TextEncoder().encode(text))

describe("CsvMessage", () => {
  it.effect("takes the envelope from its columns", () =>
    Effect.gen(function* () {
      const { canonical, findings } = yield* read("Sender,Receiver,Control Number,SKU\nA,E,7,X\nA,E,7,Y\n")
      assert.deepStrictEqual(findings.errors, [])
      assert.deepStrictEqual(canonical, {
        header: { sender: "A", receiver: "E", controlNumber: "7" },
        skus: ["X", "Y"],
        paths: ["/row[1]/SKU", "/row[2]/SKU"]
      })
    })
  )

  it.effect("tells of every row with another envelope", () =>
    Effect.gen(function* () {
      const { findings } = yield* read("Sender,Receiver,Control Number,SKU\nA,E,7,X\nA,E,8,Y\nC,E,7,Z\n")
      assert.deepStrictEqual(
        findings.errors.map(({ rule, path, value }) => [rule.id, path, value]),
        [
          ["csv/mixed-envelope", "/row[2]/Control Number", "8"],
          ["csv/mixed-envelope", "/row[3]/Sender", "C"]
        ]
      )
    })
  )

  it.effect("gives no value without an envelope, and says what is missing", () =>
    Effect.gen(function* () {
      const { canonical, findings } = yield* read("Sender,SKU\nA,X\n")
      assert.isUndefined(canonical)
      assert.deepStrictEqual(
        findings.errors.map(({ rule }) => [rule.id, rule.element]),
        [
          ["csv/column-missing", "Receiver"],
          ["csv/column-missing", "Control Number"]
        ]
      )
    })
  )

  it.effect("reads a partner's own column names, found by its sender number", () =>
    Effect.gen(function* () {
      const { canonical } = yield* read("Sender;Receiver;Control Number;Artikel\nB;E;7;X\n")
      assert.deepStrictEqual([canonical?.skus, canonical?.paths], [["X"], ["/row[1]/Artikel"]])
    })
  )

  it.effect("looks at bytes of no known type", () =>
    Effect.gen(function* () {
      const bytes = new TextEncoder().encode("Sender,Receiver,Control Number\nA,E,7\n")
      assert.isTrue(CsvMessage.format.claims(bytes))
      const { root, envelope } = yield* CsvMessage.format.sniff(bytes)
      assert.deepStrictEqual({ root, ...envelope }, { root: "csv", sender: "A", receiver: "E", controlNumber: "7" })
      assert.deepStrictEqual((yield* CsvMessage.format.inspect(bytes)).totals, {})
    })
  )
})
