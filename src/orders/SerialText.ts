/**
 * A serial as a scanner, a person or a warehouse writes it, made into the one text it is compared and kept by: no blanks
 * around it, no bar code head, one case where the company wants that. Uniqueness is judged by this text alone.
 *
 * Pure. A serial that the product has no way to be identified by is `undefined`.
 */
import { Result } from "effect"
import * as Gs1 from "../formats/Gs1.ts"
import * as Gs1Elements from "../formats/Gs1Elements.ts"
import type { Product } from "../partners/World.ts"
import { codesOf, gtin14 } from "./TradeIndex.ts"

/** Longest value of AI(21). */
const longestSerial = 20

/** What a text says: the serial, and the GTIN it was written under when a bar code named one. */
export interface Scanned {
  readonly serial: string
  readonly gtin?: string | undefined
}

/** Takes a scanned or typed text apart. A text that looks like a bar code and is none is the serial itself. */
export const scanned = (text: string, ignoreCase: boolean): Scanned => {
  const trimmed = text.trim()
  const plain = (serial: string): Scanned => ({ serial: ignoreCase ? serial.toUpperCase() : serial })
  if (!/^(?:\]|\(01\)|01\d{14}21|\u001d)/u.test(trimmed)) return plain(trimmed)
  const elements = Gs1Elements.read(trimmed)
  if (Result.isFailure(elements)) {
    // The elements are judged strictly; a label with a wrong check digit still names its serial.
    const bare = /^01(\d{14})21(.+)$/u.exec(trimmed)
    return bare?.[2] === undefined ? plain(trimmed) : { ...plain(bare[2]), gtin: bare[1] }
  }
  const of = (ai: string) => elements.success.find((element) => element.ai === ai)?.value
  const serial = of("21")
  return serial === undefined ? plain(trimmed) : { ...plain(serial), gtin: of("01") }
}

/** How a product's serials are told apart: under its GTIN where the serial may stand in AI(21), else under its SKU. */
export const identity = (product: Product, serial: string): string | undefined => {
  if (serial === "") return undefined
  const gtin = codesOf(product, "GTIN-14")[0]
  if (gtin !== undefined && serial.length <= longestSerial && Gs1.isCset82(serial)) return `01${gtin}21${serial}`
  const sku = codesOf(product, "SKU")[0]
  return sku === undefined ? undefined : `sku:${product.owner}:${encodeURIComponent(sku)}:${serial}`
}

/** The packaging code a number of the product is kept under. */
export const itemOf = (product: Product, value: string) =>
  value.startsWith("sku:")
    ? { owner: product.owner, codeType: "SKU", code: codesOf(product, "SKU")[0] ?? product.id }
    : { owner: product.owner, codeType: "GTIN-14", code: value.slice(2, 16) }

/** The serial of an identity, as people know it. */
export const serialOf = (value: string): string =>
  value.startsWith("sku:") ? value.split(":").slice(3).join(":") : /^01\d{14}21/u.test(value) ? value.slice(18) : value

/** True when a serial reads as this UPC, EAN or GTIN: the wrong bar code was scanned. */
export const isCode = (serial: string, gtin: string): boolean => gtin14(serial) === gtin
