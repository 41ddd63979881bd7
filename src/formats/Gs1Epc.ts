/**
 * EPC pure identity URIs of serialized items, logistic units and locations: `urn:epc:id:sgtin:`, `urn:epc:id:sscc:` and
 * `urn:epc:id:sgln:`, to GS1 keys and back. A location may stand without its urn prefix, as TraceLink's EventLocation does.
 *
 * Text that is no such URI is `undefined`. A URI divides company prefix and reference where the key does not, so writing
 * one takes the prefix's length. Source: GS1 EPC Tag Data Standard, sections 6.3 and 7.
 */
import { checkDigit, isCset82, isDigits } from "./Gs1.ts"

/** Company prefixes have 6 to 12 digits. */
export type CompanyPrefixLength = 6 | 7 | 8 | 9 | 10 | 11 | 12

export type Epc =
  | { readonly kind: "sgtin"; readonly companyPrefix: string; readonly gtin14: string; readonly serial: string }
  | { readonly kind: "sscc"; readonly companyPrefix: string; readonly sscc: string }
  /** `extension` 0 means none. */
  | { readonly kind: "sgln"; readonly companyPrefix: string; readonly gln: string; readonly extension: string }

const escapes = /["%&/<>?]/gu
const escaped = (text: string): string =>
  text.replace(escapes, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`)

const unescaped = (text: string): string | undefined => {
  if (/%(?![0-9A-Fa-f]{2})/u.test(text)) return undefined
  const plain = text.replace(/%([0-9A-Fa-f]{2})/gu, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  return isCset82(plain) && plain !== "" ? plain : undefined
}

const isPrefix = (text: string): boolean => isDigits(text) && text.length >= 6 && text.length <= 12

const uri = /^(?:urn:epc:id:(sgtin|sscc|sgln):)?([^.]+)\.([^.]*)(?:\.(.+))?$/u

/** Reads a URI; without its urn prefix it is read as a location. */
export const read = (text: string): Epc | undefined => {
  const match = uri.exec(text)
  if (match === null) return undefined
  const [, kind = "sgln", companyPrefix = "", reference = "", tail] = match
  if (!isPrefix(companyPrefix) || (reference !== "" && !isDigits(reference))) return undefined
  const digits = companyPrefix.length + reference.length
  const last = tail === undefined ? undefined : unescaped(tail)
  if (kind === "sscc") {
    if (digits !== 17 || tail !== undefined) return undefined
    const payload = reference.slice(0, 1) + companyPrefix + reference.slice(1)
    return { kind, companyPrefix, sscc: payload + checkDigit(payload) }
  }
  if (last === undefined) return undefined
  if (kind === "sgtin") {
    if (digits !== 13 || last.length > 20) return undefined
    const payload = reference.slice(0, 1) + companyPrefix + reference.slice(1)
    return { kind, companyPrefix, gtin14: payload + checkDigit(payload), serial: last }
  }
  if (digits !== 12 || last.length > 20) return undefined
  const payload = companyPrefix + reference
  return { kind: "sgln", companyPrefix, gln: payload + checkDigit(payload), extension: last }
}

/** `urn:epc:id:sgtin:` of a GTIN-14 and serial. */
export const sgtin = (gtin14: string, serial: string, prefixLength: CompanyPrefixLength): string =>
  `urn:epc:id:sgtin:${gtin14.slice(1, 1 + prefixLength)}.${gtin14.slice(0, 1)}${gtin14.slice(1 + prefixLength, 13)}.${escaped(serial)}`

/** `urn:epc:id:sscc:` of an 18-digit SSCC. */
export const sscc = (sscc18: string, prefixLength: CompanyPrefixLength): string =>
  `urn:epc:id:sscc:${sscc18.slice(1, 1 + prefixLength)}.${sscc18.slice(0, 1)}${sscc18.slice(1 + prefixLength, 17)}`

/** `urn:epc:id:sgln:` of a GLN; extension 0 when there is none. */
export const sgln = (gln: string, prefixLength: CompanyPrefixLength, extension = "0"): string =>
  `urn:epc:id:sgln:${gln.slice(0, prefixLength)}.${gln.slice(prefixLength, 12)}.${escaped(extension)}`
