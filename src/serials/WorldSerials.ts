/**
 * The serials of a world file as texts of messages, and back. A file may write a number bare (`100011946933` under a
 * GTIN, 18 digits under an SSCC company prefix, 20 under a China code) or in AI format, which may name another GTIN than
 * the packaging code it is listed under: the documents' own example of a transfer response does that.
 *
 * A text that reads as AI format is taken as such. One that is no number of its packaging code is a fault.
 */
import { Result } from "effect"
import * as Gs1 from "../formats/Gs1.ts"
import type { PackagingCode, SerialBatch } from "../partners/World.ts"
import type { Lot } from "./SerialModel.ts"
import { type Encoding, isOfSku, ofPrefix, parse, prefixOf, prefixOfSku, skuOf } from "./SerialNumber.ts"

/** A text that is no number, and why. */
export interface BadText {
  readonly value: string
  readonly why: string
}

const chinaTypes = new Set(["CN-RESCODE", "CN_RESCODE", "CN-SUBTYPE", "CN_SUBTYPE"])
const ssccTypes = new Set(["GCP", "SSCC", "COMPANYPREFIX", "GS1 COMPANY PREFIX"])

/** How numbers of a packaging code are encoded unless a message says otherwise. */
export const encodingFor = (codeType: string): Encoding => {
  const type = codeType.toUpperCase()
  if (type === "SKU") return "SKU"
  return chinaTypes.has(type) ? "CN-EDMC" : ssccTypes.has(type) ? "AI(00)" : "AI(01)+AI(21)"
}

/** The packaging code a number reads as, where nothing else says which it belongs to. */
export const readsAs = (prefix: string): { readonly codeType: string; readonly code: string } => {
  const { encoding, code } = ofPrefix(prefix)
  if (encoding === "AI(01)+AI(21)") return { codeType: "GTIN-14", code }
  const sku = skuOf(prefix)
  if (sku !== undefined) return { codeType: "SKU", code: sku.sku }
  return { codeType: encoding === "AI(00)" ? "GCP" : "CN-RESCODE", code: "" }
}

/** Under a SKU a text is a whole number where it begins like one, else a serial of the owner's SKU. */
const skuText = (
  owner: string,
  { type, value: code }: PackagingCode,
  value: string
): Result.Result<string, BadText> => {
  const isWhole = isOfSku(value) || Result.isSuccess(parse(value, "AI(01)+AI(21)"))
  const whole = isWhole ? value : prefixOfSku(owner, code) + value
  return Result.isSuccess(parse(whole))
    ? Result.succeed(whole)
    : Result.fail({ value, why: `is no number of ${type} ${code}` })
}

const text = (owner: string, packagingCode: PackagingCode, value: string): Result.Result<string, BadText> => {
  const { type, value: code } = packagingCode
  if (type.toUpperCase() === "SKU") return skuText(owner, packagingCode, value)
  const encoding = encodingFor(type)
  const isAiFormat = Result.isSuccess(parse(value, encoding))
  const whole = isAiFormat ? value : prefixOf(encoding, code) + value
  return isAiFormat || Result.isSuccess(parse(whole, encoding))
    ? Result.succeed(whole)
    : Result.fail({ value, why: `is no ${encoding} number of ${type} ${code}` })
}

/** `count` numbers from `first` on. What counts is the digits at the end; an SSCC gets its check digits anew. */
const range = (encoding: Encoding, first: string, count: number): Result.Result<ReadonlyArray<string>, BadText> => {
  const isSscc = encoding === "AI(00)"
  const body = isSscc ? first.slice(0, -1) : first
  const digits = /\d+$/u.exec(body)?.[0] ?? ""
  const fixed = body.slice(0, body.length - digits.length)
  if (digits === "" || (isSscc && !Gs1.hasCheckDigit(first)))
    return Result.fail({ value: first, why: "does not count up" })
  const start = BigInt(digits)
  if (String(start + BigInt(count) - 1n).length > digits.length) {
    return Result.fail({ value: first, why: `has no room to count up to ${count}` })
  }
  return Result.succeed(
    Array.from({ length: count }, (_, index) => {
      const payload = fixed + String(start + BigInt(index)).padStart(digits.length, "0")
      return isSscc ? payload + Gs1.checkDigit(payload) : payload
    })
  )
}

/** All numbers of a batch, as messages write them. */
export const texts = (batch: SerialBatch): Result.Result<ReadonlyArray<string>, BadText> =>
  Result.gen(function* () {
    const { packagingCode, serials = [], range: counted } = batch
    const encoding = encodingFor(packagingCode.type)
    const more = counted === undefined ? [] : yield* range(encoding, counted.first, counted.count)
    const all: Array<string> = []
    for (const value of [...serials, ...more]) all.push(yield* text(batch.owner, packagingCode, value))
    return all
  })

/** The lot a batch binds its numbers to. */
export const lotOf = (batch: SerialBatch): Lot | undefined => {
  const { owner, packagingCode, lot, expiry, expiryExtendedTo: extendedTo, manufactured } = batch
  if (lot === undefined) return undefined
  return {
    item: { owner, codeType: packagingCode.type, code: packagingCode.value },
    lot,
    expiry,
    extendedTo,
    manufactured
  }
}

/** A number as a batch of the packaging code writes it: bare, unless that would read as another one. */
export const written = (codeType: string, code: string, prefix: string, serial: string): string => {
  const encoding = encodingFor(codeType)
  const isBare = prefix === prefixOf(encoding, code) && Result.isFailure(parse(serial, encoding))
  return isBare ? serial : prefix + serial
}
