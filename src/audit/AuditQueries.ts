/**
 * The statements of the audit trail: hold the head, append, read. Whoever holds the head keeps others from appending
 * until its transaction ends, so numbers have no gaps and are in commit order; a transaction on one snapshot that comes
 * too late fails as a serialization failure and is tried again as a whole. They fail with `SqlError`.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as Transaction from "../store/Transaction.ts"
import { type Head, type Link, origin } from "./AuditChain.ts"

export { isRetryable } from "../store/SqlErrors.ts"

/** Entries that a statement writes or reads at most. */
const chunkSize = 10_000

interface LinkRow extends Omit<Link, "n"> {
  readonly n: bigint | number
}

const linkOf = (row: LinkRow): Link => ({ ...row, n: Number(row.n) })

/** The statements, bound to the client of this context; inside a transaction they join it. */
export const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  const head = Effect.map(
    sql<LinkRow>`SELECT n, hash FROM audit_head`,
    ([row]): Head => (row === undefined ? { n: 0, hash: origin } : { n: Number(row.n), hash: row.hash })
  )

  /** The newest entry, which nobody else may follow until this transaction ends. */
  const hold = Effect.gen(function* () {
    yield* sql`INSERT INTO audit_head ("only", n, hash) VALUES (true, 0, ${origin}) ON CONFLICT DO NOTHING`
    const [row] = yield* sql<LinkRow>`SELECT n, hash FROM audit_head FOR UPDATE`
    return row === undefined ? { n: 0, hash: origin } : { n: Number(row.n), hash: row.hash }
  })

  const append = Effect.fnUntraced(function* (links: ReadonlyArray<Link>) {
    for (let start = 0; start < links.length; start += chunkSize) {
      const chunk = links.slice(start, start + chunkSize)
      yield* sql`
        INSERT INTO audit (n, content, hash)
        SELECT a.n, a.content, decode(a.hash, 'hex') FROM unnest(${chunk.map(({ n }) => BigInt(n))}::int8[], ${chunk.map(({ content }) => content)}::text[],
          ${chunk.map(({ hash }) => Buffer.from(hash).toString("hex"))}::text[]) AS a(n, content, hash)`
    }
    const last = links.at(-1)
    if (last !== undefined) yield* sql`UPDATE audit_head SET n = ${last.n}::int8, hash = ${last.hash}`
  })

  /** Newest first, below `before`; only those in whose text these words stand. */
  const newest = (before: number | undefined, words: string | undefined, limit: number) =>
    sql<LinkRow>`
      SELECT n, content, hash FROM audit
      WHERE ${before === undefined ? sql`true` : sql`n < ${before}::int8`}
        AND ${words === undefined ? sql`true` : sql`strpos(lower(content), lower(${words})) > 0`}
      ORDER BY n DESC LIMIT ${limit}::int4`.pipe(Effect.map((rows) => rows.map(linkOf)))

  /** Oldest first, above `after`. */
  const following = (after: number) =>
    sql<LinkRow>`SELECT n, content, hash FROM audit WHERE n > ${after}::int8 ORDER BY n LIMIT ${chunkSize}::int4`.pipe(
      Effect.map((rows) => rows.map(linkOf))
    )

  const together = <A, E>(effect: Effect.Effect<A, E>) =>
    Effect.provideService(Transaction.readCommitted(effect), SqlClient.SqlClient, sql)

  const onOneSnapshot = <A, E>(effect: Effect.Effect<A, E>) =>
    Effect.provideService(Transaction.readOnly(effect), SqlClient.SqlClient, sql)

  return { head, hold, append, newest, following, together, onOneSnapshot }
})
