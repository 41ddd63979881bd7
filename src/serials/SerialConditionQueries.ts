/**
 * Which numbers a change may touch, as a condition of its statement: states, statuses, holder, packaging code and lot. The
 * same condition says what stands in the way. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import type { SerialKeys } from "./SerialKeyQueries.ts"
import type { Change, Holder } from "./SerialModel.ts"
import { type SerialState, sources, statusSources } from "./SerialState.ts"
import { type ItemStatus, itemStatuses } from "./SerialStatus.ts"

/** Which rows a change may touch. */
export interface Condition {
  readonly states: ReadonlyArray<SerialState>
  /** Of commissioned numbers; every one without it. */
  readonly statuses?: ReadonlyArray<ItemStatus> | undefined
  readonly items?: ReadonlyArray<number> | undefined
  readonly company: number | undefined
  readonly location: number | undefined
  readonly owner: number | undefined
  readonly of: number | undefined
}

/** Item statuses an operation may start from, fewer where a change says so; undefined for all there are. */
const narrowed = (from: ReadonlyArray<ItemStatus>, to: ReadonlyArray<ItemStatus> | undefined) => {
  const statuses = to === undefined ? from : from.filter((status) => to.includes(status))
  return statuses.length === itemStatuses.length ? undefined : statuses
}

/** The conditions of this client, over its interned keys. */
export const make = Effect.fnUntraced(function* (keys: SerialKeys) {
  const sql = yield* SqlClient.SqlClient

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
  const may = ({ states, statuses, items, company, location, owner, of }: Condition, lot?: Fragment) => {
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
      ...(lot === undefined
        ? []
        : [sql`(s.lot_id IS NULL OR ${lot} IS NULL OR (SELECT l.lot FROM lots l WHERE l.id = s.lot_id) = ${lot})`]),
      ...(items === undefined ? [] : [sql`s.item_id = ANY(${items}::int4[])`]),
      ...held,
      ...(of === undefined ? [] : [ownedBy(of)])
    ])
  }

  /** What changes like this one may touch. */
  const allowed = Effect.fnUntraced(function* ({ operation, states, statuses, holder }: Change) {
    const from = sources(operation)
    const held = yield* condition(states === undefined ? from : from.filter((state) => states.includes(state)), holder)
    const where: Condition = { ...held, statuses: narrowed(statusSources(operation), statuses) }
    return where
  })

  return { condition, may, allowed }
})
