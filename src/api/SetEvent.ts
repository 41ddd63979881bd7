/**
 * Reads a Set Event request (Smart Event Manager's REST message by which consumers verify), bare or in the envelope
 * `{"t": {...}, "p": {...}}`. All faults at once, each with the documented text and where it stands.
 *
 * Pure. `serialNumber` is the bare serial or AI text without parentheses (`01` GTIN `21` serial), as documented.
 */
import { Result } from "effect"
import type { Issue } from "../formats/Json.ts"
import { codeOf } from "../partners/Countries.ts"
import * as JsonBodies from "./JsonBodies.ts"
import type { Fault } from "./Problems.ts"
import * as RequestFaults from "./RequestFaults.ts"
import * as Rules from "./SetEventRules.ts"

/** One product as the request names it, and the bare serial in it. */
export interface Item {
  readonly packagingCode: string
  readonly packagingCodeType: (typeof Rules.packagingCodeTypes)[number]
  readonly serialNumber: string
  readonly lotNumber: string
  readonly expirationDate: string
  readonly productionDate?: string
  readonly variant?: string
}

export interface SetEvent {
  readonly eventTime: string
  readonly eventType: (typeof Rules.eventTypes)[number]
  readonly locationType: string
  readonly locationValue: string
  readonly serialNumberList: ReadonlyArray<Item>
  readonly extensionData?: Readonly<Record<string, unknown>>
  readonly customData?: unknown
}

/** What the request is, and the head of its envelope where it has one. */
export interface Read {
  readonly event: SetEvent
  readonly envelope: Readonly<Record<string, unknown>> | undefined
}

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isOneOf = <const Words extends ReadonlyArray<string>>(words: Words, value: string): value is Words[number] =>
  words.includes(value)

/** Nothing, or an empty text: whoever fills in a form sends such fields. */
const isOpen = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === "string" && value.trim() === "")

/** A text that says something; numbers are not texts, for they lose zeros. */
const textIn = (fields: Fields, name: string): string | undefined => {
  const value = fields[name]
  return typeof value === "string" && value.trim() !== "" ? value : undefined
}

const gmt = /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/u

/** A moment in GMT that the calendar has. */
const isMoment = (text: string): boolean => {
  const [, day] = gmt.exec(text) ?? []
  if (day === undefined) return false
  const date = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}

/** YYMMDD; the day may be 00. */
const isDate = (text: string): boolean => {
  const [, year, month, day] = /^(\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])$/u.exec(text) ?? []
  if (day === undefined) return false
  return Number(day) <= new Date(Date.UTC(2000 + Number(year), Number(month), 0)).getUTCDate()
}

/** A country, or none said. */
const isMarket = (value: unknown): boolean =>
  value === undefined || value === null || value === "" || (typeof value === "string" && codeOf(value) !== undefined)

/** The serial in an AI text of this very code, or the text itself; undefined for AI text of another code. */
export const bareSerial = ({ packagingCode, packagingCodeType, serialNumber }: Item): string | undefined => {
  if (packagingCodeType === "CN-RESCODE") return serialNumber
  const [, code, serial] = /^01(\d{14})21(.+)$/u.exec(serialNumber) ?? []
  if (serial === undefined) return serialNumber
  if (code === packagingCode) return serial
  // Too long for a serial, it can only be AI text.
  return serialNumber.length > 20 ? undefined : serialNumber
}

const itemOf = (value: unknown, at: string, fault: (rule: Rules.SetEventRule, at?: string) => void): Item => {
  const fields = isFields(value) ? value : {}
  const needed = (name: string, rule: Rules.SetEventRule): string => {
    const text = textIn(fields, name)
    if (text === undefined) fault(rule, at)
    return text ?? ""
  }
  /** A field that may be left out is judged where it is not: nothing that was sent is dropped. */
  const chosen = (name: string, rule: Rules.SetEventRule): string | undefined => {
    const text = textIn(fields, name)
    if (text === undefined && !isOpen(fields[name])) fault(rule, at)
    return text
  }
  const productionDate = chosen("productionDate", Rules.productionDateFormat)
  const variant = chosen("variant", Rules.variantFormat)
  const typeText = chosen("packagingCodeType", Rules.packagingCodeTypeUnknown) ?? "GTIN-14"
  const packagingCodeType = Rules.packagingCodeTypes.find((one) => one === typeText.toUpperCase())
  if (packagingCodeType === undefined) fault(Rules.packagingCodeTypeUnknown, at)
  const item: Item = {
    packagingCode: needed("packagingCode", Rules.packagingCodeMissing),
    packagingCodeType: packagingCodeType ?? "GTIN-14",
    serialNumber: needed("serialNumber", Rules.serialNumberMissing),
    lotNumber: needed("lotNumber", Rules.lotNumberMissing),
    expirationDate: needed("expirationDate", Rules.expirationDateMissing),
    ...(productionDate === undefined ? {} : { productionDate }),
    ...(variant === undefined ? {} : { variant })
  }
  if (item.expirationDate !== "" && !isDate(item.expirationDate)) fault(Rules.expirationDateFormat, at)
  if (productionDate !== undefined && !isDate(productionDate)) fault(Rules.productionDateFormat, at)
  if (item.packagingCode !== "" && bareSerial(item) === undefined) fault(Rules.serialNumberCode, at)
  return item
}

/** Says of an event, which stands in the envelope or alone, what is wrong with it. */
const read = (fields: Fields, place: "p." | "", faults: Array<Fault>): SetEvent => {
  const fault = (rule: Rules.SetEventRule, at?: string) => {
    const element = at === undefined ? rule.element : `${at}.${rule.element}`
    faults.push(RequestFaults.inBody(element, rule.text, place))
  }
  const eventTime = textIn(fields, "eventTime")
  if (eventTime === undefined) fault(Rules.eventTimeMissing)
  else if (!isMoment(eventTime)) fault(Rules.eventTimeFormat)
  const eventType = textIn(fields, "eventType")
  const isKnown = eventType !== undefined && isOneOf(Rules.eventTypes, eventType)
  if (eventType === undefined) fault(Rules.eventTypeMissing)
  else if (!isKnown) fault(Rules.eventTypeUnknown)
  const locationType = textIn(fields, "locationType")
  if (locationType === undefined) fault(Rules.locationTypeMissing)
  else if (!isOneOf(Rules.locationTypes, locationType)) fault(Rules.locationTypeUnknown)
  const locationValue = textIn(fields, "locationValue")
  if (locationValue === undefined) fault(Rules.locationValueMissing)
  const { serialNumberList: list, extensionData, customData } = fields
  if (!Array.isArray(list) || list.length === 0) fault(Rules.serialNumberListMissing)
  const items: ReadonlyArray<unknown> = Array.isArray(list) ? list : []
  const serialNumberList = items.map((item, index) => itemOf(item, `serialNumberList[${index}]`, fault))
  const isExtension =
    isFields(extensionData) && Object.keys(extensionData).every((name) => isOneOf(Rules.extensionFields, name))
  if (extensionData !== undefined && extensionData !== null && !isExtension) fault(Rules.extensionDataFields)
  if (isFields(extensionData) && !isMarket(extensionData["market"])) fault(Rules.marketUnknown)
  return {
    eventTime: eventTime ?? "",
    eventType: isKnown ? eventType : "VERIFYING",
    locationType: locationType ?? "",
    locationValue: locationValue ?? "",
    serialNumberList,
    ...(isExtension ? { extensionData } : {}),
    ...(customData === undefined ? {} : { customData })
  }
}

/** The documented text for a name that stands twice; what else is wrong with JSON is said as everywhere. */
const documented = ({ rule, element, message }: Issue): string =>
  rule === "json/duplicate-name" ? Rules.twice(element).text : message

/** What a JSON value says as a request, where nothing was found wrong before. */
export const judge = (value: unknown, found: ReadonlyArray<Fault> = []): Result.Result<Read, ReadonlyArray<Fault>> => {
  const faults = [...found]
  if (!isFields(value)) return Result.fail([...faults, RequestFaults.inBody("", "The request is not a JSON object.")])
  const { t, p, ...rest } = value
  const envelope = isFields(t) ? t : undefined
  const event = envelope !== undefined && isFields(p) ? read(p, "p.", faults) : read(rest, "", faults)
  return faults.length > 0 ? Result.fail(faults) : Result.succeed({ event, envelope })
}

/** Reads a request body. */
export const parse = (bytes: Uint8Array): Result.Result<Read, ReadonlyArray<Fault>> => {
  const { value, faults } = JsonBodies.parse(bytes, documented)
  return value === undefined ? Result.fail(faults) : judge(value, faults)
}
