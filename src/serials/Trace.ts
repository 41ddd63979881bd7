/**
 * Where a number came from and where it went: upstream through the parents it was packed in, downstream through what was
 * packed in it, and whom all of that was handed over to, each with the change, message and document that did it. Use it
 * for `throughline trace` and for programs; for everything that ever happened to one number ask `Serials.find`.
 *
 * It reads the repository as it is now and changes nothing. All that fails is a statement.
 */
import { Context, Effect, Layer, Result, Stream } from "effect"
import type { LookUp } from "./SerialEvent.ts"
import { standing } from "./SerialLookUpQueries.ts"
import { parse } from "./SerialNumber.ts"
import type { StorageError } from "./SerialQueries.ts"
import * as TraceQueries from "./TraceQueries.ts"

/** A number above or below the one that is traced. */
export interface Link extends LookUp {
  /** 1 for what it is packed in or what is packed in it, and so on outwards. */
  readonly level: number
  /** The number next to it on the way to the one that is traced. */
  readonly through: string
  /** When it came there, by which change, message and file. */
  readonly since: Date
  readonly change: number
  readonly message: number | undefined
  readonly file: string | undefined
  /** When it left again; undefined while it is there. */
  readonly until: Date | undefined
  readonly untilMessage: number | undefined
}

/** One change that brought the number, or what was in it, to somebody. */
export interface Handover {
  /** The word of the change: transfer, receive, ship, return, change-item … */
  readonly kind: string
  /** Company that has them from then on, where the change says so. */
  readonly company: string | undefined
  /** Customer or vendor as the document names them. */
  readonly partner: string | undefined
  readonly document: string | undefined
  /** The company whose document that is. */
  readonly by: string | undefined
  readonly message: number | undefined
  readonly file: string | undefined
  readonly first: Date
  readonly last: Date
  /** How many numbers of the tree. */
  readonly numbers: number
}

const optional = <A, B>(value: A | null, of: (value: A) => B): B | undefined => (value === null ? undefined : of(value))

const link = (row: TraceQueries.LinkRow): Link => ({
  value: row.value,
  ...standing(row),
  level: row.level,
  through: row.through,
  since: row.since,
  change: Number(row.since_change),
  message: optional(row.since_message, Number),
  file: row.since_file ?? undefined,
  until: row.until ?? undefined,
  untilMessage: optional(row.until_message, Number)
})

const handover = (row: TraceQueries.HandoverRow): Handover => ({
  kind: row.kind,
  company: row.company ?? undefined,
  partner: row.partner ?? undefined,
  document: row.document ?? undefined,
  by: row.by ?? undefined,
  message: optional(row.message_id, Number),
  file: row.file_name ?? undefined,
  first: row.first,
  last: row.last,
  numbers: row.numbers
})

const make = Effect.gen(function* () {
  const queries = yield* TraceQueries.make

  const idOf = Effect.fnUntraced(function* (value: string) {
    const number = parse(value)
    if (Result.isFailure(number)) return undefined
    const { serial } = number.success
    return yield* queries.identify(value.slice(0, value.length - serial.length), serial)
  })

  return {
    /** What the number was packed in, nearest first. */
    up: Effect.fn("Trace.up")(function* (value: string) {
      const id = yield* idOf(value)
      return id === undefined ? [] : (yield* queries.up(id)).map(link)
    }),
    /** What was packed in it, nearest level first; a stream, for a pallet may hold 100,000 numbers. */
    down: (value: string): Stream.Stream<Link, StorageError> =>
      Stream.unwrap(
        Effect.map(idOf(value), (id) => (id === undefined ? Stream.empty : Stream.map(queries.down(id), link)))
      ),
    /** Whom the number and what was in it were handed over to, in the order of the changes. */
    handovers: Effect.fn("Trace.handovers")(function* (value: string) {
      const id = yield* idOf(value)
      return id === undefined ? [] : (yield* queries.handovers(id)).map(handover)
    })
  }
})

export class Trace extends Context.Service<Trace, Effect.Success<typeof make>>()("throughline/serials/Trace") {
  static readonly layer = Layer.effect(this, make)
}
