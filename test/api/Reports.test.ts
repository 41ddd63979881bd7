/** Reports and traces over HTTP: each over the caller's own company, whatever other companies have of the same kind. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Serials } from "../../src/serials/Serials.ts"
import * as Transaction from "../../src/store/Transaction.ts"
import { story } from "../cli/ReportStory.ts"
import { elm, juniper, resale, trading } from "./Merchants.ts"
import { gtin, startedWithPacks } from "./VerificationWorld.ts"

type Row = Readonly<Record<string, unknown>>
const rowsIn = (text: string): ReadonlyArray<Row> =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))

describe("reports over HTTP", () => {
  it.live("tell the history of a number that went on to another company to each as far as it is theirs", () =>
    Effect.gen(function* () {
      const { ask, keyFor, process } = yield* trading
      const number = `0100614141101023${"21"}A3`
      const history = Effect.fnUntraced(function* (company: string) {
        const key = yield* keyFor(company, ["read"])
        const { text } = yield* ask(`/v1/reports/serial-history?format=json&serial=${number}`, { key })
        return rowsIn(text)
      })
      const documents = (rows: ReadonlyArray<Row>) => rows.map(({ what, document, heldBy }) => [what, document, heldBy])
      assert.deepStrictEqual(yield* process(elm, story), new Set(["processed"]))
      const before = yield* history(elm)
      assert.deepStrictEqual(yield* process(juniper, resale(number)), new Set(["processed"]))
      assert.deepStrictEqual(documents(yield* history(elm)), documents(before))
      assert.deepStrictEqual(documents(yield* history(juniper)), [
        ["receive", "PO PO-9, receipt R-9", "Juniper Trading (invented)"],
        ["ship", "order SO-9, shipment S-9", "Gorse Supply (invented)"]
      ])
      // The owner of the number is told where it went, and not by which documents of whom.
      const key = yield* keyFor(elm, ["read"])
      for (const path of ["/v1/serials", "/v1/traces"]) {
        const { text } = yield* ask(`${path}?serial=${number}`, { key })
        assert.include(text, "order SO-1, shipment S-1")
        assert.include(text, "gorse-supply")
        for (const theirs of ["SO-9", "S-9", "PO-9", "R-9"]) assert.notInclude(text, theirs, path)
      }
      assert.deepStrictEqual(yield* history("fir-logistics"), [])
    })
  )

  it.live("tell changes without a document to the owner, and to others while they hold the number", () =>
    Effect.gen(function* () {
      const { ask, context, keyFor } = yield* startedWithPacks
      const value = `01${gtin}211001`
      const history = Effect.fnUntraced(function* (company: string) {
        const key = yield* keyFor(company, ["read"])
        const { text } = yield* ask(`/v1/reports/serial-history?format=json&serial=${value}`, { key })
        return rowsIn(text).map(({ what, heldBy }) => `${what} ${heldBy}`)
      })
      const moves = [
        ["ship", "dogwood"],
        ["receive", "dogwood"],
        ["ship", "elm"],
        ["receive", "elm"]
      ] as const
      const clock = new Date("2026-01-06T12:00:00Z")
      const moved = Effect.forEach(moves, ([operation, company]) =>
        Serials.use((serials) =>
          serials.record({
            operation,
            values: [value],
            holder: "any",
            to: { company },
            context: { actor: "test", clock }
          })
        )
      )
      yield* Effect.provideContext(Transaction.transaction(moved), context)
      const all = ["world Alder", "ship Dogwood", "receive Dogwood", "ship Elm", "receive Elm"]
      assert.deepStrictEqual(yield* history("alder"), all)
      assert.deepStrictEqual(yield* history("dogwood"), all.slice(1, 4))
      assert.deepStrictEqual(yield* history("elm"), all.slice(3))
      assert.deepStrictEqual(yield* history("birch"), [])
    })
  )
})
