/**
 * Class 1 looks at an assignment: what is wrong with the message itself, block by block. Pure; each look is lazy, because
 * a message may have 100,000 numbers.
 */
import * as Rule from "../engine/Rule.ts"
import * as Gs1Elements from "../formats/Gs1Elements.ts"
import * as Settings from "../partners/Settings.ts"
import type { Commissioning, DispositionAssigned, ItemDetail } from "./DispositionAssigned.ts"
import { packagingLevels, packedStatuses } from "./DispositionAssigned.ts"
import * as at from "./DispositionAssignedPlaces.ts"
import * as Rules from "./DispositionAssignedRules.ts"
import * as Expiry from "./Expiry.ts"
import { encodingOf, parse } from "./SerialNumber.ts"
import { eventTime, filled, type Known, parsedOf } from "./SnxMessage.ts"
import * as Places from "./SnxPlaces.ts"
import * as Snx from "./SnxRules.ts"

type Assigned = Known<DispositionAssigned>

const check = Rule.check<Assigned>

const isOf = (tokens: ReadonlyArray<string>, token: string): boolean => Settings.canonical(tokens, token) !== undefined

/** True when the numbers are of a trade item: they are written with AI 01 and 21, or no number says otherwise. */
const ofTradeItem = ({ serials, item }: Commissioning): boolean =>
  item !== undefined && !parsedOf(serials).groups.some(({ encoding }) => encoding !== "AI(01)+AI(21)")

/** What a barcode says that the message does not. Blanks in dates stand for day 00. */
const differing = (barcode: string, serial: string, item: ItemDetail | undefined) => {
  const read = Gs1Elements.read(barcode, { checkDigits: false })
  if (read._tag === "Failure") return undefined
  const value = (ai: string) => read.success.find((element) => element.ai === ai)?.value
  const [gtin, number, sscc, lot, expiry] = [value("01"), value("21"), value("00"), value("10"), value("17")]
  if (gtin !== undefined && number !== undefined && `01${gtin}21${number}` !== serial)
    return { printed: `(01)${gtin}(21)${number}`, said: serial }
  if (sscc !== undefined && `00${sscc}` !== serial) return { printed: `(00)${sscc}`, said: serial }
  if (lot !== undefined && filled(item?.lotNumber) && lot !== item.lotNumber)
    return { printed: `(10)${lot}`, said: item.lotNumber }
  if (expiry === undefined || !filled(item?.expirationDate)) return undefined
  // The century is the message's own, so that the look needs no clock.
  const day = Expiry.read(expiry, new Date(`${item.expirationDate.slice(0, 4)}-07-01T00:00:00Z`))?.day
  return day === undefined || day === item.expirationDate
    ? undefined
    : { printed: `(17)${expiry}`, said: item.expirationDate }
}

const blocks: ReadonlyArray<Rule.Check<Assigned>> = [
  check(Rules.noEvents, function* ({ commissionings, aggregations }) {
    if (commissionings.length + aggregations.length === 0) yield Rules.noEvents.raise({ path: at.messageBody })
  }),
  check(Rules.serialRequired, function* ({ commissionings, aggregations }) {
    for (const [event, { serials }] of commissionings.entries())
      if (!serials.values.some(filled)) yield Rules.serialRequired.raise({ path: at.commission(event) })
    for (const { event, detail, children } of aggregations)
      if (children !== undefined && !children.values.some(filled))
        yield Rules.serialRequired.raise({ path: at.aggregation(event, detail, "cmn:SerialNumberList") })
  }),
  check(Rules.listRequired, function* ({ aggregations }) {
    for (const { event, detail, children } of aggregations)
      if (children === undefined) yield Rules.listRequired.raise({ path: at.aggregation(event, detail) })
  }),
  check(Rules.packedStatusUnknown, function* ({ aggregations }) {
    for (const { event, detail, packedStatus: status } of aggregations)
      if (filled(status) && !isOf(packedStatuses, status))
        yield Rules.packedStatusUnknown.raise(
          { status },
          { path: at.aggregation(event, detail, "cmn:PackedStatus"), value: status }
        )
  }),
  check(Rules.quantityDiffers, function* ({ aggregations }) {
    for (const { event, detail, quantity, children } of aggregations) {
      const count = children?.values.length
      if (quantity === undefined || !/^\d+$/u.test(quantity) || count === undefined || Number(quantity) === count)
        continue
      const place = { path: at.aggregation(event, detail, "cmn:Quantity"), value: quantity }
      yield Rules.quantityDiffers.raise({ quantity, count: `${count}` }, place)
    }
  }),
  check(Rules.locationTypeUnknown, function* ({ commissionings, aggregations, settings }) {
    for (const [event, { eventLocationType: type }] of commissionings.entries())
      if (filled(type) && !isOf(settings.locationTypes, type))
        yield Rules.locationTypeUnknown.raise({
          path: at.commonAttribute(event, "cmn:EventLocation/@type"),
          value: type
        })
    for (const { event, detail, eventLocationType: type } of aggregations)
      if (filled(type) && !isOf(settings.locationTypes, type))
        yield Rules.locationTypeUnknown.raise({
          path: at.aggregation(event, detail, "cmn:EventLocation/@type"),
          value: type
        })
  })
]

const items: ReadonlyArray<Rule.Check<Assigned>> = [
  check(Rules.itemOrPrefix, function* ({ commissionings }) {
    for (const [event, { item, companyPrefix }] of commissionings.entries())
      if ((item === undefined) === (companyPrefix === undefined))
        yield Rules.itemOrPrefix.raise({ path: at.commission(event, "/snx:CommissionCommonAttributes") })
  }),
  check(Rules.itemTypeRequired, function* ({ commissionings }) {
    for (const [event, { item }] of commissionings.entries())
      if (filled(item?.itemCode?.value) && !filled(item.itemCode.type))
        yield Rules.itemTypeRequired.raise({ path: at.itemDetail(event, "cmn:ItemCode"), value: item.itemCode.value })
  }),
  check(Rules.itemTypeUnknown, function* ({ commissionings, settings }) {
    for (const [event, { item }] of commissionings.entries()) {
      const type = item?.itemCode?.type
      if (filled(type) && !isOf(settings.packagingCodeTypes, type))
        yield Rules.itemTypeUnknown.raise({ path: at.itemDetail(event, "cmn:ItemCode/@type"), value: type })
    }
  }),
  check(Rules.countryTypeRequired, function* ({ commissionings }) {
    for (const [event, { item }] of commissionings.entries()) {
      const code = item?.countryDrugCode
      if (filled(code?.value) && !filled(code.type))
        yield Rules.countryTypeRequired.raise({ path: at.itemDetail(event, "cmn:CountryDrugCode"), value: code.value })
    }
  }),
  check(Rules.lotRequired, function* ({ commissionings }) {
    for (const [event, one] of commissionings.entries())
      if (ofTradeItem(one) && !filled(one.item?.lotNumber))
        yield Rules.lotRequired.raise({ path: at.itemDetail(event) })
  }),
  check(Rules.expiryRequired, function* ({ commissionings }) {
    for (const [event, one] of commissionings.entries())
      if (ofTradeItem(one) && !filled(one.item?.expirationDate))
        yield Rules.expiryRequired.raise({ path: at.itemDetail(event) })
  }),
  check(Rules.dateForm, function* ({ commissionings }) {
    for (const [event, { item }] of commissionings.entries()) {
      const dates = { ExpirationDate: item?.expirationDate, ManufacturingDate: item?.manufacturingDate }
      for (const [element, value] of Object.entries(dates)) {
        if (!filled(value) || (value.length === 10 && Expiry.read(value, new Date(0))?.day === value)) continue
        yield Rules.dateForm.raise({ path: at.itemDetail(event, `cmn:${element}`), value })
      }
    }
  }),
  check(Rules.secondLot, function* ({ commissionings }) {
    const first = commissionings.find(({ item }) => filled(item?.lotNumber))?.item?.lotNumber ?? ""
    for (const [event, { item }] of commissionings.entries()) {
      const lot = item?.lotNumber
      if (filled(lot) && lot !== first)
        yield Rules.secondLot.raise(
          { lot, "first lot": first },
          { path: at.itemDetail(event, "cmn:LotNumber"), value: lot }
        )
    }
  })
]

/** Every number of the message with where it stands; a child stands under its parent, not a second time. */
function* numbers({ commissionings, aggregations }: Assigned) {
  for (const [event, { serials }] of commissionings.entries()) {
    for (const [position, value] of serials.values.entries())
      yield { value, format: serials.formats?.[position], path: at.detail(event, position, "cmn:SerialNumber") }
  }
  for (const { event, detail, parent, parentFormat, children } of aggregations) {
    yield { value: parent, format: parentFormat, path: at.aggregation(event, detail, "cmn:ParentSerialNumber") }
    for (const [position, value] of children?.values.entries() ?? [])
      yield { value, format: children?.formats?.[position], path: at.child(event, detail, position) }
  }
}

const repeated = (value: string, path: string) =>
  Rules.serialRepeated.raise({ "serial number": value }, { path, value })

const lists: ReadonlyArray<Rule.Check<Assigned>> = [
  check(Rules.levelUnknown, function* ({ commissionings }) {
    for (const [event, { packagingLevels: levels }] of commissionings.entries())
      for (const [position, level] of levels.entries())
        if (level !== undefined && !isOf(packagingLevels, level))
          yield Rules.levelUnknown.raise({ path: at.detail(event, position, "cmn:PackagingLevel"), value: level })
  }),
  check(Rules.formatUnknown, function* (assigned) {
    const { serialFormats } = assigned.settings
    for (const { format, path } of numbers(assigned))
      if (filled(format) && !isOf(serialFormats, format))
        yield Rules.formatUnknown.raise({ path: `${path}/@format`, value: format })
  }),
  check(Rules.serialUnreadable, function* (assigned) {
    const { serialFormats } = assigned.settings
    for (const { value, format, path } of numbers(assigned)) {
      if (filled(format) && !isOf(serialFormats, format)) continue
      if (parse(value, filled(format) ? encodingOf(format) : undefined)._tag === "Success") continue
      const named = filled(format) ? format : serialFormats.join(" or ")
      yield Rules.serialUnreadable.raise({ "serial number": value, format: named }, { path, value })
    }
  }),
  check(Rules.serialRepeated, function* ({ commissionings, aggregations }) {
    const seen = new Set<string>()
    for (const [event, { serials }] of commissionings.entries())
      for (const [position, value] of serials.values.entries())
        if (filled(value) && seen.size === seen.add(value).size)
          yield repeated(value, at.detail(event, position, "cmn:SerialNumber"))
    const packed = new Set<string>()
    for (const { event, detail, children } of aggregations)
      for (const [position, value] of children?.values.entries() ?? [])
        if (filled(value) && packed.size === packed.add(value).size)
          yield repeated(value, at.child(event, detail, position))
  }),
  check(Rules.barcodeDiffers, function* ({ commissionings }) {
    for (const [event, { serials, barcodes, item }] of commissionings.entries()) {
      for (const [position, barcode] of barcodes.entries()) {
        const wrong = filled(barcode) ? differing(barcode, serials.values[position] ?? "", item) : undefined
        if (barcode === undefined || wrong === undefined) continue
        yield Rules.barcodeDiffers.raise(
          { barcode, ...wrong },
          { path: at.detail(event, position, "cmn:BarcodeContent"), value: barcode }
        )
        break
      }
    }
  }),
  check(Snx.eventDateTime, function* ({ commissionings, aggregations }) {
    const wrong = (value: string, path: string) => Snx.eventDateTime.raise({ value }, { path, value })
    for (const [event, { eventDateTimes }] of commissionings.entries())
      for (const [position, value] of eventDateTimes.entries())
        if (value !== "" && eventTime(value) === undefined)
          yield wrong(value, at.detail(event, position, "cmn:EventDateTime"))
    for (const { event, detail, eventDateTime: value } of aggregations)
      if (value !== "" && eventTime(value) === undefined)
        yield wrong(value, at.aggregation(event, detail, "cmn:EventDateTime"))
  })
]

/** All class 1 checks. */
export const checks: ReadonlyArray<Rule.Check<Assigned>> = [
  ...blocks,
  ...items,
  ...lists,
  ...Snx.headerChecks<Assigned>(Places.dispositionAssigned)
]
