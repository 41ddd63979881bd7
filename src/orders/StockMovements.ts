/**
 * Stock movements: bins, warehouses, adjustments, SKU to SKU, kits, counts, put-away, FBA. Serials go along and keep
 * their history; in a SKU-to-SKU transfer they become the other product's where that is wanted, and can be sold again.
 *
 * Class 2; runs inside the commit transaction.
 */
import { Effect } from "effect"
import type { Applied, RunContext } from "../engine/Pipeline.ts"
import * as Moment from "../formats/Moment.ts"
import type { Product } from "../partners/World.ts"
import { type Booking, book, touched } from "./Booking.ts"
import * as Desk from "./Desk.ts"
import * as DeskRules from "./DeskRules.ts"
import * as InStock from "./InStock.ts"
import { begin, judged, type KnownLine, settingOf, type Taken, tellForeign, word } from "./Intake.ts"
import { contradictions, type Spot } from "./MovementChecks.ts"
import * as MovementRules from "./MovementRules.ts"
import { type MovementKind, movements } from "./Movements.ts"
import * as News from "./News.ts"
import { Orders } from "./Orders.ts"
import * as PickedMatch from "./PickedMatch.ts"
import * as SameDocument from "./SameDocument.ts"
import * as SerialMoves from "./SerialMoves.ts"
import * as SerialText from "./SerialText.ts"
import type { Bin, StockMovement } from "./TradeDocument.ts"
import { productName } from "./TradeIndex.ts"
import { productText } from "./TradeLine.ts"
import * as Rules from "./TradeRules.ts"

/** A warehouse and bin that are there and the sender's to move goods in; what is not is told. */
const spotOf = (
  taken: Taken<StockMovement>,
  kind: MovementKind,
  bin: Bin | undefined,
  end: "from" | "to"
): Spot | undefined => {
  const { document, owner, warehouse, index, judgement } = taken
  if (bin === undefined) return undefined
  const { field } = document.places
  const found = bin.warehouse === undefined ? warehouse : index.warehouse(owner.id, bin.warehouse)
  if (found === undefined) {
    // That the document's own warehouse is not there was told when it began.
    const name = bin.warehouse
    if (name !== undefined)
      judgement.add(
        Rules.warehouseUnknown.raise(
          { warehouse: name, owner: owner.name },
          { path: field(`${end}.warehouse`), value: name }
        )
      )
    return undefined
  }
  // Where picked units will go is no place they are booked into: who receives them there says so.
  const isAnnounced = end === "to" && kind.leaves && !kind.arrives
  if (bin.warehouse !== undefined && !isAnnounced) tellForeign(taken, found, field(`${end}.warehouse`))
  if (bin.bin !== undefined && found.bins.length > 0 && !found.bins.includes(bin.bin))
    judgement.add(
      MovementRules.binUnknown.raise(
        { bin: bin.bin, warehouse: found.id },
        { path: field(`${end}.bin`), value: bin.bin }
      )
    )
  return { warehouse: found, bin: bin.bin }
}

/** Where units leave and arrive. */
const stockOf = (
  { direction, operation }: StockMovement,
  { leaves, arrives }: MovementKind,
  from: Spot | undefined,
  to: Spot | undefined,
  place: Spot | undefined,
  out: ReadonlyArray<KnownLine>,
  into: ReadonlyArray<KnownLine>
): NonNullable<Booking["stock"]> => {
  const isIn = operation !== "adjustment" || direction !== "out"
  const isOut = operation !== "adjustment" || direction === "out"
  // An adjustment has one place, under whichever name.
  const [source, target] = operation === "adjustment" ? [place, place] : [from, to ?? from]
  const at = (spot: Spot, sign: 1 | -1, lines: ReadonlyArray<KnownLine>) => ({
    warehouse: spot.warehouse.id,
    bin: spot.bin,
    sign,
    lines: new Set(lines)
  })
  return [
    ...(leaves && isOut && source !== undefined ? [at(source, -1, out)] : []),
    ...(arrives && isIn && target !== undefined ? [at(target, 1, into)] : [])
  ]
}

/** The same units as lines of another product: what they become. */
const becoming = (lines: ReadonlyArray<KnownLine>, product: Product, withSerials: boolean): ReadonlyArray<KnownLine> =>
  lines.map((known) => {
    // A number that reads a GTIN goes on reading it; one that is known by company and SKU gets the new SKU.
    const values = withSerials
      ? known.values.map((value, at) =>
          value.startsWith("sku:") ? (SerialText.identity(product, known.serials[at] ?? "") ?? value) : value
        )
      : []
    const { gtin: _, sku: __, ...line } = known.line
    const texts = withSerials ? line.serialNumbers : []
    return { ...known, line: { ...line, serialNumbers: texts }, product, name: productName(product), values }
  })

/** What a serial of the line would read under another product. */
const skuOf = (product: Product, line: KnownLine): string => SerialText.identity(product, line.serials[0] ?? "") ?? ""

/** Carries out a stock movement; nothing is answered. */
export const apply = Effect.fn("StockMovements.apply")(function* (document: StockMovement, context: RunContext) {
  const orders = yield* Orders
  const all = yield* begin(document)
  const { owner, sender, index, judgement } = all
  const kind = movements[document.operation]
  const key = { company: owner.id, kind: "stock_movement", number: document.number } as const
  const self = yield* orders.find(key)
  yield* SameDocument.moves(all, self, document.operation)
  const target = document.toProduct === undefined ? undefined : index.product(owner.id, document.toProduct)
  // What units became is stored beside them as lines of the other product.
  const stored = (self?.lines ?? []).filter(({ product }) => product !== target?.id)
  const taken = yield* News.of(all, stored)
  const { lines } = taken
  // A place that is not named is the document's warehouse, in no bin.
  const from = spotOf(taken, kind, document.from ?? (kind.needs.includes("from") ? {} : undefined), "from")
  const to = spotOf(taken, kind, document.to ?? (kind.needs.includes("to") ? {} : undefined), "to")
  contradictions(taken, kind, from, to, target)
  if (document.toProduct !== undefined && target === undefined) {
    const code = productText(document.toProduct)
    const path = document.places.field(document.toProduct.sku === undefined ? "toProduct.gtin" : "toProduct.sku")
    judgement.add(Rules.productUnknown.raise({ code, owner: owner.name }, { path, value: code }))
  }
  Desk.repeated(taken)
  Desk.lengths(taken)
  Desk.requiredToMove(taken, kind.text)
  yield* PickedMatch.look(taken, kind, self)
  const isSkuTransfer = document.operation === "sku_transfer" && target !== undefined
  const goAlong = !isSkuTransfer || settingOf(taken, "transferSerialsWithSku")?.on === true
  for (const line of goAlong ? [] : lines.filter(({ values }) => values.length > 0))
    judgement.add(
      DeskRules.notTransferred.raise(
        { count: `${line.values.length}`, from: line.name },
        { path: document.places.line(line.index) }
      )
    )
  const place = to ?? from ?? spotOf(taken, kind, {}, "to")
  const stock = (into: ReadonlyArray<KnownLine>) => stockOf(document, kind, from, to, place, lines, into)
  const leaving = stock(lines).find(({ sign }) => sign < 0)?.warehouse
  if (leaving !== undefined) yield* InStock.look(taken, leaving)
  const { warnings, overrides } = yield* judged(taken)
  if (lines.length === 0 && self !== undefined) {
    const again: Applied<never> = { answers: [], warnings, touched: [] }
    return again
  }
  const arriving = isSkuTransfer ? becoming(lines, target, goAlong) : []
  const arrivingLines = new Set(arriving)
  const attributes = SerialMoves.attributesOf({
    operation: document.operation,
    reference: document.reference,
    box: document.box,
    warehouse: place?.warehouse.id,
    bin: place?.bin,
    reason: document.reason
  })
  const isIn = document.operation === "adjustment" && document.direction === "in"
  const statusOf = (): SerialMoves.Becomes["itemStatus"] => {
    if (isSkuTransfer && !goAlong) return "blocked"
    if (document.operation === "adjustment") return isIn ? "available" : "blocked"
    // What was picked for a transfer is to be had again where it arrived.
    return document.operation === "warehouse_transfer_receive" ? "available" : undefined
  }
  const becomes = (line: KnownLine): SerialMoves.Becomes => {
    const itemStatus = statusOf()
    const location = kind.arrives ? place?.warehouse.location : undefined
    return {
      ...(location === undefined ? {} : { company: owner.id, location }),
      ...(isSkuTransfer && goAlong ? { item: SerialText.itemOf(target, skuOf(target, line)) } : {}),
      ...(itemStatus === undefined ? {} : { itemStatus })
    }
  }
  yield* book(taken, {
    version: {
      key,
      status: "done",
      effective: true,
      order: undefined,
      partner: undefined,
      warehouse: place?.warehouse.id,
      tool: taken.tool,
      head: {
        operation: document.operation,
        reference: document.reference,
        box: document.box,
        direction: document.direction,
        toProduct: target?.id,
        arriving: arriving.length > 0 ? `${lines.length}` : undefined,
        reason: document.reason,
        fromWarehouse: from?.warehouse.id,
        fromBin: from?.bin,
        toWarehouse: to?.warehouse.id,
        toBin: to?.bin,
        notes: document.notes,
        overriddenBy: document.override?.by,
        overrideReason: document.override?.reason
      },
      date: Moment.of(document.date),
      sender: sender.id,
      context
    },
    lines: [...lines, ...arriving],
    move: {
      verb: kind.verb,
      of: (line) => ({
        operation: isSkuTransfer && !goAlong ? "adjust" : kind.operation,
        holder: { company: owner.id },
        to: becomes(line),
        ...(isIn ? { create: { owner: line.product.owner, item: SerialMoves.itemOf(line) } } : {}),
        eventAt: Moment.of(document.date),
        document: `${kind.text} ${document.number}`,
        attributes
      }),
      // What units became lists the same numbers under their new texts; their event is that of the old ones.
      skip: arrivingLines
    },
    stock: stock(arriving.length > 0 ? arriving : lines),
    overrides,
    warnings,
    context
  })
  const applied: Applied<never> = {
    answers: [],
    warnings,
    touched: touched(word(owner.id, "stock_movement", document.number), lines)
  }
  return applied
})
