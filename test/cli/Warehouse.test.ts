/**
 * An order's life through a warehouse (samples/wms-story/whole-life) in an installation: what was acknowledged is listed,
 * and the journal repeats every run of it, the 997 included, as it was recorded.
 */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as CommandLine from "./CommandLine.ts"

const { run, json, process, Surroundings } = CommandLine

const story = fileURLToPath(new URL("../../samples/wms-story", import.meta.url))
const documents = [
  ["1-purchase-order.json", "PURCHASE_ORDER", "elm-outfitters"],
  ["2-purchase-order-released.json", "PURCHASE_ORDER", "elm-outfitters"],
  ["3-997.edi", "X12", "fir-logistics"],
  ["4-944.edi", "X12", "fir-logistics"],
  ["5-sales-order.json", "SALES_ORDER", "elm-outfitters"],
  ["6-945.edi", "X12", "fir-logistics"],
  ["7-return.json", "RETURN", "elm-outfitters"],
  ["8-return-foreign.json", "RETURN", "elm-outfitters"]
] as const

layer(Surroundings.layer, { excludeTestServices: true })("a warehouse's messages", (it) => {
  it.effect("are listed with what was acknowledged, and repeated as they were recorded", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* run("import", `${story}/world.yaml`)).code, 0)
      for (const [file, type, from] of documents)
        yield* process(from, type, [[file, readFileSync(`${story}/whole-life/${file}`)]])

      const sent = yield* json("acknowledgments")
      assert.deepStrictEqual(
        sent.map(({ map, company, status }) => [map, company, status]),
        [
          ["X12_004010_856", "hazel-market", undefined],
          ["X12_004010_940", "fir-logistics", undefined],
          ["X12_004010_943", "fir-logistics", "accepted"]
        ]
      )
      // Nothing was delivered a day ago.
      const { out, err } = yield* run("acknowledgments", "--overdue")
      assert.include([...out, ...err].join("\n"), "There are none.")

      const replayed = yield* run("replay", "--since", "1 day")
      assert.strictEqual(replayed.out.at(-1), "8 runs repeated, 8 the same, 0 different.", replayed.out.join("\n"))
      assert.strictEqual(replayed.code, 0)
    })
  )
})
