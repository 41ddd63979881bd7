/**
 * The database as drizzle tables: the one place that says which columns exist, a file a room under `tables/`. Numbered
 * migrations under `migrations/` are generated from it, and `docs/generated/schema.sql` shows the result for review.
 *
 * Rows of history and configuration carry `xid`, the transaction that wrote them; a run carries the snapshot it saw.
 * Together they are the commit sequence that journal replay rebuilds a past state from: a row belongs to the world of a
 * run when `pg_visible_in_snapshot(row.xid, run.snapshot)`. See docs/decisions/0004-commit-sequence.md.
 */
export * from "./tables/Acknowledgments.ts"
export * from "./tables/Audit.ts"
export * from "./tables/Deliveries.ts"
export * from "./tables/Events.ts"
export * from "./tables/Http.ts"
export * from "./tables/Journal.ts"
export * from "./tables/Orders.ts"
export * from "./tables/Partners.ts"
export * from "./tables/Products.ts"
export * from "./tables/Serials.ts"
export * from "./tables/Sftp.ts"
export * from "./tables/Verification.ts"
