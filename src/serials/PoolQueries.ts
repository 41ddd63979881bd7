/**
 * What the database remembers of pools: how many numbers each gave, and which numbers of list pools are still there.
 * Fails with `SqlError`; two transactions that draw from one pool at once end in a serialization failure for the second.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** The statements of this client. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /** How many numbers the pool gave so far. */
  const given = Effect.fnUntraced(function* (pool: string) {
    const rows = yield* sql<{ readonly next: bigint }>`
      SELECT first + quantity AS next FROM pool_draws WHERE pool = ${pool} ORDER BY first DESC LIMIT 1`
    return Number(rows[0]?.next ?? 0)
  })

  /**
   * Records a draw before its numbers are made. A draw that another transaction committed since our snapshot makes this
   * a serialization failure; one that is not committed yet is waited for.
   */
  const draw = (row: {
    readonly pool: string
    readonly first: number
    readonly quantity: number
    readonly requestId: string | undefined
    readonly changeId: number
  }) =>
    sql`
      INSERT INTO pool_draws (pool, first, quantity, request_id, change_id)
      VALUES (${row.pool}, ${row.first}::int8, ${row.quantity}::int4, ${row.requestId ?? null}::text, ${row.changeId}::int8)
      ON CONFLICT DO NOTHING`

  /** Counts numbers that were passed over because they were there already. */
  const widen = (pool: string, first: number, quantity: number) =>
    sql`UPDATE pool_draws SET quantity = ${quantity}::int4 WHERE pool = ${pool} AND first = ${first}::int8`

  /** The next unreserved numbers of a packaging code, in the order they were imported. */
  const unreserved = Effect.fnUntraced(function* (items: ReadonlyArray<number>, quantity: number) {
    return yield* sql<{ readonly id: bigint; readonly value: string }>`
      SELECT s.id, p.prefix || s.serial AS value FROM serials s JOIN prefixes p ON p.id = s.prefix_id
      WHERE s.item_id = ANY(${items}::int4[]) AND s.document_id IS NULL AND s.state = 'unreserved'
      ORDER BY s.id LIMIT ${quantity}::int8`
  })

  return { given, draw, widen, unreserved }
})
