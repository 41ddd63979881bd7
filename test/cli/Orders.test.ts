/**
 * `throughline orders` over documents that went through the whole engine: lots and serials of a purchase order, a receipt
 * and a shipment can be looked up (TO-V1), orders and purchase orders found by serial (SC-53), and a release made by the
 * command goes to the warehouse like one that was posted.
 */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as CommandLine from "./CommandLine.ts"

const { run, json, process, Surroundings } = CommandLine

const sample = (path: string): string => fileURLToPath(new URL(`../../samples/${path}`, import.meta.url))

/** Documents of a case, in the order of their names, as messages of their types. */
const types = {
  "purchase-order": "PURCHASE_ORDER",
  receipt: "RECEIPT",
  "sales-order": "SALES_ORDER",
  shipment: "SHIPMENT"
} as const

const bring = Effect.fnUntraced(function* (
  kase: string,
  files: ReadonlyArray<readonly [file: string, kind: keyof typeof types, from: string]>
) {
  for (const [file, kind, from] of files)
    yield* process(from, types[kind], [[file, readFileSync(sample(`${kase}/${file}`))]])
})

layer(Surroundings.layer, { excludeTestServices: true })("throughline orders", (it) => {
  it.effect("shows lots and serials of a purchase order, a receipt and a shipment (TO-V1)", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* run("import", sample("orders-story/world.yaml"))).code, 0)
      yield* bring("shipment/closed", [
        ["1-purchase-order.json", "purchase-order", "elm-outfitters"],
        ["2-receipt.json", "receipt", "fir-logistics"],
        ["3-sales-order.json", "sales-order", "elm-outfitters"],
        ["4-shipment.json", "shipment", "fir-logistics"]
      ])
      const [receipt] = yield* json("orders", "show", "receipt", "R-1")
      assert.deepNestedInclude(receipt, {
        status: "confirmed",
        "lines[0].lot": "L7",
        "lines[0].expiration": "2027-12-31",
        "lines[0].serialNumbers": ["0001", "0002"],
        "passages[0].channel": "fir-wms"
      })
      const [shipment] = yield* json("orders", "show", "shipment", "S-1")
      assert.deepNestedInclude(shipment, { "lines[0].lot": "L7", "lines[0].serialNumbers": ["0002"] })
      const text = (yield* run("orders", "show", "shipment", "S-1")).out.join("\n")
      assert.include(text, "shipment S-1 of elm-outfitters, closed")
      assert.include(text, "line 1: 0002")
      assert.include(text, "trackingNumber 1Z-1")
    })
  )

  it.effect("finds orders and purchase orders by serial (SC-53)", () =>
    Effect.gen(function* () {
      const all = yield* json("orders", "find", "0002")
      assert.deepStrictEqual(
        all.map(({ kind, number, orderId }) => [kind, number, typeof orderId]),
        [
          ["receipt", "R-1", "number"],
          ["shipment", "S-1", "number"]
        ]
      )
      const shipments = yield* json("orders", "find", "0100614141101023210002", "--kind", "shipment")
      assert.lengthOf(shipments, 1)
      const none = yield* run("orders", "find", "9999")
      assert.include(none.err.join("\n"), "No document lists such a serial number.")
    })
  )

  it.effect("names the customers a lot went to and the vendor it came from", () =>
    Effect.gen(function* () {
      const rows = yield* json("orders", "lot", "L7")
      assert.deepStrictEqual(
        rows.map(({ kind, partner, quantity, order }) => [kind, partner, quantity, order]),
        [
          ["receipt", "gorse-supply", 2, "PO-1"],
          ["shipment", "ivy-clinic", 1, "SO-1"]
        ]
      )
      assert.include((yield* run("orders", "lot", "L7")).out.join("\n"), "ivy-clinic")
      assert.include((yield* run("orders", "lot", "L8")).err.join("\n"), "No document has such a lot.")
    })
  )

  it.effect("releases and cancels by messages that are in the journal", () =>
    Effect.gen(function* () {
      yield* bring("purchase-order/draft-with-lots", [["2-purchase-order.json", "purchase-order", "elm-outfitters"]])
      const drafts = yield* json("orders", "list", "--kind", "purchase-order", "--status", "draft")
      // The purchase order of the shipment is released already, and stays so.
      assert.deepStrictEqual(drafts, [])
      const cancelled = yield* run("orders", "cancel", "purchase-order", "PO-1")
      assert.match(cancelled.out.join("\n"), /Message \d+ is in the journal/u)
      const [message] = yield* json("messages", "--limit", "1")
      assert.deepInclude(message, { type: "PURCHASE_ORDER", channel: "command", company: "elm-outfitters" })
      // It says no date, so the order keeps the one it has.
      const [, id = ""] = /Message (\d+) is/u.exec(cancelled.out.join("\n")) ?? []
      const posted = yield* CommandLine.documentOf(Number(id))
      assert.include(posted, '"status"')
      assert.notInclude(posted, '"date"')
    })
  )

  it.effect("writes prices as money, for people and for programs", () =>
    Effect.gen(function* () {
      const document = {
        header: { sender: "9521234001010", receiver: "9521234001010", controlNumber: "PRICED" },
        number: "PO-PRICED",
        status: "draft",
        lines: [
          { sku: "SCAN-1", quantity: 1, price: "5" },
          { sku: "CABLE-2M", quantity: 1, price: "0.125" }
        ]
      }
      yield* process("elm-outfitters", "PURCHASE_ORDER", [["priced.json", Buffer.from(JSON.stringify(document))]])
      const [order] = yield* json("orders", "show", "purchase-order", "PO-PRICED")
      assert.deepNestedInclude(order, { "lines[0].price": "5.00", "lines[1].price": "0.125" })
      assert.match((yield* run("orders", "show", "purchase-order", "PO-PRICED")).out.join("\n"), /SCAN-1.* 5\.00/u)
    })
  )

  it.effect("repeats every message of orders without a difference", () =>
    Effect.gen(function* () {
      const { code, out } = yield* run("replay", "--since", "1 day")
      assert.match(out.at(-1) ?? "", /^(\d+) runs repeated, \1 the same, 0 different\.$/u, out.join("\n"))
      assert.strictEqual(code, 0)
    })
  )

  it.effect("says what is wrong with a call", () =>
    Effect.gen(function* () {
      const unknown = yield* run("orders", "show", "receipt", "R-99")
      assert.strictEqual(unknown.code, 2)
      assert.include(unknown.err.join("\n"), "There is no receipt R-99.")
      const stranger = yield* run(
        "orders",
        "post",
        "RECEIPT",
        sample("shipment/closed/2-receipt.json"),
        "--company",
        "x"
      )
      assert.include(stranger.err.join("\n"), "There is no company x.")
      assert.strictEqual((yield* run("orders", "show", "invoice", "I-1")).code, 2)
    })
  )
})
