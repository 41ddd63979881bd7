/**
 * How the engine looks at a failure it did not cause: may it be tried again? Errors of every room carry `isRetryable`,
 * themselves or on their reason (as Effect's `SqlError` does); what says nothing is not worth trying again.
 */
import { Predicate } from "effect"

/** True when the error, its reason, or what it wraps says that another try may help. */
export const isRetryable = (error: unknown): boolean => {
  if (Predicate.hasProperty(error, "isRetryable")) return error.isRetryable === true
  return Predicate.hasProperty(error, "reason") && isRetryable(error.reason)
}
