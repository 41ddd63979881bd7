/**
 * Recalls over what messages did: a lot by each of its three numbers, units that became another product, got another lot
 * or went into kits, and who is to be told of each.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { documentsOf, elm, trading } from "../api/Merchants.ts"

const main = { warehouse: "main" }
const bin = { from: { bin: "A-01" } }
const serum = (serialNumbers: ReadonlyArray<string>, lot: object = {}) => ({
  sku: "SERUM-10",
  quantity: serialNumbers.length,
  serialNumbers,
  ...lot
})
const salve = (quantity: number, lot: object) => ({ sku: "SALVE-50", quantity, ...lot })
const first = { lotNumber: "L1", supplierLotNumber: "SUP-9" }
const second = { lotNumber: "L1", supplierLotNumber: "SUP-10" }

/** Two suppliers' lots under one number of our own, bought and put away. */
const bought = documentsOf(elm, 1, [
  [
    "PURCHASE_ORDER",
    {
      number: "PO-1",
      status: "released",
      vendor: "gorse-supply",
      ...main,
      lines: [
        { line: 1, sku: "SERUM-10", quantity: 6, price: "5.00" },
        { line: 2, sku: "SALVE-50", quantity: 30, price: "2.00" }
      ]
    }
  ],
  [
    "RECEIPT",
    {
      number: "R-1",
      status: "confirmed",
      purchaseOrder: "PO-1",
      ...main,
      lines: [
        serum(["A1", "A2", "A3", "A4"], { ...first, expirationDate: "2027-11-30" }),
        serum(["A5", "A6"], { ...second, expirationDate: "2027-11-30" }),
        salve(20, { lotNumber: "K7", supplierLotNumber: "SUP-K" }),
        salve(10, { warehouseLotNumber: "W-3" })
      ]
    }
  ]
])

const orderOf = (number: string, customer: string, lines: ReadonlyArray<object>) =>
  ["SALES_ORDER", { number, status: "released", customer, ...main, lines }] as const
const shipmentOf = (number: string, salesOrder: string, lines: ReadonlyArray<object>, date?: string) =>
  ["SHIPMENT", { number, status: "closed", salesOrder, ...main, date, lines }] as const

const started = Effect.gen(function* () {
  const { ask, keyFor, process } = yield* trading
  const key = yield* keyFor(elm, ["read"])
  const taken = Effect.fnUntraced(function* (documents: ReturnType<typeof documentsOf>) {
    assert.deepStrictEqual(yield* process(elm, documents), new Set(["processed"]))
  })
  yield* taken(bought)
  const rows = Effect.fnUntraced(function* (report: string, filters: string) {
    const { status, text } = yield* ask(`/v1/reports/${report}?format=json&${filters}`, { key })
    assert.strictEqual(status, 200, text)
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line): Readonly<Record<string, unknown>> => JSON.parse(line))
  })
  const recall = (filters: string) =>
    Effect.map(rows("recall", filters), (all) =>
      all.map(({ product, lot, serialNumber, qty, status, now, customer }) =>
        [product, lot, serialNumber ?? qty, status, now ?? "", customer ?? ""].join(" | ")
      )
    )
  const customers = (filters: string) =>
    Effect.map(rows("recall-customers", filters), (all) =>
      all.map(({ customer, product, lot, shipped, returned, stillOut, relabelled, kits }) =>
        [customer, product, lot, shipped, returned, stillOut, relabelled, kits].join(" | ")
      )
    )
  return { taken, recall, customers }
})

describe("recall", () => {
  it.live("finds a lot by the supplier's and the warehouse's number, and who got it under our own", () =>
    Effect.gen(function* () {
      const { taken, recall, customers } = yield* started
      yield* taken(
        documentsOf(elm, 2, [
          orderOf("SO-1", "ivy-clinic", [
            { line: 1, sku: "SERUM-10", quantity: 2, price: "9.50" },
            { line: 2, sku: "SALVE-50", quantity: 6, price: "3.00" }
          ]),
          shipmentOf("S-1", "SO-1", [
            serum(["A2", "A5"], { lotNumber: "L1" }),
            salve(4, { lotNumber: "K7" }),
            salve(2, { warehouseLotNumber: "W-3" })
          ])
        ])
      )
      // Numbers are told apart by the line they came on, though both lots go by L1 since.
      assert.deepStrictEqual(yield* recall("lot=SUP-9"), [
        "SERUM-10 | SUP-9 | A1 | received | lot L1 | ",
        "SERUM-10 | SUP-9 | A2 | shipped | lot L1 | Ivy Clinic (invented)",
        "SERUM-10 | SUP-9 | A3 | received | lot L1 | ",
        "SERUM-10 | SUP-9 | A4 | received | lot L1 | "
      ])
      assert.deepStrictEqual(yield* customers("lot=SUP-9"), [
        "Ivy Clinic (invented) | SERUM-10 | SUP-9 | 1 | 0 | 1 | 0 | 0"
      ])
      assert.deepStrictEqual(yield* recall("lot=SUP-K"), [
        "SALVE-50 | SUP-K | 4 | shipped | lot K7 | Ivy Clinic (invented)",
        "SALVE-50 | SUP-K | 16 | in stock | lot K7 | "
      ])
      assert.deepStrictEqual(yield* recall("lot=W-3"), [
        "SALVE-50 | W-3 | 2 | shipped |  | Ivy Clinic (invented)",
        "SALVE-50 | W-3 | 8 | in stock |  | "
      ])
      assert.deepStrictEqual(yield* customers("lot=W-3&lot=SUP-K"), [
        "Ivy Clinic (invented) | SALVE-50 | SUP-K | 4 | 0 | 4 | 0 | 0",
        "Ivy Clinic (invented) | SALVE-50 | W-3 | 2 | 0 | 2 | 0 | 0"
      ])
      assert.strictEqual((yield* recall("lot=L1")).length, 6)
    })
  )

  it.live("follows units into kits, and names the customers whose kits may hold some", () =>
    Effect.gen(function* () {
      const { taken, recall, customers } = yield* started
      yield* taken(
        documentsOf(elm, 2, [
          orderOf("SO-0", "hazel-market", [{ line: 1, sku: "KIT-1", quantity: 1, price: "40.00" }]),
          shipmentOf("S-0", "SO-0", [{ sku: "KIT-1", quantity: 1 }], "2026-10-01")
        ])
      )
      const kits = { ...main, ...bin, operation: "kit_assembly" }
      yield* taken(
        documentsOf(elm, 3, [
          [
            "STOCK_MOVEMENT",
            {
              number: "M-1",
              ...kits,
              toProduct: { sku: "KIT-1" },
              lines: [serum(["A1", "A2"]), salve(5, { lotNumber: "K7" })]
            }
          ],
          [
            "STOCK_MOVEMENT",
            { number: "M-2", ...kits, toProduct: { sku: "KIT-1" }, lines: [salve(3, { lotNumber: "K7" })] }
          ],
          orderOf("SO-1", "ivy-clinic", [{ line: 1, sku: "KIT-1", quantity: 2, price: "40.00" }]),
          shipmentOf("S-1", "SO-1", [{ sku: "KIT-1", quantity: 2 }])
        ])
      )
      assert.deepStrictEqual(yield* recall("lot=SUP-9"), [
        "SERUM-10 | SUP-9 | A1 | picked | lot L1, in KIT-1, kit assembly M-1 | ",
        "SERUM-10 | SUP-9 | A2 | picked | lot L1, in KIT-1, kit assembly M-1 | ",
        "SERUM-10 | SUP-9 | A3 | received | lot L1 | ",
        "SERUM-10 | SUP-9 | A4 | received | lot L1 | ",
        "SERUM-10 | SUP-9 | 2 | kit shipped | in KIT-1 | Ivy Clinic (invented)"
      ])
      assert.deepStrictEqual(yield* recall("lot=K7"), [
        "SALVE-50 | K7 | 12 | in stock |  | ",
        "SALVE-50 | K7 | 5 | in a kit | in KIT-1, kit assembly M-1 | ",
        "SALVE-50 | K7 | 3 | in a kit | in KIT-1, kit assembly M-2 | ",
        "SALVE-50 | K7 | 2 | kit shipped | in KIT-1 | Ivy Clinic (invented)"
      ])
      assert.deepStrictEqual(yield* customers("lot=K7"), ["Ivy Clinic (invented) | SALVE-50 | K7 | 0 | 0 | 0 | 0 | 2"])
    })
  )

  it.live("tells what became another product or got another lot as what it is now", () =>
    Effect.gen(function* () {
      const { taken, recall, customers } = yield* started
      const transfer = { ...main, ...bin, to: { bin: "A-02" }, operation: "sku_transfer" }
      yield* taken(
        documentsOf(elm, 2, [
          ["STOCK_MOVEMENT", { number: "M-1", ...transfer, toProduct: { sku: "SCAN-1R" }, lines: [serum(["A1"])] }],
          [
            "STOCK_MOVEMENT",
            { number: "M-2", ...transfer, toProduct: { sku: "CABLE-2M" }, lines: [salve(5, { lotNumber: "K7" })] }
          ],
          orderOf("SO-1", "ivy-clinic", [
            { line: 1, sku: "CABLE-2M", quantity: 3, price: "4.00" },
            { line: 2, sku: "SERUM-10", quantity: 1, price: "9.00" }
          ]),
          shipmentOf("S-1", "SO-1", [
            { sku: "CABLE-2M", quantity: 3, lotNumber: "K7" },
            serum(["A2"], { lotNumber: "L1" })
          ]),
          // One is bought back, gets another lot and goes out again.
          [
            "PURCHASE_ORDER",
            {
              number: "PO-2",
              status: "released",
              vendor: "ivy-clinic",
              ...main,
              lines: [{ line: 1, sku: "SERUM-10", quantity: 1, price: "1.00" }]
            }
          ],
          [
            "RECEIPT",
            {
              number: "R-2",
              status: "confirmed",
              purchaseOrder: "PO-2",
              ...main,
              lines: [serum(["A2"], { lotNumber: "L2", expirationDate: "2028-06-30" })]
            }
          ],
          orderOf("SO-2", "hazel-market", [{ line: 1, sku: "SERUM-10", quantity: 1, price: "9.00" }]),
          shipmentOf("S-2", "SO-2", [serum(["A2"], { lotNumber: "L2" })])
        ])
      )
      const numbers = yield* recall("lot=SUP-9&product=SERUM-10")
      assert.deepStrictEqual(numbers.slice(0, 3), [
        "SERUM-10 | SUP-9 | A1 | received | SCAN-1R, lot L1 | ",
        "SERUM-10 | SUP-9 | A2 | shipped | lot L2 | Hazel Market (invented)",
        "SERUM-10 | SUP-9 | A3 | received | lot L1 | "
      ])
      assert.deepStrictEqual(yield* customers("lot=L1"), [
        "Hazel Market (invented) | SERUM-10 | L1 | 0 | 0 | 0 | 1 | 0"
      ])
      assert.deepStrictEqual(yield* recall("lot=L2"), ["SERUM-10 | L2 | A2 | shipped |  | Hazel Market (invented)"])
      assert.deepStrictEqual(yield* recall("lot=K7&product=SALVE-50"), [
        "SALVE-50 | K7 | 3 | shipped | CABLE-2M | Ivy Clinic (invented)",
        "SALVE-50 | K7 | 15 | in stock |  | ",
        "SALVE-50 | K7 | 2 | in stock | CABLE-2M | "
      ])
      assert.deepStrictEqual(yield* customers("lot=K7&product=SALVE-50"), [
        "Ivy Clinic (invented) | SALVE-50 | K7 | 0 | 0 | 0 | 3 | 0"
      ])
    })
  )
})
