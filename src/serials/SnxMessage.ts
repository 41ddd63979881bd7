/**
 * What the Serial Number Exchange messages have in common, as values: header, fields with a type beside them, reference
 * documents, lists of serial numbers, the identifier of what numbers are of. Mappings fill them, rules look at them.
 *
 * An element that is absent is `undefined`, one that is there without text is `""`: the documented Class 1 rules tell
 * the two apart. Nothing here fails.
 */
import type { Envelope } from "../engine/Pipeline.ts"
import type { Settings } from "../partners/Settings.ts"
import type { Documents } from "./SerialModel.ts"
import { type Encoding, encodingOf, type Parsed, parseAll } from "./SerialNumber.ts"

/** `ControlFileHeader`. Date `YYYY-MM-DD`, time `HH:MM:SS` with or without Z. */
export interface SnxHeader extends Envelope {
  readonly fileDate: string
  readonly fileTime: string
}

/** A value whose kind stands in its `type` attribute. */
export interface Typed {
  readonly value: string
  readonly type: string | undefined
  /** How often the element stands there; more than one is a mistake that rules report. */
  readonly occurrences: number
}

/** A list of serial numbers as columns: "GS1 Application Identifier format without parentheses". */
export interface SerialList {
  readonly values: ReadonlyArray<string>
  /** `format` of each, undefined as a whole when no item has one. */
  readonly formats: ReadonlyArray<string | undefined> | undefined
}

/** `ObjectIdentifier`: what the numbers are of. Exactly one key is right. */
export interface ObjectIdentifier {
  readonly companyPrefix: string | undefined
  readonly gtin14: string | undefined
  readonly cnSubtype: string | undefined
  readonly codeLevel: string | undefined
  readonly packageRatio: string | undefined
  readonly ntin: string | undefined
  /** How many key elements stand there, empty and repeated ones included. */
  readonly keys: number
}

/** A canonical value with the settings of the installation, which say what its enumerations are. */
export type Known<C> = C & { readonly settings: Settings }

/** True when something stands there. */
export const filled = (text: string | undefined): text is string => text !== undefined && text !== ""

/** The formats of a list as encodings; a format that is no encoding leaves the number to speak for itself. */
export const encodingsOf = (list: SerialList): ReadonlyArray<Encoding | undefined> | undefined =>
  list.formats?.map((format) => (filled(format) ? encodingOf(format) : undefined))

const parsedLists = new WeakMap<SerialList, Parsed>()

/** The numbers of a list taken apart; done once a list, however many rules ask. */
export const parsedOf = (list: SerialList): Parsed => {
  const known = parsedLists.get(list)
  if (known !== undefined) return known
  const parsed = parseAll(list.values, encodingsOf(list))
  parsedLists.set(list, parsed)
  return parsed
}

/** The documents that are filled in; undefined when none is. */
export const givenDocuments = (documents: Documents | undefined): Documents | undefined => {
  const given = Object.entries(documents ?? {}).filter(([, value]) => filled(value))
  return given.length === 0 ? undefined : Object.fromEntries(given)
}

/** Reference documents as the texts print them: `1001764/001, 1001764-00, A100352`. */
export const printDocuments = ({ poNumber, poLine, workOrderNumber, referenceIdentifier }: Documents): string =>
  [filled(poLine) ? `${poNumber ?? ""}/${poLine}` : poNumber, workOrderNumber, referenceIdentifier]
    .filter(filled)
    .join(", ")

/**
 * The moment an event happened. The documents give GMT with Z; milliseconds default to zero. Undefined for text that
 * is no such moment, the 31st of February included.
 */
export const eventTime = (text: string): Date | undefined => {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?Z?$/u.exec(text)
  if (match === null) return undefined
  const [, day = "", time = "", fraction = ""] = match
  const moment = new Date(`${day}T${time}.${fraction.padEnd(3, "0").slice(0, 3)}Z`)
  // Dates past the end of a month roll over instead of failing.
  return Number.isNaN(moment.getTime()) || moment.toISOString().slice(0, 10) !== day ? undefined : moment
}

/** Date and time of a file made at this moment, as headers write them. */
export const fileMoment = (clock: Date): Pick<SnxHeader, "fileDate" | "fileTime"> => {
  const text = clock.toISOString()
  return { fileDate: text.slice(0, 10), fileTime: `${text.slice(11, 19)}Z` }
}
