/**
 * What is known of lots: how they were named, and how many numbers they have where. The numbers of a lot are found through
 * the changes that bound them. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { lotOf } from "./SerialHistory.ts"
import type { SerialKeys } from "./SerialKeyQueries.ts"
import type { ItemSelector, LotCount } from "./SerialModel.ts"
import type { SerialState } from "./SerialState.ts"

interface LotRow {
  readonly lot: string
  readonly expiry: string
  readonly expires: string | null
  readonly extended_to: string | null
  readonly manufactured: string
}

/** The statements of this client. */
export const make = Effect.fnUntraced(function* (keys: SerialKeys) {
  const sql = yield* SqlClient.SqlClient

  const of = Effect.fnUntraced(function* (item: ItemSelector, lot: string) {
    const items = yield* keys.knownItems(item)
    const rows = yield* sql<LotRow>`
      SELECT lot, expiry, expires::text, extended_to::text, manufactured FROM lots
      WHERE lot = ${lot} AND item_id = ANY(${items}::int4[]) ORDER BY id`
    return rows.map(lotOf).filter((known) => known !== undefined)
  })

  const count = Effect.fnUntraced(function* (owner: string, lot: string) {
    const rows = yield* sql<{
      readonly code_type: string
      readonly code: string
      readonly state: SerialState
      readonly count: number
    }>`
      WITH named AS (
        SELECT l.id FROM lots l JOIN items i ON i.id = l.item_id
        WHERE l.lot = ${lot} AND i.owner = ${yield* keys.knownName(owner)}::int4
      )
      SELECT i.code_type, i.code, s.state, count(DISTINCT s.id)::int4 AS count
      FROM serial_changes c JOIN serial_history h ON h.change_id = c.id JOIN serials s ON s.id = h.serial_id
      JOIN items i ON i.id = s.item_id
      WHERE c.lot_id IN (SELECT id FROM named) AND s.lot_id IN (SELECT id FROM named)
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`
    return rows.map(({ code_type, code, state, count }): LotCount => ({ codeType: code_type, code, state, count }))
  })

  return { of, count }
})
