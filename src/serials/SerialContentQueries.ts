/**
 * The statements about numbers packed in one another: what lies in a parent over all levels, changes that go along with a
 * parent, packing and unpacking, and the search for cycles. They run inside the caller's transaction and fail with
 * `SqlError`.
 *
 * Contents are found through history: every number that was ever packed in a parent, of which its own row says whether it
 * still is. So packing touches no index of `serials`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { Fragment } from "effect/sql/Statement"
import { int8s } from "../store/NumberArrays.ts"
import { noId } from "./SerialKeyQueries.ts"
import type { Chunk } from "./SerialList.ts"
import type { Condition, SerialChanges, Source, Values } from "./SerialQueries.ts"
import type { SerialState } from "./SerialState.ts"
import type { ItemStatus } from "./SerialStatus.ts"

/** A number packed in a listed one that a change may not touch. */
export interface InTheWay {
  /** Place of the listed number in its chunk. */
  readonly place: number
  readonly value: string
  readonly state: SerialState
  readonly item_status: ItemStatus | null
}

/** A child in a chunk: which parent it goes to or leaves, and when. */
export interface Placing {
  readonly parents: ReadonlyArray<number>
  readonly eventsAt: ReadonlyArray<Date | undefined> | undefined
}

/** The statements of this client. */
export const make = Effect.fnUntraced(function* (changes: SerialChanges) {
  const sql = yield* SqlClient.SqlClient

  /** Children, as they are now, of rows `o` with an `id`. */
  const childrenOf = sql`JOIN serial_history p ON p.parent_id = o.id JOIN serials c ON c.id = p.serial_id AND c.parent_id = o.id`

  /** Everything inside numbers, over all levels, as rows `inside(id)`. */
  const insideOf = (ids: ReadonlyArray<number>): Fragment => sql`
    RECURSIVE inside AS (
      SELECT c.id FROM unnest(${int8s(ids)}::int8[]) AS o(id) ${childrenOf}
      UNION SELECT c.id FROM inside o ${childrenOf}
    )`

  /** Asked number by number (OFFSET 0): as a join, the planner may walk the whole change for each. */
  const written = (changeId: number) =>
    sql`EXISTS (SELECT 1 FROM serial_history h WHERE h.serial_id = inside.id AND h.change_id = ${changeId}::int8 OFFSET 0)`

  /** Changes everything inside these numbers that the change did not touch yet. `changed` is short of `inside` when some may not. */
  const along = (ids: ReadonlyArray<number>, changeId: number, values: Values, where: Condition) =>
    sql<{ readonly inside: number; readonly changed: number }>`
      WITH ${insideOf(ids)}, fresh AS (
        SELECT id FROM inside WHERE NOT ${written(changeId)} ORDER BY id
      ), changed AS (
        UPDATE serials s SET ${changes.assignments(values, undefined)} FROM fresh WHERE s.id = fresh.id
          AND ${changes.may(where)} RETURNING s.id
      ), history AS (
        INSERT INTO serial_history (serial_id, change_id) SELECT id, ${changeId}::int8 FROM changed
      )
      SELECT (SELECT count(*) FROM fresh)::int4 AS inside, (SELECT count(*) FROM changed)::int4 AS changed`.pipe(
      Effect.map(([row = { inside: 0, changed: 0 }]) => row)
    )

  /** Takes everything out of these numbers, one level; tells how many came out. */
  const release = (ids: ReadonlyArray<number>, changeId: number) =>
    sql<{ readonly freed: number }>`
      WITH inside AS (
        SELECT DISTINCT c.id FROM unnest(${int8s(ids)}::int8[]) AS o(id) ${childrenOf}
      ), freed AS (
        UPDATE serials s SET parent_id = NULL FROM inside WHERE s.id = inside.id RETURNING s.id
      ), history AS (
        INSERT INTO serial_history (serial_id, change_id, parent_id) SELECT id, ${changeId}::int8, 0 FROM freed
      )
      SELECT count(*)::int4 AS freed FROM freed`.pipe(Effect.map(([row]) => row?.freed ?? 0))

  /** True when one of these parents is not part of the change. */
  const leftBehind = (parents: ReadonlyArray<number>, changeId: number) =>
    sql<{ readonly left: boolean }>`
      SELECT EXISTS (SELECT 1 FROM unnest(${int8s(parents)}::int8[]) AS inside(id) WHERE NOT ${written(changeId)}) AS left`.pipe(
      Effect.map(([row]) => row?.left === true)
    )

  const rows = ({ prefixes, serials }: Chunk, ids: ReadonlyMap<string, number>) =>
    sql`unnest(${serials}::text[], ${prefixes.map((prefix) => ids.get(prefix) ?? noId)}::int4[])`

  /** Numbers inside those of a chunk that a change may not touch. */
  const inTheWay = (chunk: Chunk, ids: ReadonlyMap<string, number>, where: Condition) =>
    sql<InTheWay>`
      WITH RECURSIVE inside AS (
        SELECT c.id, o.place FROM (
          SELECT s.id, u.position::int4 - 1 AS place FROM ${rows(chunk, ids)} WITH ORDINALITY AS u(serial, prefix_id, position)
          JOIN serials s ON s.serial = u.serial AND s.prefix_id = u.prefix_id) o ${childrenOf}
        UNION SELECT c.id, o.place FROM inside o ${childrenOf}
      )
      SELECT i.place, p.prefix || s.serial AS value, s.state, s.item_status
      FROM inside i JOIN serials s ON s.id = i.id JOIN prefixes p ON p.id = s.prefix_id
      WHERE (${changes.may(where)}) IS NOT TRUE ORDER BY 1, 2`

  /** Numbers directly in those of a chunk that a change may not touch. */
  const childrenInTheWay = (chunk: Chunk, ids: ReadonlyMap<string, number>, where: Condition) =>
    sql<InTheWay>`
      SELECT o.place, x.prefix || s.serial AS value, s.state, s.item_status FROM (
        SELECT s.id, u.position::int4 - 1 AS place FROM ${rows(chunk, ids)} WITH ORDINALITY AS u(serial, prefix_id, position)
        JOIN serials s ON s.serial = u.serial AND s.prefix_id = u.prefix_id) o
      ${childrenOf} JOIN serials s ON s.id = c.id JOIN prefixes x ON x.id = s.prefix_id
      WHERE (${changes.may(where)}) IS NOT TRUE ORDER BY 1, 2`

  /** Ids of those numbers of a chunk that a change may touch, by their places. */
  const identify = (chunk: Chunk, ids: ReadonlyMap<string, number>, where: Condition) =>
    sql<{ readonly place: number; readonly id: bigint }>`
      SELECT u.position::int4 - 1 AS place, s.id FROM ${rows(chunk, ids)} WITH ORDINALITY AS u(serial, prefix_id, position)
      JOIN serials s ON s.serial = u.serial AND s.prefix_id = u.prefix_id WHERE ${changes.may(where)}`

  /** Numbers of a chunk on their way into parents, or out of them. A number in another parent is left out. */
  const placed = (
    chunk: Chunk,
    ids: ReadonlyMap<string, number>,
    { parents, eventsAt }: Placing,
    way: "in" | "out"
  ): Source => {
    const moments = eventsAt?.map((moment) => moment?.toISOString() ?? null)
    const { prefixes, serials } = chunk
    const from = sql`unnest(${serials}::text[], ${prefixes.map((prefix) => ids.get(prefix) ?? noId)}::int4[],
      ${int8s(parents)}::int8[] ${moments === undefined ? sql`` : sql`, ${moments}::text[]::timestamptz[]`})
      AS u(serial, prefix_id, parent_id ${moments === undefined ? sql`` : sql`, event_at`})`
    const parent =
      way === "in"
        ? sql`(s.parent_id IS NULL OR s.parent_id = u.parent_id) AND s.id <> u.parent_id`
        : sql`s.parent_id = u.parent_id`
    return {
      rows: sql`${from} WHERE s.serial = u.serial AND s.prefix_id = u.prefix_id AND ${parent}`,
      parent: way === "in" ? sql`u.parent_id` : sql`0`,
      ...(moments === undefined ? {} : { eventAt: sql`u.event_at` })
    }
  }

  /** All numbers that lie directly in these parents, on their way out. */
  const emptied = (parents: ReadonlyArray<number>): Source => ({
    rows: sql`(SELECT DISTINCT c.id FROM unnest(${int8s(parents)}::int8[]) AS o(id) ${childrenOf} ORDER BY c.id) u WHERE s.id = u.id`,
    parent: sql`0`
  })

  /** Lets parents have the change in their history too, but for those it touched already. */
  const note = (parents: ReadonlyArray<number>, changeId: number) =>
    sql`
      INSERT INTO serial_history (serial_id, change_id)
      SELECT DISTINCT inside.id, ${changeId}::int8 FROM unnest(${int8s(parents)}::int8[]) AS inside(id) WHERE NOT ${written(changeId)}`

  /** True when going up from one of these leads back to it. */
  const isCyclic = (parents: ReadonlyArray<number>) =>
    sql<{ readonly cyclic: boolean }>`
      WITH RECURSIVE up AS (
        SELECT o.id AS start, (SELECT s.parent_id FROM serials s WHERE s.id = o.id) AS at
        FROM unnest(${int8s(parents)}::int8[]) AS o(id)
        UNION SELECT up.start, (SELECT s.parent_id FROM serials s WHERE s.id = up.at) FROM up
        WHERE up.at IS NOT NULL AND up.start <> up.at
      )
      SELECT EXISTS (SELECT 1 FROM up WHERE start = at) AS cyclic`.pipe(Effect.map(([row]) => row?.cyclic === true))

  /** Those of these numbers that have one of these attributes. */
  const having = (ids: ReadonlyArray<number>, bits: number) =>
    sql<{ readonly id: bigint }>`
      SELECT s.id FROM unnest(${int8s(ids)}::int8[]) AS o(id) JOIN serials s ON s.id = o.id
      WHERE s.attributes & ${bits} <> 0 ORDER BY s.id`.pipe(Effect.map((rows) => rows.map(({ id }) => Number(id))))

  /** True when something is left in one of these parents. */
  const areFilled = (parents: ReadonlyArray<number>) =>
    sql<{ readonly filled: boolean }>`
      SELECT EXISTS (SELECT 1 FROM unnest(${int8s(parents)}::int8[]) AS o(id) ${childrenOf}) AS filled`.pipe(
      Effect.map(([row]) => row?.filled === true)
    )

  return {
    along,
    release,
    leftBehind,
    inTheWay,
    childrenInTheWay,
    identify,
    placed,
    emptied,
    note,
    isCyclic,
    having,
    areFilled
  }
})

export type SerialContents = Effect.Success<ReturnType<typeof make>>
