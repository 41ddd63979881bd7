/**
 * How a number stood at a moment of the past, and what it was packed in then: by what had happened until that moment, and
 * by what was known of it at another one. Use it to answer "what did we believe then" and "what do we know now of then".
 *
 * What happened is ordered by event time; two changes of one time keep the order they were recorded in. A change without
 * an event time happened when it was recorded, but for the first one: a number is there from its first event on. So the
 * past by event time may differ from what the repository said then: docs/decisions/0022-time-travel.md. It reads only;
 * all that fails is a statement.
 */
import { Context, Effect, Layer, Result } from "effect"
import { type ChangeRow, type Folded, fold, lastOf } from "./SerialHistory.ts"
import * as SerialHistoryQueries from "./SerialHistoryQueries.ts"
import type { HistoryEntry, Standing } from "./SerialModel.ts"
import { parse } from "./SerialNumber.ts"

/** The moment asked about, and the moment whose knowledge counts; now where it is not given. */
export interface Moment {
  readonly at: Date
  readonly knownAt?: Date | undefined
}

/** A number at a moment. */
export interface Stood {
  readonly value: string
  /** Undefined before its first event. */
  readonly standing: Standing | undefined
  /** The changes behind it, in the order they happened. */
  readonly history: ReadonlyArray<HistoryEntry>
  /** Changes known then that happened only later, and changes that were recorded only later. */
  readonly later: number
  readonly notKnown: number
  /** The number it was packed in, as that stood, and so on outwards. */
  readonly parent: Stood | undefined
}

/** Levels of packing that are followed: far more than pallets have. */
const maxLevels = 20

const happened = (row: ChangeRow): Date => row.event_at ?? row.recorded_at

/** When each change happened; the first one no later than the others. */
const timed = (rows: ReadonlyArray<ChangeRow>) => {
  const earliest = Math.min(...rows.map((row) => happened(row).getTime()))
  return rows.map((row, index) => ({ row, time: index === 0 ? earliest : happened(row).getTime() }))
}

/** The changes that make up a moment, in the order they happened; rows come in the order they were recorded. */
export const asOf = (rows: ReadonlyArray<ChangeRow>, { at, knownAt }: Moment) => {
  const known = rows.filter(({ recorded_at }) => knownAt === undefined || recorded_at <= knownAt)
  const until = timed(known).filter(({ time }) => time <= at.getTime())
  const ordered = until.sort((left, right) => left.time - right.time).map(({ row }) => row)
  return { rows: ordered, later: known.length - until.length, notKnown: rows.length - known.length }
}

const standingOf = ({ bits: _, ...standing }: Folded): Standing => standing

const make = Effect.gen(function* () {
  const histories = yield* SerialHistoryQueries.make

  const stood = (value: string, moment: Moment, levels: number): Effect.Effect<Stood | undefined, HistoryError> =>
    Effect.gen(function* () {
      const number = parse(value)
      if (Result.isFailure(number)) return undefined
      const { serial } = number.success
      const all = yield* histories.ofNumber(value.slice(0, value.length - serial.length), serial)
      if (all.length === 0) return undefined
      const { rows, later, notKnown } = asOf(all, moment)
      const standing = rows.length === 0 ? undefined : standingOf(lastOf(rows))
      const isPacked = standing?.parent !== undefined && standing.parent !== "" && levels > 0
      const parent = isPacked ? yield* stood(standing.parent, moment, levels - 1) : undefined
      return { value, standing, history: fold(rows), later, notKnown, parent }
    })

  return {
    /** The number as it stood; undefined when it is not known at all. */
    stood: (value: string, moment: Moment) => stood(value, moment, maxLevels)
  }
})

type HistoryError = Effect.Error<ReturnType<Effect.Success<typeof SerialHistoryQueries.make>["ofNumber"]>>

export class SerialMoments extends Context.Service<SerialMoments, Effect.Success<typeof make>>()(
  "throughline/serials/SerialMoments"
) {
  static readonly layer = Layer.effect(this, make)
}
