/**
 * GS1 element strings: application identifiers (AIs) and their values as bar codes carry them (FNC1 between elements of
 * open length), as people read them (AIs in parentheses), and as messages write them (neither, for AI 01 + 21).
 *
 * Reading accepts any of the three, a symbology identifier in front, and needless separators. A text that is no element
 * string is a fault with the place it was found at, never an exception. Check digits and values are judged as the AI's
 * definition says. Source: GS1 General Specifications, section 7.8.
 */
import { Result } from "effect"
import * as Identifiers from "./Gs1Identifiers.ts"

/** Ends an element of open length (ASCII 29, which scanners send for FNC1). */
export const fnc1 = "\u001d"

export interface Element {
  readonly ai: string
  readonly value: string
}

export type FaultReason = "unknown AI" | "contradiction" | Identifiers.ValueFault

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

const fault = (reason: FaultReason, ai: string, at: number): Result.Result<never, Fault> =>
  Result.fail({ reason, ai, at })

/** Judges elements one by one; `at` is where each stood. */
export const collect = (
  elements: ReadonlyArray<Element & { readonly at: number }>,
  options: Options
): Result.Result<ReadonlyArray<Element>, Fault> => {
  const seen = new Map<string, string>()
  for (const { ai, value, at } of elements) {
    const definition = Identifiers.definitionOf(ai)
    if (definition === undefined) return fault("unknown AI", ai, at)
    const reason = Identifiers.wrong(definition, value, options)
    if (reason !== undefined) return fault(reason, ai, at)
    if ((seen.get(ai) ?? value) !== value) return fault("contradiction", ai, at)
    seen.set(ai, value)
  }
  return Result.succeed(elements.map(({ ai, value }) => ({ ai, value })))
}

/** FNC1 as scanners and people write it: each has a character that may not stand in a value. */
export const separators = /\u001d|\^|\u241d|\{GS\}|\[GS\]|\\x1d|~d029/iu

const readPlain = (string: string, start: number, options: Options) => {
  const elements: Array<Element & { readonly at: number }> = []
  const pattern = new RegExp(separators, "giu")
  let at = start
  // Where the next separator begins and ends; looked for again only when the last one is behind.
  let [from, to] = [-1, -1]
  while (at < string.length) {
    if (to <= at) {
      pattern.lastIndex = at
      const found = pattern.exec(string)
      from = found?.index ?? string.length
      to = found === null ? Number.POSITIVE_INFINITY : pattern.lastIndex
    }
    if (from === at) {
      at = to
      continue
    }
    const definition = Identifiers.at(string, at)
    if (definition === undefined) return fault("unknown AI", string.slice(at, at + 2), at)
    const value = at + definition.ai.length
    const end = definition.closed ? Math.min(value + definition.max, from) : from
    elements.push({ ai: definition.ai, value: string.slice(value, end), at })
    at = end
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

/** What a scanner may be set to send in front, which says what kind of symbol it read. */
export const symbology = /^\](?:C1|d2|e0|Q3|J1)/u

/** Reads an element string in any of its spellings. An empty one has no elements. */
export const read = (string: string, options: Options = {}): Result.Result<ReadonlyArray<Element>, Fault> => {
  const start = symbology.exec(string)?.[0].length ?? 0
  return string[start] === "(" ? readBracketed(string, start, options) : readPlain(string, start, options)
}

/** As bar codes carry it: FNC1 after each element of open length but the last. */
export const write = (elements: ReadonlyArray<Element>): string =>
  elements
    .map(({ ai, value }, index) => {
      const open = Identifiers.definitionOf(ai)?.closed !== true && index < elements.length - 1
      return ai + value + (open ? fnc1 : "")
    })
    .join("")

/** As people read it. Parentheses within values are escaped with a backslash. */
export const writeBracketed = (elements: ReadonlyArray<Element>): string =>
  elements.map(({ ai, value }) => `(${ai})${value.replace(/[()\\]/gu, "\\$&")}`).join("")

/** An element that does not go with the others: one that it needs is missing, or one that it excludes is there. */
export interface Misfit {
  readonly ai: string
  readonly reason: "needs" | "excludes"
  /** The AIs one of which is needed, or the one that must not be there. */
  readonly others: ReadonlyArray<string>
}

/** What is wrong with elements beside one another. A label may spread them over several codes, so reading does not ask. */
export const misfits = (elements: ReadonlyArray<Element>): ReadonlyArray<Misfit> => {
  const present = new Set(elements.map(({ ai }) => ai))
  return [...present].flatMap((ai): ReadonlyArray<Misfit> => {
    const { needs = [], excludes = [] } = Identifiers.definitionOf(ai) ?? {}
    const excluded = excludes.filter((other) => present.has(other))
    const lacks = needs.length > 0 && !needs.some((other) => present.has(other))
    return [
      ...(lacks ? [{ ai, reason: "needs" as const, others: needs }] : []),
      ...excluded.map((other) => ({ ai, reason: "excludes" as const, others: [other] }))
    ]
  })
}
