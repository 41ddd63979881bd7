/**
 * The statements behind coverage: numbers of the repository counted by code, owner, state and item status, a stretch of ids at a
 * time. Fails with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Numbers that stand alike. */
export interface Counted {
  /** How they begin as messages write them: `01` + GTIN + `21`. */
  readonly prefix: string
  /** Of the packaging code they were last named under. */
  readonly owner: string
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
          SELECT p.prefix, owner.name AS owner, c.state::text AS state, c.item_status::text AS "itemStatus",
            sum(c.count)::int8 AS count
          FROM (SELECT prefix_id, item_id, state, item_status, count(*) AS count FROM serials
            WHERE id > ${after}::int8 AND id <= ${upTo}::int8 GROUP BY 1, 2, 3, 4) c
          JOIN prefixes p ON p.id = c.prefix_id
          JOIN items i ON i.id = c.item_id JOIN names owner ON owner.id = i.owner
          GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
        (rows): ReadonlyArray<Counted> => rows.map((row) => ({ ...row, count: Number(row.count) }))
      )
  }
})
