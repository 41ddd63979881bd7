/**
 * Fits the segments of one set into the loops of its grammar, in one pass: a segment belongs to the innermost open loop
 * that still has a place for it. What does not fit is an issue with its place in the set; everything else is read all the
 * same, so that all errors of a file come at once.
 */
import { faultsOf, type Separators } from "./X12Check.ts"
import { isIdentifier, named, type SetSpan } from "./X12Envelope.ts"
import * as Segments from "./X12EnvelopeSegments.ts"
import type { Issues } from "./X12Issue.ts"
import * as Path from "./X12Path.ts"
import type { RuleId } from "./X12Rules.ts"
import type { Segment } from "./X12Segment.ts"
import type { Fields, Place, ReadFields, TransactionSet } from "./X12Set.ts"
import type { Token, Tokens } from "./X12Tokens.ts"

/** How a partner writes its sets, as far as reading them goes. */
export interface Tolerance {
  /** Segments that the set does not have: an error, or passed over. */
  readonly unknownSegments: "error" | "ignore"
}

interface Frame {
  readonly places: ReadonlyArray<Place>
  /** True for loops: their first segment stands there once, a second one begins the loop again. */
  readonly looped: boolean
  readonly counts: Array<number>
  readonly value: Record<string, unknown>
  at: number
}

const emptyValue = (places: ReadonlyArray<Place>): Record<string, unknown> =>
  Object.fromEntries(places.map(({ key, listed }) => [key, listed ? [] : undefined]))

const open = (places: ReadonlyArray<Place>, looped: boolean): Frame => ({
  places,
  looped,
  counts: places.map(() => 0),
  value: emptyValue(places),
  at: 0
})

/** A segment with its elements by name. */
const segmentValue = ({ ordered }: Segment, at: number, elements: ReadonlyArray<string>): Record<string, unknown> => {
  const value: Record<string, unknown> = { at }
  for (const [index, [name, { required }]] of ordered.entries()) {
    const text = elements[index] ?? ""
    value[name] = text === "" && !required ? undefined : text
  }
  return value
}

const push = (value: Record<string, unknown>, key: string, item: unknown): void => {
  const list = value[key]
  if (Array.isArray(list)) list.push(item)
}

/** First place from `from` on for a segment; a full one gives way to a later one for the same. */
const placeFor = ({ places, counts, at, looped }: Frame, id: string): number | undefined => {
  let full: number | undefined
  for (let index = looped ? Math.max(at, 1) : at; index < places.length; index += 1) {
    const place = places[index]
    if (place?.segment.id !== id) continue
    if ((counts[index] ?? 0) < place.max) return index
    full ??= index
  }
  return full
}

class Fit {
  readonly root: Frame
  readonly #stack: Array<Frame>
  readonly #set: TransactionSet
  readonly #span: SetSpan
  readonly #version: string
  readonly #tokens: Tokens
  readonly #issues: Issues
  readonly #tolerance: Tolerance
  readonly #separators: Separators

  constructor(options: Options) {
    this.#set = options.set
    this.#span = options.span
    this.#version = options.version
    this.#tokens = options.tokens
    this.#issues = options.issues
    this.#tolerance = options.tolerance
    this.#separators = options.tokens.delimiters
    this.root = open(options.set.places, false)
    this.#stack = [this.root]
  }

  #issue(rule: RuleId, id: string, at: number, token: Token, filled: Readonly<Record<string, string | number>>): void {
    this.#issues.add(rule, filled, {
      path: Path.below(this.#span.path, id, at),
      position: () => this.#tokens.position(token)
    })
  }

  #check(segment: Segment, at: number, token: Token): void {
    for (const { rule, position, value, filled } of faultsOf(
      segment,
      token.elements,
      this.#version,
      this.#separators
    )) {
      this.#issues.add(rule, filled, {
        element: Path.element(segment.id, position),
        path: Path.below(this.#span.path, segment.id, at, position),
        value,
        position: () => this.#tokens.position(token, position)
      })
    }
  }

  /** Mandatory places between the current one and `until` that stayed empty. */
  #missing(frame: Frame, until: number, at: number, token: Token): void {
    for (let index = frame.at; index < until; index += 1) {
      const place = frame.places[index]
      if (place === undefined || place.min === 0 || (frame.counts[index] ?? 0) > 0) continue
      this.#issue("x12/segment-missing", place.segment.id, at, token, { segment: place.segment.id })
      // What reads the value finds an empty segment there; the file is refused anyway.
      if (!place.listed) frame.value[place.key] = segmentValue(place.segment, at, [])
    }
  }

  #closeAbove(depth: number, at: number, token: Token): void {
    while (this.#stack.length > depth + 1) {
      const frame = this.#stack.pop()
      if (frame !== undefined) this.#missing(frame, frame.places.length, at, token)
    }
  }

  #put(depth: number, index: number, at: number, token: Token): void {
    const frame = this.#stack[depth]
    const place = frame?.places[index]
    if (frame === undefined || place === undefined) return
    this.#closeAbove(depth, at, token)
    this.#missing(frame, index, at, token)
    frame.at = index
    const count = (frame.counts[index] ?? 0) + 1
    frame.counts[index] = count
    const { segment, loop, max } = place
    if (count > max) {
      const rule = loop === undefined ? "x12/segment-repeated" : "x12/loop-repeated"
      this.#issue(rule, segment.id, at, token, { segment: segment.id, max })
    }
    this.#check(segment, at, token)
    const value = segmentValue(segment, at, token.elements)
    if (loop !== undefined) {
      const inner = open(loop.places, true)
      const [first] = loop.places
      if (first !== undefined) inner.value[first.key] = value
      inner.counts[0] = 1
      push(frame.value, place.key, inner.value)
      this.#stack.push(inner)
    } else if (place.listed) push(frame.value, place.key, value)
    else if (count === 1) frame.value[place.key] = value
  }

  #misfit(at: number, token: Token): void {
    const { id } = token
    const filled = { segment: named(id), set: this.#set.id }
    if (this.#set.segments.has(id)) this.#issue("x12/segment-sequence", id, at, token, filled)
    else if (this.#tolerance.unknownSegments === "ignore") return
    else if (isIdentifier(id)) this.#issue("x12/segment-unknown", id, at, token, filled)
    else {
      this.#issues.add("x12/segment-unrecognized", filled, {
        path: Path.below(this.#span.path, Path.unrecognized, at),
        value: id,
        position: () => this.#tokens.position(token)
      })
    }
  }

  run(): void {
    const { tokens, complete } = this.#span
    const [header] = tokens
    if (header === undefined) return
    this.#check(Segments.ST, 1, header)
    const end = complete ? tokens.length - 1 : tokens.length
    for (let index = 1; index < end; index += 1) {
      const token = tokens[index]
      if (token !== undefined) this.#step(token, index + 1)
    }
    const trailer = complete ? tokens[end] : undefined
    const last = trailer ?? tokens.at(-1) ?? header
    this.#closeAbove(0, end + 1, last)
    this.#missing(this.root, this.root.places.length, end + 1, last)
    if (trailer !== undefined) this.#check(Segments.SE, end + 1, trailer)
  }

  #step(token: Token, at: number): void {
    for (let depth = this.#stack.length - 1; depth >= 0; depth -= 1) {
      const frame = this.#stack[depth]
      const index = frame === undefined ? undefined : placeFor(frame, token.id)
      if (index === undefined) continue
      this.#put(depth, index, at, token)
      return
    }
    this.#misfit(at, token)
  }
}

export interface Options {
  readonly set: TransactionSet
  readonly span: SetSpan
  readonly version: string
  readonly tokens: Tokens
  readonly issues: Issues
  readonly tolerance: Tolerance
}

/** The value of a set. The typed signature stands for what the builders of the grammar promise. */
export function fitted<F extends Fields>(options: Options & { readonly set: TransactionSet<F> }): ReadFields<F>
export function fitted(options: Options): unknown {
  const fitting = new Fit(options)
  fitting.run()
  return fitting.root.value
}
