/**
 * GS1 Digital Link: a web address that carries application identifiers, as on codes for phones and in requests of
 * verification messaging: `https://id.example.com/01/00992326050107/10/LOT1/21/S1?17=261100`, or with the short names
 * `gtin`, `lot`, `ser`, `exp`. Gives the same elements as an element string does.
 *
 * Text that is no such address, or whose values are wrong, is a fault with its place, never an exception. Source: GS1
 * Digital Link Standard, URI syntax; short names are those of its releases before 1.4.
 */
import { Result } from "effect"
import * as Elements from "./Gs1Elements.ts"
import * as Identifiers from "./Gs1Identifiers.ts"

interface Placed extends Elements.Element {
  readonly at: number
}

const address = /^https?:\/\/[^/?#\s]+([^?#]*)(?:\?([^#]*))?(?:#.*)?$/iu

/** Whether a text looks like a web address, so that it is to be read as a Digital Link. */
export const looksLike = (text: string): boolean => /^https?:\/\//iu.test(text)

/** A segment's text; undefined when its percent signs make no sense. */
const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const definitionOf = (key: string): Identifiers.Definition | undefined =>
  Identifiers.definitionOf(key) ?? Identifiers.named(key.toLowerCase())

/** GTINs of 8, 12 and 13 digits stand in addresses too. */
const padded = (ai: string, value: string): string =>
  ai === "01" && /^(?:\d{8}|\d{12,13})$/u.test(value) ? value.padStart(14, "0") : value

const bad = (ai: string, at: number): Result.Result<never, Elements.Fault> =>
  Result.fail({ reason: "bad character", ai, at })

/** Segments with the place each begins at. */
const segments = (text: string, from: number, separator: string) => {
  let at = from
  return text.split(separator).map((segment) => {
    const placed = { segment, at }
    at += segment.length + separator.length
    return placed
  })
}

/** The pairs of the path from its first key on; whatever stands before is the resolver's own. */
const inPath = (path: string, from: number): Result.Result<ReadonlyArray<Placed>, Elements.Fault> => {
  const parts = segments(path, from, "/")
  const first = parts.findIndex(({ segment }) => definitionOf(segment)?.key === true)
  const pairs: Array<Placed> = []
  if (first < 0) return Result.succeed(pairs)
  const meant = parts.slice(first)
  for (let index = 0; index < meant.length; index += 2) {
    const { segment = "", at = 0 } = meant[index] ?? {}
    // An address may end in a slash.
    if (segment === "" && index === meant.length - 1) break
    const definition = definitionOf(segment)
    if (definition === undefined) return Result.fail({ reason: "unknown AI", ai: segment, at })
    const value = decoded(meant[index + 1]?.segment ?? "")
    if (value === undefined) return bad(definition.ai, at)
    pairs.push({ ai: definition.ai, value: padded(definition.ai, value), at })
  }
  return Result.succeed(pairs)
}

/** The pairs of the query; parameters that are no AIs (linkType, context) are somebody else's. */
const inQuery = (query: string, from: number): Result.Result<ReadonlyArray<Placed>, Elements.Fault> => {
  const pairs: Array<Placed> = []
  for (const { segment, at } of segments(query, from, "&")) {
    const [key = "", ...rest] = segment.split("=")
    const definition = definitionOf(key)
    if (definition === undefined) continue
    const value = decoded(rest.join("="))
    if (value === undefined) return bad(definition.ai, at)
    pairs.push({ ai: definition.ai, value: padded(definition.ai, value), at })
  }
  return Result.succeed(pairs)
}

/** Reads an address. One without any key has no elements. */
export const read = (
  text: string,
  options: Elements.Options = {}
): Result.Result<ReadonlyArray<Elements.Element>, Elements.Fault> => {
  const match = address.exec(text)
  if (match === null) return bad("", 0)
  const [, path = "", query = ""] = match
  const pathAt = text.indexOf("/", text.indexOf("//") + 2)
  const ofPath = inPath(path, Math.max(pathAt, 0))
  if (Result.isFailure(ofPath)) return Result.fail(ofPath.failure)
  const ofQuery = inQuery(query, text.indexOf("?") + 1)
  if (Result.isFailure(ofQuery)) return Result.fail(ofQuery.failure)
  return Elements.collect([...ofPath.success, ...ofQuery.success], options)
}

/** What stands in the path behind a key; everything else goes into the query. */
const qualifiers: Readonly<Record<string, ReadonlyArray<string>>> = {
  "01": ["22", "10", "21"],
  "8006": ["22", "10", "21"],
  "414": ["254"]
}

/**
 * Writes an address under a resolver (`https://id.example.com`): the first key and what qualifies it as path, in the
 * order the standard asks for, the rest as query. Undefined when no element is a key.
 */
export const write = (base: string, elements: ReadonlyArray<Elements.Element>): string | undefined => {
  const key = elements.find(({ ai }) => Identifiers.definitionOf(ai)?.key === true)
  if (key === undefined) return undefined
  const order = qualifiers[key.ai] ?? []
  const inOrder = order.flatMap((ai) => elements.find((element) => element.ai === ai) ?? [])
  const path = [key, ...inOrder].map(({ ai, value }) => `/${ai}/${encodeURIComponent(value)}`).join("")
  const query = elements
    .filter((element) => element !== key && !inOrder.includes(element))
    .map(({ ai, value }) => `${ai}=${encodeURIComponent(value)}`)
    .join("&")
  return `${base.replace(/\/+$/u, "")}${path}${query === "" ? "" : `?${query}`}`
}
