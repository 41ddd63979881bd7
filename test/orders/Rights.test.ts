/**
 * What partners may send: by the kind of their channel, or by what the channel says instead.
 */
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as Rights from "../../src/orders/Rights.ts"
import type { TradeDocument } from "../../src/orders/TradeDocument.ts"
import * as World from "../../src/partners/World.ts"

const channelsOf = (...channels: ReadonlyArray<Readonly<Record<string, unknown>>>) =>
  Result.getOrThrow(
    World.decode({
      companies: [],
      partnerChannels: channels.map((each, at) => ({ id: `c${at}`, owner: "a", partner: "b", ...each }))
    })
  ).partnerChannels

const head = {
  header: { sender: "1", receiver: "2", controlNumber: "3" },
  number: "N",
  tool: "partner",
  lines: [],
  places: { document: "$", field: (name: string) => name, line: () => "", lot: () => "", serial: () => "" }
} as const
const documents: ReadonlyArray<TradeDocument> = [
  { ...head, kind: "purchase_order", status: "draft" },
  { ...head, kind: "receipt", status: "open", against: { kind: "purchase_order", number: "PO" } },
  { ...head, kind: "sales_order", status: "draft" },
  { ...head, kind: "shipment", status: "open", salesOrder: "SO" },
  { ...head, kind: "return", status: "authorized" },
  { ...head, kind: "return", status: "cancelled" },
  { ...head, kind: "return", status: "received" },
  { ...head, kind: "stock_movement", operation: "put_away" },
  { ...head, kind: "serial_correction", page: "product", action: "add" }
]

const named = (document: TradeDocument) =>
  "status" in document ? `${document.kind} ${document.status}` : document.kind
const sent = (...channels: ReadonlyArray<Readonly<Record<string, unknown>>>) =>
  documents.filter((document) => Rights.channelsFor(channelsOf(...channels), document).length > 0).map(named)

describe("a partner may send", () => {
  it("what came, left and moved, where it runs a warehouse", () =>
    assert.deepStrictEqual(sent({ kind: "warehouse" }), [
      "receipt open",
      "shipment open",
      "return received",
      "stock_movement"
    ]))

  it("what was sold and may come back, where it is a shop", () =>
    assert.deepStrictEqual(sent({ kind: "sales" }), ["sales_order draft", "return authorized", "return cancelled"]))

  it("what its channel says, and nothing else", () => {
    assert.deepStrictEqual(sent({ kind: "sales", maySend: ["serial_correction"] }), ["serial_correction"])
    assert.deepStrictEqual(sent({ kind: "warehouse", maySend: [] }), [])
  })

  it("what any of its channels lets it", () =>
    assert.deepStrictEqual(sent({ kind: "sales", maySend: ["purchase_order"] }, { kind: "warehouse" }), [
      "purchase_order draft",
      "receipt open",
      "shipment open",
      "return received",
      "stock_movement"
    ]))

  it("nothing without a channel", () => assert.deepStrictEqual(sent(), []))
})

describe("what a partner is told", () => {
  const [, , , , authorized] = documents
  const told = (...channels: ReadonlyArray<Readonly<Record<string, unknown>>>) =>
    authorized === undefined ? undefined : Rights.named(channelsOf(...channels), authorized)

  it("names the document and what it may send instead", () => {
    assert.deepStrictEqual(told({ kind: "warehouse" }, { kind: "sales", maySend: ["receipt"] }), {
      kind: "return authorizations",
      allowed: "receipts, shipments, returns received, stock movements"
    })
    assert.deepStrictEqual(told({ kind: "sales", maySend: [] }), { kind: "return authorizations", allowed: "nothing" })
  })
})
