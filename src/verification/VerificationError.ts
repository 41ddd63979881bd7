/**
 * Why a question was not answered at all. What another provider did or did not do is no error but an outcome; these are
 * faults of the question, of who asks, and our own.
 */
import { Data } from "effect"

/** One thing wrong with a question, in the words of its fields. */
export interface Fault {
  readonly field: string
  readonly message: string
}

export type VerificationReason =
  /** HTTP 400. Everything that is wrong with it. */
  | {
      readonly _tag: "Malformed"
      readonly isRetryable: false
      readonly whoActs: "sender"
      readonly faults: ReadonlyArray<Fault>
    }
  /** HTTP 403: the requester is blocked, asks under a number that is not its own, or about products that are not. */
  | { readonly _tag: "Forbidden"; readonly isRetryable: false; readonly whoActs: "sender" }
  /** HTTP 403: no credential where one is required, or one that is expired, revoked or not signed as it should be. */
  | { readonly _tag: "CredentialRefused"; readonly isRetryable: false; readonly whoActs: "sender" }
  /** HTTP 404: we do not answer for this GTIN. */
  | { readonly _tag: "NotFound"; readonly isRetryable: false; readonly whoActs: "sender" }
  /** HTTP 408: the answer was not ready in time. */
  | { readonly _tag: "TooSlow"; readonly isRetryable: true; readonly whoActs: "nobody" }
  /** HTTP 500: our fault, which another try will not mend. */
  | { readonly _tag: "Internal"; readonly isRetryable: false; readonly whoActs: "operator" }
  /** HTTP 503: closed for maintenance, overloaded, or the answer could not be recorded. */
  | { readonly _tag: "Unavailable"; readonly isRetryable: true; readonly whoActs: "operator" }

export class VerificationError extends Data.TaggedError("VerificationError")<{
  readonly reason: VerificationReason
  readonly detail: string
  readonly cause?: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return this.detail
  }
}

export const malformed = (faults: ReadonlyArray<Fault>): VerificationError =>
  new VerificationError({
    reason: { _tag: "Malformed", isRetryable: false, whoActs: "sender", faults },
    detail: faults.map(({ field, message }) => `${field}: ${message}`).join("; ")
  })

export const forbidden = (detail: string): VerificationError =>
  new VerificationError({ reason: { _tag: "Forbidden", isRetryable: false, whoActs: "sender" }, detail })

export const credentialRefused = (detail: string): VerificationError =>
  new VerificationError({ reason: { _tag: "CredentialRefused", isRetryable: false, whoActs: "sender" }, detail })

export const notFound = (detail: string): VerificationError =>
  new VerificationError({ reason: { _tag: "NotFound", isRetryable: false, whoActs: "sender" }, detail })

export const tooSlow = (detail: string): VerificationError =>
  new VerificationError({ reason: { _tag: "TooSlow", isRetryable: true, whoActs: "nobody" }, detail })

export const internal = (cause: unknown): VerificationError =>
  new VerificationError({
    reason: { _tag: "Internal", isRetryable: false, whoActs: "operator" },
    detail: "Verification does not work here; the operator has to mend it.",
    cause
  })

export const unavailable = (detail: string, cause?: unknown): VerificationError =>
  new VerificationError({ reason: { _tag: "Unavailable", isRetryable: true, whoActs: "operator" }, detail, cause })
