/**
 * What can be wrong with an order document by itself: no lines, a line of nothing, a quantity that is none, days that do
 * not exist, an SSCC that is none, lots that do not add up to their line. Class 1, over the canonical value, so that every
 * format and every way in is judged alike.
 */
import * as Rule from "../engine/Rule.ts"
import * as Gs1 from "../formats/Gs1.ts"
import * as Moment from "../formats/Moment.ts"
import * as Quantity from "./Quantity.ts"
import type { TradeDocument } from "./TradeDocument.ts"
import { gtin14 } from "./TradeIndex.ts"
import { productText, type TradeLine } from "./TradeLine.ts"

const ours = "Throughline"

export const badValue = Rule.define({
  id: "orders/bad-value",
  class: 1,
  element: "head",
  text: '[field] "[value]" is none of: [allowed].',
  source: ours,
  situation:
    "A CSV document says a word or number that its column does not know, or its rows are of several documents.",
  example: { case: "receipt-csv/bad-value" }
})

export const noNumber = Rule.define({
  id: "orders/no-number",
  class: 1,
  element: "number",
  text: "The document has no number.",
  source: ours,
  situation: "The number is what a document is known by when it comes again.",
  example: { case: "receipt/no-number" }
})

export const noLines = Rule.define({
  id: "orders/no-lines",
  class: 1,
  element: "lines",
  text: "The document has no lines.",
  source: ours,
  situation: "Only the release or cancellation of an order, and a return that is cancelled, may do without.",
  example: { case: "receipt/no-lines" }
})

export const noProduct = Rule.define({
  id: "orders/no-product",
  class: 1,
  element: "sku or gtin",
  text: "Line [line] has neither SKU nor GTIN.",
  source: ours,
  situation: "Nobody can tell what the line is of.",
  example: { case: "receipt/no-product" }
})

export const gtinForm = Rule.define({
  id: "orders/gtin-form",
  class: 1,
  element: "gtin",
  text: "[gtin] of line [line] is no GTIN of 8, 12, 13 or 14 digits.",
  source: ours,
  situation: "Letters, or another number of digits. Check digits are not judged.",
  example: { case: "receipt/gtin-form" }
})

export const badQuantity = Rule.define({
  id: "orders/bad-quantity",
  class: 1,
  element: "quantity",
  text: "Quantity [quantity] of line [line] must be more than zero.",
  source: ours,
  situation: "Zero or negative; a cycle count may find nothing.",
  example: { case: "receipt/bad-quantity" }
})

export const numberSize = Rule.define({
  id: "orders/number-size",
  class: 1,
  element: "quantity or price",
  text: "[field] [value] of line [line] has more than [whole] digits before the point or [decimals] behind it.",
  source: ours,
  situation: "A number that could not be kept as it is written; it is not rounded.",
  example: { case: "receipt/number-size" }
})

export const negativePrice = Rule.define({
  id: "orders/negative-price",
  class: 1,
  element: "price",
  text: "Price [price] of line [line] is less than nothing.",
  source: ours,
  situation: "A price is what one unit costs; a discount or credit is no line of an order document. Zero is a price.",
  example: { case: "purchase-order/negative-price" }
})

export const mangled = Rule.define({
  id: "orders/mangled-number",
  class: 1,
  element: "serialNumbers, lotNumber",
  text: "[field] [value] of line [line] is a long number that a spreadsheet wrote in another form: its last digits are lost.",
  source: ours,
  situation:
    "Digits, a decimal point, and E with an exponent, such as 1.00012E+11. Format the column as text and enter the numbers again. A serial such as 1E5 is none of these.",
  example: { case: "receipt-csv/mangled-number" }
})

export const badMoment = Rule.define({
  id: "orders/bad-moment",
  class: 1,
  element: "date, expectedOn, receivedOn",
  text: '[field] "[value]" is no day such as 2026-11-24 and no moment such as 2026-11-24T10:00:00Z.',
  source: "ISO 8601; Throughline",
  situation: "Another form, or a day or hour that does not exist. A time without an offset is of UTC.",
  example: { case: "receipt/bad-moment" }
})

export const badDay = Rule.define({
  id: "orders/bad-day",
  class: 1,
  element: "expirationDate, bestBeforeDate, productionDate",
  text: "[day] of line [line] is no day in the form YYYY-MM-DD.",
  source: ours,
  situation: "Another form, or a day that does not exist.",
  example: { case: "receipt/bad-day" }
})

export const badSscc = Rule.define({
  id: "orders/bad-sscc",
  class: 1,
  element: "sscc",
  text: "[sscc] of line [line] is no SSCC of 18 digits with a right check digit.",
  source: "GS1 General Specifications, section 7.9",
  situation: "A mistyped logistic unit would be found nowhere.",
  example: { case: "receipt/bad-sscc" }
})

export const lotsAddUp = Rule.define({
  id: "orders/lots-add-up",
  class: 1,
  element: "lots",
  text: "The lots of line [line] add up to [sum], but the line has [quantity].",
  source: ours,
  situation: "A line that is split into lots states a quantity of its own.",
  example: { case: "receipt/lots-add-up" }
})

export const expiryWithoutLot = Rule.define({
  id: "orders/expiry-without-lot",
  class: 1,
  severity: "warning",
  element: "expirationDate",
  text: "Line [line] has an expiration date and no lot to bind it to.",
  source: ours,
  situation: "The date is kept with the line; serials are bound to lots.",
  example: { case: "receipt/expiry-without-lot" }
})

export const overrideWithoutReason = Rule.define({
  id: "orders/override-without-reason",
  class: 1,
  element: "override",
  text: "The override says neither who nor why, or only one of the two.",
  source: ours,
  situation: "An override is written down with name and reason.",
  example: { case: "shipment/override-without-reason" }
})

/** Lines with the place of each. */
function* linesOf({ lines, places }: TradeDocument): Generator<{ readonly line: TradeLine; readonly path: string }> {
  for (const [index, line] of lines.entries()) yield { line, path: places.line(index) }
}

interface Digits {
  readonly whole: number
  readonly decimals: number
}

/** More than fifteen digits in all are not exact as a number. */
const quantityDigits: Digits = { whole: 11, decimals: Quantity.decimals }
/** As the database keeps it. */
const priceDigits: Digits = { whole: 12, decimals: 6 }

/** What the format could not read as a number at all, it has told already. */
const quantityFits = (quantity: number, { whole, decimals }: Digits): boolean =>
  Number.isNaN(quantity) || (Math.abs(quantity) < 10 ** whole && Number(quantity.toFixed(decimals)) === quantity)

/** What spreadsheets make of a number of twelve digits or more. */
const scientific = /^\d[.,]\d+E[+-]?\d+$/iu

const priceFits = (price: string, { whole, decimals }: Digits): boolean => {
  const [, before = "", behind = ""] = /^-?0*(\d*)(?:\.(\d*?)0*)?$/u.exec(price) ?? []
  return before.length <= whole && behind.length <= decimals
}

/** Documents that may come without lines: the order is there already. */
const mayLackLines = (document: TradeDocument): boolean =>
  ((document.kind === "purchase_order" || document.kind === "sales_order") && document.status !== "draft") ||
  (document.kind === "return" && document.status === "cancelled") ||
  ((document.kind === "receipt" || document.kind === "shipment") &&
    document.status !== "confirmed" &&
    document.status !== "closed")

/** An adjustment or count may find nothing; a correction is about serials, not units. */
const mayBeZero = (document: TradeDocument): boolean =>
  document.kind === "serial_correction" ||
  (document.kind === "stock_movement" && ["cycle_count", "adjustment"].includes(document.operation))

/** Days and moments of the head, by the names of their fields. */
const moments = (document: TradeDocument): ReadonlyArray<readonly [field: string, text: string | undefined]> => [
  ["date", document.date],
  ...(document.kind === "purchase_order" ? [["expectedOn", document.expectedOn] as const] : []),
  ...(document.kind === "receipt" ? [["session.receivedOn", document.session?.receivedOn] as const] : [])
]

/** All class 1 checks of an order document. */
export const checks: ReadonlyArray<Rule.Check<TradeDocument>> = [
  Rule.check<TradeDocument>(badValue, function* ({ misfits = [] }) {
    for (const { field, value, allowed, path } of misfits)
      yield badValue.raise({ field, value, allowed }, { path, value })
  }),
  Rule.check<TradeDocument>(noNumber, function* ({ number, places }) {
    if (number.trim() === "") yield noNumber.raise({ path: places.field("number") })
  }),
  Rule.check<TradeDocument>(noLines, function* (document) {
    if (document.lines.length === 0 && !mayLackLines(document)) yield noLines.raise({ path: document.places.document })
  }),
  Rule.check<TradeDocument>(noProduct, function* (document) {
    for (const { line, path } of linesOf(document))
      if (line.sku === undefined && line.gtin === undefined)
        yield noProduct.raise({ line: line.sourceLineRef }, { path })
  }),
  Rule.check<TradeDocument>(gtinForm, function* (document) {
    for (const { line, path } of linesOf(document)) {
      const { gtin, sourceLineRef } = line
      if (gtin !== undefined && gtin14(gtin) === undefined)
        yield gtinForm.raise({ gtin, line: sourceLineRef }, { path, value: gtin })
    }
  }),
  Rule.check<TradeDocument>(badQuantity, function* (document) {
    for (const { line, path } of linesOf(document)) {
      // What the format could not read as a number at all, it has told already.
      if (Number.isNaN(line.quantity)) continue
      if (line.quantity > 0 || (line.quantity === 0 && mayBeZero(document))) continue
      const filled = { quantity: `${line.quantity}`, line: `${line.sourceLineRef} (${productText(line)})` }
      yield badQuantity.raise(filled, { path, value: `${line.quantity}` })
    }
  }),
  Rule.check<TradeDocument>(numberSize, function* (document) {
    for (const { line, path } of linesOf(document)) {
      const { quantity, price, sourceLineRef } = line
      const told = (field: string, value: string, { whole, decimals }: Digits) =>
        numberSize.raise(
          { field, value, line: sourceLineRef, whole: `${whole}`, decimals: `${decimals}` },
          { path, value }
        )
      if (!quantityFits(quantity, quantityDigits)) yield told("Quantity", `${quantity}`, quantityDigits)
      if (price !== undefined && !priceFits(price, priceDigits)) yield told("Price", price, priceDigits)
    }
  }),
  Rule.check<TradeDocument>(negativePrice, function* (document) {
    for (const { line, path } of linesOf(document)) {
      const { price, sourceLineRef } = line
      if (price?.startsWith("-") === true && Number(price) !== 0)
        yield negativePrice.raise({ price, line: sourceLineRef }, { path, value: price })
    }
  }),
  Rule.check<TradeDocument>(mangled, function* ({ lines, places }) {
    for (const [index, line] of lines.entries()) {
      const told = (field: string, value: string, path: string) =>
        mangled.raise({ field, value, line: line.sourceLineRef }, { path, value })
      for (const lot of [line.lotNumber, line.supplierLotNumber, line.warehouseLotNumber])
        if (lot !== undefined && scientific.test(lot)) yield told("Lot", lot, places.lot(index))
      for (const [position, serial] of line.serialNumbers.entries())
        if (scientific.test(serial)) yield told("Serial number", serial, places.serial(index, position))
    }
  }),
  Rule.check<TradeDocument>(badMoment, function* (document) {
    for (const [field, text] of moments(document))
      if (text !== undefined && Moment.read(text) === undefined)
        yield badMoment.raise({ field, value: text }, { path: document.places.field(field), value: text })
  }),
  Rule.check<TradeDocument>(badDay, function* (document) {
    for (const { line, path } of linesOf(document)) {
      for (const day of [line.expirationDate, line.bestBeforeDate, line.productionDate])
        if (day !== undefined && !Moment.isDay(day))
          yield badDay.raise({ day, line: line.sourceLineRef }, { path, value: day })
    }
  }),
  Rule.check<TradeDocument>(badSscc, function* (document) {
    for (const { line, path } of linesOf(document)) {
      const { sscc, sourceLineRef } = line
      if (sscc !== undefined && !Gs1.isKey("SSCC", sscc))
        yield badSscc.raise({ sscc, line: sourceLineRef }, { path, value: sscc })
    }
  }),
  Rule.check<TradeDocument>(lotsAddUp, function* (document) {
    const groups = Map.groupBy(linesOf(document), ({ line }) => line.sourceLineRef)
    for (const [ref, group] of groups) {
      const stated = group[0]?.line.statedQuantity
      const sum = Quantity.sum(group.map(({ line }) => line.quantity))
      if (stated === undefined || sum === stated) continue
      const place = { path: group[0]?.path, value: `${sum}` }
      yield lotsAddUp.raise({ line: ref, sum: `${sum}`, quantity: `${stated}` }, place)
    }
  }),
  Rule.check<TradeDocument>(expiryWithoutLot, function* (document) {
    for (const { line, path } of linesOf(document)) {
      const { expirationDate, lotNumber, supplierLotNumber } = line
      if (expirationDate === undefined || lotNumber !== undefined || supplierLotNumber !== undefined) continue
      yield expiryWithoutLot.raise({ line: line.sourceLineRef }, { path, value: expirationDate })
    }
  }),
  Rule.check<TradeDocument>(overrideWithoutReason, function* ({ override, places }) {
    if (override !== undefined && (override.by.trim() === "" || override.reason.trim() === ""))
      yield overrideWithoutReason.raise({ path: places.field("override") })
  })
]
