/**
 * What can go wrong when stored configuration is read or written. A world that is itself at fault is a `WorldError`;
 * everything else about configuration is this.
 */
import { Data } from "effect"
import type { AuditError } from "../audit/Audit.ts"

export type PartnersErrorReason =
  /** The database did not answer. Whether another try may help is the database's word. */
  | { readonly _tag: "Unreadable"; readonly isRetryable: boolean; readonly whoActs: "operator" }
  /** A stored version does not decode: it was written by a newer release, or by hand. */
  | { readonly _tag: "Unusable"; readonly isRetryable: false; readonly whoActs: "operator"; readonly detail: string }

export class PartnersError extends Data.TaggedError("PartnersError")<{
  readonly reason: PartnersErrorReason
  readonly cause: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return this.reason._tag === "Unreadable"
      ? "The configuration could not be read from or written to the database"
      : `The stored configuration cannot be used: ${this.reason.detail}`
  }
}

/** The error of stored configuration that does not decode. */
export const unusable = (cause: Error): PartnersError =>
  new PartnersError({
    reason: { _tag: "Unusable", isRetryable: false, whoActs: "operator", detail: cause.message },
    cause
  })

/** The error of a change that the audit trail did not take, and which was therefore not made. */
export const unaudited = (cause: AuditError): PartnersError =>
  new PartnersError({ reason: { _tag: "Unreadable", isRetryable: cause.isRetryable, whoActs: "operator" }, cause })
