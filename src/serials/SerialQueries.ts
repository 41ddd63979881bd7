/**
 * The statements that change listed and selected serial numbers. They fail with Effect's `SqlError`, whose reason says
 * whether another try may help (a deadlock or serialization failure does).
 */
import type { SqlError } from "effect/sql/SqlError"

/** The name under which the rest of this room speaks of a failed statement. */
export type StorageError = SqlError
