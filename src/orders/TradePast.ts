/**
 * Order documents as a recorded run saw them, for journal replay: `read` in the context of the journal's database,
 * `write` in that of an empty throw-away one. Rows flow from the one to the other while `write` runs. Fails with
 * `SqlError`; then the throw-away database is of no use.
 */
import * as TradePastQueries from "./TradePastQueries.ts"

/** What was visible to a snapshot (text form of `pg_snapshot`), still in its database. */
export type TradePast = TradePastQueries.Source

/** The past of order documents in the database of the context. */
export const read = TradePastQueries.source

/** Fills the database of the context, which must have no order documents yet. */
export const write = TradePastQueries.copy
