/**
 * What the serial repository could not do, and who can mend it. Failed statements are not among it: they stay Effect's
 * `SqlError`, whose reason says whether another try may help (a deadlock or serialization failure does).
 */
import { Data } from "effect"

/** The pool cannot give so many numbers: `left` of `wanted`. */
export class PoolExhausted extends Data.TaggedClass("PoolExhausted")<{
  readonly pool: string
  readonly wanted: number
  readonly left: number
}> {
  readonly isRetryable = false
  readonly whoActs = "operator"
  get message(): string {
    return `Pool ${this.pool} has ${this.left} of the ${this.wanted} numbers asked for`
  }
}

/** The pool's template cannot make numbers of its encoding, e.g. more digits than an SSCC has room for. */
export class PoolUnusable extends Data.TaggedClass("PoolUnusable")<{ readonly pool: string; readonly why: string }> {
  readonly isRetryable = false
  readonly whoActs = "operator"
  get message(): string {
    return `Pool ${this.pool} can make no numbers: ${this.why}`
  }
}

/** Another transaction created the same numbers at the same time; the next try sees them. */
export class Contended extends Data.TaggedClass("Contended")<{ readonly cause: unknown }> {
  readonly isRetryable = true
  readonly whoActs = "nobody"
  get message(): string {
    return "Another transaction added the same numbers at the same time"
  }
}

/** A change was tried outside a REPEATABLE READ transaction: a fault of the program. */
export class OutsideTransaction extends Data.TaggedClass("OutsideTransaction")<{ readonly isolation: string }> {
  readonly isRetryable = false
  readonly whoActs = "nobody"
  get message(): string {
    return `Serials change in REPEATABLE READ transactions only; this one is ${this.isolation}`
  }
}

/** A number of a world file that cannot be read as one of its packaging code. */
export class Unreadable extends Data.TaggedClass("Unreadable")<{ readonly value: string; readonly why: string }> {
  readonly isRetryable = false
  readonly whoActs = "operator"
  get message(): string {
    return `"${this.value}" ${this.why}`
  }
}

/** Numbers were refused, and there are no words for the reason: a fault of the program. Nothing is refused in silence. */
export class Unexplained extends Data.TaggedClass("Unexplained")<{
  readonly operation: string
  /** One of the numbers. */
  readonly value: string
  /** The reason that has no words; undefined where there is none. */
  readonly why: string | undefined
}> {
  readonly isRetryable = false
  readonly whoActs = "nobody"
  get message(): string {
    const why = this.why === undefined ? "for no known reason" : `for a reason that is not expected: ${this.why}`
    return `Operation ${this.operation} was refused to "${this.value}" ${why}`
  }
}

/** What the repository could not do. */
export class SerialsError extends Data.TaggedError("SerialsError")<{
  readonly reason: PoolExhausted | PoolUnusable | Contended | OutsideTransaction | Unreadable | Unexplained
}> {
  override get message(): string {
    return this.reason.message
  }
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
}
