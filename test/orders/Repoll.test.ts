/**
 * Documents that come again: whatever way the same lines and serials are told over several polls, each is taken once.
 */
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import type { KnownLine } from "../../src/orders/Intake.ts"
import type { StoredLine } from "../../src/orders/OrdersModel.ts"
import * as Repoll from "../../src/orders/Repoll.ts"
import * as World from "../../src/partners/World.ts"

const product = Schema.decodeSync(World.Product)({ id: "p", owner: "o", name: "P", packagingLevel: "EA" })

const known = (
  ref: string,
  lot: string | undefined,
  values: ReadonlyArray<string>,
  quantity = values.length
): KnownLine => ({
  index: 0,
  line: { sourceLineRef: ref, sku: "P", quantity, uom: "EA", lotNumber: lot, serialNumbers: values },
  product,
  name: "P",
  values,
  serials: values,
  positions: values.map((_, at) => at)
})

/** What is stored of a line, as far as it is looked at. */
const stored = ({ line }: KnownLine, id: number): StoredLine => ({
  id,
  documentId: 1,
  versionId: 1,
  position: 0,
  lineRef: line.sourceLineRef,
  parentRef: undefined,
  orderLineId: undefined,
  product: "p",
  sku: "P",
  gtin: undefined,
  quantity: line.quantity,
  uom: "EA",
  lot: line.lotNumber,
  supplierLot: undefined,
  warehouseLot: undefined,
  expiration: undefined,
  bestBefore: undefined,
  production: undefined,
  sscc: undefined,
  price: undefined,
  notes: undefined,
  lotSource: undefined,
  serials: line.serialNumbers.length,
  before: undefined
})

describe("a document that comes again", () => {
  it("changes nothing", () => {
    const lines = [known("1", "L1", ["S1", "S2"]), known("2", undefined, [], 5)]
    const again = Repoll.fresh(lines.map(stored), new Set(["S1", "S2"]), lines)
    assert.deepStrictEqual(again, { lines: [], known: 2 })
  })

  it("adds new serials of a line as so many units, with their places", () => {
    const { lines, known: same } = Repoll.fresh([stored(known("1", "L1", ["S1"]), 1)], new Set(["S1"]), [
      known("1", "L1", ["S1", "S2", "S3"])
    ])
    assert.strictEqual(same, 0)
    assert.deepInclude(lines[0], { values: ["S2", "S3"], positions: [1, 2] })
    assert.strictEqual(lines[0]?.line.quantity, 2)
  })

  it("takes another lot of the same line, and another line, as new", () => {
    const { lines } = Repoll.fresh([stored(known("1", "L1", [], 5), 1)], new Set(), [
      known("1", "L1", [], 5),
      known("1", "L2", [], 3),
      known("2", "L1", [], 1)
    ])
    assert.deepStrictEqual(
      lines.map(({ line }) => [line.sourceLineRef, line.lotNumber, line.quantity]),
      [
        ["1", "L2", 3],
        ["2", "L1", 1]
      ]
    )
  })
})

describe("polls in any order", () => {
  const Poll = Schema.Array(
    Schema.Struct({
      ref: Schema.Literals(["1", "2"]),
      lot: Schema.Literals(["L1", "L2"]),
      serials: Schema.Array(Schema.Literals(["a", "b", "c", "d", "e"]))
    })
  )
  it.prop("take each serial once", [Schema.Array(Poll)], ([polls]) => {
    const all: Array<StoredLine> = []
    const values: Array<string> = []
    for (const poll of polls) {
      // Within a document a serial stands once: the desk refuses it otherwise.
      const seen = new Set<string>()
      const lines = poll.map(({ ref, lot, serials }) =>
        known(
          ref,
          lot,
          serials.filter((serial) => !seen.has(serial) && seen.add(serial).size > 0)
        )
      )
      const { lines: news } = Repoll.fresh(all, new Set(values), lines)
      for (const line of news) {
        all.push(stored(line, all.length))
        values.push(...line.values)
      }
      const told = Repoll.fresh(all, new Set(values), lines)
      assert.deepStrictEqual(told.lines, [])
    }
    assert.strictEqual(new Set(values).size, values.length)
    const wanted = new Set(polls.flatMap((poll) => poll.flatMap(({ serials }) => serials)))
    assert.deepStrictEqual(new Set(values), wanted)
  })
})
