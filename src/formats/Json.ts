/**
 * JSON documents in and out, driven by an Effect Schema. `read` decodes with every error at once, each with its JSONPath
 * (RFC 9535), line and column; `locate` finds the places of paths, `sniff` looks at the first kilobytes.
 *
 * A bad document is a reading with issues, never a failure, and reading never throws.
 */
import { Result, Schema, SchemaIssue } from "effect"
import { type Names, original, type Renamed, rename } from "./json/JsonNames.ts"
import type { RuleId } from "./json/JsonRules.ts"
import { member, type Position, type ScanIssue, scan } from "./json/JsonScan.ts"

export { type Names, original } from "./json/JsonNames.ts"
export { type JsonRule, jsonRules, type RuleId } from "./json/JsonRules.ts"
export { member, type Position } from "./json/JsonScan.ts"

/** One thing wrong with a file; its message is filled in. */
export interface Issue {
  readonly rule: RuleId
  /** Last name of the path, or `N/A`. */
  readonly element: string
  readonly path: string | undefined
  readonly line: number | undefined
  readonly column: number | undefined
  readonly value: string | undefined
  readonly message: string
}

export interface Reading<A> {
  readonly document: A | undefined
  readonly issues: ReadonlyArray<Issue>
}

export interface Limits {
  /** As for any document of the engine. */
  readonly maxBytes: number
  /** Deeper documents than any order are somebody's joke. */
  readonly maxDepth: number
  /** Details kept. */
  readonly detail: number
}

export const defaultLimits: Limits = { maxBytes: 64 * 1024 * 1024, maxDepth: 64, detail: 1000 }

/** The limits, and what messages call what is read. */
interface Reads extends Limits {
  readonly called: string
}

const usual: Reads = { ...defaultLimits, called: "file" }

const utf8 = new TextDecoder("utf-8", { fatal: true })

const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** Line and column of character indexes, each found by one walk over what lies between it and the one before. */
const placesOf = (text: string, indexes: Iterable<number>): ReadonlyMap<number, Position> => {
  const places = new Map<number, Position>()
  let line = 1
  let lineStart = 0
  let at = 0
  let offset = 0
  for (const index of [...new Set(indexes)].sort((a, b) => a - b)) {
    for (let next = text.indexOf("\n", at); next !== -1 && next < index; next = text.indexOf("\n", next + 1)) {
      line += 1
      lineStart = next + 1
    }
    offset += Buffer.byteLength(text.slice(at, index))
    places.set(index, { line, column: index - lineStart + 1, offset })
    at = index
  }
  return places
}

const nameOf = (path: string): string => /([A-Za-z_]\w*)(?:\[\d+\])*$/u.exec(path)?.[1] ?? "N/A"
const quote = (text: string): string => (text.length > 500 ? `${text.slice(0, 500).toWellFormed()}…` : text)

const plain = (rule: RuleId, message: string): Issue => ({
  rule,
  element: "N/A",
  path: undefined,
  line: undefined,
  column: undefined,
  value: undefined,
  message
})

const texts: Readonly<Record<ScanIssue["rule"], (reason: string, limits: Reads) => string>> = {
  "json/syntax": (reason, { called }) => `The ${called} is not valid JSON: ${reason}.`,
  "json/duplicate-name": (name) => `The name ${quote(name)} stands twice in one object.`,
  "json/too-deep": (_, { maxDepth }) => `Values are nested deeper than ${maxDepth} levels.`,
  "json/number": (reason) => `A number cannot be kept: ${reason}.`,
  "json/text": (reason) => `A text cannot be kept: ${reason}.`
}

const scanned = (text: string, issues: ReadonlyArray<ScanIssue>, limits: Reads): ReadonlyArray<Issue> => {
  const places = placesOf(
    text,
    issues.map(({ index }) => index)
  )
  return issues.map(({ rule, path, index, reason }) => ({
    rule,
    element: rule === "json/syntax" || rule === "json/too-deep" ? "N/A" : nameOf(path.slice(-pathLength)),
    path: rule === "json/syntax" ? undefined : path.slice(0, pathLength),
    line: places.get(index)?.line,
    column: places.get(index)?.column,
    value: undefined,
    message: texts[rule](reason, limits)
  }))
}

/** Paths in reports; the engine shows no more. */
const pathLength = 500

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** Words for faults that Effect names by its own terms. */
const noSuchField = "There is no such field."
const plainly: Readonly<Record<string, string>> = {
  "Expected no excess property": noSuchField,
  "Missing key": "The field is missing."
}

interface Misfit {
  readonly path: string
  readonly message: string
}

const pathOf = (steps: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }>): string =>
  steps.reduce<string>((path, step) => {
    const key = typeof step === "object" ? step.key : step
    return member(path, typeof key === "number" ? key : shortened(String(key)))
  }, "$")

/** A name as long as a document is quoted by its beginning; its place is that of what holds it. */
const shortened = (key: string): string => (key.length > 100 ? `${key.slice(0, 100).toWellFormed()}…` : key)

const misfits = (error: Schema.SchemaError): ReadonlyArray<Misfit> =>
  format(error.issue).issues.map(({ path = [], message }) => ({
    path: pathOf(path),
    message: plainly[message] ?? `${message}.`
  }))

/** Where a path stands; for something that is missing, the place of what it should stand in. */
const nearest = (path: string, found: ReadonlyMap<string, number>): number | undefined => {
  for (let at = path; at !== ""; at = above(at)) {
    const index = found.get(at)
    if (index !== undefined) return index
  }
  return undefined
}

const above = (path: string): string => path.replace(/(?:\.[^.[\]]+|\["(?:[^"\\]|\\.)*"\]|\[\d+\]|\$)$/u, "")

const withAbove = (paths: Iterable<string>): ReadonlySet<string> => {
  const wanted = new Set<string>()
  for (const path of paths) for (let at = path; at !== "" && !wanted.has(at); at = above(at)) wanted.add(at)
  return wanted
}

const valueAt = (document: unknown, steps: string): string | undefined => {
  let at = document
  for (const [, name, quoted, index] of steps.matchAll(/\.([^.[\]]+)|\[("(?:[^"\\]|\\.)*")\]|\[(\d+)\]/gu)) {
    const key = name ?? (quoted === undefined ? (index ?? "") : unquoted(quoted))
    if (typeof at !== "object" || at === null) return undefined
    at = Object.getOwnPropertyDescriptor(at, key)?.value
  }
  if (typeof at === "string") return quote(at)
  return typeof at === "number" || typeof at === "boolean" ? `${at}` : undefined
}

const unquoted = (text: string): string => {
  const value: unknown = JSON.parse(text)
  return typeof value === "string" ? value : ""
}

const noNames: Names = { members: {} }

/** What does not fit a document that was renamed, by the names it came with. */
const misfitsOf = (wrong: ReadonlyArray<Misfit>, { strays, left }: Renamed, names: Names): ReadonlyArray<Misfit> => {
  // An object that the names look into is no unknown field; what else is in it is.
  const unknown = (path: string): ReadonlyArray<string> => left.get(path)?.flatMap(unknown) ?? [path]
  if (names === noNames) return wrong
  return [
    ...strays.flatMap(unknown).map((path) => ({ path, message: noSuchField })),
    ...wrong.flatMap(({ path, message }) => {
      const came = original(path, names)
      return (message === noSuchField ? unknown(came) : [came]).map((at) => ({ path: at, message }))
    })
  ]
}

/** A document before any schema has looked at it; undefined as text or value where it is none. */
export interface Parsed {
  readonly text: string | undefined
  readonly value: unknown
  readonly issues: ReadonlyArray<Issue>
}

/** Reads a document whatever it says: that it is JSON, and what is wrong with it as such. */
export const parse = (bytes: Uint8Array, options: Partial<Reads> = {}): Parsed => {
  const limits = { ...usual, ...options }
  const refused = (issue: Issue): Parsed => ({ text: undefined, value: undefined, issues: [issue] })
  const { called } = limits
  if (bytes.length > limits.maxBytes) {
    return refused(
      plain("json/too-large", `The ${called} has ${bytes.length} bytes; at most ${limits.maxBytes} are accepted.`)
    )
  }
  const text = textOf(bytes)
  if (text === undefined) return refused(plain("json/encoding", `The ${called} is not valid UTF-8.`))
  if (!/\S/u.test(text)) return refused(plain("json/empty", `The ${called} is empty.`))
  const { value, issues } = scan(text, limits)
  return { text, value, issues: scanned(text, issues, limits) }
}

/**
 * Decodes a document. Unknown fields are errors: a misspelt one would be lost without a word. `names` are those that the
 * document has for fields of the schema; places are told by them.
 */
export const read = <S extends Schema.ConstraintDecoder<unknown>>(
  bytes: Uint8Array,
  schema: S,
  { names = noNames, ...options }: Partial<Reads> & { readonly names?: Names | undefined } = {}
): Reading<S["Type"]> => {
  const limits = { ...usual, ...options }
  const refused = (...issues: ReadonlyArray<Issue>): Reading<S["Type"]> => ({ document: undefined, issues })
  const { text, value, issues: found } = parse(bytes, limits)
  if (text === undefined || value === undefined) return refused(...found)
  const renamed = rename(value, names)
  const decoded = Schema.decodeResult(schema, { errors: "all", onExcessProperty: "error" })(renamed.value)
  const wrong = misfitsOf(Result.isSuccess(decoded) ? [] : misfits(decoded.failure), renamed, names)
  if (Result.isSuccess(decoded) && wrong.length === 0)
    return { document: found.length > 0 ? undefined : decoded.success, issues: found }
  const kept = wrong.slice(0, limits.detail)
  const places = scan(text, { ...limits, wanted: withAbove(kept.map(({ path }) => path)) }).found
  const indexes = kept.map(({ path }) => nearest(path, places))
  const positions = placesOf(
    text,
    indexes.filter((index) => index !== undefined)
  )
  return refused(
    ...found,
    ...kept.map(({ path, message }, at): Issue => {
      const position = positions.get(indexes[at] ?? -1)
      return {
        rule: "json/schema",
        element: nameOf(path),
        path,
        line: position?.line,
        column: position?.column,
        value: valueAt(value, path),
        message
      }
    })
  )
}

/** What is wrong with a file as JSON, whatever it says. */
export const outline = (bytes: Uint8Array): Reading<unknown> => read(bytes, Schema.Json)

/** Where paths stand in the file; those that lead nowhere are left out. */
export const locate = (bytes: Uint8Array, paths: ReadonlyArray<string>): ReadonlyMap<string, Position> => {
  const text = textOf(bytes)
  if (text === undefined) return new Map()
  const { found } = scan(text, { ...defaultLimits, wanted: new Set(paths) })
  const positions = placesOf(text, found.values())
  return new Map(
    [...found].flatMap(([path, index]) => {
      const position = positions.get(index)
      return position === undefined ? [] : [[path, position] as const]
    })
  )
}

/** Enough for the header of any document; bounds the cost for any file. */
const sniffBytes = 65_536

const beginning = (bytes: Uint8Array, length: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, length))
    .toString("utf8")
    .replace(/^\uFEFF/u, "")

/** True for bytes that begin like a JSON object or array. */
export const claims = (bytes: Uint8Array): boolean => /^\s*[{[]/u.test(beginning(bytes, 256))

/** The first text of each of these names, wherever it stands in the beginning of a file, broken or not. */
export const sniff = (
  bytes: Uint8Array,
  names: ReadonlyArray<string>
): Readonly<Record<string, string | undefined>> => {
  const text = beginning(bytes, sniffBytes)
  return Object.fromEntries(
    names.map((name) => {
      const match = new RegExp(`"${name}"\\s*:\\s*"([^"\\\\]{0,200})"`, "u").exec(text)
      return [name, match?.[1]]
    })
  )
}

/** A value as a document, indented for people, with a final line end. */
export const write = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
