/**
 * The statements that add numbers to the repository: which of a chunk are there already, and the insert of those that
 * are not, with the beginning of their history. Numbers that another transaction added meanwhile, unseen by this one,
 * end in `Contended`; everything else that fails is a `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { int8s } from "../store/NumberArrays.ts"
import type { Begun } from "./SerialChangeQueries.ts"
import { noId } from "./SerialKeyQueries.ts"
import * as SerialList from "./SerialList.ts"
import type { SerialChanges } from "./SerialQueries.ts"
import { Contended, SerialsError } from "./SerialsError.ts"

/** Fewer numbers than this are no matter for the planner. */
const manyNumbers = 5_000
/** Any number that nobody else locks by. */
const settling = 7_361_946

/** The statements of this client. */
export const make = Effect.fnUntraced(function* (changes: SerialChanges) {
  const sql = yield* SqlClient.SqlClient

  const columns = ({ prefixes, serials }: SerialList.Chunk, ids: ReadonlyMap<string, number>) =>
    sql`${serials}::text[], ${prefixes.map((prefix) => ids.get(prefix) ?? noId)}::int4[]`

  /** Numbers of a chunk that are not there, and those that are. */
  const divide = Effect.fnUntraced(function* (chunk: SerialList.Chunk, ids: ReadonlyMap<string, number>) {
    const rows = yield* sql<{ readonly index: number }>`
      SELECT u.position::int4 - 1 AS index FROM unnest(${columns(chunk, ids)}) WITH ORDINALITY AS u(serial, prefix_id, position)
      JOIN serials s ON s.serial = u.serial AND s.prefix_id = u.prefix_id`
    const there = new Set(rows.map((row) => row.index))
    return {
      fresh: there.size === 0 ? chunk : SerialList.part(chunk, (index) => !there.has(index)),
      there: SerialList.part(chunk, (index) => there.has(index))
    }
  })

  /** Adds numbers of one change. */
  const insertOne = (chunk: SerialList.Chunk, ids: ReadonlyMap<string, number>, { ids: [changeId], values }: Begun) =>
    sql`
      WITH added AS (
        INSERT INTO serials (document_id, prefix_id, item_id, company_id, location_id, state, lot_id, item_status,
          attributes, serial)
        SELECT ${values.document ?? null}::int8, u.prefix_id, ${values.item ?? null}::int4, ${values.company ?? null}::int4,
          ${values.location ?? null}::int4, ${values.state ?? null}::serial_state, ${values.lot ?? null}::int4,
          ${values.itemStatus ?? null}::item_status, ${values.set ?? 0}::int4, u.serial
        FROM unnest(${columns(chunk, ids)}) AS u(serial, prefix_id)
        RETURNING id
      )
      INSERT INTO serial_history (serial_id, change_id) SELECT id, ${changeId}::int8 FROM added`

  /** Adds numbers of several changes; they stand as their change says. */
  const insertSome = (
    chunk: SerialList.Chunk,
    ids: ReadonlyMap<string, number>,
    begun: Begun,
    of: ReadonlyArray<number>
  ) => sql`
      WITH fresh AS (
        SELECT nextval((SELECT pg_get_serial_sequence('serials', 'id'))::regclass) AS id, u.change_id, u.prefix_id,
          u.serial, ch.document_id, ch.item_id, ch.company_id, ch.location_id, ch.state, ch.lot_id, ch.item_status,
          coalesce(ch.set_attributes, 0) AS attributes
        FROM unnest(${columns(chunk, ids)}, ${int8s(of.map((list) => begun.ids[list] ?? noId))}::int8[])
          AS u(serial, prefix_id, change_id) ${changes.ownChange}
      ), added AS (
        INSERT INTO serials (id, document_id, prefix_id, item_id, company_id, location_id, state, lot_id, item_status,
          attributes, serial)
        SELECT id, document_id, prefix_id, item_id, company_id, location_id, state, lot_id, item_status, attributes, serial
        FROM fresh
      )
      INSERT INTO serial_history (serial_id, change_id) SELECT id, change_id FROM fresh`

  /** Adds a chunk of numbers that are not there. */
  const insert = (chunk: SerialList.Chunk, ids: ReadonlyMap<string, number>, begun: Begun) =>
    (chunk.of === undefined ? insertOne(chunk, ids, begun) : insertSome(chunk, ids, begun, chunk.of)).pipe(
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

  return { divide, insert, settle }
})

export type SerialLoads = Effect.Success<ReturnType<typeof make>>
