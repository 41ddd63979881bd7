/**
 * What of a document that comes again is new. Warehouses are polled, so the same receipt or shipment comes many times,
 * perhaps with more lines, units or serials than before. A serial is taken once. Units are compared by product over the
 * whole document, so that lines may change their order: new serials join units that are there without, and only what
 * goes beyond is new. Fewer units are told and change nothing. Pure.
 */
import type { KnownLine } from "./Intake.ts"
import type { StoredLine, TakenOff } from "./OrdersModel.ts"
import { type Difference, differences, lotOf, replaced } from "./RepollDifferences.ts"

/** What is stored of the document. */
export interface Before {
  readonly lines: ReadonlyArray<StoredLine>
  /** Serials by line, those that were taken off again too. */
  readonly listed: ReadonlyMap<number, ReadonlyArray<string>>
  readonly takenOff: ReadonlyArray<TakenOff>
  /** Serials somebody added to its order by hand. */
  readonly byHand: ReadonlySet<string>
}

/** Fewer units of a product than were taken from the document before. */
export interface Fewer {
  readonly line: KnownLine
  readonly quantity: number
  readonly before: number
}

export interface Fresh {
  /** Lines with the units and serials that are new; the desk finds in `whole` what they are part of. */
  readonly lines: ReadonlyArray<KnownLine>
  /** Lines that say nothing new. */
  readonly known: number
  readonly fewer: ReadonlyArray<Fewer>
  readonly differences: ReadonlyArray<Difference>
}

/** Quantities are kept with four decimals, which sums of floating numbers miss. */
const exact = (quantity: number): number => Math.round(quantity * 10_000) / 10_000
const sum = <A>(all: Iterable<A>, of: (one: A) => number): number => {
  let total = 0
  for (const one of all) total += of(one)
  return exact(total)
}

/** A line as it comes, with the places of its serials that were never listed. */
interface Polled {
  readonly known: KnownLine
  readonly ref: string
  readonly lot: string
  readonly quantity: number
  readonly fresh: ReadonlyArray<number>
  /** Lists new serials alone, one for each unit: so many units besides those there are, or their serials. */
  readonly adds: boolean
}

/** The whole document, whatever product a line is of. */
interface Poll {
  readonly before: Before
  readonly listedNow: ReadonlySet<string>
  readonly off: ReadonlySet<string>
  /** Units that did not come after all, by stored line. */
  readonly gone: ReadonlyMap<number, number>
  /** Stored lines, by reference, whose units the document says again; the others hold as they are. */
  readonly restated: ReadonlySet<string>
}

const polledOf = (known: KnownLine, taken: ReadonlyMap<string, string>, byHand: ReadonlySet<string>): Polled => {
  const { quantity, sourceLineRef: ref } = known.line
  const fresh = known.values.flatMap((value, at) => (taken.has(value) || byHand.has(value) ? [] : [at]))
  const adds = quantity > 0 && fresh.length === known.values.length && fresh.length >= quantity
  return { known, ref, lot: lotOf(known.line), quantity, fresh, adds }
}

const pollOf = (before: Before, lines: ReadonlyArray<Polled>, taken: ReadonlyMap<string, string>): Poll => {
  const listedNow = new Set(lines.flatMap(({ known }) => known.values))
  const gone = new Map<number, number>()
  for (const { line, unit } of before.takenOff) if (unit) gone.set(line, (gone.get(line) ?? 0) + 1)
  const restated = new Set(lines.flatMap(({ ref, adds }) => (adds ? [] : [ref])))
  for (const value of listedNow) {
    const ref = taken.get(value)
    if (ref !== undefined) restated.add(ref)
  }
  return { before, listedNow, off: new Set(before.takenOff.map(({ value }) => value)), gone, restated }
}

/** Units of stored lines that no serial stands for, without those that did not come. */
const freeOf = ({ gone }: Poll, stored: ReadonlyArray<StoredLine>): number =>
  Math.max(
    0,
    sum(stored, ({ id, quantity, serials }) => quantity - (gone.get(id) ?? 0) - serials)
  )

const sameLot = (line: StoredLine, lot: string): boolean => lot === "" || lotOf(line) === "" || lotOf(line) === lot

/** Units that lines of nothing but new serials have in common with those that are there without. */
const joinedOf = (poll: Poll, lines: ReadonlyArray<Polled>, byRef: ReadonlyMap<string, ReadonlyArray<StoredLine>>) => {
  const used = new Map<string, number>()
  for (const { ref, lot, quantity, adds } of lines) {
    const stored = byRef.get(ref)
    if (!adds || stored === undefined || poll.restated.has(ref)) continue
    const before = used.get(ref) ?? 0
    const free = freeOf(
      poll,
      stored.filter((line) => sameLot(line, lot))
    )
    used.set(ref, before + Math.max(0, Math.min(quantity, free - before)))
  }
  return sum(used.values(), (units) => units)
}

/** New units as parts of the lines they came with: first where a lot and its line grew, then where a lot did. */
const shares = (
  { restated }: Poll,
  lines: ReadonlyArray<Polled>,
  stored: ReadonlyArray<StoredLine>,
  units: number
): ReadonlyArray<number> => {
  const own = new Map<string, number>()
  const room = new Map<string, number>()
  const count = (of: Map<string, number>, key: string, quantity: number) => of.set(key, (of.get(key) ?? 0) + quantity)
  const keyOf = (ref: string, lot: string) => JSON.stringify([ref, lot])
  for (const { lot, quantity } of lines) count(room, lot, quantity)
  for (const line of stored.filter(({ lineRef }) => restated.has(lineRef))) {
    count(room, lotOf(line), -line.quantity)
    count(own, keyOf(line.lineRef, lotOf(line)), line.quantity)
  }
  const given = lines.map(() => 0)
  let left = units
  const give = (most: (line: Polled) => number) => {
    for (const [at, line] of lines.entries()) {
      const has = given[at] ?? 0
      const part = exact(Math.max(0, Math.min(left, line.quantity - has, most(line) - has)))
      given[at] = exact(has + part)
      left = exact(left - part)
      count(room, line.lot, -part)
    }
  }
  const roomOf = ({ lot }: Polled) => room.get(lot) ?? 0
  give((line) => Math.min(roomOf(line), line.quantity - (own.get(keyOf(line.ref, line.lot)) ?? 0)))
  give(roomOf)
  give(({ quantity }) => quantity)
  return given
}

/** Serials of a line as it comes, and those listed on it before that the document leaves out this time. */
const serialsOf = (poll: Poll, { known, ref, lot }: Polled, byRef: ReadonlyMap<string, ReadonlyArray<StoredLine>>) => {
  const now = known.line.serialNumbers.length
  if (!poll.restated.has(ref)) return now
  const earlier = (byRef.get(ref) ?? [])
    .filter((line) => sameLot(line, lot))
    .flatMap(({ id }) => poll.before.listed.get(id) ?? [])
  return now + earlier.filter((value) => !poll.listedNow.has(value) && !poll.off.has(value)).length
}

/** A part of a line: so many units, and its serials at some places. */
export const part = (
  known: KnownLine,
  places: ReadonlyArray<number>,
  quantity: number,
  whole: KnownLine["whole"]
): KnownLine => {
  const pick = <A>(all: ReadonlyArray<A>): ReadonlyArray<A> =>
    places.flatMap((at) => {
      const item = all[at]
      return item === undefined ? [] : [item]
    })
  return {
    ...known,
    line: { ...known.line, quantity, serialNumbers: pick(known.serials) },
    whole,
    values: pick(known.values),
    serials: pick(known.serials),
    positions: pick(known.positions)
  }
}

/** The lines of one product against what is stored of it. */
const ofProduct = (
  poll: Poll,
  lines: ReadonlyArray<Polled>,
  stored: ReadonlyArray<StoredLine>
): Omit<Fresh, "known"> => {
  if (stored.length === 0 && lines.every(({ known, fresh }) => fresh.length === known.values.length))
    return { lines: lines.map(({ known }) => known), fewer: [], differences: [] }
  const byRef = Map.groupBy(stored, ({ lineRef }) => lineRef)
  const ids = new Set(stored.map(({ id }) => id))
  const kept = sum(
    stored.filter(({ lineRef }) => !poll.restated.has(lineRef)),
    ({ quantity }) => quantity
  )
  const now = exact(sum(lines, ({ quantity }) => quantity) + kept - joinedOf(poll, lines, byRef))
  const taken = sum(stored, ({ quantity }) => quantity)
  const there = exact(taken - sum(ids, (id) => poll.gone.get(id) ?? 0))
  const more = Math.max(0, exact(now - taken))

  // A unit that did not come after all may come later under another serial.
  const serials = sum(lines, ({ fresh }) => fresh.length)
  const byHand = sum(lines, ({ known }) => known.values.filter((value) => poll.before.byHand.has(value)).length)
  const missing = poll.before.takenOff.filter(
    ({ line, value, unit }) => unit && ids.has(line) && !poll.listedNow.has(value)
  ).length
  const beyond = serials - Math.max(0, freeOf(poll, stored) - byHand) - more
  const given = shares(poll, lines, stored, exact(more + Math.max(0, Math.min(missing, beyond))))

  const news = lines.flatMap((line, at): ReadonlyArray<KnownLine> => {
    const units = given[at] ?? 0
    const isNothing = line.quantity === 0 && line.known.values.length === 0 && !byRef.has(line.ref)
    if (units === 0 && line.fresh.length === 0 && !isNothing) return []
    const whole = { quantity: line.quantity, serials: serialsOf(poll, line, byRef) }
    return [part(line.known, line.fresh, units, whole)]
  })
  const shrunk = lines.find(({ ref, quantity }) => quantity < sum(byRef.get(ref) ?? [], (line) => line.quantity))
  const first = (shrunk ?? lines[0])?.known
  return {
    lines: news,
    fewer: now < there && first !== undefined ? [{ line: first, quantity: now, before: there }] : [],
    differences: differences(
      lines.map(({ known, fresh, adds }, at) => ({ known, adds, covered: Math.max(given[at] ?? 0, fresh.length) })),
      stored
    )
  }
}

/** Compares the lines of a document with what is stored of it. */
export const compare = (before: Before, lines: ReadonlyArray<KnownLine>): Fresh => {
  const taken = new Map(
    before.lines.flatMap(({ id, lineRef }) => (before.listed.get(id) ?? []).map((value) => [value, lineRef] as const))
  )
  const others = replaced(lines, before.lines)
  const polled = lines.filter((line) => !others.has(line)).map((line) => polledOf(line, taken, before.byHand))
  const poll = pollOf(before, polled, taken)
  const stored = Map.groupBy(before.lines, ({ product }) => product)
  const parts = [...Map.groupBy(polled, ({ known }) => known.product.id)].map(([product, group]) =>
    ofProduct(poll, group, stored.get(product) ?? [])
  )
  const news = parts.flatMap((each) => each.lines).sort((a, b) => a.index - b.index)
  const fewer = parts.flatMap((each) => each.fewer)
  const differ = [...others.values(), ...parts.flatMap((each) => each.differences)]
  const told = new Set([...news, ...[...fewer, ...differ].map(({ line }) => line)].map(({ index }) => index))
  return {
    lines: news,
    known: lines.filter(({ index }) => !told.has(index)).length,
    fewer,
    differences: differ
  }
}
