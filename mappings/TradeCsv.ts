/**
 * What the CSV business documents have in common: one file is one document, one row a line, a lot of a line, or a serial
 * of it. Rows with the same line, lot and logistic unit make one canonical line. What stands in a cell and cannot be meant,
 * or does not agree with the rows before it, is kept as a misfit and reported like any error: nothing is left out silently.
 */
import { Effect, Struct } from "effect"
import * as Csv from "../src/formats/Csv.ts"
import * as Quantity from "../src/orders/Quantity.ts"
import type { Misfit } from "../src/orders/TradeDocument.ts"
import * as TradeIndex from "../src/orders/TradeIndex.ts"
import type { TradeLine, TradePlaces } from "../src/orders/TradeLine.ts"
import { shared } from "../src/partners/CsvColumns.ts"
import { Partners } from "../src/partners/Partners.ts"
import { tools } from "../src/partners/WorldOrders.ts"
import { placed } from "./Trade.ts"

/** What the envelope's columns say. */
export interface Header {
  readonly sender: string
  readonly receiver: string
  readonly controlNumber: string
}

type Cells = { readonly [K in keyof typeof shared]: string | undefined }
interface Row {
  readonly row: number
  readonly cells: Cells
}

/** Columns of fields that the head names otherwise. */
const columnNames: Readonly<Record<string, string>> = {
  override: shared.overriddenBy.names[0],
  "override.by": shared.overriddenBy.names[0],
  "session.receivedOn": "Received On",
  "toProduct.sku": "To SKU"
}

/** Fields of a line; the others are the document's. */
const ofLine = [
  "line",
  "parentLine",
  "orderLine",
  "sku",
  "gtin",
  "quantity",
  "uom",
  "lotNumber",
  "supplierLotNumber",
  "warehouseLotNumber",
  "serialNumber",
  "expirationDate",
  "bestBeforeDate",
  "productionDate",
  "sscc",
  "price",
  "notes"
] as const satisfies ReadonlyArray<keyof Cells>
/** Fields of the document that every kind has. */
const ofDocument = [
  ...(["number", "date", "warehouse", "tool", "status"] as const),
  ...(["overriddenBy", "overrideReason"] as const)
] as const satisfies ReadonlyArray<keyof Cells>
type LineCells = Partial<Pick<Cells, (typeof ofLine)[number]>>

/** Fields in which rows of one line may differ: they make lines of their own, or are gathered. */
const perRow: ReadonlySet<string> = new Set([
  ...["line", "quantity", "serialNumber", "notes"],
  ...["lotNumber", "supplierLotNumber", "warehouseLotNumber", "sscc"]
])

/** What a row belongs to: its line, else what it is of; then its lot and logistic unit. A row of nothing is alone. */
const keyOf = ({ row, cells }: Row): string =>
  JSON.stringify([
    cells.line ?? cells.sku ?? cells.gtin ?? row,
    ...[cells.lotNumber, cells.supplierLotNumber, cells.warehouseLotNumber, cells.sscc].map((text) => text ?? "")
  ])

/**
 * What the first row that says something says, field by field. A row that says otherwise is a misfit: nothing is left out
 * without a word.
 */
const agreed = <F extends string>(
  rows: ReadonlyArray<{ readonly row: number; readonly cells: { readonly [K in F]?: string | undefined } }>,
  fields: Iterable<F>,
  misfits: Array<Misfit>
): { readonly [K in F]?: string | undefined } => {
  const said: { [K in F]?: string | undefined } = {}
  for (const field of fields) {
    for (const { row, cells } of rows) {
      const value = cells[field]
      const before = said[field]
      if (value === undefined) continue
      if (before === undefined) said[field] = value
      else if (before !== value)
        misfits.push({ field, value, allowed: before, path: Csv.path(row, columnNames[field] ?? nameOf(field)) })
    }
  }
  return said
}

const decimal = /^-?\d+(?:\.\d+)?$/u
const wanted = { quantity: "numbers such as 12 or 0.5", price: "decimals such as 5.00" } as const

/**
 * Units of the rows of a line. A row without a serial counts what it says. Rows with serials are a unit each, or all say
 * how many the line has; without any quantity every serial is a unit.
 */
const unitsOf = (group: ReadonlyArray<Row>, misfits: Array<Misfit>): number => {
  const said = group.flatMap(({ row, cells: { quantity, serialNumber } }) =>
    quantity === undefined
      ? []
      : [{ row, text: quantity, count: Number(quantity), isSerial: serialNumber !== undefined }]
  )
  if (said.length === 0) return group.filter(({ cells }) => cells.serialNumber !== undefined).length
  // What is no number was told by itself.
  if (said.some(({ text }) => !decimal.test(text))) return Number.NaN
  const plain = said.filter(({ isSerial }) => !isSerial).map(({ count }) => count)
  const ofSerials = said.filter(({ isSerial }) => isSerial)
  if (ofSerials.every(({ count }) => count === 1)) return Quantity.sum([...plain, ofSerials.length])
  const [first] = ofSerials
  const allowed = plain.length > 0 ? "1" : `${first?.text}`
  for (const { row, text, count } of ofSerials)
    if (count !== Number(allowed))
      misfits.push({ field: "quantity", value: text, allowed, path: Csv.path(row, "Quantity") })
  return first?.count ?? 0
}

/** Canonical lines of rows, with the way back to their cells. */
const linesOf = (
  rows: ReadonlyArray<Row>,
  misfits: Array<Misfit>
): { readonly lines: ReadonlyArray<TradeLine>; readonly places: TradePlaces } => {
  const withLine = rows.filter(({ cells }) => ofLine.some((field) => cells[field] !== undefined))
  const groups = [...Map.groupBy(withLine, keyOf).values()]
  const numbers = new Map<string, number>()
  const shared = ofLine.filter((field) => !perRow.has(field))
  const lines = groups.map((group): TradeLine => {
    const own: LineCells = group[0]?.cells ?? {}
    const said: LineCells = agreed(group, shared, misfits)
    const name = own.line ?? said.sku ?? said.gtin ?? `${group[0]?.row}`
    if (!numbers.has(name)) numbers.set(name, numbers.size + 1)
    const notes = new Set(group.flatMap(({ cells }) => cells.notes ?? []))
    return {
      sourceLineRef: own.line ?? `${numbers.get(name)}`,
      parentLineRef: said.parentLine,
      orderLineRef: said.orderLine,
      sku: said.sku,
      gtin: said.gtin,
      quantity: unitsOf(group, misfits),
      uom: said.uom ?? "EA",
      lotNumber: own.lotNumber,
      supplierLotNumber: own.supplierLotNumber,
      warehouseLotNumber: own.warehouseLotNumber,
      serialNumbers: group.flatMap(({ cells }) => cells.serialNumber ?? []),
      expirationDate: said.expirationDate,
      bestBeforeDate: said.bestBeforeDate,
      productionDate: said.productionDate,
      sscc: own.sscc,
      price: said.price,
      notes: notes.size === 0 ? undefined : [...notes].join("; ")
    }
  })
  const rowOf = (index: number) => groups[index]?.[0]?.row ?? 1
  const serialRows = groups.map((group) =>
    group.flatMap(({ row, cells }) => (cells.serialNumber === undefined ? [] : [row]))
  )
  const serialRow = (index: number, position: number) => serialRows[index]?.[position] ?? rowOf(index)
  return {
    lines,
    places: {
      document: Csv.path(1),
      field: (name) => Csv.path(1, columnNames[name] ?? nameOf(name)),
      line: (index) => Csv.path(rowOf(index)),
      lot: (index) => Csv.path(rowOf(index), "Lot Number"),
      serial: (index, position) => Csv.path(serialRow(index, position), "Serial Number")
    }
  }
}

/** `salesOrder` and `from.bin` as the columns are called: `Sales Order`, `From Bin`. */
const nameOf = (field: string): string =>
  field
    .replace(/([A-Z])/gu, " $1")
    .split(/[. ]/u)
    .map((word) => word.replace(/^./u, (letter) => letter.toUpperCase()))
    .join(" ")

/** One of the words, compared without case; what is none of them is a misfit, and the first word stands for it. */
export const oneOf = <const W extends string>(
  text: string | undefined,
  words: readonly [W, ...ReadonlyArray<W>],
  field: string,
  misfits: Array<Misfit>
): W => {
  const wanted = text?.toLowerCase().replaceAll(/[\s-]+/gu, "_")
  const found = words.find((word) => word === wanted)
  if (found !== undefined) return found
  misfits.push({ field, value: text ?? "", allowed: words.join(", "), path: Csv.path(1, nameOf(field)) })
  return words[0]
}

/** What a file says of its document, and the document's head and lines from it. Rows that disagree are misfits. */
export const documentOf = <F extends string>(
  rows: ReadonlyArray<Row & { readonly cells: { readonly [K in NoInfer<F>]: string | undefined } }>,
  own: { readonly [K in F]: unknown },
  misfits: Array<Misfit>
) => {
  for (const { row, cells } of rows) {
    for (const field of ["quantity", "price"] as const) {
      const value = cells[field]
      if (value !== undefined && !decimal.test(value))
        misfits.push({ field, value, allowed: wanted[field], path: Csv.path(row, nameOf(field)) })
    }
  }
  const cells = agreed(rows, ofDocument, misfits)
  return {
    cells: { status: cells.status, ...agreed(rows, Struct.keys(own), misfits) },
    head: {
      number: cells.number ?? "",
      date: cells.date,
      warehouse: cells.warehouse,
      tool: cells.tool === undefined ? undefined : oneOf(cells.tool, tools, "tool", misfits),
      override:
        cells.overriddenBy === undefined && cells.overrideReason === undefined
          ? undefined
          : { by: cells.overriddenBy ?? "", reason: cells.overrideReason ?? "" },
      ...linesOf(rows, misfits),
      misfits
    }
  }
}

/** How the sender of a file names its columns: the profile of its channel. */
export const profile = {
  dialect: (envelope: { readonly sender: string | undefined; readonly receiver: string | undefined }) =>
    Effect.map(
      Partners.use(({ current }) => current),
      (directory) => {
        const { sender = "", receiver = "" } = envelope
        const parties = directory.parties(sender, receiver)
        if (parties.sender === undefined || parties.receiver === undefined) return {}
        const channels = TradeIndex.of(directory).channelsBetween(parties.receiver.id, parties.sender.id)
        const csv = channels.find((channel) => channel.csv !== undefined)?.csv
        return csv === undefined ? {} : { columns: csv.columns, delimiter: csv.delimiter }
      }
    ),
  placed
}
