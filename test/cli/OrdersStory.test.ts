/**
 * The story of an order (samples/orders-story), and then the question it is told for: which customer has units of a lot.
 * The case itself is compared byte by byte by `throughline replay samples`; here its documents go through an installation,
 * and the commands are asked.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as CommandLine from "./CommandLine.ts"

const { run, json, process, Surroundings } = CommandLine

const samples = fileURLToPath(new URL("../../samples", import.meta.url))
const documents = [
  ["1-draft.json", "PURCHASE_ORDER", "elm-outfitters"],
  ["2-release.json", "PURCHASE_ORDER", "elm-outfitters"],
  ["3-944.edi", "X12", "fir-logistics"],
  ["4-sales-order.json", "SALES_ORDER", "elm-outfitters"],
  ["5-945.edi", "X12", "fir-logistics"],
  ["6-return-foreign.json", "RETURN", "elm-outfitters"],
  ["7-return.json", "RETURN", "elm-outfitters"]
] as const

const folder = mkdtempSync(join(tmpdir(), "throughline-story-"))
const cleared = Layer.effectDiscard(
  Effect.addFinalizer(() => Effect.sync(() => rmSync(folder, { recursive: true, force: true })))
)

/** The customers of a lot, as the report has them. */
const customers = Effect.fnUntraced(function* (lot: string) {
  const file = join(folder, `${lot}.json`)
  const { code, err } = yield* run("report", "recall-customers", "--lot", lot, "--json", "--out", file)
  assert.strictEqual(code, 0, err.join("\n"))
  const lines = readFileSync(file, "utf8").split("\n")
  return lines.filter((line) => line !== "").map((line): unknown => JSON.parse(line))
})

layer(Layer.merge(Surroundings.layer, cleared), { excludeTestServices: true })("the story of an order", (it) => {
  it.effect("ends with a recall list that names the customer", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* run("import", `${samples}/wms-story/world.yaml`)).code, 0)
      for (const [file, type, from] of documents)
        yield* process(from, type, [[file, readFileSync(`${samples}/orders-story/story/${file}`)]])
      const incoming = (yield* json("messages")).filter(({ direction }) => direction === "in")
      assert.lengthOf(incoming, documents.length)
      assert.deepStrictEqual(
        incoming.filter(({ status }) => status !== "processed").map(({ fileName, status }) => [fileName, status]),
        [["6-return-foreign.json", "processing_failed"]]
      )

      // One of the two serials came back, and all five of the lot without serials are still out.
      const customer = "Ivy Clinic (invented)"
      assert.deepInclude((yield* customers("L7"))[0], { customer, shipped: 2, returned: 1, stillOut: 1 })
      assert.deepInclude((yield* customers("L44"))[0], { customer, shipped: 5, returned: 0, stillOut: 5 })
      // Nothing of the third lot left the house.
      assert.deepStrictEqual(yield* customers("L8"), [])
    })
  )

  it.effect("can be told of every step of a serial", () =>
    Effect.gen(function* () {
      const steps = yield* json("orders", "find", "0002")
      assert.deepStrictEqual(
        steps.map(({ kind, number }) => [kind, number]),
        [
          ["receipt", "R-1"],
          ["shipment", "S-1"],
          ["return", "RMA-1"]
        ]
      )
    })
  )
})
