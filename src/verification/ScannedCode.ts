/**
 * What a scanner or a person typed, as the four parts of a product identifier: GTIN (01), serial (21), lot (10), expiry
 * (17). Reads element strings in any order, with FNC1 or with parentheses, with a symbology identifier in front, GS1
 * Digital Link URIs, and, where a scanner swallowed the FNC1, the one way in which the text can be these four.
 *
 * Pure. A text that lacks a part says which; one that could be read in several ways is refused rather than guessed.
 */
import { Result } from "effect"
import * as Gs1 from "../formats/Gs1.ts"
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

const names: ReadonlyMap<string, string> = new Map([
  ["gtin", "01"],
  ["ser", "21"],
  ["lot", "10"],
  ["exp", "17"]
])

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** Values of a GS1 Digital Link, by AI; the words of its first editions (gtin, lot, ser, exp) are understood too. */
const ofLink = (text: string): Values | undefined => {
  const match = /^https?:\/\/[^/?#]+([^?#]*)(?:\?([^#]*))?/iu.exec(text)
  if (match === null) return undefined
  const [, path = "", query = ""] = match
  const values = new Map<string, string>()
  const put = (name: string, raw: string): void => {
    const value = decoded(raw)
    const ai = names.get(name) ?? name
    if (value !== undefined && parts.some(([known]) => known === ai) && !values.has(ai)) values.set(ai, value)
  }
  const segments = path.split("/").slice(1)
  const start = segments.findIndex((segment) => segment === "01" || segment === "gtin")
  if (start === -1) return undefined
  for (let index = start; index + 1 < segments.length; index += 2) put(segments[index] ?? "", segments[index + 1] ?? "")
  for (const pair of query.split("&")) {
    const [name = "", ...value] = pair.split("=")
    put(name, value.join("=").replaceAll("+", "%20"))
  }
  const gtin = values.get("01")
  if (gtin !== undefined && /^\d{8,13}$/u.test(gtin)) values.set("01", gtin.padStart(14, "0"))
  return values
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

const symbology = /^\](?:C1|d2|e0|Q3|J1)/u

/** Reads a code. */
export const read = (scanned: string): Result.Result<ProductIdentifier, Unread> => {
  const text = scanned.trim()
  const link = ofLink(text)
  if (link !== undefined) return complete(link)
  const elements = Gs1Elements.read(text)
  const values: Values = Result.isSuccess(elements)
    ? new Map(elements.success.map(({ ai, value }) => [ai, value]))
    : new Map()
  const direct = complete(values)
  if (Result.isSuccess(direct) || text.startsWith("(") || text.includes(Gs1Elements.fnc1)) {
    return Result.isFailure(elements) ? notACode(elements.failure) : direct
  }
  const bare = text.replace(symbology, "")
  // A unit that names a part twice, or another AI, cannot be read without its separators.
  const all = Gs1.isCset82(bare) ? ways(bare, 0, new Map()) : []
  if (all.length > 1) {
    return Result.fail({
      _tag: "Ambiguous",
      message: "The code can be read in several ways: set the scanner to send FNC1 (ASCII 29)."
    })
  }
  if (all[0] !== undefined) return complete(all[0])
  return Result.isFailure(elements) ? notACode(elements.failure) : direct
}

const notACode = ({ reason, ai, at }: Gs1Elements.Fault): Result.Result<never, Unread> =>
  Result.fail({ _tag: "NotACode", message: `This is no code of a product: ${reason} at ${ai} (character ${at + 1}).` })
