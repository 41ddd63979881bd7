/**
 * X12 mappings out, read back by the grammars: long lists go into loops that hold them, what a partner calls things is
 * used, and the shapes for shops carry lots and expiry.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Amazon from "../../mappings/THROUGHLINE_JSON_Amazon_Shipment_1_0.ts"
import * as Shopify from "../../mappings/THROUGHLINE_JSON_Shopify_Metafield_1_0.ts"
import * as Notice from "../../mappings/X12_004010_856.ts"
import * as Order from "../../mappings/X12_004010_940.ts"
import * as Advice from "../../mappings/X12_004010_943.ts"
import * as ShippingAdvice from "../../mappings/X12_004010_945.ts"
import * as X12 from "../../src/formats/X12.ts"
import type { OutboundLine, ShipNotice, ShippingOrder, StockTransferAdvice } from "../../src/orders/Outbound.ts"
import type { PartnerChannel } from "../../src/partners/WorldOrders.ts"

const stage = { supported: true, on: true }
const channel: PartnerChannel = {
  id: "fir-wms",
  owner: "elm",
  partner: "fir",
  kind: "warehouse",
  warehouses: [],
  capabilities: {
    poOut: stage,
    receiptIn: stage,
    shipmentIn: stage,
    salesOut: stage,
    lots: true,
    serialsDisallowed: false,
    expiry: true,
    prices: false,
    cancellations: []
  },
  purchaseOrders: "X12",
  salesOrders: "X12",
  shipNotices: "X12"
}

const line = (serials: number): OutboundLine => ({
  sourceLineRef: "1",
  sku: "SERUM-10",
  gtin: "00614141101023",
  quantity: serials + 5,
  uom: "EA",
  lotNumber: "L7",
  expirationDate: "2027-12-31",
  productionDate: "2026-01-31",
  serialNumbers: Array.from({ length: serials }, (_, n) => `S${n}`)
})

const common = {
  header: { sender: "9521234001010", receiver: "9521234001034", controlNumber: "20261124090000017-1" },
  channel,
  at: new Date("2026-11-24T09:00:00Z"),
  number: "DOC-1",
  owner: { name: "Elm" }
}
const advice = (serials: number, x12?: PartnerChannel["x12"]): StockTransferAdvice => ({
  _tag: "StockTransferAdvice",
  status: "released",
  ...common,
  channel: x12 === undefined ? channel : { ...channel, x12 },
  lines: [line(serials)]
})
const order = (serials: number): ShippingOrder => ({
  _tag: "ShippingOrder",
  status: "released",
  ...common,
  lines: [line(serials)]
})
const notice = (more: Partial<ShipNotice> = {}): ShipNotice => ({
  _tag: "ShipNotice",
  ...common,
  salesOrder: "SO-1",
  lines: [line(2)],
  ...more
})

const bytes = (text: string) => new TextEncoder().encode(text)

/** What a partner reads of a value, and nothing wrong with it. */
const readBack = <F extends X12.Fields>(
  set: X12.TransactionSet<F>,
  { interchange, options }: { readonly interchange: X12.Outgoing<F>; readonly options: X12.WriteOptions }
) => {
  const { problems, text } = X12.compose(set, interchange, options)
  assert.deepStrictEqual(problems, [])
  const reading = X12.read(bytes(text), set)
  assert.deepStrictEqual(reading.issues, [])
  const value = reading.interchange?.groups[0]?.sets[0]?.value
  if (value === undefined) return assert.fail("nothing was read")
  return value
}

describe("X12 mappings out", () => {
  it("cut a 943's long list into loops of 200 references, each with its part of the quantity", () => {
    const { lines, totals } = readBack(X12.set943, Advice.written(advice(450)))
    assert.deepStrictEqual(
      lines.map(({ item, references }) => [item.quantity, references.length]),
      [
        ["198", 200],
        ["198", 200],
        ["59", 56]
      ]
    )
    assert.strictEqual(totals.units, "455")
    const serials = lines.flatMap(({ references }) => references.filter(({ qualifier }) => qualifier === "SE"))
    assert.deepStrictEqual(
      serials.map(({ value }) => value),
      [...line(450).serialNumbers]
    )
    for (const { references } of lines)
      assert.deepStrictEqual(
        references.filter(({ qualifier }) => qualifier === "LT").map(({ value, date }) => [value, date]),
        [["L7", "20271231"]]
      )
  })

  it("put a 940's long list into its LS loop, a short one beside its lot", () => {
    const short = readBack(X12.set940, Order.written(order(100))).sections[0]?.lines[0]
    assert.lengthOf(short?.references ?? [], 102)
    assert.lengthOf(short?.long ?? [], 0)
    const long = readBack(X12.set940, Order.written(order(1000))).sections[0]?.lines[0]
    assert.lengthOf(long?.references ?? [], 2)
    assert.lengthOf(long?.long[0]?.items[0]?.references ?? [], 1000)
    assert.deepStrictEqual([long?.long[0]?.start.loop, long?.long[0]?.end.loop], ["0312", "0312"])
    assert.deepStrictEqual(
      long?.dates.map(({ qualifier, date }) => [qualifier, date]),
      [["36", "20271231"]]
    )
  })

  it("use the partner's codes, delimiters, numbers and version", () => {
    const x12 = {
      version: "005010",
      lotCode: "PL",
      expiryCode: "ED",
      serialCode: "SN",
      elementSeparator: "|",
      senderId: "ELMX",
      senderQualifier: "14",
      skuQualifier: "SK",
      usage: "T"
    } as const
    const { interchange, options } = Advice.written(advice(1, x12))
    const { text } = X12.compose(X12.set943, interchange, options)
    assert.match(
      text,
      /^ISA\|00\|.{10}\|00\|.{10}\|14\|ELMX {11}\|ZZ\|9521234001034 {2}\|261124\|0900\|\^\|00501\|000001701\|0\|T\|>~/u
    )
    assert.match(text, /W04\|6\|EA\|\|SK\|SERUM-10/u)
    for (const segment of ["N9|PL|L7~", "N9|ED|20271231~", "N9|SN|S0~"]) assert.include(text, segment)
  })

  it("say when an expiry has no lot to stand with", () => {
    const { lotNumber: _, ...lotless } = line(0)
    const { lines } = readBack(X12.set943, Advice.written({ ...advice(0), lines: [lotless] }))
    assert.deepStrictEqual(
      lines[0]?.references.map(({ qualifier, value, date }) => [qualifier, value, date]),
      [
        ["LI", "1", undefined],
        ["ZZ", "EXPIRY", "20271231"]
      ]
    )
  })

  it("nest an 856 by shipment, order, pack and item, with lot, expiry, production date and serials", () => {
    const packed = {
      ...line(2),
      sscc: "095212340000000013",
      lotSource: { type: "GLN", value: "9521234001058" }
    } as const
    const { levels, totals } = readBack(X12.set856, Notice.written(notice({ lines: [packed, line(1)] })))
    assert.deepStrictEqual(
      levels.map(({ level }) => [level.number, level.parent, level.level]),
      [
        ["1", undefined, "S"],
        ["2", "1", "O"],
        ["3", "2", "P"],
        ["4", "3", "I"],
        ["5", "2", "I"]
      ]
    )
    const item = levels[3]
    assert.deepStrictEqual([item?.product?.qualifier3, item?.product?.product3], ["LT", "L7"])
    assert.deepStrictEqual(
      item?.references.map(({ qualifier, value }) => `${qualifier} ${value}`),
      ["LT L7", "SE S0", "SE S1"]
    )
    assert.deepStrictEqual(
      item?.dates.map(({ qualifier, date }) => `${qualifier} ${date}`),
      ["036 20271231", "405 20260131"]
    )
    assert.strictEqual(item?.parties[0]?.name.code, "9521234001058")
    assert.strictEqual(totals?.hash, "13")
  })

  it("break names and remarks between words, and cut nothing", () => {
    const name = "Serum, sterile, for the treatment of dry and irritated skin of the hands"
    const remarks = `keep cold,\n${"do not stack ".repeat(12)}`
    const long = { ...line(0), productName: name, notes: remarks }
    const texts = (notes: ReadonlyArray<{ readonly text: string }>) => notes.map(({ text }) => text)
    const { notes, sections } = readBack(X12.set940, Order.written({ ...order(0), notes: remarks, lines: [long] }))
    const inOrder = sections[0]?.lines[0]
    assert.deepStrictEqual(
      inOrder?.descriptions.map(({ description }) => description),
      ["Serum, sterile, for the treatment of dry and", "irritated skin of the hands"]
    )
    assert.strictEqual(texts(notes).join(" "), remarks.replace(/\s+/gu, " ").trim())
    assert.deepStrictEqual(texts(inOrder?.notes ?? []), texts(notes))
    const advised = readBack(X12.set943, Advice.written({ ...advice(0), notes: remarks, lines: [long] }))
    assert.deepStrictEqual(texts(advised.notes), texts(notes))
    assert.lengthOf(advised.lines[0]?.descriptions ?? [], 2)
    const { levels } = readBack(
      X12.set856,
      Notice.written(notice({ lines: [{ ...long, productName: `${name} ${name}` }] }))
    )
    assert.lengthOf(levels.at(-1)?.descriptions ?? [], 2)
    const word = Order.written({ ...order(0), notes: "x".repeat(81) })
    const { problems } = X12.compose(X12.set940, word.interchange, word.options)
    assert.deepStrictEqual(
      problems.map(({ element, rule }) => [element, rule]),
      [["NTE02", "x12/element-long"]]
    )
  })

  it("write of an 856 the standard's codes where the partner's have no place", () => {
    const own = { ...channel, x12: { lotCode: "PL" } }
    const packed = { ...line(0), sscc: "095212340000000013" }
    const told = (carrier: string) =>
      readBack(X12.set856, Notice.written(notice({ channel: own, carrier, lines: [packed] })))
    const { levels } = told("UPSN")
    const item = levels.at(-1)
    assert.deepStrictEqual([item?.product?.qualifier3, item?.references[0]?.qualifier], ["LT", "PL"])
    assert.strictEqual(levels.find(({ level }) => level.level === "P")?.marks[0]?.value, "00095212340000000013")
    assert.deepStrictEqual([levels[0]?.routing[0]?.qualifier, levels[0]?.routing[0]?.code], ["2", "UPSN"])
    const named = told("Parcel Service, ground").levels[0]?.routing[0]
    assert.deepStrictEqual(
      [named?.qualifier, named?.code, named?.routing],
      [undefined, undefined, "Parcel Service, ground"]
    )
  })

  it("read a 945 by the dialect: SSCC with its identifier, serials of both places, ranges", () => {
    const text = (serials: ReadonlyArray<string>) => {
      const references = serials.map((value) => ({ qualifier: "SE", value }))
      const value: X12.Write<typeof X12.set945> = {
        header: { reporting: "F", depositorOrder: "SO-1", shipment: "S-1" },
        parties: [{ name: { entity: "WH", name: "Fir" } }],
        sections: [
          {
            number: { number: "1" },
            marks: [{ qualifier: "GM", value: "00095212340000000013" }],
            lines: [
              {
                item: { status: "CC", shipped: "4", unit: "EA", qualifier: "VN", product: "SERUM-10" },
                references: references.slice(0, 1),
                long: [
                  {
                    start: { loop: "0312" },
                    items: [{ number: { number: "1" }, references: references.slice(1) }],
                    end: { loop: "0312" }
                  }
                ]
              }
            ]
          }
        ]
      }
      const sides = { sender: { qualifier: "ZZ", id: "FIR" }, receiver: { qualifier: "ZZ", id: "ELM" }, at: common.at }
      return X12.compose(X12.set945, { ...sides, controlNumber: "1", sets: [value] }, { version: "004010" }).text
    }
    const canonical = (serials: ReadonlyArray<string>, serialPairMeans: "discrete" | "range") => {
      const { interchange } = X12.read(bytes(text(serials)), X12.set945)
      if (interchange === undefined) return assert.fail("nothing was read")
      return ShippingAdvice.canonical(interchange, { unknownSegments: "error", serialPairMeans })
    }
    const discrete = canonical(["A1", "A4"], "discrete").documents[0]
    assert.deepStrictEqual(discrete?.lines[0]?.serialNumbers, ["A1", "A4"])
    assert.strictEqual(discrete?.lines[0]?.sscc, "095212340000000013")
    assert.strictEqual(discrete?.places.serial(0, 1), "/GS[1]/ST[1]/N9@10/N902")
    assert.deepStrictEqual(canonical(["A1", "A4"], "range").documents[0]?.lines[0]?.serialNumbers, [
      "A1",
      "A2",
      "A3",
      "A4"
    ])
    for (const pair of [["A4", "A1"], ["A1", "B4"], ["A1", "A10"], ["A", "B"], ["A1"], ["A000001", "A900000"]])
      assert.deepStrictEqual(
        canonical(pair, "range").conflicts.map(({ kind }) => kind),
        ["serial-range"],
        pair.join()
      )
  })

  it("give shops lots and expiry in their own shapes", () => {
    const [metafield] = Shopify.document(
      notice({ channel: { ...channel, metafield: { namespace: "app", key: "k" } } })
    ).metafields
    assert.deepStrictEqual([metafield?.namespace, metafield?.key], ["app", "k"])
    const value: unknown = JSON.parse(metafield?.value ?? "")
    const inMetafield = {
      lineItem: "1",
      sku: "SERUM-10",
      quantity: 7,
      batchNumber: "L7",
      expiryDate: "2027-12-31",
      productionDate: "2026-01-31",
      serialNumbers: ["S0", "S1"]
    }
    assert.deepStrictEqual(value, { shipments: [{ shipment: "DOC-1", items: [inMetafield] }] })
    const [confirmation] = Amazon.document(
      notice({ lines: [{ ...line(2), uom: "CA", sscc: "095212340000000013" }] })
    ).shipmentConfirmations
    const [item] = confirmation?.shippedItems ?? []
    assert.deepStrictEqual(item?.shippedQuantity, { amount: 7, unitOfMeasure: "Cases" })
    assert.deepStrictEqual(
      [item?.itemDetails.lotNumber, item?.itemDetails.expiry],
      ["L7", { manufacturerDate: "2026-01-31T00:00:00Z", expiryDate: "2027-12-31T00:00:00Z" }]
    )
    assert.strictEqual(
      confirmation?.cartons[0]?.cartonIdentifiers[0]?.containerIdentificationNumber,
      "095212340000000013"
    )
  })
})
