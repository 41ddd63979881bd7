/**
 * The one error of the X12 format: a value that cannot be written. A bad document is a reading with issues, never this.
 */
import { Data } from "effect"
import type { RuleId } from "./X12Rules.ts"

/** One thing that keeps a value from being written. */
export interface Unwritable {
  readonly rule: RuleId
  readonly path: string
  /** `N902`, `W14`. */
  readonly element: string
  readonly value: string | undefined
  readonly detail: string
}

export class X12Error extends Data.TaggedError("X12Error")<{
  readonly reason: {
    readonly _tag: "Unwritable"
    readonly isRetryable: false
    readonly whoActs: "operator"
    readonly problems: ReadonlyArray<Unwritable>
  }
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return this.reason.problems.map(({ path, detail }) => `${path}: ${detail}`).join("\n")
  }
}
