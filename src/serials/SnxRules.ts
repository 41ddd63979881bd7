/**
 * Class 1 rules that all SNX messages share, and the looks at event time, header and serial lists that go with them.
 * They are ours: the documents describe the forms without giving texts for what breaks them.
 *
 * Each check is made for a message's own paths. Schema facets already report empty values and wrong lengths, so the
 * checks keep silent there.
 */
import * as Rule from "../engine/Rule.ts"
import * as Gs1 from "../formats/Gs1.ts"
import * as Settings from "../partners/Settings.ts"
import * as SerialNumber from "./SerialNumber.ts"
import { eventTime, filled, type Known, parsedOf, type SerialList, type SnxHeader } from "./SnxMessage.ts"
import type { Places } from "./SnxPlaces.ts"

const ours = "Throughline"

export const eventDateTime = Rule.define({
  id: "snx/event-date-time",
  class: 1,
  element: "cmn:EventDateTime",
  text: "EventDateTime [value] is not a date and time in the form YYYY-MM-DDTHH:MM:SSZ.",
  source: ours,
  situation: "Another form, or a day that does not exist. Milliseconds and the Z may be missing.",
  example: { case: "snx-transfer/event-date-time" }
})

export const eventOffset = Rule.define({
  id: "snx/event-offset",
  class: 1,
  element: "cmn:EventTimeZoneOffset",
  text: "EventTimeZoneOffset [value] is not a time zone offset in the form +HH:MM or -HH:MM.",
  source: ours,
  situation: "Six characters that are no offset between -14:00 and +14:00.",
  example: { case: "snx-transfer/event-offset" }
})

export const eventLocationForm = Rule.define({
  id: "snx/event-location-form",
  class: 1,
  severity: "warning",
  element: "cmn:EventLocation",
  text: "EventLocation [value] is not an SGLN without its urn prefix, such as 8888882.02867.0.",
  source: ours,
  situation: "Another identifier, or an SGLN written as urn:epc:id:sgln:...; either is looked up as it stands.",
  example: { case: "snx-transfer/event-location-form" }
})

export const fileTimeWithoutZ = Rule.define({
  id: "snx/file-time-without-z",
  class: 1,
  severity: "warning",
  element: "cmn:FileTime",
  text: "FileTime [value] has no Z; it was read as GMT.",
  source: ours,
  situation:
    "FileTime is HH:MM:SS. The tables print its length as 8/8 and its example with nine characters, so both are accepted.",
  example: { case: "snx-transfer/file-time-without-z" }
})

export const partyCheckDigit = Rule.define({
  id: "snx/party-check-digit",
  class: 1,
  element: "cmn:FileSenderNumber",
  text: "[number] has 13 digits like a GLN, but its check digit is wrong.",
  source: ours,
  situation:
    "Only with the setting checkPartyCheckDigits: many party numbers in the documents' own examples have wrong check digits.",
  example: {
    canonical: "checks check digits of parties only where the setting says so",
    why: "the setting is off by default, so no file breaks it"
  }
})

export const checkDigit = Rule.define({
  id: "snx/check-digit",
  class: 1,
  severity: "warning",
  element: "cmn:Serial",
  text: "The check digit of [number] is wrong.",
  source: ours,
  situation:
    "A GTIN (once for all its serials) or an SSCC of the list has a wrong check digit. NTINs of some countries do, so it is a warning.",
  example: { case: "snx-transfer/check-digit" }
})

/** A text of a list that is no serial number, or not of the format it names. */
export const serialUnreadable = (room: string, element: string) =>
  Rule.define({
    id: `${room}/serial-unreadable`,
    class: 1,
    element,
    text: "[serial number] is not a serial number in the form of [format].",
    source: ours,
    situation:
      "The text is empty, or built neither like the format it names nor, without one, like any of the known formats.",
    example: { case: `${room}/serial-unreadable` }
  })

/** The text is that of the SOAP twin for numbers listed more than once. */
export const serialRepeated = (room: string, element: string) =>
  Rule.define({
    id: `${room}/serial-repeated`,
    class: 1,
    element,
    text: "The following serial numbers were listed more than once: [serial number].",
    source: "TraceLink SOM Registration errors, SOMDUPLICATESNS (2024.3)",
    situation: "A serial number stands in the list a second time; reported at each repetition.",
    example: { case: `${room}/serial-repeated` }
  })

/** When and where an event happened, as all event messages say it. */
export interface Event {
  readonly eventDateTime: string
  readonly eventTimeZoneOffset: string
  readonly eventLocation: string
}

/** Event time, offset and location. */
export const eventChecks = <C extends Event>(at: Places): ReadonlyArray<Rule.Check<C>> => [
  Rule.check<C>(eventDateTime, function* ({ eventDateTime: value }) {
    if (value !== "" && eventTime(value) === undefined)
      yield eventDateTime.raise({ value }, { path: at.body("cmn:EventDateTime"), value })
  }),
  Rule.check<C>(eventOffset, function* ({ eventTimeZoneOffset: value }) {
    if (value.length === 6 && !/^[+-](?:0\d|1[0-3]):[0-5]\d$|^[+-]14:00$/u.test(value))
      yield eventOffset.raise({ value }, { path: at.body("cmn:EventTimeZoneOffset"), value })
  }),
  Rule.check<C>(eventLocationForm, function* ({ eventLocation: value }) {
    if (value !== "" && !/^\d+\.\d*\.[^.\s]+$/u.test(value))
      yield eventLocationForm.raise({ value }, { path: at.body("cmn:EventLocation"), value })
  })
]

/** Header fields. */
export const headerChecks = <C extends Known<{ readonly header: SnxHeader }>>(
  at: Places
): ReadonlyArray<Rule.Check<C>> => [
  Rule.check<C>(fileTimeWithoutZ, function* ({ header: { fileTime } }) {
    if (/^\d{2}:\d{2}:\d{2}$/u.test(fileTime))
      yield fileTimeWithoutZ.raise({ value: fileTime }, { path: at.header("cmn:FileTime"), value: fileTime })
  }),
  Rule.check<C>(partyCheckDigit, function* ({ header, settings }) {
    if (!settings.checkPartyCheckDigits) return
    const numbers = { "cmn:FileSenderNumber": header.sender, "cmn:FileReceiverNumber": header.receiver }
    for (const [element, number] of Object.entries(numbers)) {
      if (/^\d{13}$/u.test(number) && !Gs1.hasCheckDigit(number))
        yield partyCheckDigit.raise({ number }, { path: at.header(element), value: number })
    }
  })
]

/** Lists of serial numbers: readable, not repeated, and a remark on check digits. */
export const serialChecks = <C extends Known<unknown>>(
  rules: {
    readonly unreadable: ReturnType<typeof serialUnreadable>
    readonly repeated: ReturnType<typeof serialRepeated>
  },
  at: Places,
  listOf: (canonical: C) => SerialList | undefined
): ReadonlyArray<Rule.Check<C>> => [
  Rule.check<C>(rules.unreadable, function* (canonical) {
    const list = listOf(canonical)
    // A list without any text is "No serial numbers specified.", said once and later.
    if (list === undefined || !list.values.some(filled)) return
    const { positions } = parsedOf(list).bad
    const { serialFormats } = canonical.settings
    for (const position of positions) {
      const value = list.values[position] ?? ""
      const named = list.formats?.[position]
      if (filled(named) && Settings.canonical(serialFormats, named) === undefined) continue
      const format = filled(named) ? named : serialFormats.join(" or ")
      yield rules.unreadable.raise({ "serial number": value, format }, { path: at.serial(position), value })
    }
  }),
  Rule.check<C>(rules.repeated, function* (canonical) {
    const values = listOf(canonical)?.values ?? []
    for (const position of SerialNumber.repeated(values)) {
      const value = values[position] ?? ""
      if (filled(value)) yield rules.repeated.raise({ "serial number": value }, { path: at.serial(position), value })
    }
  }),
  Rule.check<C>(checkDigit, function* (canonical) {
    const list = listOf(canonical)
    if (list === undefined) return
    for (const { encoding, code, positions, serials } of parsedOf(list).groups) {
      const [first = 0] = positions
      if (encoding === "AI(01)+AI(21)" && !Gs1.hasCheckDigit(code))
        yield checkDigit.raise({ number: code }, { path: at.serial(first), value: code })
      if (encoding !== "AI(00)") continue
      for (const [index, number] of serials.entries()) {
        if (!Gs1.hasCheckDigit(number))
          yield checkDigit.raise({ number }, { path: at.serial(positions[index] ?? 0), value: number })
      }
    }
  })
]
