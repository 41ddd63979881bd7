/**
 * The registry's word against the file: for each way out, and each thing of a line, what counts as passed stands in the
 * bytes, and what does not stand there has a reason.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { orderReplies } from "../../pipelines/order-replies.ts"
import * as Carried from "../../src/orders/Carried.ts"
import type { Outbound, OutboundLine } from "../../src/orders/Outbound.ts"
import * as PassThrough from "../../src/orders/PassThrough.ts"
import { documentFormats, noticeFormats, PartnerChannel } from "../../src/partners/WorldOrders.ts"

/** Each thing with a line of it alone, and how its value may be written. */
const things: ReadonlyArray<readonly [PassThrough.Thing, Partial<OutboundLine>, RegExp]> = [
  ["lot", { lotNumber: "LOT-A" }, /LOT-A/u],
  ["supplierLot", { supplierLotNumber: "SUP-B" }, /SUP-B/u],
  ["warehouseLot", { warehouseLotNumber: "WHS-C" }, /WHS-C/u],
  ["expiry", { expirationDate: "2031-01-17" }, /2031-?01-?17/u],
  ["bestBefore", { bestBeforeDate: "2032-02-18" }, /2032-?02-?18/u],
  ["production", { productionDate: "2022-03-19" }, /2022-?03-?19/u],
  ["serial", { serialNumbers: ["SER-1", "SER-2"] }, /SER-1.*SER-2/su]
]

const line = (more: Partial<OutboundLine>): OutboundLine => ({
  sourceLineRef: "1",
  sku: "SERUM-10",
  gtin: "00614141101023",
  quantity: 2,
  uom: "EA",
  serialNumbers: [],
  ...more
})

const channelOf = (way: Carried.Way, format: string): PartnerChannel => {
  const on = { on: true }
  return Schema.decodeSync(PartnerChannel)({
    id: "c",
    owner: "elm",
    partner: "fir",
    kind: way === "shipNotices" ? "sales" : "warehouse",
    capabilities: { poOut: on, salesOut: on, serials: true },
    [way]: format
  })
}

const documentOf = (way: Carried.Way, channel: PartnerChannel, lines: ReadonlyArray<OutboundLine>): Outbound => {
  const common = {
    header: { sender: "9521234001010", receiver: "9521234001034", controlNumber: "20261124090000017" },
    channel,
    at: new Date("2026-11-24T09:00:00Z"),
    number: "DOC-1",
    owner: { name: "Elm" },
    status: "released",
    lines
  } as const
  switch (way) {
    case "purchaseOrders":
      return { _tag: "StockTransferAdvice", ...common }
    case "salesOrders":
      return { _tag: "ShippingOrder", ...common }
    case "shipNotices":
      return { _tag: "ShipNotice", ...common, salesOrder: "SO-1" }
  }
}

const sent = Effect.fnUntraced(function* (way: Carried.Way, channel: PartnerChannel, all: Partial<OutboundLine>) {
  const stage = way === "shipNotices" ? "salesOut" : "poOut"
  const { lines, passings } = PassThrough.pass(channel, stage, [line(all)], Carried.by(channel, way))
  const { controlNumber } = documentOf(way, channel, []).header
  const { bytes, findings } = yield* orderReplies.write({
    to: "fir",
    controlNumber,
    value: documentOf(way, channel, lines)
  })
  assert.deepStrictEqual(findings.errors, [])
  return { text: new TextDecoder().decode(bytes), passings }
})

const ways = [
  ...documentFormats.flatMap((format) => [["purchaseOrders", format] as const, ["salesOrders", format] as const]),
  ...noticeFormats.map((format) => ["shipNotices", format] as const)
].filter(([, format]) => format !== "none")

describe("what a document carries", () => {
  for (const [way, format] of ways) {
    const channel = channelOf(way, format)
    for (const [thing, alone, written] of things) {
      it.effect(`${thing} in ${way} as ${format}: passed is in the file`, () =>
        Effect.gen(function* () {
          const { text, passings } = yield* sent(way, channel, alone)
          assert.deepStrictEqual(
            passings.map(({ what, reason }) => [what, reason]),
            [[thing, Carried.by(channel, way).has(thing) ? undefined : "not_in_format"]]
          )
          assert.strictEqual(written.test(text), Carried.by(channel, way).has(thing), text)
        })
      )
    }

    it.effect(`all of it in ${way} as ${format} beside each other`, () =>
      Effect.gen(function* () {
        const together = Object.assign({}, ...things.map(([, alone]) => alone))
        const { text, passings } = yield* sent(way, channel, together)
        assert.deepStrictEqual(
          things.map(([thing, , written]) => [thing, written.test(text)]),
          things.map(([thing]) => [thing, passings.some(({ what, reason }) => what === thing && reason === undefined)])
        )
      })
    )
  }
})
