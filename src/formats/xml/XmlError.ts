/**
 * The one error of the XML format: trouble of ours, never of a document (a bad document is a result with issues).
 * Every reason says whether trying again can help and who has to act.
 */
import { Data } from "effect"

/** The worker died under this document; a new one has taken its place. */
export class WorkerStopped extends Data.TaggedClass("WorkerStopped")<{ readonly detail: string }> {
  readonly isRetryable = true
  readonly whoActs = "nobody"
  get message(): string {
    return `The XML worker stopped: ${this.detail}`
  }
}

/** The document took longer than the limit; its worker was stopped and replaced. */
export class TimeLimit extends Data.TaggedClass("TimeLimit")<{ readonly milliseconds: number }> {
  readonly isRetryable = true
  readonly whoActs = "operator"
  get message(): string {
    return `The document was not done within ${this.milliseconds} ms`
  }
}

/** A schema of ours is missing or does not compile. */
export class SchemaUnusable extends Data.TaggedClass("SchemaUnusable")<{
  readonly schemaPath: string
  readonly detail: string
}> {
  readonly isRetryable = false
  readonly whoActs = "operator"
  get message(): string {
    return `The schema ${this.schemaPath} cannot be used: ${this.detail}`
  }
}

/** A value to be written that XML 1.0 cannot carry, not even escaped. */
export class Unwritable extends Data.TaggedClass("Unwritable")<{ readonly path: string; readonly detail: string }> {
  readonly isRetryable = false
  readonly whoActs = "operator"
  get message(): string {
    return `${this.path} cannot be written: ${this.detail}`
  }
}

export type XmlErrorReason = WorkerStopped | TimeLimit | SchemaUnusable | Unwritable

export class XmlError extends Data.TaggedError("XmlError")<{ readonly reason: XmlErrorReason }> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  get whoActs(): "operator" | "nobody" {
    return this.reason.whoActs
  }
  override get message(): string {
    return this.reason.message
  }
}
