/**
 * Reads an interchange whose sets are of one kind: everything that is wrong with it, and its value as far as it could be
 * built. `outline` looks at the envelopes only, for what a 997 repeats; `sniff` at the first kilobytes of anything.
 */
import { type Delimiters, delimitersOf, headerOf } from "./X12Delimiters.ts"
import { type EnvelopeSpan, type GroupSpan, named, type SetSpan, type Side, spansOf } from "./X12Envelope.ts"
import { type Issue, Issues } from "./X12Issue.ts"
import * as Path from "./X12Path.ts"
import type { Fields, ReadFields, TransactionSet } from "./X12Set.ts"
import {
  defaultLimits,
  type Limits,
  type NotX12,
  type Position,
  type Stop,
  type Tokens,
  tokenize
} from "./X12Tokens.ts"
import { fitted, type Tolerance } from "./X12Tree.ts"

/** A set with its value. */
export interface SetReading<F extends Fields> {
  readonly path: string
  readonly controlNumber: string
  readonly value: ReadFields<F>
}

export interface GroupReading<F extends Fields> extends Omit<GroupSpan, "sets"> {
  readonly sets: ReadonlyArray<SetReading<F>>
}

export interface Interchange<F extends Fields> extends Omit<EnvelopeSpan, "groups"> {
  readonly groups: ReadonlyArray<GroupReading<F>>
}

export interface Reading<F extends Fields> {
  readonly interchange: Interchange<F> | undefined
  /** Capped details, in the order of the file within a rule, each with line and column where it has a place. */
  readonly issues: ReadonlyArray<Issue>
  /** Exact counts by rule. */
  readonly totals: Readonly<Record<string, number>>
}

export const strict: Tolerance = { unknownSegments: "error" }

const isTokens = (cut: Tokens | NotX12): cut is Tokens => "tokens" in cut

const saysNot = (not: NotX12, issues: Issues): void => {
  if (not._tag === "Empty") issues.add("x12/empty")
  else if (not._tag === "Foreign") issues.add("x12/not-x12", { reason: not.reason })
  else issues.add("x12/header", { reason: not.reason }, { path: "/ISA", position: () => start })
}
const start: Position = { line: 1, column: 1, offset: 0 }

const saysStopped = (stop: Stop, tokens: Tokens, limits: Limits, issues: Issues): void => {
  const where = { position: () => tokens.at(stop.offset) }
  const segment = "id" in stop && stop.id !== "" ? stop.id : "(nothing)"
  if (stop._tag === "Unterminated") issues.add("x12/unterminated", { segment }, where)
  else if (stop._tag === "TooMany") issues.add("x12/too-many-segments", { limit: limits.maxSegments }, where)
  else issues.add("x12/segment-too-long", { segment, limit: limits.maxSegmentBytes }, where)
}

/** Cuts the file and walks its envelopes; undefined where there is nothing to walk. */
const envelopes = (bytes: Uint8Array, limits: Limits, issues: Issues) => {
  if (bytes.length > limits.maxBytes) {
    issues.add("x12/too-large", { bytes: bytes.length, limit: limits.maxBytes })
    return undefined
  }
  const tokens = tokenize(bytes, limits)
  if (!isTokens(tokens)) {
    saysNot(tokens, issues)
    return undefined
  }
  const [header] = tokens.tokens
  if (tokens.stopped !== undefined) saysStopped(tokens.stopped, tokens, limits, issues)
  if (header === undefined) return undefined
  // A file that is too much is not judged by its beginning; one that was cut off is.
  const isJudged = tokens.stopped === undefined || tokens.stopped._tag === "Unterminated"
  return { tokens, envelope: spansOf(tokens, header, isJudged ? issues : new Issues(0)), isJudged }
}

export interface ReadOptions {
  readonly tolerance?: Tolerance
  readonly limits?: Partial<Limits>
}

/** The first set's kind decides; another kind in the same interchange is an error. */
const misplaced = (span: SetSpan, first: string, set: TransactionSet, tokens: Tokens, issues: Issues): boolean => {
  if (span.id === set.id) return false
  const [header] = span.tokens
  const where = {
    path: Path.below(span.path, "ST", 1, 1),
    value: span.id,
    position: header === undefined ? undefined : () => tokens.position(header, 1)
  }
  if (span.id === first) issues.add("x12/set-unknown", { set: named(span.id) }, where)
  else issues.add("x12/set-mixed", { set: named(span.id), first: named(first) }, where)
  return true
}

const checkFunctional = (group: GroupSpan, set: TransactionSet, issues: Issues): void => {
  if (group.functional === set.functional || group.functional === "" || !group.sets.some(({ id }) => id === set.id))
    return
  const filled = { found: group.functional, sets: set.id, expected: set.functional }
  issues.add("x12/group-functional", filled, { path: `${group.path}/GS01`, value: group.functional })
}

/** Reads an interchange of one kind of set. */
export const read = <F extends Fields>(
  bytes: Uint8Array,
  set: TransactionSet<F>,
  options: ReadOptions = {}
): Reading<F> => {
  const limits = { ...defaultLimits, ...options.limits }
  const issues = new Issues(limits.detail)
  const found = envelopes(bytes, limits, issues)
  if (found === undefined || !found.isJudged)
    return { interchange: undefined, issues: issues.list, totals: issues.totals }
  const { tokens, envelope } = found
  const tolerance = options.tolerance ?? strict
  const first = envelope.groups.flatMap(({ sets }) => sets)[0]?.id ?? set.id
  const groups = envelope.groups.map((group): GroupReading<F> => {
    checkFunctional(group, set, issues)
    const sets = group.sets.flatMap((span): ReadonlyArray<SetReading<F>> => {
      if (misplaced(span, first, set, tokens, issues)) return []
      const value = fitted({ set, span, version: group.version, tokens, issues, tolerance })
      return [{ path: span.path, controlNumber: span.controlNumber, value }]
    })
    return { ...group, sets }
  })
  return { interchange: { ...envelope, groups }, issues: issues.list, totals: issues.totals }
}

/**
 * What is wrong with an interchange as such, whatever its sets are; and its envelopes, of a file that is too much those of
 * its beginning.
 */
export const outline = (
  bytes: Uint8Array,
  options: Pick<ReadOptions, "limits"> = {}
): {
  readonly envelope: EnvelopeSpan | undefined
  readonly delimiters: Delimiters | undefined
  readonly issues: ReadonlyArray<Issue>
  readonly totals: Readonly<Record<string, number>>
} => {
  const limits = { ...defaultLimits, ...options.limits }
  const issues = new Issues(limits.detail)
  const found = envelopes(bytes, limits, issues)
  return { envelope: found?.envelope, delimiters: found?.tokens.delimiters, issues: issues.list, totals: issues.totals }
}

/** Where paths stand in the file; those that lead nowhere are left out. */
export const locate = (bytes: Uint8Array, paths: ReadonlyArray<string>): ReadonlyMap<string, Position> => {
  const places = new Map<string, Position>()
  const found = envelopes(bytes, defaultLimits, new Issues(0))
  if (found === undefined) return places
  const { tokens, envelope } = found
  for (const path of paths) {
    const parts = Path.parse(path)
    if (parts === undefined) continue
    if (parts.group === undefined) {
      const token = parts.segment === "IEA" ? tokens.tokens.findLast(({ id }) => id === "IEA") : tokens.tokens[0]
      if (token !== undefined) places.set(path, tokens.position(token, parts.element))
      continue
    }
    const span = envelope.groups[parts.group - 1]?.sets[(parts.set ?? 1) - 1]
    const token = span?.tokens[Math.min(parts.at ?? 1, span.tokens.length) - 1]
    if (token !== undefined && parts.set !== undefined) places.set(path, tokens.position(token, parts.element))
  }
  return places
}

/** What bytes claim to be, from their beginning. */
export interface Sniffed {
  /** ST01 of the first set. */
  readonly set: string | undefined
  readonly sender: Side | undefined
  readonly receiver: Side | undefined
  readonly controlNumber: string | undefined
}

/** Enough for the envelope headers of any partner; bounds the cost for any file. */
const sniffBytes = 65_536

/** True for bytes that begin like an interchange. */
export const claims = (bytes: Uint8Array): boolean => headerOf(beginning(bytes, 256)) !== undefined

const beginning = (bytes: Uint8Array, length: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, length)).toString("latin1")

export const sniff = (bytes: Uint8Array): Sniffed => {
  const text = beginning(bytes, sniffBytes)
  const header = headerOf(text)
  const found = header === undefined ? undefined : delimitersOf(header.text)
  const parts = header?.text.split(header.text.charAt(3)) ?? []
  const part = (position: number) => parts[position]?.trim()
  const side = (at: number): Side | undefined => {
    const id = part(at + 1)
    return id === undefined || id === "" ? undefined : { qualifier: part(at) ?? "", id }
  }
  let set: string | undefined
  if (found !== undefined && "delimiters" in found) {
    const { element, segment } = found.delimiters
    const st = text.split(segment).find((piece) => piece.trimStart().startsWith(`ST${element}`))
    set = st?.trimStart().split(element)[1]
  }
  return { set, sender: side(5), receiver: side(7), controlNumber: part(13) }
}
