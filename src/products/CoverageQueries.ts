/**
 * The statements behind coverage: numbers of the repository counted by code, state and item status, a stretch of ids at a
 * time. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Numbers that stand alike. */
export interface Counted {
  /** How they begin as messages write them: `01` + GTIN + `21`. */
  readonly prefix: string
  readonly state: string
  readonly itemStatus: string | null
  readonly count: number
}

export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return {
    /** The newest number. */
    newest: Effect.map(sql<{ readonly id: bigint | number }>`SELECT coalesce(max(id), 0) AS id FROM serials`, (rows) =>
      Number(rows[0]?.id ?? 0)
    ),
    /** Counts of numbers whose ids lie after one and up to another. */
    between: (after: number, upTo: number) =>
      Effect.map(
        sql<Omit<Counted, "count"> & { readonly count: bigint | number }>`
          SELECT p.prefix, c.state::text AS state, c.item_status::text AS "itemStatus", c.count
          FROM (SELECT prefix_id, state, item_status, count(*) AS count FROM serials
            WHERE id > ${after}::int8 AND id <= ${upTo}::int8 GROUP BY 1, 2, 3) c
          JOIN prefixes p ON p.id = c.prefix_id ORDER BY 1, 2, 3`,
        (rows): ReadonlyArray<Counted> => rows.map((row) => ({ ...row, count: Number(row.count) }))
      )
  }
})
