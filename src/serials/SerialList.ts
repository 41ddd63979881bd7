/**
 * A message's list of numbers made ready for the database: taken apart, without repetitions, in one order that every
 * transaction shares, and cut into chunks a statement takes at once. Rows are locked in that order, so that two lists
 * with the same numbers wait for each other and do not deadlock.
 */
import type { Encoding, Parsed } from "./SerialNumber.ts"
import { parseAll } from "./SerialNumber.ts"

/** Numbers a statement takes: enough to spread its cost, little enough to keep its parameters below a megabyte. */
export const chunkSize = 10_000

/** Numbers in order, as columns. */
export interface Chunk {
  readonly prefixes: ReadonlyArray<string>
  readonly serials: ReadonlyArray<string>
  /** Of several lists: in which each number stands, from 0. */
  readonly of?: ReadonlyArray<number> | undefined
}

export interface SerialList {
  readonly parsed: Parsed
  /** Prefixes of the numbers, in order. */
  readonly prefixes: ReadonlyArray<string>
  /** Distinct texts, the unreadable ones among them. */
  readonly distinct: number
  /** Readable numbers, in order, each once. */
  readonly chunks: ReadonlyArray<Chunk>
}

/** By code unit: for these characters the order of `COLLATE "C"`. */
export const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

/** The texts in order, each once. */
export const inOrder = (texts: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (texts.every((text, index) => index === 0 || compare(texts[index - 1] ?? "", text) < 0)) return texts
  return [...texts].sort(compare).filter((text, index, all) => index === 0 || all[index - 1] !== text)
}

const chunked = (groups: ReadonlyArray<{ readonly prefix: string; readonly serials: ReadonlyArray<string> }>) => {
  const chunks: Array<{ readonly prefixes: Array<string>; readonly serials: Array<string> }> = []
  let open = { prefixes: [] as string[], serials: [] as string[] }
  for (const { prefix, serials } of groups) {
    for (const serial of serials) {
      if (open.serials.length === 0) chunks.push(open)
      open.prefixes.push(prefix)
      if (open.serials.push(serial) === chunkSize) open = { prefixes: [], serials: [] }
    }
  }
  return chunks
}

/** Lists taken apart by `parseAll`, made ready. */
export const ofParsed = (parsed: Parsed, values: ReadonlyArray<string>): SerialList => {
  const groups = parsed.groups
    .map(({ prefix, serials }) => ({ prefix, serials: inOrder(serials) }))
    .sort((left, right) => compare(left.prefix, right.prefix))
  const readable = groups.reduce((sum, { serials }) => sum + serials.length, 0)
  const unreadable = new Set(parsed.bad.positions.map((position) => values[position])).size
  return {
    parsed,
    prefixes: groups.map(({ prefix }) => prefix),
    distinct: readable + unreadable,
    chunks: chunked(groups)
  }
}

/** Texts of a message, made ready. */
export const of = (values: ReadonlyArray<string>, formats?: ReadonlyArray<Encoding | undefined>): SerialList =>
  ofParsed(parseAll(values, formats), values)

/** Chunks of several lists together, in one order. One list stays as it is; no number may stand in two of them. */
export const together = (lists: ReadonlyArray<Pick<SerialList, "chunks">>): ReadonlyArray<Chunk> => {
  const [first] = lists
  if (first !== undefined && lists.length === 1) return first.chunks
  const numbers = lists.flatMap(({ chunks }, list) =>
    chunks.flatMap(({ prefixes, serials }) =>
      serials.map((serial, index) => ({ prefix: prefixes[index] ?? "", serial, list }))
    )
  )
  numbers.sort((left, right) => compare(left.prefix, right.prefix) || compare(left.serial, right.serial))
  return Array.from({ length: Math.ceil(numbers.length / chunkSize) }, (_, index) => {
    const some = numbers.slice(index * chunkSize, (index + 1) * chunkSize)
    return {
      prefixes: some.map(({ prefix }) => prefix),
      serials: some.map(({ serial }) => serial),
      of: some.map(({ list }) => list)
    }
  })
}

/** The numbers of a chunk at some places. */
export const part = ({ prefixes, serials, of }: Chunk, isIn: (index: number) => boolean): Chunk => {
  const some = <A>(all: ReadonlyArray<A>): ReadonlyArray<A> => all.filter((_, index) => isIn(index))
  return { prefixes: some(prefixes), serials: some(serials), of: of === undefined ? undefined : some(of) }
}

/** The texts of a chunk, as messages write them. */
export const textsOf = ({ prefixes, serials }: Chunk): ReadonlyArray<string> =>
  serials.map((serial, index) => (prefixes[index] ?? "") + serial)
