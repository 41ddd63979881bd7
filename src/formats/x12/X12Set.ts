/**
 * Transaction sets as grammars: segments and loops in order, with how often each may occur. One grammar reads and writes;
 * its type is the type of the value. The first segment of a loop begins it and stands there once.
 *
 * Grammars are data, made once at start; a loop that does not begin with `one` throws then.
 */
import type { Elements, ReadSegment, Segment, WriteSegment } from "./X12Segment.ts"

/** A mandatory segment. */
export interface One<E extends Elements = Elements> {
  readonly _tag: "One"
  readonly segment: Segment<E>
}
/** A segment that may be there once. */
export interface Maybe<E extends Elements = Elements> {
  readonly _tag: "Maybe"
  readonly segment: Segment<E>
}
/** A segment that may be there up to `max` times, at least `min`. */
export interface Many<E extends Elements = Elements> {
  readonly _tag: "Many"
  readonly segment: Segment<E>
  readonly min: number
  readonly max: number
}
/** Segments that repeat together. */
export interface Loop<F extends Fields = Fields> {
  readonly _tag: "Loop"
  readonly fields: F
  readonly min: number
  readonly max: number
  /** Loop identifier as the standard prints it, for AK303 where LS and LE bound it. */
  readonly name: string | undefined
}
export type Node = One | Maybe | Many | Loop
export type Fields = { readonly [name: string]: Node }

/** No limit: the standard's `>1`. */
export const unlimited = Number.POSITIVE_INFINITY

export const one = <E extends Elements>(segment: Segment<E>): One<E> => ({ _tag: "One", segment })
export const maybe = <E extends Elements>(segment: Segment<E>): Maybe<E> => ({ _tag: "Maybe", segment })
export const many = <E extends Elements>(segment: Segment<E>, max: number, min = 0): Many<E> => ({
  _tag: "Many",
  segment,
  min,
  max
})
export const loop = <const F extends Fields>(
  max: number,
  fields: F,
  options: { readonly min?: number; readonly name?: string } = {}
): Loop<F> => ({ _tag: "Loop", fields, min: options.min ?? 0, max, name: options.name })

export type ReadFields<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends One<infer E>
    ? ReadSegment<E>
    : F[K] extends Maybe<infer E>
      ? ReadSegment<E> | undefined
      : F[K] extends Many<infer E>
        ? ReadonlyArray<ReadSegment<E>>
        : F[K] extends Loop<infer G>
          ? ReadonlyArray<ReadFields<G>>
          : never
}

type Mandatory<F extends Fields> = { [K in keyof F]: F[K] extends One ? K : never }[keyof F]

type WriteNode<T> =
  T extends One<infer E>
    ? WriteSegment<E>
    : T extends Maybe<infer E>
      ? WriteSegment<E> | undefined
      : T extends Many<infer E>
        ? ReadonlyArray<WriteSegment<E>>
        : T extends Loop<infer G>
          ? ReadonlyArray<WriteFields<G>>
          : never

export type WriteFields<F extends Fields> = { readonly [K in Mandatory<F>]: WriteNode<F[K]> } & {
  readonly [K in Exclude<keyof F, Mandatory<F>>]?: WriteNode<F[K]> | undefined
}

/** A place in a grammar, lowered for the parser and the writer. */
export interface Place {
  readonly key: string
  readonly segment: Segment
  readonly min: number
  readonly max: number
  /** True for what is read as a list. */
  readonly listed: boolean
  /** The loop it begins. */
  readonly loop: { readonly places: ReadonlyArray<Place>; readonly name: string | undefined } | undefined
}

export interface TransactionSet<F extends Fields = Fields> {
  /** ST01. */
  readonly id: string
  /** GS01 of groups that carry it. */
  readonly functional: string
  /** For people. */
  readonly name: string
  readonly fields: F
  readonly places: ReadonlyArray<Place>
  /** Ids of all its segments. */
  readonly segments: ReadonlySet<string>
}

export type Read<S> = S extends TransactionSet<infer F> ? ReadFields<F> : never
export type Write<S> = S extends TransactionSet<infer F> ? WriteFields<F> : never

const lowerOne = (key: string, node: Node): Place => {
  switch (node._tag) {
    case "One":
      return { key, segment: node.segment, min: 1, max: 1, listed: false, loop: undefined }
    case "Maybe":
      return { key, segment: node.segment, min: 0, max: 1, listed: false, loop: undefined }
    case "Many":
      return { key, segment: node.segment, min: node.min, max: node.max, listed: true, loop: undefined }
    case "Loop": {
      const places = lower(node.fields)
      const [first] = places
      if (first === undefined || first.listed || first.min !== 1) {
        throw new Error(`X12 grammar: the loop "${key}" has to begin with one mandatory segment`)
      }
      const { min, max, name } = node
      return { key, segment: first.segment, min, max, listed: true, loop: { places, name } }
    }
  }
}

const lower = (fields: Fields): ReadonlyArray<Place> => Object.entries(fields).map(([key, node]) => lowerOne(key, node))

const idsOf = (places: ReadonlyArray<Place>): ReadonlyArray<string> =>
  places.flatMap(({ segment, loop }) => [segment.id, ...(loop === undefined ? [] : idsOf(loop.places))])

/** Declares a set. ST and SE belong to the envelope and are not named. */
export const transactionSet = <const F extends Fields>(declared: {
  readonly id: string
  readonly functional: string
  readonly name: string
  readonly fields: F
}): TransactionSet<F> => {
  const places = lower(declared.fields)
  return { ...declared, places, segments: new Set(idsOf(places)) }
}

/** The first segment of this id in a set, wherever it stands. */
export const segmentOf = ({ places }: Pick<TransactionSet, "places">, id: string): Segment | undefined => {
  for (const { segment, loop } of places) {
    if (segment.id === id) return segment
    const inner = loop === undefined ? undefined : segmentOf(loop, id)
    if (inner !== undefined) return inner
  }
  return undefined
}
