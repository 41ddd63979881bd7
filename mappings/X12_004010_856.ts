/**
 * 856, ship notice: what was shipped to X12, as shipment, order, packs where lines name their SSCC, and items. The lot
 * stands in LIN and in REF*LT, because retailers read one or the other; DTM*036 is the expiry, REF*SE a serial. Codes of a
 * partner's own are reference codes: LIN has the standard's.
 */
import * as X12 from "../src/formats/X12.ts"
import type { OutboundLine, ShipNotice } from "../src/orders/Outbound.ts"
import * as Common from "./X12.ts"

export const map = "X12_004010_856"
export const file = import.meta.filename
export const set = X12.set856

type Level = NonNullable<X12.Write<typeof X12.set856>["levels"]>[number]

const reference = (qualifier: string, value: string | undefined) => (value === undefined ? [] : [{ qualifier, value }])
const date = (qualifier: string, text: string | undefined) => {
  const compact = Common.compactDate(text)
  return compact === undefined ? [] : [{ qualifier, date: compact }]
}

const product = (line: OutboundLine, value: ShipNotice): Level["product"] => {
  const pairs = [
    ...Common.productPairs(line, value.channel.x12),
    ...(line.lotNumber === undefined ? [] : [["LT", line.lotNumber] as const])
  ]
  const [first, second, third] = pairs
  return {
    line: line.soldAs?.lineRef ?? line.orderLineRef ?? line.sourceLineRef,
    qualifier: first?.[0] ?? "",
    product: first?.[1] ?? "",
    ...(second === undefined ? {} : { qualifier2: second[0], product2: second[1] }),
    ...(third === undefined ? {} : { qualifier3: third[0], product3: third[1] })
  }
}

const item = (line: OutboundLine, value: ShipNotice): Omit<Level, "level"> => {
  const { lot, serial } = Common.codes(value.channel.x12)
  return {
    product: product(line, value),
    quantity: { shipped: Common.quantityText(line.quantity), unit: line.uom },
    descriptions: Common.wrapped(line.productName, 80).map((description) => ({ type: "F", description })),
    references: [
      ...reference(lot, line.lotNumber),
      ...reference("BT", line.supplierLotNumber),
      ...line.serialNumbers.map((each) => ({ qualifier: serial, value: each }))
    ],
    dates: [...date("036", line.expirationDate), ...date("405", line.productionDate)],
    // FSMA 204: who assigned the lot, by GLN.
    parties:
      line.lotSource?.type === "GLN"
        ? [{ name: { entity: "MF", name: "LOT SOURCE", qualifier: "UL", code: line.lotSource.value } }]
        : []
  }
}

/** Carriers are known by their SCAC; whatever else a warehouse calls one is text. */
const routing = (carrier: string | undefined): Level["routing"] => {
  if (carrier === undefined) return []
  return /^[A-Z]{2,4}$/u.test(carrier)
    ? [{ sequence: "B", qualifier: "2", code: carrier, method: "ZZ" }]
    : [{ sequence: "B", method: "ZZ", routing: carrier }]
}

/** HL segments numbered as they come; each knows its parent. */
const levelsOf = (value: ShipNotice): ReadonlyArray<Level> => {
  const levels: Array<Level> = []
  const add = (level: string, parent: string | undefined, children: boolean, rest: Omit<Level, "level">): string => {
    const number = `${levels.length + 1}`
    levels.push({ level: { number, parent, level, hasChildren: children ? "1" : "0" }, ...rest })
    return number
  }
  const shipment = add("S", undefined, true, {
    routing: routing(value.carrier),
    references: [...reference("CN", value.trackingNumber)],
    dates: date("011", value.date ?? value.at.toISOString()),
    parties: [...Common.party("SF", value.warehouse ?? value.owner), ...Common.party("ST", value.customer)]
  })
  const order = add("O", shipment, true, {
    order: { purchaseOrder: value.customerOrder ?? value.salesOrder },
    references: reference("VN", value.customerOrder === undefined ? undefined : value.salesOrder)
  })
  // GM is an SSCC with its application identifier.
  for (const [sscc, lines] of Map.groupBy(value.lines, (line) => line.sscc)) {
    const parent =
      sscc === undefined ? order : add("P", order, true, { marks: [{ qualifier: "GM", value: `00${sscc}` }] })
    for (const line of lines) add("I", parent, false, item(line, value))
  }
  return levels
}

export const written = (value: ShipNotice) => {
  const levels = levelsOf(value)
  const moment = value.at.toISOString().replace(/\D/gu, "")
  const packed = value.lines.some(({ sscc }) => sscc !== undefined)
  const set856: X12.Write<typeof X12.set856> = {
    header: {
      purpose: "00",
      shipment: value.number,
      date: moment.slice(0, 8),
      time: moment.slice(8, 12),
      structure: packed ? "0001" : "0004"
    },
    levels,
    totals: {
      lines: `${levels.length}`,
      hash: Common.quantityText(value.lines.reduce((sum, { quantity }) => sum + quantity, 0))
    }
  }
  return Common.interchange<(typeof X12.set856)["fields"]>(value, set856)
}
