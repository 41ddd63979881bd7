/**
 * EPC URIs to GS1 keys and back: serialized items (`urn:epc:id:sgtin:`), logistic units (`sscc`), locations (`sgln`),
 * parties (`pgln`), batches (`urn:epc:class:lgtin:`) and all serials of an item (`urn:epc:idpat:sgtin:`). A location may
 * stand without its urn prefix, as TraceLink's EventLocation does.
 *
 * Text that is no such URI is `undefined`. A URI divides company prefix and reference where the key does not, so writing
 * one takes the prefix's length; `prefixLength` finds it among known prefixes. Source: GS1 EPC Tag Data Standard, sections 6.3 and 7.
 */
import { checkDigit, isCset82, isDigits } from "./Gs1.ts"

/** Company prefixes have 6 to 12 digits. */
export type CompanyPrefixLength = 6 | 7 | 8 | 9 | 10 | 11 | 12

export type Epc =
  | { readonly kind: "sgtin"; readonly companyPrefix: string; readonly gtin14: string; readonly serial: string }
  | { readonly kind: "sscc"; readonly companyPrefix: string; readonly sscc: string }
  /** `extension` 0 means none. */
  | { readonly kind: "sgln"; readonly companyPrefix: string; readonly gln: string; readonly extension: string }
  | { readonly kind: "pgln"; readonly companyPrefix: string; readonly gln: string }
  | { readonly kind: "lgtin"; readonly companyPrefix: string; readonly gtin14: string; readonly lot: string }
  /** Every serial of the item. */
  | { readonly kind: "item"; readonly companyPrefix: string; readonly gtin14: string }

const escapes = /["%&/<>?]/gu
const escaped = (text: string): string =>
  text.replace(escapes, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`)

const unescaped = (text: string): string | undefined => {
  if (/%(?![0-9A-Fa-f]{2})/u.test(text)) return undefined
  const plain = text.replace(/%([0-9A-Fa-f]{2})/gu, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  return isCset82(plain) && plain !== "" ? plain : undefined
}

const isPrefix = (text: string): boolean => isDigits(text) && text.length >= 6 && text.length <= 12

const uri = /^(?:urn:epc:(id:sgtin|id:sscc|id:sgln|id:pgln|class:lgtin|idpat:sgtin):)?([^.]+)\.([^.]*)(?:\.(.+))?$/u

/** Reads a URI; without its urn prefix it is read as a location. */
export const read = (text: string): Epc | undefined => {
  const match = uri.exec(text)
  if (match === null) return undefined
  const [, scheme = "id:sgln", companyPrefix = "", reference = "", tail] = match
  if (!isPrefix(companyPrefix) || (reference !== "" && !isDigits(reference))) return undefined
  const digits = companyPrefix.length + reference.length
  const complete = (payload: string) => payload + checkDigit(payload)
  const indicated = () => complete(reference.slice(0, 1) + companyPrefix + reference.slice(1))
  if (scheme === "id:sscc") {
    return digits === 17 && tail === undefined ? { kind: "sscc", companyPrefix, sscc: indicated() } : undefined
  }
  if (scheme === "id:pgln") {
    const whole = digits === 12 && tail === undefined
    return whole ? { kind: "pgln", companyPrefix, gln: complete(companyPrefix + reference) } : undefined
  }
  if (scheme === "idpat:sgtin") {
    return digits === 13 && tail === "*" ? { kind: "item", companyPrefix, gtin14: indicated() } : undefined
  }
  const last = tail === undefined ? undefined : unescaped(tail)
  if (last === undefined || last.length > 20) return undefined
  if (scheme === "id:sgln") {
    if (digits !== 12) return undefined
    return { kind: "sgln", companyPrefix, gln: complete(companyPrefix + reference), extension: last }
  }
  if (digits !== 13) return undefined
  return scheme === "id:sgtin"
    ? { kind: "sgtin", companyPrefix, gtin14: indicated(), serial: last }
    : { kind: "lgtin", companyPrefix, gtin14: indicated(), lot: last }
}

const lengths: ReadonlyArray<CompanyPrefixLength> = [12, 11, 10, 9, 8, 7, 6]

/**
 * Length of the longest known company prefix that a key begins with, behind the indicator or extension digit of a GTIN-14
 * or SSCC. Undefined when none fits: a key alone does not tell.
 */
export const prefixLength = (key: string, prefixes: Iterable<string>): CompanyPrefixLength | undefined => {
  const known = new Set(prefixes)
  const from = key.length === 13 ? 0 : 1
  return lengths.find((length) => known.has(key.slice(from, from + length)))
}

const itemReference = (gtin14: string, prefix: CompanyPrefixLength): string =>
  `${gtin14.slice(1, 1 + prefix)}.${gtin14.slice(0, 1)}${gtin14.slice(1 + prefix, 13)}`

/** `urn:epc:id:sgtin:` of a GTIN-14 and serial. */
export const sgtin = (gtin14: string, serial: string, prefixLength: CompanyPrefixLength): string =>
  `urn:epc:id:sgtin:${itemReference(gtin14, prefixLength)}.${escaped(serial)}`

/** `urn:epc:class:lgtin:` of a GTIN-14 and lot. */
export const lgtin = (gtin14: string, lot: string, prefixLength: CompanyPrefixLength): string =>
  `urn:epc:class:lgtin:${itemReference(gtin14, prefixLength)}.${escaped(lot)}`

/** `urn:epc:idpat:sgtin:` of a GTIN-14: every serial of it. */
export const item = (gtin14: string, prefixLength: CompanyPrefixLength): string =>
  `urn:epc:idpat:sgtin:${itemReference(gtin14, prefixLength)}.*`

/** `urn:epc:id:sscc:` of an 18-digit SSCC. */
export const sscc = (sscc18: string, prefixLength: CompanyPrefixLength): string =>
  `urn:epc:id:sscc:${sscc18.slice(1, 1 + prefixLength)}.${sscc18.slice(0, 1)}${sscc18.slice(1 + prefixLength, 17)}`

/** `urn:epc:id:sgln:` of a GLN; extension 0 when there is none. */
export const sgln = (gln: string, prefixLength: CompanyPrefixLength, extension = "0"): string =>
  `urn:epc:id:sgln:${gln.slice(0, prefixLength)}.${gln.slice(prefixLength, 12)}.${escaped(extension)}`

/** `urn:epc:id:pgln:` of a party's GLN. */
export const pgln = (gln: string, prefixLength: CompanyPrefixLength): string =>
  `urn:epc:id:pgln:${gln.slice(0, prefixLength)}.${gln.slice(prefixLength, 12)}`
