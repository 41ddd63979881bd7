/**
 * How the rows of a report are read: one statement, whose rows come as fast as they are taken and no faster, so that a
 * report of any length passes through a few hundred rows of memory. One statement sees one snapshot, whatever is
 * committed while it runs; nothing is written. Fails with `SqlError`.
 */
import { Effect, Stream } from "effect"
import { SqlClient } from "effect/sql"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment, Statement } from "effect/sql/Statement"
import type { Scope } from "./Scope.ts"

/** The rows of a report in a scope. */
export type Select<Row> = (scope: Scope) => Stream.Stream<Row, SqlError, SqlClient.SqlClient>

/** A report's statement as a stream of its rows. */
export const select =
  <Row>(statement: (sql: SqlClient.SqlClient, scope: Scope) => Statement<Row>): Select<Row> =>
  (scope) =>
    Stream.unwrap(Effect.map(SqlClient.SqlClient, (sql) => statement(sql, scope).stream))

/** Reads with the client of this context. */
export const make = Effect.map(
  SqlClient.SqlClient,
  (sql) =>
    <Row>(rows: Select<Row>, scope: Scope) =>
      Stream.provideService(rows(scope), SqlClient.SqlClient, sql)
)

/** `column` is one of the words; always true where there are none. */
export const among = (
  sql: SqlClient.SqlClient,
  column: Fragment,
  words: ReadonlyArray<string> | undefined
): Fragment => (words === undefined ? sql`true` : sql`${column} = ANY(${words}::text[])`)

/** `moment` falls on these days, both counted, in UTC. */
export const between = (
  sql: SqlClient.SqlClient,
  moment: Fragment,
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined }
): Fragment =>
  sql.and([
    from === undefined ? sql`true` : sql`${moment} >= ${`${from}T00:00:00Z`}::timestamptz`,
    to === undefined ? sql`true` : sql`${moment} < ${`${to}T00:00:00Z`}::timestamptz + interval '1 day'`
  ])
