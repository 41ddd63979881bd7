/**
 * What the JSON business documents have in common: header, lines, and how a line with several lots becomes one canonical
 * line a lot. Names are those of the canonical line, so that a document reads like what is kept of it.
 */
import { Effect, Schema } from "effect"
import * as Json from "../src/formats/Json.ts"
import type { TradeDocument } from "../src/orders/TradeDocument.ts"
import * as TradeIndex from "../src/orders/TradeIndex.ts"
import { lotSourceTypes, type TradeLine, type TradePlaces } from "../src/orders/TradeLine.ts"
import { Partners } from "../src/partners/Partners.ts"
import { tools } from "../src/partners/WorldOrders.ts"

const text = Schema.optionalKey(Schema.String)
const ref = Schema.Union([Schema.NonEmptyString, Schema.Finite])

const Lot = {
  lotNumber: text,
  supplierLotNumber: text,
  warehouseLotNumber: text,
  serialNumbers: Schema.optionalKey(Schema.Array(Schema.String)),
  expirationDate: text,
  bestBeforeDate: text,
  productionDate: text,
  sscc: text
}

/** Fields that every line has. */
export const lineFields = {
  /** Number or name of the line; its place in the document unless given. */
  line: Schema.optionalKey(ref),
  parentLine: Schema.optionalKey(ref),
  orderLine: Schema.optionalKey(ref),
  gtin: text,
  sku: text,
  quantity: Schema.Finite,
  uom: text,
  ...Lot,
  /** Several lots of the line, in place of the fields of one. */
  lots: Schema.optionalKey(
    Schema.Array(Schema.Struct({ quantity: Schema.Finite, ...Lot })).check(Schema.isMinLength(1))
  ),
  price: Schema.optionalKey(
    Schema.String.check(Schema.isPattern(/^-?\d+(?:\.\d+)?$/u, { message: "must be a decimal such as 5.00" }))
  ),
  notes: text,
  lotSource: Schema.optionalKey(Schema.Struct({ type: Schema.Literals(lotSourceTypes), value: Schema.NonEmptyString }))
}
const Line = Schema.Struct(lineFields)
type Line = typeof Line.Type

/** Fields that every business document has. */
export const fields = {
  header: Schema.Struct({
    sender: Schema.NonEmptyString,
    /** Whose document it is. */
    receiver: Schema.NonEmptyString,
    controlNumber: Schema.NonEmptyString
  }),
  number: Schema.String,
  date: text,
  warehouse: text,
  tool: Schema.optionalKey(Schema.Literals(tools)),
  notes: text,
  override: Schema.optionalKey(Schema.Struct({ by: Schema.String, reason: Schema.String })),
  lines: Schema.Array(Line).pipe(Schema.withDecodingDefaultKey(Effect.succeed([])))
}

/** Where a canonical line stands: the line, and the lot in it. */
interface Origin {
  readonly line: number
  readonly lot: number | undefined
}

const lineOf = (line: Line, index: number): Omit<TradeLine, "quantity" | "serialNumbers"> => ({
  sourceLineRef: `${line.line ?? index + 1}`,
  parentLineRef: line.parentLine === undefined ? undefined : `${line.parentLine}`,
  orderLineRef: line.orderLine === undefined ? undefined : `${line.orderLine}`,
  gtin: line.gtin,
  sku: line.sku,
  uom: line.uom ?? "EA",
  price: line.price,
  notes: line.notes,
  lotSource: line.lotSource,
  ...lotOf(line)
})

type LotFields = Pick<
  Line,
  | "lotNumber"
  | "supplierLotNumber"
  | "warehouseLotNumber"
  | "expirationDate"
  | "bestBeforeDate"
  | "productionDate"
  | "sscc"
>

const lotOf = (lot: LotFields) => ({
  lotNumber: lot.lotNumber,
  supplierLotNumber: lot.supplierLotNumber,
  warehouseLotNumber: lot.warehouseLotNumber,
  expirationDate: lot.expirationDate,
  bestBeforeDate: lot.bestBeforeDate,
  productionDate: lot.productionDate,
  sscc: lot.sscc
})

/** Canonical lines, one a lot, with the way back to the document. */
export const linesOf = (
  lines: ReadonlyArray<Line>
): { readonly lines: ReadonlyArray<TradeLine>; readonly places: TradePlaces } => {
  const origins: Array<Origin> = []
  const canonical: Array<TradeLine> = []
  for (const [index, line] of lines.entries()) {
    const whole = lineOf(line, index)
    if (line.lots === undefined) {
      origins.push({ line: index, lot: undefined })
      canonical.push({ ...whole, quantity: line.quantity, serialNumbers: line.serialNumbers ?? [] })
      continue
    }
    for (const [at, lot] of line.lots.entries()) {
      origins.push({ line: index, lot: at })
      canonical.push({
        ...whole,
        ...lotOf(lot),
        quantity: lot.quantity,
        statedQuantity: line.quantity,
        serialNumbers: lot.serialNumbers ?? []
      })
    }
  }
  const linePath = (index: number) => Json.member(Json.member("$", "lines"), origins[index]?.line ?? 0)
  const partPath = (index: number) => {
    const lot = origins[index]?.lot
    return lot === undefined ? linePath(index) : Json.member(Json.member(linePath(index), "lots"), lot)
  }
  const places: TradePlaces = {
    document: "$",
    field: (name) => name.split(".").reduce<string>(Json.member, "$"),
    line: partPath,
    lot: (index) => Json.member(partPath(index), "lotNumber"),
    serial: (index, position) => Json.member(Json.member(partPath(index), "serialNumbers"), position)
  }
  return { lines: canonical, places }
}

/** The head of a canonical document from the fields of every document. */
export const headOf = (read: {
  readonly header: typeof fields.header.Type
  readonly number: string
  readonly date?: string
  readonly warehouse?: string
  readonly tool?: (typeof tools)[number]
  readonly notes?: string
  readonly override?: { readonly by: string; readonly reason: string }
  readonly lines: ReadonlyArray<Line>
}) => ({
  header: read.header,
  number: read.number,
  date: read.date,
  warehouse: read.warehouse,
  tool: read.tool,
  notes: read.notes,
  override: read.override,
  ...linesOf(read.lines)
})

/** A document whose places are told as its sender wrote them. */
export const placed = <D extends Pick<TradeDocument, "places" | "misfits">>(
  document: D,
  original: (path: string) => string
): D => {
  const { places, misfits } = document
  return {
    ...document,
    ...(misfits === undefined ? {} : { misfits: misfits.map((each) => ({ ...each, path: original(each.path) })) }),
    places: {
      document: places.document,
      field: (name) => original(places.field(name)),
      line: (index) => original(places.line(index)),
      lot: (index) => original(places.lot(index)),
      serial: (index, position) => original(places.serial(index, position))
    }
  }
}

/** How the sender of a document names its fields: the profile of its channel. */
export const profile = {
  names: (envelope: { readonly sender: string | undefined; readonly receiver: string | undefined }) =>
    Effect.map(
      Partners.use(({ current }) => current),
      (directory): Json.Names | undefined => {
        const { sender = "", receiver = "" } = envelope
        const parties = directory.parties(sender, receiver)
        if (parties.sender === undefined || parties.receiver === undefined) return undefined
        const channels = TradeIndex.of(directory).channelsBetween(parties.receiver.id, parties.sender.id)
        const json = channels.find((channel) => channel.json !== undefined)?.json
        if (json === undefined) return undefined
        const { document = {}, lines = "lines", line = {} } = json
        return {
          members: { ...document, lines },
          lists: { lines: { members: line, lists: { lots: { members: line } } } }
        }
      }
    ),
  placed
}
