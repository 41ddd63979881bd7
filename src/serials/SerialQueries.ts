/**
 * The statements that change listed and selected serial numbers and write their history. They run inside the caller's
 * REPEATABLE READ transaction and fail with `SqlError`, whose reason says whether another try may help (a deadlock or
 * serialization failure does).
 *
 * A chunk is one statement: update, history and count together. It walks the list in its order and finds each number
 * through the index. For that, hash and merge joins and table scans are switched off until the last chunk: they would
 * visit, and so lock, rows in the order of the table.
 *
 * Lists are written as sub-selects, whose values the planner does not look at: then one plan is as good as another, and
 * a connection keeps the one it has. To plan the change of five numbers anew takes three times as long as to make it.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import { int8s } from "../store/NumberArrays.ts"
import * as Transaction from "../store/Transaction.ts"
import type { Begun, Planner, SerialChangeRows } from "./SerialChangeQueries.ts"
import * as SerialConditionQueries from "./SerialConditionQueries.ts"
import { noId, type SerialKeys } from "./SerialKeyQueries.ts"
import { type Chunk, chunkSize } from "./SerialList.ts"
import type { Change, Documents, ItemSelector } from "./SerialModel.ts"

/** The name under which the rest of this room speaks of a failed statement. */
export type StorageError = SqlError

/** What a list of numbers is looked up with. */
export interface ListedBy {
  /** The change of each list, where there are several. */
  readonly changes?: ReadonlyArray<number> | undefined
  /** The lot that the numbers of each list must be of where they have one. */
  readonly lots?: ReadonlyArray<string | undefined> | undefined
  /** When it happened to each number, by its whole text. */
  readonly eventsAt?: ReadonlyMap<string, Date> | undefined
  /** They leave their parents by it. */
  readonly ends?: boolean | undefined
}

/** What an update goes through: `FROM` and the condition that joins it to `serials s`. */
export interface Source {
  readonly rows: Fragment
  /** The lot a number must be of where it has one: a text. */
  readonly lot?: Fragment | undefined
  /** The parent that numbers are packed in by it, 0 for none; they keep theirs without it. */
  readonly parent?: Fragment | undefined
  /** When it happened to each. */
  readonly eventAt?: Fragment | undefined
}

/** A number and the change it went through. */
export interface Touched {
  readonly id: number
  readonly changeId: number
}

/** How many numbers changed; and for changes that concern aggregation, which of them ever had contents, and their parents. */
export interface Updated {
  readonly changed: number
  readonly holders: ReadonlyArray<Touched>
  readonly parents: ReadonlyArray<Touched>
}

interface UpdatedRow {
  readonly changed: number
  readonly holders?: ReadonlyArray<bigint>
  readonly holder_changes?: ReadonlyArray<bigint>
  readonly parents?: ReadonlyArray<bigint>
  readonly parent_changes?: ReadonlyArray<bigint>
}

const touchedOf = (ids: ReadonlyArray<bigint> = [], changes: ReadonlyArray<bigint> = []): ReadonlyArray<Touched> =>
  ids.map((id, index) => ({ id: Number(id), changeId: Number(changes[index]) }))

/** The statements of this client, over its interned keys. */
export const make = Effect.fnUntraced(function* (keys: SerialKeys, written: SerialChangeRows) {
  const sql = yield* SqlClient.SqlClient
  const { condition, may, allowed } = yield* SerialConditionQueries.make(keys)

  /** Runs statements in one transaction, or within the one that runs already. */
  const transaction = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.provideService(Transaction.transaction(effect), SqlClient.SqlClient, sql)

  /** What an update sets. */
  const assignments = ({ ids, values }: Pick<Begun, "ids" | "values">, parent?: Fragment) => {
    const { state, company, location, document, item, lot, prefix, itemStatus, set, clear } = values
    const isOne = ids.length === 1
    /** A column that no change sets, that the one sets, or that some set. */
    const column = (value: unknown, one: Fragment, some: Fragment) => (value === undefined ? [] : [isOne ? one : some])
    return sql.csv([
      // An update has to set something, and the state is there in any case.
      ...(state === undefined
        ? [sql`state = s.state`]
        : column(state, sql`state = ${state}::serial_state`, sql`state = coalesce(ch.state, s.state)`)),
      ...column(
        company,
        sql`company_id = ${company ?? null}::int4`,
        sql`company_id = coalesce(ch.company_id, s.company_id)`
      ),
      // A new company without a location has none.
      ...column(
        company ?? location,
        sql`location_id = ${location ?? null}::int4`,
        sql`location_id = CASE WHEN ch.company_id IS NULL THEN coalesce(ch.location_id, s.location_id) ELSE ch.location_id END`
      ),
      ...column(
        document,
        sql`document_id = ${document ?? null}::int8`,
        sql`document_id = coalesce(ch.document_id, s.document_id)`
      ),
      ...column(item, sql`item_id = ${item ?? null}::int4`, sql`item_id = coalesce(ch.item_id, s.item_id)`),
      ...column(lot, sql`lot_id = ${lot ?? null}::int4`, sql`lot_id = coalesce(ch.lot_id, s.lot_id)`),
      ...column(prefix, sql`prefix_id = ${prefix ?? null}::int4`, sql`prefix_id = coalesce(ch.prefix_id, s.prefix_id)`),
      ...column(
        itemStatus,
        sql`item_status = ${itemStatus ?? null}::item_status`,
        sql`item_status = coalesce(ch.item_status, s.item_status)`
      ),
      ...column(
        set ?? clear,
        sql`attributes = (s.attributes | ${set ?? 0}::int4) & ~${clear ?? 0}::int4`,
        sql`attributes = (s.attributes | coalesce(ch.set_attributes, 0)) & ~coalesce(ch.clear_attributes, 0)`
      ),
      ...(parent === undefined ? [] : [sql`parent_id = nullif(${parent}, 0)`])
    ])
  }

  /**
   * The change, as `ch`, that each row `u` is part of, found row by row (OFFSET 0): as a join, a planner without
   * statistics may walk all of them for each.
   */
  const ownChange = sql`CROSS JOIN LATERAL (SELECT * FROM serial_changes WHERE id = u.change_id OFFSET 0) ch`

  /** One statement: the rows of a source that may change, their history, and how many they were. */
  const update = (
    { rows, lot, parent, eventAt }: Source,
    begun: Begun,
    where: SerialConditionQueries.Condition,
    last: { readonly planner: Planner | undefined; readonly aggregated: boolean }
  ) => {
    const [id] = begun.ids
    const changeId = begun.ids.length === 1 ? sql`${id}::int8` : sql`ch.id`
    return sql<UpdatedRow>`
      WITH changed AS (
        UPDATE serials s SET ${assignments(begun, parent)} FROM ${rows} AND ${may(where, lot)}
        RETURNING s.id, ${changeId} AS change_id ${last.aggregated ? sql`, s.parent_id AS inside` : sql``}
          ${parent === undefined ? sql`` : sql`, ${parent} AS parent_id`}
          ${eventAt === undefined ? sql`` : sql`, ${eventAt} AS event_at`}
      ), history AS (
        INSERT INTO serial_history (serial_id, change_id ${parent === undefined ? sql`` : sql`, parent_id`}
          ${eventAt === undefined ? sql`` : sql`, event_at`})
        SELECT id, change_id ${parent === undefined ? sql`` : sql`, parent_id`}
          ${eventAt === undefined ? sql`` : sql`, event_at`} FROM changed
      )
      SELECT (SELECT count(*)::int4 FROM changed) AS changed
        ${last.aggregated ? sql`, h.*, p.*` : sql``}
        ${last.planner === undefined ? sql`` : sql`, ${written.free(last.planner)}`}
        ${
          last.aggregated
            ? sql`FROM (SELECT array_agg(id) AS holders, array_agg(change_id) AS holder_changes FROM changed WHERE EXISTS (
                SELECT 1 FROM serial_history p WHERE p.parent_id = changed.id AND p.parent_id > 0)) h,
              (SELECT array_agg(inside) AS parents, array_agg(change_id) AS parent_changes
                FROM (SELECT DISTINCT inside, change_id FROM changed WHERE inside IS NOT NULL) i) p`
            : sql``
        }`.pipe(
      Effect.map(
        ([row = { changed: 0 }]): Updated => ({
          changed: row.changed,
          holders: touchedOf(row.holders ?? [], row.holder_changes ?? []),
          parents: touchedOf(row.parents ?? [], row.parent_changes ?? [])
        })
      )
    )
  }

  /** Updates numbers in chunks; `aggregated` asks which of them have contents or a parent. */
  const updateEach = Effect.fnUntraced(function* (
    sources: ReadonlyArray<Source>,
    begun: Begun,
    where: SerialConditionQueries.Condition,
    aggregated = false
  ) {
    const planner = begun.planner ?? (yield* written.bind)
    let updated: Updated = { changed: 0, holders: [], parents: [] }
    for (const [index, source] of sources.entries()) {
      const isLast = index === sources.length - 1
      const one = yield* update(source, begun, where, { planner: isLast ? planner : undefined, aggregated })
      updated = {
        changed: updated.changed + one.changed,
        holders: updated.holders.concat(one.holders),
        parents: updated.parents.concat(one.parents)
      }
    }
    if (sources.length === 0) yield* sql`SELECT ${written.free(planner)}`
    return updated
  })

  /** Updates numbers in chunks and returns how many there were to update. */
  const updateAll = (sources: ReadonlyArray<Source>, begun: Begun, where: SerialConditionQueries.Condition) =>
    Effect.map(updateEach(sources, begun, where), ({ changed }) => changed)

  /** Numbers of lists, by their text. */
  const listed = (
    chunks: ReadonlyArray<Chunk>,
    ids: ReadonlyMap<string, number>,
    { changes = [], lots = [], eventsAt, ends = false }: ListedBy = {}
  ): ReadonlyArray<Source> =>
    chunks.map(({ prefixes, serials, of }) => {
      const first = prefixes[0] ?? ""
      const prefixIds = () => prefixes.map((prefix) => ids.get(prefix) ?? noId)
      // No moment travels as an empty text: the client cannot send an array of nothing but nulls, as a chunk may be.
      const moments =
        eventsAt === undefined
          ? undefined
          : serials.map((serial, index) => eventsAt.get((prefixes[index] ?? "") + serial)?.toISOString() ?? "")
      const isOf = sql`WHERE s.serial = u.serial AND s.prefix_id = u.prefix_id`
      const some = {
        // What ends leaves its parent.
        ...(ends ? { parent: sql`0` } : {}),
        ...(moments === undefined ? {} : { eventAt: sql`nullif(u.event_at, '')::timestamptz` })
      }
      if (of !== undefined) {
        const changeIds = of.map((list) => changes[list] ?? noId)
        const hasLots = lots.some((lot) => lot !== undefined)
        const columns = sql.csv([
          sql`(SELECT ${serials}::text[])`,
          sql`(SELECT ${prefixIds()}::int4[])`,
          sql`(SELECT ${int8s(changeIds)}::int8[])`,
          ...(hasLots ? [sql`(SELECT ${of.map((list) => lots[list] ?? "")}::text[])`] : []),
          ...(moments === undefined ? [] : [sql`(SELECT ${moments}::text[])`])
        ])
        const names = sql`serial, prefix_id, change_id ${hasLots ? sql`, lot` : sql``} ${moments === undefined ? sql`` : sql`, event_at`}`
        return {
          rows: sql`unnest(${columns}) AS u(${names}) ${ownChange} ${isOf}`,
          ...(hasLots ? { lot: sql`nullif(u.lot, '')` } : {}),
          ...some
        }
      }
      const [lot] = lots
      const more = { ...(lot === undefined ? {} : { lot: sql`${lot}::text` }), ...some }
      if (moments !== undefined)
        return {
          rows: sql`unnest(${serials}::text[], ${prefixIds()}::int4[], ${moments}::text[])
            AS u(serial, prefix_id, event_at) ${isOf}`,
          ...more
        }
      // One array and a constant where they will do: they are cheaper than two arrays. The constant comes with the list
      // (OFFSET 0): beside it, a planner without statistics begins with all numbers of the prefix.
      const list =
        first === prefixes.at(-1)
          ? sql`(SELECT serial, ${ids.get(first) ?? noId}::int4 AS prefix_id
              FROM unnest((SELECT ${serials}::text[])) AS l(serial) OFFSET 0) AS u`
          : sql`unnest((SELECT ${serials}::text[]), (SELECT ${prefixIds()}::int4[])) AS u(serial, prefix_id)`
      return { rows: sql`${list} ${isOf}`, ...more }
    })

  /** Numbers known by their ids. */
  const identified = (ids: ReadonlyArray<number>): ReadonlyArray<Source> =>
    Array.from({ length: Math.ceil(ids.length / chunkSize) }, (_, index) => {
      const chunk = ids.slice(index * chunkSize, (index + 1) * chunkSize)
      return { rows: sql`unnest(${chunk}::int8[]) AS u(id) WHERE s.id = u.id` }
    })

  /** Numbers of a packaging code and documents that a change may touch, in the order of lists. */
  const select = Effect.fnUntraced(function* (
    item: ItemSelector,
    documents: Documents,
    where: SerialConditionQueries.Condition
  ) {
    const items = yield* keys.knownItems(item)
    const sets = yield* keys.knownDocuments(documents)
    if (items.length === 0 || sets.length === 0) return []
    return yield* sql<{ readonly id: bigint; readonly value: string }>`
      SELECT s.id, p.prefix || s.serial AS value FROM serials s JOIN prefixes p ON p.id = s.prefix_id
      WHERE s.item_id = ANY(${items}::int4[]) AND s.document_id = ANY(${sets}::int8[]) AND ${may(where)}
      ORDER BY p.prefix, s.serial`
  })

  /** A change as a message asks for it: what it may touch, and its row. */
  const prepare = Effect.fnUntraced(function* (change: Change, quantity: number) {
    const where = yield* allowed(change)
    const [row] = yield* written.rows([{ change, quantity }])
    return row === undefined ? yield* Effect.die("a change has no row") : { where, row }
  })

  return {
    transaction,
    condition,
    may,
    assignments,
    ownChange,
    allowed,
    prepare,
    select,
    listed,
    identified,
    updateEach,
    updateAll
  }
})

export type SerialChanges = Effect.Success<ReturnType<typeof make>>
