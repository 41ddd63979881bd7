/**
 * What the X12 mappings have in common: the sides and delimiters of a channel, product pairs, parties, dates, and lists of
 * references cut to what a loop holds. Nothing is ever shortened: what does not fit the version is an error of the answer.
 */
import * as Moment from "../src/formats/Moment.ts"
import * as X12 from "../src/formats/X12.ts"
import type { NamedParty, Outbound, OutboundLine } from "../src/orders/Outbound.ts"
import type { X12Profile } from "../src/partners/WorldOrders.ts"

/** N9 and REF codes as the public guides have them; partners may have others. */
export const codes = ({ lotCode = "LT", serialCode = "SE", expiryCode }: X12Profile = {}) => ({
  lot: lotCode,
  serial: serialCode,
  expiry: expiryCode
})

/** `2026-11-24` or a moment, of which the day in UTC, as CCYYMMDD; undefined for anything else. */
export const compactDate = (text: string | undefined): string | undefined =>
  Moment.of(text)?.toISOString().slice(0, 10).replaceAll("-", "")

/** CCYYMMDD as `2026-11-24`; undefined for what is no day of the calendar. */
export const isoDate = (text: string | undefined): string | undefined => {
  const match = /^(\d{4})(\d{2})(\d{2})$/u.exec(text ?? "")
  if (match === null) return undefined
  const day = `${match[1]}-${match[2]}-${match[3]}`
  const moment = new Date(`${day}T00:00:00Z`)
  return Number.isNaN(moment.getTime()) || moment.toISOString().slice(0, 10) !== day ? undefined : day
}

/**
 * Free text in lines of at most `most` characters, broken between words. A word that is longer stays whole, and is told
 * like everything that does not fit.
 */
export const wrapped = (text: string | undefined, most: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (const word of (text ?? "").match(/\S+/gu) ?? []) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** G69 of a product's name. */
export const descriptions = ({ productName }: OutboundLine) =>
  wrapped(productName, 45).map((description) => ({ description }))

/** NTE of remarks. */
export const notes = (text: string | undefined) => wrapped(text, 80).map((part) => ({ code: "GEN", text: part }))

/** Exactly the decimals a quantity has. */
export const quantityText = (quantity: number): string => `${Number(quantity.toFixed(6))}`

/** An interchange of one set by the channel of a document. */
export const interchange = <F extends X12.Fields>(
  { channel, header, at }: Outbound,
  set: X12.WriteFields<F>
): { readonly interchange: X12.Outgoing<F>; readonly options: X12.WriteOptions } => {
  const profile: X12Profile = channel.x12 ?? {}
  return {
    interchange: {
      sender: { qualifier: profile.senderQualifier ?? "ZZ", id: profile.senderId ?? header.sender },
      receiver: { qualifier: profile.receiverQualifier ?? "ZZ", id: profile.receiverId ?? header.receiver },
      at,
      controlNumber: X12.interchangeNumber(header.controlNumber),
      usage: profile.usage,
      sets: [set]
    },
    options: {
      version: profile.version ?? "004010",
      delimiters: {
        ...(profile.elementSeparator === undefined ? {} : { element: profile.elementSeparator }),
        ...(profile.segmentTerminator === undefined ? {} : { segment: profile.segmentTerminator })
      },
      lineEnd: profile.lineEnds === true ? "\n" : ""
    }
  }
}

/** Qualifiers (data element 235) of trade item numbers by length. */
const gtinQualifiers: Readonly<Record<number, string>> = { 8: "EO", 12: "UP", 13: "EN", 14: "UK" }

/** Up to two pairs of qualifier and value that name the product. */
export const productPairs = (
  { sku, gtin }: Pick<OutboundLine, "sku" | "gtin">,
  { skuQualifier = "VN" }: X12Profile = {}
): ReadonlyArray<readonly [qualifier: string, value: string]> => [
  ...(sku === undefined ? [] : [[skuQualifier, sku] as const]),
  ...(gtin === undefined ? [] : [[gtinQualifiers[gtin.length] ?? "ZZ", gtin] as const])
]

const partyQualifiers: Readonly<Record<string, string>> = { GLN: "UL", DUNS: "1" }

/** N1 of a party in a role: `DE` depositor, `WH` warehouse, `SF` ship from, `ST` ship to. */
export const party = (entity: string, named: NamedParty | undefined) =>
  named === undefined
    ? []
    : [
        {
          name: {
            entity,
            name: named.name,
            ...(named.number === undefined
              ? {}
              : { qualifier: partyQualifiers[named.numberType ?? ""] ?? "91", code: named.number })
          }
        }
      ]

/** One piece of a line that had more references than its loop holds. */
export interface Piece {
  readonly quantity: number
  readonly serials: ReadonlyArray<string>
}

/** Cuts a line into pieces of at most `most` serials. Units without a serial go with the last piece. */
export const pieces = ({ quantity, serialNumbers }: OutboundLine, most: number): ReadonlyArray<Piece> => {
  const count = Math.max(1, Math.ceil(serialNumbers.length / most))
  return Array.from({ length: count }, (_, index) => {
    const serials = serialNumbers.slice(index * most, (index + 1) * most)
    const before = index * most
    return { quantity: index === count - 1 ? quantity - before : serials.length, serials }
  })
}

/** References of a line besides its serials: its number, its lots, and its expiry where the set has no date for it. */
export const lineReferences = (line: OutboundLine, profile: X12Profile | undefined, expiryIn: "N9" | "G62") => {
  const { lot, expiry } = codes(profile)
  const date = compactDate(line.expirationDate)
  const inLot = expiryIn === "N9" && expiry === undefined ? date : undefined
  return [
    { qualifier: "LI", value: line.sourceLineRef },
    ...(line.lotNumber === undefined ? [] : [{ qualifier: lot, value: line.lotNumber, date: inLot }]),
    ...(line.supplierLotNumber === undefined ? [] : [{ qualifier: "BT", value: line.supplierLotNumber }]),
    ...(expiry !== undefined && date !== undefined ? [{ qualifier: expiry, value: date }] : []),
    // Without a lot to carry it, the date says of itself what it is.
    ...(inLot !== undefined && line.lotNumber === undefined ? [{ qualifier: "ZZ", value: "EXPIRY", date: inLot }] : [])
  ]
}

/** N9 of each serial. */
export const serialReferences = (serials: ReadonlyArray<string>, profile: X12Profile | undefined) => {
  const { serial } = codes(profile)
  return serials.map((value) => ({ qualifier: serial, value }))
}
