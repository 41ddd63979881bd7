/**
 * The line loops of 944 and 945 as canonical lines: product pairs, the lot wherever the partner writes it, serials in N9
 * or in the LS loop, expiry in N904, G62*36 or a code of the partner's own. What cannot be one thing (two lots in one
 * loop) is kept as a conflict with its place and raised by the rules.
 */
import * as X12 from "../src/formats/X12.ts"
import type { TradeLine, TradePlaces } from "../src/orders/TradeLine.ts"
import type { Conflict, Dialect } from "../src/orders/WarehouseAdvice.ts"
import { codes, isoDate } from "./X12.ts"

type Reference = X12.Read<typeof X12.set944>["references"][number]
type DateSegment = X12.Read<typeof X12.set945>["dates"][number]

/** A product pair with the position of its value. */
export type Pair = readonly [qualifier: string | undefined, value: string | undefined, position: number]

/** A line loop, whichever set it is of. */
export interface LineLoop {
  readonly segment: "W07" | "W12"
  readonly at: number
  readonly quantity: string
  readonly unit: string | undefined
  readonly caseCode: string | undefined
  readonly pairs: ReadonlyArray<Pair>
  readonly warehouseLot: readonly [value: string | undefined, position: number]
  readonly references: ReadonlyArray<Reference>
  readonly dates: ReadonlyArray<DateSegment>
  readonly sscc?: string | undefined
}

/** A canonical line with the places of its lot and serials. */
export interface MappedLine {
  readonly line: TradeLine
  readonly path: string
  readonly lotPath: string
  readonly serialPaths: ReadonlyArray<number>
}

/** Qualifiers of trade item numbers, and those that are no product at all. */
const gtinQualifiers = new Set(["UP", "UI", "UA", "UK", "EN", "EO", "UD"])
const otherQualifiers = new Set(["LT", "SN", "B8", "BN", "SL", "KM", "PJ", "A3", "HN", "RO"])

const gtinOf = ({ pairs, caseCode }: LineLoop): string | undefined =>
  pairs.find(
    ([qualifier, value]) => gtinQualifiers.has(qualifier ?? "") && /^(?:\d{8}|\d{12,14})$/u.test(value ?? "")
  )?.[1] ?? caseCode

const skuOf = ({ pairs }: LineLoop): string | undefined =>
  pairs.find(
    ([qualifier = "", value]) =>
      value !== undefined && !gtinQualifiers.has(qualifier) && !otherQualifiers.has(qualifier)
  )?.[1]

/** Most numbers a range may stand for. */
const longestRange = 100_000

/** Numbers from first to last: one beginning, one length, counting up. */
const counted = (first: string, last: string): ReadonlyArray<string> | undefined => {
  const [, head = "", digits = ""] = /^(.*?)(\d{1,15})$/u.exec(first) ?? []
  if (digits === "" || first.length !== last.length || !last.startsWith(head)) return undefined
  const end = last.slice(head.length)
  if (!/^\d+$/u.test(end)) return undefined
  const from = Number(digits)
  const count = Number(end) - from + 1
  if (count < 1 || count > longestRange) return undefined
  return Array.from({ length: count }, (_, index) => `${head}${`${from + index}`.padStart(digits.length, "0")}`)
}

interface Serials {
  readonly values: ReadonlyArray<string>
  /** Segment each stands in. */
  readonly at: ReadonlyArray<number>
}

const serialsOf = (
  found: ReadonlyArray<Reference>,
  dialect: Dialect,
  conflict: (kind: Conflict["kind"], at: number, value: string, other: string) => void
): Serials => {
  if (dialect.serialPairMeans !== "range") {
    return { values: found.map(({ value = "" }) => value), at: found.map(({ at }) => at) }
  }
  const values: Array<string> = []
  const places: Array<number> = []
  for (let index = 0; index < found.length; index += 2) {
    const first = found[index]
    const last = found[index + 1]
    const numbers = counted(first?.value ?? "", last?.value ?? "")
    if (numbers === undefined) conflict("serial-range", first?.at ?? 0, first?.value ?? "", last?.value ?? "(nothing)")
    else {
      values.push(...numbers)
      places.push(...numbers.map(() => first?.at ?? 0))
    }
  }
  return { values, at: places }
}

/** One line loop as a canonical line. */
export const lineOf = (
  loop: LineLoop,
  index: number,
  setPath: string,
  dialect: Dialect,
  conflicts: Array<Conflict>
): MappedLine => {
  const { segment, at, references } = loop
  const number = `${index + 1}`
  const path = X12.Path.below(setPath, segment, at)
  const code = codes(dialect)
  const conflict = (kind: Conflict["kind"], where: number, value: string, other: string) =>
    conflicts.push({ kind, path: X12.Path.below(setPath, "N9", where, 2), value, line: number, other })
  const valued = (qualifier: string | undefined) =>
    references.filter((each) => each.qualifier === qualifier && each.value !== undefined)

  const inReferences = valued(code.lot).map((each) => ({
    value: each.value ?? "",
    path: X12.Path.below(setPath, "N9", each.at, 2),
    date: each.date
  }))
  const inPairs = loop.pairs.flatMap(([qualifier, value, position]) =>
    qualifier === "LT" && value !== undefined
      ? [{ value, path: X12.Path.below(setPath, segment, at, position), date: undefined }]
      : []
  )
  const named = [...inReferences, ...inPairs]
  const [warehouseLot, position] = loop.warehouseLot
  const fallback =
    warehouseLot === undefined || dialect.warehouseLotIsLot === false
      ? undefined
      : { value: warehouseLot, path: X12.Path.below(setPath, segment, at, position), date: undefined }
  const lot = named[0] ?? fallback
  for (const other of named.slice(1)) {
    if (lot === undefined || other.value === lot.value) continue
    conflicts.push({ kind: "two-lots", path: other.path, value: other.value, line: number, other: lot.value })
  }

  const ownCode = valued(code.expiry)[0]
  const ownDate = ownCode === undefined ? undefined : isoDate(ownCode.value)
  if (ownCode !== undefined && ownDate === undefined) conflict("expiry", ownCode.at, ownCode.value ?? "", "")
  const dated = loop.dates.find(({ qualifier }) => qualifier === "36")?.date
  const expiry =
    ownDate ??
    isoDate(dated) ??
    isoDate(named.find(({ date }) => date !== undefined)?.date) ??
    isoDate(references.find((each) => each.qualifier === "ZZ" && each.value === "EXPIRY")?.date)

  // Some write serials under SN, the qualifier of product pairs, though it is no reference code.
  const serialCodes = dialect.serialCode === undefined ? ["SE", "SN"] : [dialect.serialCode]
  const serials = serialsOf(
    references.filter((each) => serialCodes.includes(each.qualifier) && each.value !== undefined),
    dialect,
    conflict
  )
  return {
    path,
    lotPath: lot?.path ?? path,
    serialPaths: serials.at,
    line: {
      sourceLineRef: number,
      orderLineRef: valued("LI")[0]?.value,
      gtin: gtinOf(loop),
      sku: skuOf(loop),
      quantity: Number(loop.quantity === "" ? Number.NaN : loop.quantity),
      uom: loop.unit ?? "EA",
      lotNumber: lot?.value,
      supplierLotNumber: valued("BT")[0]?.value,
      warehouseLotNumber: warehouseLot,
      serialNumbers: serials.values,
      expirationDate: expiry,
      sscc: loop.sscc
    }
  }
}

/** Places of a set's document: its head by field, its lines by what they were mapped from. */
export const placesOf = (
  setPath: string,
  head: Readonly<Record<string, string>>,
  lines: ReadonlyArray<MappedLine>
): TradePlaces => ({
  document: setPath,
  field: (name) => head[name] ?? setPath,
  line: (index) => lines[index]?.path ?? setPath,
  lot: (index) => lines[index]?.lotPath ?? setPath,
  serial: (index, position) => X12.Path.below(setPath, "N9", lines[index]?.serialPaths[position] ?? 1, 2)
})

/** Who a party loop names in a role: its code, else its name. */
export const partyCode = (
  parties: ReadonlyArray<{
    readonly name: {
      readonly at: number
      readonly entity: string
      readonly name?: string | undefined
      readonly code?: string | undefined
    }
  }>,
  entity: string
): { readonly text: string; readonly at: number } | undefined => {
  const found = parties.find(({ name }) => name.entity === entity)?.name
  const text = found?.code ?? found?.name
  return found === undefined || text === undefined ? undefined : { text, at: found.at }
}
