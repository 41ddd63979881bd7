/**
 * What a scanner or a person typed, as the four parts of a product identifier: GTIN (01), serial (21), lot (10), expiry
 * (17). Reads element strings in any order, with FNC1 or with parentheses, with a symbology identifier in front, GS1
 * Digital Link URIs, and, where a scanner swallowed the FNC1, the one way in which the text can be these four.
 *
 * Pure. A text that lacks a part says which; one that could be read in several ways is refused rather than guessed. A code
 * without a lot whose serial number has a 10 in it is such a text: as it stands, or cut at the 10.
 */
import { Result } from "effect"
import * as Gs1 from "../formats/Gs1.ts"
import * as Gs1DigitalLink from "../formats/Gs1DigitalLink.ts"
import * as Gs1Elements from "../formats/Gs1Elements.ts"

export interface ProductIdentifier {
  readonly gtin: string
  readonly serial: string
  readonly lot: string
  /** YYMMDD. */
  readonly expiry: string
}

export type Unread =
  | { readonly _tag: "Lacks"; readonly missing: ReadonlyArray<string>; readonly message: string }
  | { readonly _tag: "Ambiguous"; readonly message: string }
  | { readonly _tag: "NotACode"; readonly message: string }

const parts = [
  ["01", "product code (01)"],
  ["21", "serial number (21)"],
  ["10", "lot number (10)"],
  ["17", "expiration date (17)"]
] as const

type Values = ReadonlyMap<string, string>

const complete = (values: Values): Result.Result<ProductIdentifier, Unread> => {
  const missing = parts.filter(([ai]) => !values.has(ai)).map(([, name]) => name)
  if (missing.length > 0)
    return Result.fail({ _tag: "Lacks", missing, message: `The code lacks ${missing.join(", ")}.` })
  const value = (ai: string) => values.get(ai) ?? ""
  return Result.succeed({ gtin: value("01"), serial: value("21"), lot: value("10"), expiry: value("17") })
}

/** Most characters of AI (10) and (21). */
const longest = 20
const anyYear = 2000

/** Every way to read a text without separators as the AIs that are still open, each once. */
const ways = (text: string, at: number, values: Values): ReadonlyArray<Values> => {
  if (at === text.length) return values.size === parts.length ? [values] : []
  const ai = text.slice(at, at + 2)
  if (values.has(ai)) return []
  const from = at + 2
  const go = (to: number): ReadonlyArray<Values> => ways(text, to, new Map([...values, [ai, text.slice(from, to)]]))
  if (ai === "01") return Gs1.isKey("GTIN-14", text.slice(from, from + 14)) ? go(from + 14) : []
  if (ai === "17") return Gs1.readDate(text.slice(from, from + 6), anyYear) === undefined ? [] : go(from + 6)
  if (ai !== "10" && ai !== "21") return []
  const ends = Math.min(longest, text.length - from)
  return Array.from({ length: ends }, (_, length) => go(from + length + 1)).flat()
}

/** FNC1 as some scanners spell it, in characters that values may have: a serial number can be `A<GS>B`. */
const angled = /<GS>/giu

const valuesOf = (elements: ReadonlyArray<Gs1Elements.Element>): Values =>
  new Map(elements.map(({ ai, value }) => [ai, value]))

/** Reads a code. */
export const read = (scanned: string): Result.Result<ProductIdentifier, Unread> => {
  const trimmed = scanned.trim()
  // As it is printed beside the symbol, blanks or line breaks may stand around the parentheses.
  const text = trimmed.startsWith("(") ? trimmed.replace(/\s*(\(\d{2,4}\))\s*/gu, "$1") : trimmed
  const isLink = Gs1DigitalLink.looksLike(text)
  const elements = isLink ? Gs1DigitalLink.read(text) : Gs1Elements.read(text)
  const direct: Result.Result<ProductIdentifier, Unread> = Result.isFailure(elements)
    ? notACode(elements.failure)
    : complete(valuesOf(elements.success))
  if (Result.isSuccess(direct) || isLink || text.startsWith("(") || Gs1Elements.separators.test(text)) return direct
  // Where an AI follows each of them, they mean FNC1: as part of a value they would have left parts lacking, or cut wrong.
  const withFnc1 = text.replace(angled, Gs1Elements.fnc1)
  const spelled = Gs1Elements.read(withFnc1)
  if (withFnc1 !== text && Result.isSuccess(spelled)) return complete(valuesOf(spelled.success))
  const bare = text.replace(Gs1Elements.symbology, "")
  const all = Gs1.isCset82(bare) ? ways(bare, 0, new Map()) : []
  if (all.length > 1) {
    return Result.fail({
      _tag: "Ambiguous",
      message: "The code can be read in several ways: set the scanner to send FNC1 (ASCII 29)."
    })
  }
  if (all[0] === undefined) return direct
  if (direct.failure._tag !== "Lacks") return complete(all[0])
  const { missing } = direct.failure
  const message = `The code lacks ${missing.join(", ")}, or the scanner left out FNC1: set it to send FNC1 (ASCII 29).`
  return Result.fail({ _tag: "Lacks", missing, message })
}

const notACode = ({ reason, ai, at }: Gs1Elements.Fault): Result.Result<never, Unread> =>
  Result.fail({ _tag: "NotACode", message: `This is no code of a product: ${reason} at ${ai} (character ${at + 1}).` })
