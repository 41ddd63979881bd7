/**
 * What the CSV business documents have in common: one file is one document, one row a line, a lot of a line, or a serial
 * of it. Rows with the same line and lot make one canonical line; their quantity is the first that is given, else the
 * number of their serials. What stands in a cell and cannot be meant is kept as a misfit and reported like any error.
 */
import { Effect } from "effect"
import * as Csv from "../src/formats/Csv.ts"
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
export interface Row {
  readonly row: number
  readonly cells: Cells
}

/** A row's name for its line: its own, else what it is of. */
const keyOf = ({ cells }: Row): string =>
  JSON.stringify([cells.line ?? cells.sku ?? cells.gtin ?? "", cells.lotNumber ?? "", cells.supplierLotNumber ?? ""])

/** Columns of fields that the head names otherwise. */
const columnNames: Readonly<Record<string, string>> = {
  override: shared.overriddenBy.names[0],
  "override.by": shared.overriddenBy.names[0],
  "toProduct.sku": "To SKU"
}

/** Canonical lines of rows, with the way back to their cells. */
export const linesOf = (rows: ReadonlyArray<Row>): { lines: ReadonlyArray<TradeLine>; places: TradePlaces } => {
  const withProduct = rows.filter(
    ({ cells }) => cells.sku !== undefined || cells.gtin !== undefined || cells.line !== undefined
  )
  const groups = [...Map.groupBy(withProduct, keyOf).values()]
  const numbers = new Map<string, number>()
  const lines = groups.map((group): TradeLine => {
    const [first] = group
    const cells: Partial<Cells> = first?.cells ?? {}
    const name = cells.line ?? `${cells.sku ?? cells.gtin}`
    if (!numbers.has(name)) numbers.set(name, numbers.size + 1)
    const serialNumbers = group.flatMap((row) => row.cells.serialNumber ?? [])
    const quantity = group.find((row) => row.cells.quantity !== undefined)?.cells.quantity
    return {
      sourceLineRef: cells.line ?? `${numbers.get(name)}`,
      parentLineRef: cells.parentLine,
      orderLineRef: cells.orderLine,
      sku: cells.sku,
      gtin: cells.gtin,
      quantity: quantity === undefined ? serialNumbers.length : Number(quantity),
      uom: cells.uom ?? "EA",
      lotNumber: cells.lotNumber,
      supplierLotNumber: cells.supplierLotNumber,
      warehouseLotNumber: cells.warehouseLotNumber,
      serialNumbers,
      expirationDate: cells.expirationDate,
      bestBeforeDate: cells.bestBeforeDate,
      productionDate: cells.productionDate,
      sscc: cells.sscc,
      price: cells.price,
      notes: cells.notes
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

const decimal = /^-?\d+(?:\.\d+)?$/u
const numbers = { quantity: "numbers such as 12 or 0.5", price: "decimals such as 5.00" } as const

/** The head of a document and its lines. */
export const headOf = (rows: ReadonlyArray<Row>, misfits: Array<Misfit>) => {
  const first = rows[0]
  const cells: Partial<Cells> = first?.cells ?? {}
  for (const { row, cells: other } of rows) {
    if (other.number !== undefined && other.number !== cells.number)
      misfits.push({ field: "number", value: other.number, allowed: cells.number ?? "", path: Csv.path(row, "Number") })
    for (const field of ["quantity", "price"] as const) {
      const value = other[field]
      if (value !== undefined && !decimal.test(value))
        misfits.push({ field, value, allowed: numbers[field], path: Csv.path(row, nameOf(field)) })
    }
  }
  return {
    number: cells.number ?? "",
    date: cells.date,
    warehouse: cells.warehouse,
    tool: cells.tool === undefined ? ("client" as const) : oneOf(cells.tool, tools, "tool", misfits),
    override:
      cells.overriddenBy === undefined && cells.overrideReason === undefined
        ? undefined
        : { by: cells.overriddenBy ?? "", reason: cells.overrideReason ?? "" },
    ...linesOf(rows),
    misfits
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
