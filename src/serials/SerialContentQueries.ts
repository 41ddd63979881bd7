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
import type { Begun } from "./SerialChangeQueries.ts"
import type { Condition } from "./SerialConditionQueries.ts"
import { noId } from "./SerialKeyQueries.ts"
import type { Chunk } from "./SerialList.ts"
import type { SerialChanges, Source, Touched } from "./SerialQueries.ts"
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

/** The lot each change asks for, parallel to them. */
type Lots = ReadonlyArray<string | undefined>

/** What went along with the numbers of changes. */
export interface Along {
  /** How many numbers of each change. */
  readonly changed: ReadonlyMap<number, number>
  /** False when some of them may not be changed. */
  readonly isWhole: boolean
  /** Some of it belongs to two of the changes: only one after another they mean something. */
  readonly isMingled: boolean
}

/** The statements of this client. */
export const make = Effect.fnUntraced(function* (changes: SerialChanges) {
  const sql = yield* SqlClient.SqlClient

  /** Children, as they are now, of rows `o` with an `id`. */
  const childrenOf = sql`JOIN serial_history p ON p.parent_id = o.id JOIN serials c ON c.id = p.serial_id AND c.parent_id = o.id`

  /** Everything inside numbers, over all levels, with what holds for the number it is in: rows `inside(id, change_id, lot)`. */
  const insideOf = (holders: ReadonlyArray<Touched>, { ids }: Begun, lots: Lots): Fragment => {
    const all = int8s(holders.map(({ id }) => id))
    const [id] = ids
    const lotOf = new Map(ids.map((id, index) => [id, lots[index] ?? ""]))
    const from =
      ids.length === 1
        ? sql`(SELECT id, ${id}::int8 AS change_id, ${lots[0] ?? null}::text AS lot FROM unnest(${all}::int8[]) AS l(id)) o`
        : sql`unnest(${all}::int8[], ${int8s(holders.map(({ changeId }) => changeId))}::int8[],
            ${holders.map(({ changeId }) => lotOf.get(changeId) ?? "")}::text[]) AS o(id, change_id, lot)`
    return sql`
      RECURSIVE inside AS (
        SELECT c.id, o.change_id, o.lot FROM ${from} ${childrenOf}
        UNION SELECT c.id, o.change_id, o.lot FROM inside o ${childrenOf}
      )`
  }

  /** Asked number by number (OFFSET 0): as a join, the planner may walk the whole change for each. */
  const written = (changeId: Fragment) =>
    sql`EXISTS (SELECT 1 FROM serial_history h WHERE h.serial_id = inside.id AND h.change_id = ${changeId} OFFSET 0)`

  /** Of several changes, that something is inside the numbers of two, or was changed by another one by its own name. */
  const mingled = ({ ids: [first, ...more] }: Begun) =>
    more.length === 0
      ? sql`false`
      : sql`(SELECT count(*) <> count(DISTINCT id) OR coalesce(bool_or(EXISTS (
          SELECT 1 FROM serial_history h WHERE h.serial_id = inside.id AND h.change_id >= ${first}::int8
            AND h.change_id <> inside.change_id OFFSET 0)), false) FROM inside)`

  /** Changes everything inside these numbers that their change did not touch yet. */
  const along = (holders: ReadonlyArray<Touched>, begun: Begun, where: Condition, lots: Lots) => {
    const hasLots = lots.some((lot) => lot !== undefined)
    return sql<{
      readonly inside: number
      readonly mingled: boolean
      readonly changes: ReadonlyArray<bigint> | null
      readonly counts: ReadonlyArray<number> | null
    }>`
      WITH ${insideOf(holders, begun, lots)}, fresh AS (
        SELECT id, change_id, lot FROM inside WHERE NOT ${written(sql`inside.change_id`)} ORDER BY id
      ), changed AS (
        UPDATE serials s SET ${changes.assignments(begun)} FROM fresh u ${begun.ids.length === 1 ? sql`` : changes.ownChange}
        WHERE s.id = u.id AND ${changes.may(where, hasLots ? sql`nullif(u.lot, '')` : undefined)} RETURNING s.id, u.change_id
      ), history AS (
        INSERT INTO serial_history (serial_id, change_id) SELECT id, change_id FROM changed
      ), counted AS (
        SELECT change_id, count(*)::int4 AS changed FROM changed GROUP BY 1
      )
      SELECT (SELECT count(*) FROM fresh)::int4 AS inside, ${mingled(begun)} AS mingled,
        (SELECT array_agg(change_id ORDER BY change_id) FROM counted) AS changes,
        (SELECT array_agg(changed ORDER BY change_id) FROM counted) AS counts`.pipe(
      Effect.map(([row]): Along => {
        const counts = row?.counts ?? []
        return {
          changed: new Map((row?.changes ?? []).map((id, index) => [Number(id), counts[index] ?? 0])),
          isWhole: counts.reduce((sum, count) => sum + count, 0) === (row?.inside ?? 0),
          isMingled: row?.mingled === true
        }
      })
    )
  }

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

  /** True when one of these parents is not part of the change of what is in it. */
  const leftBehind = (parents: ReadonlyArray<Touched>) =>
    sql<{ readonly left: boolean }>`
      SELECT EXISTS (
        SELECT 1 FROM unnest(${int8s(parents.map(({ id }) => id))}::int8[], ${int8s(parents.map(({ changeId }) => changeId))}::int8[])
          AS inside(id, change_id) WHERE NOT ${written(sql`inside.change_id`)}) AS left`.pipe(
      Effect.map(([row]) => row?.left === true)
    )

  const rows = ({ prefixes, serials }: Chunk, ids: ReadonlyMap<string, number>) =>
    sql`unnest(${serials}::text[], ${prefixes.map((prefix) => ids.get(prefix) ?? noId)}::int4[])`

  /** Numbers inside those of a chunk that their change may not touch. */
  const inTheWay = (chunk: Chunk, ids: ReadonlyMap<string, number>, where: Condition, lots: Lots) => {
    const { prefixes, serials, of } = chunk
    const wanted = serials.map((_, index) => lots[of?.[index] ?? 0] ?? "")
    return sql<InTheWay>`
      WITH RECURSIVE inside AS (
        SELECT c.id, o.place, o.lot FROM (
          SELECT s.id, u.position::int4 - 1 AS place, u.lot
          FROM unnest(${serials}::text[], ${prefixes.map((prefix) => ids.get(prefix) ?? noId)}::int4[], ${wanted}::text[])
            WITH ORDINALITY AS u(serial, prefix_id, lot, position)
          JOIN serials s ON s.serial = u.serial AND s.prefix_id = u.prefix_id) o ${childrenOf}
        UNION SELECT c.id, o.place, o.lot FROM inside o ${childrenOf}
      )
      SELECT i.place, p.prefix || s.serial AS value, s.state, s.item_status
      FROM inside i JOIN serials s ON s.id = i.id JOIN prefixes p ON p.id = s.prefix_id
      WHERE (${changes.may(where, sql`nullif(i.lot, '')`)}) IS NOT TRUE ORDER BY 1, 2`
  }

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
    // No moment travels as an empty text: the client cannot send an array of nothing but nulls, as a chunk may be.
    const moments = eventsAt?.map((moment) => moment?.toISOString() ?? "")
    const { prefixes, serials } = chunk
    const from = sql`unnest(${serials}::text[], ${prefixes.map((prefix) => ids.get(prefix) ?? noId)}::int4[],
      ${int8s(parents)}::int8[] ${moments === undefined ? sql`` : sql`, ${moments}::text[]`})
      AS u(serial, prefix_id, parent_id ${moments === undefined ? sql`` : sql`, event_at`})`
    const parent =
      way === "in"
        ? sql`(s.parent_id IS NULL OR s.parent_id = u.parent_id) AND s.id <> u.parent_id`
        : sql`s.parent_id = u.parent_id`
    return {
      rows: sql`${from} WHERE s.serial = u.serial AND s.prefix_id = u.prefix_id AND ${parent}`,
      parent: way === "in" ? sql`u.parent_id` : sql`0`,
      ...(moments === undefined ? {} : { eventAt: sql`nullif(u.event_at, '')::timestamptz` })
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
      SELECT DISTINCT inside.id, ${changeId}::int8 FROM unnest(${int8s(parents)}::int8[]) AS inside(id)
      WHERE NOT ${written(sql`${changeId}::int8`)}`

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
