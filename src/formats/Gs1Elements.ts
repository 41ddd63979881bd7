/**
 * GS1 element strings: application identifiers (AIs) and their values as bar codes carry them (FNC1 between elements of
 * open length), as people read them (AIs in parentheses), and as messages write them (neither, for AI 01 + 21).
 *
 * Reading accepts any of the three, a symbology identifier in front, and needless separators. A text that is no element
 * string is a fault with the place it was found at, never an exception. Check digits and values are judged as the AI's
 * definition says. Source: GS1 General Specifications, section 3 and 7.8.
 */
import { Result } from "effect"
import { hasCheckDigit, isCset82, isDigits, readDate } from "./Gs1.ts"

/** Ends an element of open length (ASCII 29, which scanners send for FNC1). */
export const fnc1 = "\u001d"

export interface Element {
  readonly ai: string
  readonly value: string
}

interface Definition {
  readonly min: number
  readonly max: number
  readonly digits: boolean
  readonly check: "none" | "checkDigit" | "date"
  /** Ends by its length: no FNC1 follows (the predefined-length table). */
  readonly closed: boolean
}

const define = (min: number, max: number, digits: boolean, check: Definition["check"] = "none", closed = false) => ({
  min,
  max,
  digits,
  check,
  closed
})
const key = (length: number) => define(length, length, true, "checkDigit", true)
const date = define(6, 6, true, "date", true)
const text = (max: number) => define(1, max, false)
const count = define(1, 8, true)

const definitions: ReadonlyMap<string, Definition> = new Map([
  ["00", key(18)],
  ["01", key(14)],
  ["02", key(14)],
  ["10", text(20)],
  ["11", date],
  ["12", date],
  ["13", date],
  ["15", date],
  ["16", date],
  ["17", date],
  ["20", define(2, 2, true, "none", true)],
  ["21", text(20)],
  ["22", text(20)],
  ["30", count],
  ["37", count],
  ["240", text(30)],
  ["241", text(30)],
  ["250", text(30)],
  ["251", text(30)],
  ["254", text(20)],
  ["400", text(30)],
  ["401", text(30)],
  ...["410", "411", "412", "413", "414", "415", "416", "417"].map((ai) => [ai, key(13)] as const),
  ...["710", "711", "712", "713", "714", "715", "716"].map((ai) => [ai, text(20)] as const)
])

export type FaultReason =
  | "unknown AI"
  | "bad length"
  | "bad character"
  | "bad check digit"
  | "bad date"
  | "contradiction"

/** What is wrong, with which AI, at which character of the text (from 0). */
export interface Fault {
  readonly reason: FaultReason
  readonly ai: string
  readonly at: number
}

export interface Options {
  /** Partners' and documents' own numbers may carry wrong check digits. */
  readonly checkDigits?: boolean | undefined
}

/** Only 29 February depends on the year, and every fourth year has one. */
const anyYear = 2000

const fault = (reason: FaultReason, ai: string, at: number): Result.Result<never, Fault> =>
  Result.fail({ reason, ai, at })

const wrong = (definition: Definition, value: string, options: Options): FaultReason | undefined => {
  if (value.length < definition.min || value.length > definition.max) return "bad length"
  if (definition.digits ? !isDigits(value) : !isCset82(value)) return "bad character"
  if (definition.check === "checkDigit" && options.checkDigits !== false && !hasCheckDigit(value))
    return "bad check digit"
  if (definition.check === "date" && readDate(value, anyYear) === undefined) return "bad date"
  return undefined
}

/** The AI a text begins with: two digits, or three where no AI of two is defined. */
const aiAt = (string: string, at: number): string | undefined =>
  [string.slice(at, at + 2), string.slice(at, at + 3)].find((ai) => definitions.has(ai))

const collect = (
  elements: ReadonlyArray<Element & { readonly at: number }>,
  options: Options
): Result.Result<ReadonlyArray<Element>, Fault> => {
  const seen = new Map<string, string>()
  for (const { ai, value, at } of elements) {
    const definition = definitions.get(ai)
    if (definition === undefined) return fault("unknown AI", ai, at)
    const reason = wrong(definition, value, options)
    if (reason !== undefined) return fault(reason, ai, at)
    if ((seen.get(ai) ?? value) !== value) return fault("contradiction", ai, at)
    seen.set(ai, value)
  }
  return Result.succeed(elements.map(({ ai, value }) => ({ ai, value })))
}

const readPlain = (string: string, start: number, options: Options) => {
  const elements: Array<Element & { readonly at: number }> = []
  let at = start
  while (at < string.length) {
    if (string[at] === fnc1) {
      at++
      continue
    }
    const ai = aiAt(string, at)
    const definition = ai === undefined ? undefined : definitions.get(ai)
    if (ai === undefined || definition === undefined) return fault("unknown AI", string.slice(at, at + 2), at)
    const from = at + ai.length
    const separator = string.indexOf(fnc1, from)
    const end = separator === -1 ? string.length : separator
    const to = definition.closed ? Math.min(from + definition.max, end) : end
    elements.push({ ai, value: string.slice(from, to), at })
    at = to
  }
  return collect(elements, options)
}

const bracket = /\((\d{2,4})\)((?:\\[()\\]|[^(\\])*)/u

const readBracketed = (string: string, start: number, options: Options) => {
  const elements: Array<Element & { readonly at: number }> = []
  const pattern = new RegExp(bracket, "uy")
  for (let at = start; at < string.length; at = pattern.lastIndex) {
    pattern.lastIndex = at
    const match = pattern.exec(string)
    if (match === null) return fault("bad character", elements.at(-1)?.ai ?? "", at)
    const [, ai = "", value = ""] = match
    elements.push({ ai, value: value.replace(/\\([()\\])/gu, "$1"), at })
  }
  return collect(elements, options)
}

const symbology = /^\](?:C1|d2|e0|Q3|J1)/u

/** Reads an element string in any of its spellings. An empty one has no elements. */
export const read = (string: string, options: Options = {}): Result.Result<ReadonlyArray<Element>, Fault> => {
  const start = symbology.exec(string)?.[0].length ?? 0
  return string[start] === "(" ? readBracketed(string, start, options) : readPlain(string, start, options)
}

/** As bar codes carry it: FNC1 after each element of open length but the last. */
export const write = (elements: ReadonlyArray<Element>): string =>
  elements
    .map(({ ai, value }, index) => {
      const open = definitions.get(ai)?.closed !== true && index < elements.length - 1
      return ai + value + (open ? fnc1 : "")
    })
    .join("")

/** As people read it. Parentheses within values are escaped with a backslash. */
export const writeBracketed = (elements: ReadonlyArray<Element>): string =>
  elements.map(({ ai, value }) => `(${ai})${value.replace(/[()\\]/gu, "\\$&")}`).join("")
