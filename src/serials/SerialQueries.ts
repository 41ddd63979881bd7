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
import * as Transaction from "../store/Transaction.ts"
import { noId, type SerialKeys } from "./SerialKeyQueries.ts"
import { type Chunk, chunkSize } from "./SerialList.ts"
import type { Change, ChangeContext, Documents, Holder, ItemSelector } from "./SerialModel.ts"
import { type SerialState, sources, statusSources, statusTarget, target } from "./SerialState.ts"
import { bitsOf, type ItemStatus, itemStatuses } from "./SerialStatus.ts"

/** The name under which the rest of this room speaks of a failed statement. */
export type StorageError = SqlError

/** New values as ids; undefined stays as it is. */
export interface Values {
  readonly state: SerialState | undefined
  readonly company: number | undefined
  readonly location: number | undefined
  readonly document: number | undefined
  readonly item: number | undefined
  readonly lot?: number | undefined
  /** What the number begins with from now on: its packaging code changed, and its text tells it. */
  readonly prefix?: number | undefined
  readonly itemStatus?: ItemStatus | undefined
  /** Attributes as bits. */
  readonly set?: number | undefined
  readonly clear?: number | undefined
}

/** A row of `serial_changes` to be. */
export interface NewChange {
  readonly kind: string
  readonly values: Values
  readonly quantity: number
  readonly eventAt: Date | undefined
  readonly attributes: Readonly<Record<string, string>> | undefined
  readonly line?: number | undefined
  readonly document?: string | undefined
  readonly context: ChangeContext
}

/** Which rows a change may touch. */
export interface Condition {
  readonly states: ReadonlyArray<SerialState>
  /** Of commissioned numbers; every one without it. */
  readonly statuses?: ReadonlyArray<ItemStatus> | undefined
  /** Rows of the lot they must be of where they have one. */
  readonly lots?: ReadonlyArray<number> | undefined
  readonly items?: ReadonlyArray<number> | undefined
  readonly company: number | undefined
  readonly location: number | undefined
  readonly owner: number | undefined
  readonly of: number | undefined
}

/** What an update goes through: `FROM` and the condition that joins it to `serials s`. */
export interface Source {
  readonly rows: Fragment
  /** The parent that numbers are packed in by it, 0 for none; they keep theirs without it. */
  readonly parent?: Fragment | undefined
  /** When it happened to each. */
  readonly eventAt?: Fragment | undefined
}

/** How many numbers changed; and for changes that concern aggregation, which of them ever had contents, and their parents. */
export interface Updated {
  readonly changed: number
  readonly holders: ReadonlyArray<number>
  readonly parents: ReadonlyArray<number>
}

/** Item statuses an operation may start from, fewer where a change says so; undefined for all there are. */
const narrowed = (from: ReadonlyArray<ItemStatus>, to: ReadonlyArray<ItemStatus> | undefined) => {
  const statuses = to === undefined ? from : from.filter((status) => to.includes(status))
  return statuses.length === itemStatuses.length ? undefined : statuses
}

const nothing: Updated = { changed: 0, holders: [], parents: [] }

/** Planner settings as they were before a change switched them off. */
export interface Planner {
  readonly hashjoin: string
  readonly mergejoin: string
  readonly seqscan: string
}

/** A change that is written down and not yet carried out. */
export interface Begun {
  readonly id: number
  readonly isolation: string
  /** There when the planner is bound already. */
  readonly planner: Planner | undefined
}

/** The statements of this client, over its interned keys. */
export const make = Effect.fnUntraced(function* (keys: SerialKeys) {
  const sql = yield* SqlClient.SqlClient

  /** Runs statements in one transaction, or within the one that runs already. */
  const transaction = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.provideService(Transaction.transaction(effect), SqlClient.SqlClient, sql)

  /** Binds the planner to the order of lists and tells what it was set to; a part of a select list. */
  const binding = sql`
    current_setting('enable_hashjoin') AS hashjoin, current_setting('enable_mergejoin') AS mergejoin,
    current_setting('enable_seqscan') AS seqscan, set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true), set_config('enable_seqscan', 'off', true)`

  /**
   * Writes a change down; with `bound`, binds the planner on the same way to the server. `isolation` tells whether this
   * is a transaction that may change serials.
   */
  const insertChange = Effect.fnUntraced(function* (change: NewChange, bound: boolean) {
    const { values, context } = change
    const attributes = change.attributes === undefined ? null : JSON.stringify(change.attributes)
    const rows = yield* sql<Planner & { readonly id: bigint; readonly isolation: string }>`
      INSERT INTO serial_changes (kind, message_id, run_id, actor, state, company_id, location_id, document_id, item_id,
        lot_id, prefix_id, item_status, set_attributes, clear_attributes, line_id, document, quantity, attributes, event_at,
        recorded_at)
      VALUES (${change.kind}, ${context.messageId ?? null}::int8, ${context.runId ?? null}::int8,
        ${context.actor ?? null}::text, ${values.state ?? null}::serial_state, ${values.company ?? null}::int4,
        ${values.location ?? null}::int4, ${values.document ?? null}::int8, ${values.item ?? null}::int4,
        ${values.lot ?? null}::int4, ${values.prefix ?? null}::int4, ${values.itemStatus ?? null}::item_status,
        ${values.set ?? null}::int4, ${values.clear ?? null}::int4, ${change.line ?? null}::int8,
        ${change.document ?? null}::text, ${change.quantity}::int4, ${attributes}::text::jsonb, ${change.eventAt ?? null}::timestamptz,
        ${context.clock}::timestamptz)
      RETURNING id, current_setting('transaction_isolation') AS isolation ${bound ? sql`, ${binding}` : sql``}`
    const [row] = rows
    if (row === undefined) return yield* Effect.die("an insert returned no row")
    const begun: Begun = { id: Number(row.id), isolation: row.isolation, planner: bound ? row : undefined }
    return begun
  })

  const bind = Effect.flatMap(sql<Planner>`SELECT ${binding}`, ([row]) =>
    row === undefined ? Effect.die("a select returned no row") : Effect.succeed(row)
  )

  /** Gives the planner back what it had; select it with the last chunk. */
  const free = ({ hashjoin, mergejoin, seqscan }: Planner) =>
    sql`set_config('enable_hashjoin', ${hashjoin}, true), set_config('enable_mergejoin', ${mergejoin}, true),
        set_config('enable_seqscan', ${seqscan}, true)`

  const setQuantity = (changeId: number, quantity: number) =>
    sql`UPDATE serial_changes SET quantity = ${quantity}::int4 WHERE id = ${changeId}::int8`

  const condition = Effect.fnUntraced(function* (
    states: ReadonlyArray<SerialState>,
    holder: Holder | "any" | undefined
  ): Effect.fn.Return<Condition, SqlError> {
    if (holder === undefined || holder === "any")
      return { states, company: undefined, location: undefined, owner: undefined, of: undefined }
    const company = yield* keys.knownName(holder.company)
    const location = holder.location === undefined ? undefined : yield* keys.knownName(holder.location)
    const of = holder.of === undefined ? undefined : yield* keys.knownName(holder.of)
    return { states, company, location, owner: holder.orOwner === true ? company : undefined, of }
  })

  /** Rows `s` that a change may touch. */
  const may = ({ states, statuses, lots, items, company, location, owner, of }: Condition) => {
    // Looked up number by number: as a join, the planner may begin with it, and walk all numbers of an owner.
    const ownedBy = (id: number) => sql`(SELECT i.owner FROM items i WHERE i.id = s.item_id) = ${id}::int4`
    const held =
      company === undefined
        ? []
        : [
            sql.or([
              sql.and([
                sql`s.company_id = ${company}::int4`,
                ...(location === undefined ? [] : [sql`s.location_id = ${location}::int4`])
              ]),
              ...(owner === undefined ? [] : [ownedBy(owner)])
            ])
          ]
    return sql.and([
      sql`s.state = ANY(${states}::serial_state[])`,
      // A number that nobody gave a status is available.
      ...(statuses === undefined
        ? []
        : [sql`(s.state <> 'commissioned' OR coalesce(s.item_status, 'available') = ANY(${statuses}::item_status[]))`]),
      ...(lots === undefined ? [] : [sql`(s.lot_id IS NULL OR s.lot_id = ANY(${lots}::int4[]))`]),
      ...(items === undefined ? [] : [sql`s.item_id = ANY(${items}::int4[])`]),
      ...held,
      ...(of === undefined ? [] : [ownedBy(of)])
    ])
  }

  /** What an update sets. */
  const assignments = ({ state, company, location, document, item, ...more }: Values, parent: Fragment | undefined) =>
    sql.csv([
      // An update has to set something, and the state is there in any case.
      state === undefined ? sql`state = s.state` : sql`state = ${state}::serial_state`,
      ...(company === undefined
        ? location === undefined
          ? []
          : [sql`location_id = ${location}::int4`]
        : [sql`company_id = ${company}::int4`, sql`location_id = ${location ?? null}::int4`]),
      ...(document === undefined ? [] : [sql`document_id = ${document}::int8`]),
      ...(item === undefined ? [] : [sql`item_id = ${item}::int4`]),
      ...(more.lot === undefined ? [] : [sql`lot_id = ${more.lot}::int4`]),
      ...(more.prefix === undefined ? [] : [sql`prefix_id = ${more.prefix}::int4`]),
      ...(more.itemStatus === undefined ? [] : [sql`item_status = ${more.itemStatus}::item_status`]),
      ...(more.set === undefined && more.clear === undefined
        ? []
        : [sql`attributes = (s.attributes | ${more.set ?? 0}::int4) & ~${more.clear ?? 0}::int4`]),
      ...(parent === undefined ? [] : [sql`parent_id = nullif(${parent}, 0)`])
    ])

  /** One statement: the rows of a source that may change, their history, and how many they were. */
  const update = (
    { rows, parent, eventAt }: Source,
    changeId: number,
    values: Values,
    where: Condition,
    last: { readonly planner: Planner | undefined; readonly aggregated: boolean }
  ) =>
    sql<Updated>`
      WITH changed AS (
        UPDATE serials s SET ${assignments(values, parent)} FROM ${rows} AND ${may(where)}
        RETURNING s.id ${last.aggregated ? sql`, s.parent_id AS inside` : sql``}
          ${parent === undefined ? sql`` : sql`, ${parent} AS parent_id`}
          ${eventAt === undefined ? sql`` : sql`, ${eventAt} AS event_at`}
      ), history AS (
        INSERT INTO serial_history (serial_id, change_id ${parent === undefined ? sql`` : sql`, parent_id`}
          ${eventAt === undefined ? sql`` : sql`, event_at`})
        SELECT id, ${changeId}::int8 ${parent === undefined ? sql`` : sql`, parent_id`}
          ${eventAt === undefined ? sql`` : sql`, event_at`} FROM changed
      )
      SELECT count(*)::int4 AS changed
        ${
          last.aggregated
            ? sql`, coalesce(array_agg(id) FILTER (WHERE EXISTS (
                SELECT 1 FROM serial_history p WHERE p.parent_id = changed.id AND p.parent_id > 0)), '{}') AS holders,
              coalesce(array_agg(DISTINCT inside) FILTER (WHERE inside IS NOT NULL), '{}') AS parents`
            : sql``
        }
        ${last.planner === undefined ? sql`` : sql`, ${free(last.planner)}`} FROM changed`.pipe(
      Effect.map(([row = nothing]) => ({
        changed: row.changed,
        holders: (row.holders ?? []).map(Number),
        parents: (row.parents ?? []).map(Number)
      }))
    )

  /** Updates numbers in chunks; `aggregated` asks which of them have contents or a parent. */
  const updateEach = Effect.fnUntraced(function* (
    sources: ReadonlyArray<Source>,
    begun: Begun,
    values: Values,
    where: Condition,
    aggregated = false
  ) {
    const planner = begun.planner ?? (yield* bind)
    let updated = nothing
    for (const [index, source] of sources.entries()) {
      const isLast = index === sources.length - 1
      const last = { planner: isLast ? planner : undefined, aggregated }
      const one: Updated = yield* update(source, begun.id, values, where, last)
      updated = {
        changed: updated.changed + one.changed,
        holders: updated.holders.concat(one.holders),
        parents: updated.parents.concat(one.parents)
      }
    }
    if (sources.length === 0) yield* sql`SELECT ${free(planner)}`
    return updated
  })

  /** Updates numbers in chunks and returns how many there were to update. */
  const updateAll = (sources: ReadonlyArray<Source>, begun: Begun, values: Values, where: Condition) =>
    Effect.map(updateEach(sources, begun, values, where), ({ changed }) => changed)

  /** Numbers of a list, by their text. `eventsAt` says when it happened to each, by its whole text. */
  const listed = (
    chunks: ReadonlyArray<Chunk>,
    ids: ReadonlyMap<string, number>,
    {
      eventsAt,
      ends = false
    }: { readonly eventsAt?: ReadonlyMap<string, Date> | undefined; readonly ends?: boolean } = {}
  ): ReadonlyArray<Source> =>
    chunks.map(({ prefixes, serials }) => {
      // What ends leaves its parent.
      const parent = ends ? sql`0` : undefined
      const first = prefixes[0] ?? ""
      const prefixIds = () => prefixes.map((prefix) => ids.get(prefix) ?? noId)
      if (eventsAt !== undefined) {
        const moments = serials.map(
          (serial, index) => eventsAt.get((prefixes[index] ?? "") + serial)?.toISOString() ?? null
        )
        return {
          rows: sql`unnest(${serials}::text[], ${prefixIds()}::int4[], ${moments}::text[]::timestamptz[])
            AS u(serial, prefix_id, event_at) WHERE s.serial = u.serial AND s.prefix_id = u.prefix_id`,
          eventAt: sql`u.event_at`,
          parent
        }
      }
      // One array and a constant where they will do: they are cheaper than two arrays. The constant comes with the list
      // (OFFSET 0): beside it, a planner without statistics begins with all numbers of the prefix.
      const list =
        first === prefixes.at(-1)
          ? sql`(SELECT serial, ${ids.get(first) ?? noId}::int4 AS prefix_id
              FROM unnest((SELECT ${serials}::text[])) AS l(serial) OFFSET 0) AS u`
          : sql`unnest((SELECT ${serials}::text[]), (SELECT ${prefixIds()}::int4[])) AS u(serial, prefix_id)`
      return { rows: sql`${list} WHERE s.serial = u.serial AND s.prefix_id = u.prefix_id`, parent }
    })

  /** Numbers known by their ids. */
  const identified = (ids: ReadonlyArray<number>): ReadonlyArray<Source> =>
    Array.from({ length: Math.ceil(ids.length / chunkSize) }, (_, index) => {
      const chunk = ids.slice(index * chunkSize, (index + 1) * chunkSize)
      return { rows: sql`unnest(${chunk}::int8[]) AS u(id) WHERE s.id = u.id` }
    })

  /** Numbers of a packaging code and documents that a change may touch, in the order of lists. */
  const select = Effect.fnUntraced(function* (item: ItemSelector, documents: Documents, where: Condition) {
    const items = yield* keys.knownItems(item)
    const sets = yield* keys.knownDocuments(documents)
    if (items.length === 0 || sets.length === 0) return []
    return yield* sql<{ readonly id: bigint; readonly value: string }>`
      SELECT s.id, p.prefix || s.serial AS value FROM serials s JOIN prefixes p ON p.id = s.prefix_id
      WHERE s.item_id = ANY(${items}::int4[]) AND s.document_id = ANY(${sets}::int8[]) AND ${may(where)}
      ORDER BY p.prefix, s.serial`
  })

  /** What a change sets, as ids. */
  const values = Effect.fnUntraced(function* (
    state: SerialState | undefined,
    to: NonNullable<Change["to"]>,
    today: Date
  ): Effect.fn.Return<Values, SqlError> {
    return {
      state,
      company: to.company === undefined ? undefined : yield* keys.name(to.company),
      location: to.location === undefined ? undefined : yield* keys.name(to.location),
      document: to.documents === undefined ? undefined : yield* keys.document(to.documents),
      item: to.item === undefined ? undefined : yield* keys.item(to.item),
      lot: to.lot === undefined ? undefined : yield* keys.lot(to.lot, today),
      itemStatus: to.itemStatus,
      set: to.set === undefined || to.set.length === 0 ? undefined : bitsOf(to.set),
      clear: to.clear === undefined || to.clear.length === 0 ? undefined : bitsOf(to.clear)
    }
  })

  /** A change as a message asks for it, as ids. */
  const prepare = Effect.fnUntraced(function* (change: Change, quantity: number) {
    const { operation, kind = operation, states, statuses, holder, to = {}, eventAt, attributes, context } = change
    const from = sources(operation)
    const held = yield* condition(states === undefined ? from : from.filter((state) => states.includes(state)), holder)
    const where: Condition = {
      ...held,
      statuses: narrowed(statusSources(operation), statuses)
    }
    const itemStatus = to.itemStatus ?? statusTarget(operation)
    const set = yield* values(target(operation), { ...to, itemStatus }, context.clock)
    const { line, document } = change
    const row: NewChange = { kind, values: set, quantity, eventAt, attributes, line, document, context }
    return { where, set, row }
  })

  return {
    transaction,
    insertChange,
    setQuantity,
    condition,
    may,
    assignments,
    values,
    prepare,
    select,
    listed,
    identified,
    updateEach,
    updateAll
  }
})

export type SerialChanges = Effect.Success<ReturnType<typeof make>>
