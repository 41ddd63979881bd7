/**
 * Documents that come again: whatever way the same lines, units and serials are told over several polls, each is taken
 * once, and what is less or otherwise is told.
 */
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import type { KnownLine } from "../../src/orders/Intake.ts"
import type { StoredLine, TakenOff } from "../../src/orders/OrdersModel.ts"
import * as Repoll from "../../src/orders/Repoll.ts"
import * as World from "../../src/partners/World.ts"

interface Said {
  readonly ref?: string
  readonly lot?: string
  readonly product?: string
  readonly price?: string
  readonly quantity?: number
  readonly serials?: ReadonlyArray<string>
}

const known = ({ ref = "1", lot, product = "p", price, serials = [], quantity = serials.length }: Said): KnownLine => ({
  index: 0,
  line: { sourceLineRef: ref, sku: product, quantity, uom: "EA", lotNumber: lot, price, serialNumbers: serials },
  whole: { quantity, serials: serials.length },
  product: Schema.decodeSync(World.Product)({ id: product, owner: "o", name: product, packagingLevel: "EA" }),
  name: product,
  values: serials,
  serials,
  positions: serials.map((_, at) => at)
})

/** What is stored of a line, as far as it is looked at. */
const stored = ({ line, product }: KnownLine, id: number, off = 0): StoredLine => ({
  id,
  documentId: 1,
  versionId: 1,
  position: 0,
  lineRef: line.sourceLineRef,
  parentRef: undefined,
  orderLineId: undefined,
  product: product.id,
  sku: line.sku,
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
  price: line.price === undefined ? undefined : Number(line.price).toFixed(2),
  notes: undefined,
  lotSource: undefined,
  serials: line.serialNumbers.length - off,
  before: undefined
})

/** What is stored, and what a poll finds against it. */
class Books {
  readonly lines: Array<KnownLine> = []
  takenOff: ReadonlyArray<TakenOff> = []
  byHand: ReadonlySet<string> = new Set()

  compare(lines: ReadonlyArray<KnownLine>): Repoll.Fresh {
    const off = (id: number) => this.takenOff.filter(({ line }) => line === id).length
    return Repoll.compare(
      {
        lines: this.lines.map((line, id) => stored(line, id, off(id))),
        listed: new Map(this.lines.map(({ values }, id) => [id, values])),
        takenOff: this.takenOff,
        byHand: this.byHand
      },
      lines.map((line, index) => ({ ...line, index }))
    )
  }

  poll(...said: ReadonlyArray<Said>): Repoll.Fresh {
    const found = this.compare(said.map(known))
    this.lines.push(...found.lines)
    return found
  }

  get units(): number {
    return this.lines.reduce((all, { line }) => all + line.quantity, 0)
  }
}

const taken = (...said: ReadonlyArray<Said>): Books => {
  const books = new Books()
  books.poll(...said)
  return books
}

const booked = ({ lines }: Repoll.Fresh) => lines.map(({ line, values }) => [line.quantity, ...values])
const told = ({ differences }: Repoll.Fresh) => differences.map(({ what, now, before }) => [what, now, before])
const fewer = (found: Repoll.Fresh) => found.fewer.map(({ quantity, before }) => [quantity, before])

describe("a document that comes again", () => {
  it("changes nothing", () => {
    const lines = [
      { lot: "L1", serials: ["a", "b"] },
      { ref: "2", quantity: 5 },
      { ref: "3", product: "q", quantity: 0.3 }
    ]
    const again = taken(...lines).poll(...lines)
    assert.deepStrictEqual(again, { lines: [], known: 3, fewer: [], differences: [] })
  })

  it("changes nothing when its lines are counted in another order", () => {
    const books = taken(
      { lot: "L1", quantity: 5 },
      { ref: "2", lot: "L2", quantity: 3 },
      { ref: "3", product: "q", quantity: 1 }
    )
    const again = books.poll(
      { ref: "1", product: "q", quantity: 1 },
      { ref: "2", lot: "L2", quantity: 3 },
      { ref: "3", lot: "L1", quantity: 5 }
    )
    assert.deepStrictEqual(again, { lines: [], known: 3, fewer: [], differences: [] })
  })

  it("gives serials to the units that are there without", () => {
    const found = taken({ quantity: 3, serials: ["a", "b"] }).poll({ quantity: 3, serials: ["a", "b", "c"] })
    assert.deepStrictEqual(booked(found), [[0, "c"]])
    assert.deepStrictEqual(found.lines[0]?.whole, { quantity: 3, serials: 3 })
    assert.deepStrictEqual(found.lines[0]?.positions, [2])
  })

  it("gives serials to the units that are there when it lists the new ones alone", () => {
    const books = taken({ quantity: 3, serials: ["a", "b"] })
    assert.deepStrictEqual(booked(books.poll({ serials: ["c"] })), [[0, "c"]])
    assert.deepStrictEqual(booked(books.poll({ serials: ["d"] })), [[1, "d"]])
    assert.deepStrictEqual(booked(taken({ quantity: 3 }).poll({ serials: ["a", "b", "c", "d"] })), [
      [1, "a", "b", "c", "d"]
    ])
  })

  it("books what goes beyond the units that are there", () => {
    assert.deepStrictEqual(booked(taken({ serials: ["a"] }).poll({ serials: ["a", "b", "c"] })), [[2, "b", "c"]])
    const books = taken({ quantity: 3, serials: ["a", "b"] })
    assert.deepStrictEqual(booked(books.poll({ quantity: 5, serials: ["a", "b", "c", "d"] })), [[2, "c", "d"]])
    assert.deepStrictEqual(booked(books.poll({ quantity: 5, serials: ["a", "b", "c", "d", "e"] })), [[0, "e"]])
  })

  it("books units that came besides, in floating numbers too", () => {
    assert.deepStrictEqual(booked(taken({ quantity: 5 }).poll({ quantity: 7 })), [[2]])
    assert.deepStrictEqual(booked(taken({ quantity: 0.1 }, { ref: "2", quantity: 0.2 }).poll({ quantity: 0.4 })), [
      [0.3]
    ])
    assert.deepStrictEqual(taken({ quantity: 0.1 }, { ref: "2", quantity: 0.2 }).poll({ quantity: 0.1 }).lines, [])
  })

  it("tells that there are fewer units, and takes nothing back", () => {
    const found = taken({ quantity: 5 }).poll({ quantity: 3 })
    assert.deepStrictEqual([booked(found), fewer(found)], [[], [[3, 5]]])
  })

  it("has the desk see more serials than the document has units", () => {
    const found = taken({ serials: ["a", "b"] }).poll({ serials: ["a", "c"] })
    assert.deepStrictEqual(booked(found), [[0, "c"]])
    assert.deepStrictEqual(found.lines[0]?.whole, { quantity: 2, serials: 3 })
  })

  it("has the desk see serials of the line that it leaves out this time", () => {
    const found = taken({ quantity: 3, serials: ["a", "b"] }).poll({ quantity: 3, serials: ["c"] })
    assert.deepStrictEqual([booked(found), found.lines[0]?.whole], [[[0, "c"]], { quantity: 3, serials: 3 }])
  })

  it("takes another lot of the same line, and another line, as new", () => {
    const found = taken({ lot: "L1", quantity: 5 }).poll(
      { lot: "L1", quantity: 5 },
      { lot: "L2", quantity: 3 },
      { ref: "2", lot: "L1", quantity: 1 }
    )
    assert.deepStrictEqual(
      found.lines.map(({ line }) => [line.sourceLineRef, line.lotNumber, line.quantity]),
      [
        ["1", "L2", 3],
        ["2", "L1", 1]
      ]
    )
    assert.deepStrictEqual([told(found), fewer(found)], [[], []])
  })

  it("takes a line that was not there as new though the others are left out", () => {
    const books = taken({ quantity: 5 })
    assert.deepStrictEqual(booked(books.poll({ ref: "2", quantity: 3 })), [[3]])
  })

  it("tells another lot, with and without serials, and doubles nothing", () => {
    const bulk = taken({ lot: "L1", quantity: 5 }).poll({ lot: "L2", quantity: 5 })
    assert.deepStrictEqual([booked(bulk), told(bulk)], [[], [["Lot", "L2", "L1"]]])
    const split = taken({ lot: "L1", quantity: 5 }).poll({ lot: "L1", quantity: 3 }, { lot: "L2", quantity: 2 })
    assert.deepStrictEqual([booked(split), told(split)], [[], [["Lot", "L2", "L1"]]])
    const serials = taken({ lot: "L1", serials: ["a", "b"] }).poll({ lot: "L2", serials: ["a", "b"] })
    assert.deepStrictEqual([booked(serials), told(serials)], [[], [["Lot", "L2", "L1"]]])
    const late = taken({ quantity: 5 }).poll({ lot: "L1", quantity: 5 })
    assert.deepStrictEqual([booked(late), told(late)], [[], [["Lot", "L1", "none"]]])
  })

  it("tells another price, however it is written", () => {
    const books = taken({ quantity: 5, price: "5.00" })
    assert.deepStrictEqual(told(books.poll({ quantity: 5, price: "5" })), [])
    assert.deepStrictEqual(told(books.poll({ quantity: 5 })), [])
    const found = books.poll({ quantity: 6, price: "6.50" })
    assert.deepStrictEqual([booked(found), told(found)], [[[1]], [["Price", "6.50", "5.00"]]])
  })

  it("tells another product of a line, and takes neither", () => {
    const found = taken({ quantity: 5 }).poll({ product: "q", quantity: 5 })
    assert.deepStrictEqual([booked(found), told(found)], [[], [["Product", "q", "p"]]])
  })
})

describe("serials taken off or added by hand", () => {
  const corrected = (unit: boolean): Books => {
    const books = taken({ serials: ["a", "b"] })
    books.takenOff = [{ line: 0, value: "b", unit }]
    return books
  }

  it("count as listed before", () => {
    for (const unit of [true, false])
      for (const again of [{ serials: ["a", "b"] }, { quantity: 2 }, { quantity: 2, serials: ["a"] }])
        assert.deepStrictEqual(booked(corrected(unit).poll(again)), [])
  })

  it("leave their unit to another serial, or not where the unit was taken off too", () => {
    assert.deepStrictEqual(booked(corrected(false).poll({ serials: ["a", "c"] })), [[0, "c"]])
    assert.deepStrictEqual(booked(corrected(true).poll({ serials: ["a", "c"] })), [[1, "c"]])
    assert.deepStrictEqual(booked(corrected(false).poll({ serials: ["c"] })), [[0, "c"]])
    assert.deepStrictEqual(booked(corrected(true).poll({ serials: ["c"] })), [[1, "c"]])
  })

  it("are no fewer units when the document follows the correction", () => {
    assert.deepStrictEqual(fewer(corrected(true).poll({ serials: ["a"] })), [])
    assert.deepStrictEqual(fewer(corrected(false).poll({ serials: ["a"] })), [[1, 2]])
  })

  it("are not taken once more", () => {
    const books = taken({ quantity: 3, serials: ["a", "b"] })
    books.byHand = new Set(["c"])
    const found = books.poll({ quantity: 3, serials: ["a", "b", "c"] })
    assert.deepStrictEqual(found, { lines: [], known: 1, fewer: [], differences: [] })
  })
})

describe("polls in any order", () => {
  const Poll = Schema.Array(
    Schema.Struct({
      ref: Schema.Literals(["1", "2"]),
      lot: Schema.Literals(["L1", "L2"]),
      more: Schema.Literals([0, 1, 2]),
      serials: Schema.Array(Schema.Literals(["a", "b", "c", "d", "e"]))
    })
  )
  it.prop("take each serial once, and nothing when they are repeated", [Schema.Array(Poll)], ([polls]) => {
    const books = new Books()
    for (const poll of polls) {
      // Within a document a serial stands once: the desk refuses it otherwise.
      const seen = new Set<string>()
      const lines = poll.map(({ ref, lot, more, serials }): Said => {
        const own = serials.filter((serial) => !seen.has(serial) && seen.add(serial).size > 0)
        return { ref, lot, quantity: own.length + more, serials: own }
      })
      const before = books.units
      books.poll(...lines.filter(({ quantity }) => quantity !== 0))
      const total = lines.reduce((all, { quantity = 0 }) => all + quantity, 0)
      assert.isAtLeast(books.units, Math.max(before, total))
      assert.isAtMost(books.units, before + total)
      assert.deepStrictEqual(books.compare(lines.filter(({ quantity }) => quantity !== 0).map(known)).lines, [])
    }
    const values = books.lines.flatMap((line) => line.values)
    assert.strictEqual(new Set(values).size, values.length)
    assert.deepStrictEqual(new Set(values), new Set(polls.flatMap((poll) => poll.flatMap(({ serials }) => serials))))
  })
})
