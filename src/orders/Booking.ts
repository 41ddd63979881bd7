/**
 * Writes down a document that passed: its version and lines, what its serials go through, what passed to or from its
 * channel, who let what pass, and what came into or left the warehouse. All of it or, where a serial stands in the way,
 * nothing: the caller's savepoint goes with the refusal.
 */
import { Effect } from "effect"
import { type RunContext, refuse } from "../engine/Pipeline.ts"
import type { Violation } from "../engine/Rule.ts"
import * as Waiting from "../serials/SnxWaiting.ts"
import type { KnownLine, Taken } from "./Intake.ts"
import { newLine } from "./Intake.ts"
import { type NewVersion, Orders, type OverrideRecord, type StockEntry } from "./Orders.ts"
import * as SerialMoves from "./SerialMoves.ts"
import type { TradeDocument } from "./TradeDocument.ts"

export interface Booking {
  readonly version: Omit<NewVersion, "lines">
  readonly lines: ReadonlyArray<KnownLine>
  readonly more?: (line: KnownLine) => NonNullable<Parameters<typeof newLine>[2]>
  /** What the serials of a line go through; without it, nothing. */
  readonly move?:
    | {
        readonly verb: string
        readonly of: (line: KnownLine) => SerialMoves.Move
        /** Lines whose serials go through nothing. */
        readonly skip?: ReadonlySet<KnownLine>
      }
    | undefined
  /** Units that come in (1) or go out (-1), and where; without it the stock stays. */
  readonly stock?:
    | ReadonlyArray<{
        readonly warehouse: string
        readonly bin?: string | undefined
        readonly sign: 1 | -1
        /** Only of these lines. */
        readonly lines?: ReadonlySet<KnownLine>
      }>
    | undefined
  readonly overrides: ReadonlyArray<OverrideRecord>
  readonly warnings: ReadonlyArray<Violation>
  readonly context: RunContext
}

/** Books a document; refuses it when a serial stands in the way. */
export const book = Effect.fn("Booking.book")(function* (taken: Taken<TradeDocument>, booking: Booking) {
  const orders = yield* Orders
  const { lines, context, move, more } = booking
  const recorded = yield* orders.record({
    ...booking.version,
    lines: lines.map((line, position) => newLine(line, position, more?.(line)))
  })
  const withIds = lines.map((line, at) => ({ line, lineId: recorded.lineIds[at] ?? 0 }))
  if (move !== undefined) {
    const moving = withIds.filter(({ line }) => move.skip?.has(line) !== true)
    const obstacles = yield* SerialMoves.move(taken, moving, move.verb, context, move.of)
    if (obstacles.length > 0) return yield* Effect.fail(refuse([...obstacles, ...booking.warnings]))
  }
  if (taken.passages.length > 0) yield* orders.recordPassages(recorded.versionId, taken.passages)
  const entries = (booking.stock ?? []).flatMap(({ warehouse, bin, sign, lines: only }) =>
    withIds
      .filter(({ line }) => only === undefined || only.has(line))
      .map(
        ({ line, lineId }): StockEntry => ({
          company: taken.owner.id,
          warehouse,
          bin,
          product: line.product.id,
          quantity: sign * line.line.quantity,
          lineId
        })
      )
  )
  if (entries.length > 0) yield* orders.enterStock(entries)
  const { company, kind, number } = booking.version.key
  yield* orders.recordOverrides(recorded.versionId, `${company} ${kind} ${number}`, booking.overrides, context.clock)
  return { ...recorded, withIds }
})

/**
 * What a booked document changed, in the words waiting messages wait for. Of many numbers it says what they are of: a
 * word a number would be looked up one by one.
 */
export const touched = (word: string, lines: ReadonlyArray<KnownLine>): ReadonlyArray<string> => [
  word,
  ...Waiting.touched({ values: lines.flatMap(({ values }) => values), formats: undefined })
]
