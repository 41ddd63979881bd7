/**
 * The repository as a recorded run saw it, for journal replay: `read` in the context of the journal's database, `write`
 * in that of an empty throw-away one. Everything is there that a run can look at: numbers and their state, history,
 * draws from pools, transfers. Rows flow from the one database to the other while `write` runs; the past itself is only
 * where to read. Fails with `SqlError`; then the throw-away database is of no use.
 */
import * as SerialPastQueries from "./SerialPastQueries.ts"

/** What was visible to a snapshot (text form of `pg_snapshot`), still in its database. */
export type SerialPast = SerialPastQueries.Source

/** The past of the repository in the database of the context. */
export const read = SerialPastQueries.source

/** Fills the database of the context, which must have no serials yet. */
export const write = SerialPastQueries.copy
