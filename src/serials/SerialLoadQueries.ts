/**
 * The statements that add numbers to the repository: which of a chunk are there already, and the insert of those that
 * are not, with the beginning of their history. Numbers that another transaction added meanwhile, unseen by this one,
 * end in `Contended`; everything else that fails is a `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { noId, type SerialKeys } from "./SerialKeyQueries.ts"
import type { Chunk } from "./SerialList.ts"
import type { Documents, Item, Lot } from "./SerialModel.ts"
import type { SerialState } from "./SerialState.ts"
import { bitsOf, type ItemAttribute, type ItemStatus } from "./SerialStatus.ts"
import { Contended, SerialsError } from "./SerialsError.ts"

/** Where new numbers stand, as ids. */
export interface Place {
  readonly state: SerialState
  readonly item: number
  readonly company: number
  readonly location: number | undefined
  readonly document: number | undefined
  readonly lot: number | undefined
  readonly itemStatus: ItemStatus | undefined
  /** Attributes as bits. */
  readonly set: number | undefined
}

/** Fewer numbers than this are no matter for the planner. */
const manyNumbers = 5_000
/** Any number that nobody else locks by. */
const settling = 7_361_946

/** The statements of this client. */
export const make = Effect.fnUntraced(function* (keys: SerialKeys) {
  const sql = yield* SqlClient.SqlClient

  /** A place as a message names it, as ids. */
  const place = Effect.fnUntraced(function* (
    state: SerialState,
    at: {
      readonly item: Item
      readonly company: string
      readonly location?: string | undefined
      readonly documents?: Documents | undefined
      readonly lot?: Lot | undefined
      readonly itemStatus?: ItemStatus | undefined
      readonly set?: ReadonlyArray<ItemAttribute> | undefined
    },
    today: Date
  ) {
    const ids: Place = {
      state,
      item: yield* keys.item(at.item),
      company: yield* keys.name(at.company),
      location: at.location === undefined ? undefined : yield* keys.name(at.location),
      document: at.documents === undefined ? undefined : yield* keys.document(at.documents),
      lot: at.lot === undefined ? undefined : yield* keys.lot(at.lot, today),
      itemStatus: at.itemStatus ?? (state === "commissioned" ? "available" : undefined),
      set: at.set === undefined || at.set.length === 0 ? undefined : bitsOf(at.set)
    }
    return ids
  })

  const columns = ({ prefixes, serials }: Chunk, ids: ReadonlyMap<string, number>) =>
    sql`unnest(${serials}::text[], ${prefixes.map((prefix) => ids.get(prefix) ?? noId)}::int4[])`

  /** The chunk without the numbers that are there, and those. */
  const divide = Effect.fnUntraced(function* (chunk: Chunk, ids: ReadonlyMap<string, number>) {
    const rows = yield* sql<{ readonly index: number }>`
      SELECT u.position::int4 - 1 AS index FROM ${columns(chunk, ids)} WITH ORDINALITY AS u(serial, prefix_id, position)
      JOIN serials s ON s.serial = u.serial AND s.prefix_id = u.prefix_id`
    if (rows.length === 0) return { fresh: chunk, there: [] }
    const there = new Set(rows.map((row) => row.index))
    const isFresh = (_: string, index: number) => !there.has(index)
    return {
      fresh: { prefixes: chunk.prefixes.filter(isFresh), serials: chunk.serials.filter(isFresh) },
      there: [...there].map((index) => (chunk.prefixes[index] ?? "") + (chunk.serials[index] ?? ""))
    }
  })

  /** Adds a chunk of numbers that are not there. */
  const insert = (chunk: Chunk, ids: ReadonlyMap<string, number>, changeId: number, place: Place) =>
    sql`
      WITH added AS (
        INSERT INTO serials (document_id, prefix_id, item_id, company_id, location_id, state, lot_id, item_status,
          attributes, serial)
        SELECT ${place.document ?? null}::int8, u.prefix_id, ${place.item}::int4, ${place.company}::int4,
          ${place.location ?? null}::int4, ${place.state}::serial_state,
          ${place.lot ?? null}::int4, ${place.itemStatus ?? null}::item_status, ${place.set ?? 0}::int4, u.serial
        FROM ${columns(chunk, ids)} AS u(serial, prefix_id)
        RETURNING id
      )
      INSERT INTO serial_history (serial_id, change_id) SELECT id, ${changeId}::int8 FROM added`.pipe(
      Effect.catchIf(
        (error) => error.reason._tag === "UniqueViolation",
        (cause) => Effect.fail(new SerialsError({ reason: new Contended({ cause }) }))
      )
    )

  /**
   * After many numbers were added to few: the planner is told at once. Until the server's own rounds it took the table
   * for nearly empty, and walked a list of 10,000 once for each row (9.6 s in place of 23 ms). Whoever comes while
   * another transaction is at it goes on.
   */
  const settle = Effect.fnUntraced(function* (added: number) {
    if (added < manyNumbers) return
    const [row] = yield* sql<{ readonly stale: boolean }>`
      SELECT reltuples < ${added}::float4 AND pg_try_advisory_xact_lock(${settling}::int8) AS stale
      FROM pg_class WHERE oid = 'serials'::regclass`
    if (row?.stale === true) yield* sql`ANALYZE serials, serial_history`
  })

  return { place, divide, insert, settle }
})

export type SerialLoads = Effect.Success<ReturnType<typeof make>>
