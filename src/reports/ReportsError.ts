/**
 * Why a report was not made. A filter that makes no sense is told with the reports' own words; what a format cannot hold
 * names the limit and the way around it.
 */
import { Data } from "effect"
import { isRetryable } from "../engine/Failure.ts"

/** What is wrong with one filter, by its name. */
export interface FilterFault {
  readonly filter: string
  readonly why: string
}

type WhoActs = "sender" | "operator" | "nobody"

export type ReportsReason =
  /** There is no report of this name. */
  | { readonly _tag: "UnknownReport"; readonly isRetryable: false; readonly whoActs: "sender" }
  /** Filters are missing, unknown or malformed (`faults`), or name something that is not there. */
  | {
      readonly _tag: "WrongFilter"
      readonly isRetryable: false
      readonly whoActs: "sender"
      readonly faults: ReadonlyArray<FilterFault>
    }
  /** The company's setting for it is off. */
  | { readonly _tag: "SwitchedOff"; readonly isRetryable: false; readonly whoActs: "operator" }
  /** More rows, or longer texts, than the format takes. */
  | { readonly _tag: "TooLarge"; readonly isRetryable: false; readonly whoActs: "sender" }
  /** A font that cannot be used. */
  | { readonly _tag: "Unprintable"; readonly isRetryable: false; readonly whoActs: "operator" }
  /** The database did not answer. */
  | { readonly _tag: "Unavailable"; readonly isRetryable: boolean; readonly whoActs: WhoActs }

export class ReportsError extends Data.TaggedError("ReportsError")<{
  readonly reason: ReportsReason
  readonly message: string
  /** What to do about it. */
  readonly next?: string | undefined
  readonly cause?: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  get whoActs(): WhoActs {
    return this.reason.whoActs
  }
}

export const unknownReport = (name: string, known: ReadonlyArray<string>): ReportsError =>
  new ReportsError({
    reason: { _tag: "UnknownReport", isRetryable: false, whoActs: "sender" },
    message: `There is no report "${name}".`,
    next: `There are: ${known.join(", ")}.`
  })

export const wrongFilter = (message: string, next?: string, faults: ReadonlyArray<FilterFault> = []): ReportsError =>
  new ReportsError({ reason: { _tag: "WrongFilter", isRetryable: false, whoActs: "sender", faults }, message, next })

export const switchedOff = (message: string, next: string): ReportsError =>
  new ReportsError({ reason: { _tag: "SwitchedOff", isRetryable: false, whoActs: "operator" }, message, next })

export const tooLarge = (message: string, next: string, cause?: unknown): ReportsError =>
  new ReportsError({ reason: { _tag: "TooLarge", isRetryable: false, whoActs: "sender" }, message, next, cause })

export const unprintable = (message: string, cause?: unknown): ReportsError =>
  new ReportsError({ reason: { _tag: "Unprintable", isRetryable: false, whoActs: "operator" }, message, cause })

export const unavailable = (cause: unknown): ReportsError =>
  new ReportsError({
    reason: { _tag: "Unavailable", isRetryable: isRetryable(cause), whoActs: "operator" },
    message: "The report could not be read from the database",
    cause
  })
