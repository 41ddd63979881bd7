/**
 * The audit trail of what people decide: changes of rules, overrides, keys. An entry says who, when, why, and what was
 * before and after; the entries are a chain of hashes, so that a change made past this program shows (`check`).
 *
 * `record` belongs to the transaction of the change, as its last statement: both are there, or neither is. Fails with
 * `AuditError` when the database does not answer; then the change must not be made either.
 */
import { Data, Effect, Schema } from "effect"
import * as Chain from "./AuditChain.ts"
import * as AuditQueries from "./AuditQueries.ts"

export class AuditError extends Data.TaggedError("AuditError")<{
  readonly reason: { readonly _tag: "Unavailable"; readonly isRetryable: boolean; readonly whoActs: "operator" }
  readonly cause: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return "The audit trail could not be read or written"
  }
}

/** What was done. */
export interface Act {
  /** What kind of act, e.g. `profile.changed`, `message.reprocessed`, `key.revoked`. */
  readonly act: string
  /** To what, e.g. `alder-for-birch`, `12`. */
  readonly subject: string
  /** JSON of how it was; absent when it is new. */
  readonly before?: unknown
  /** JSON of how it is; absent when it is gone. */
  readonly after?: unknown
}

/** Who did it, why and when. */
export interface By {
  readonly actor: string
  readonly why: string
  readonly at: Date
}

const Content = Schema.Struct({
  n: Schema.Int,
  at: Schema.String,
  actor: Schema.String,
  why: Schema.String,
  act: Schema.String,
  subject: Schema.String,
  before: Schema.optionalKey(Schema.Unknown),
  after: Schema.optionalKey(Schema.Unknown)
})

/** An entry as lists show it; one whose text was destroyed shows as such. */
export type Entry = typeof Content.Type & {
  readonly hash: string
}

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Content))

const unreadable = { at: "", actor: "", why: "", act: "(unreadable)", subject: "" }

const entryOf = ({ n, content, hash }: Chain.Link): Entry => {
  const decoded = decode(content)
  return { ...(decoded._tag === "Some" ? decoded.value : unreadable), n, hash: Chain.hex(hash) }
}

/** JSON with the keys of objects in order, so that equal values are equal texts. */
const inOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== "object" || value === null || "toJSON" in value) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [key, inOrder(field)])
  )
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Of two objects the fields that differ; other values as they are. */
export const difference = (before: unknown, after: unknown): { readonly was: unknown; readonly is: unknown } => {
  if (!isObject(before) || !isObject(after)) return { was: before, is: after }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const differ = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
  const of = (value: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(differ.flatMap((name) => (value[name] === undefined ? [] : [[name, value[name]]])))
  return { was: of(before), is: of(after) }
}

const contentOf = (n: number, { act, subject, before, after }: Act, { actor, why, at }: By): string =>
  JSON.stringify({ n, at: at.toISOString(), actor, why, act, subject, before: inOrder(before), after: inOrder(after) })

const failed = (cause: unknown) =>
  new AuditError({
    reason: { _tag: "Unavailable", isRetryable: AuditQueries.isRetryable(cause), whoActs: "operator" },
    cause
  })

/** What a check of the whole trail found. */
export interface Checked {
  /** Entries that are as they were written, from the first on. */
  readonly good: number
  /** The hash of the last of them, for whoever notes it elsewhere. */
  readonly hash: string
  readonly broken: Chain.Broken | undefined
}

/** An entry that somebody noted, to be found again. */
export interface Noted {
  readonly n: number
  readonly hash: string
}

/** The trail over the SQL client of this context. */
export const make = Effect.gen(function* () {
  const queries = yield* AuditQueries.make

  const append = Effect.fnUntraced(function* (acts: ReadonlyArray<Act>, by: By) {
    let { n, hash } = yield* queries.hold
    const links: Array<Chain.Link> = []
    for (const act of acts) {
      n += 1
      const content = contentOf(n, act, by)
      hash = Chain.hashOf(hash, content)
      links.push({ n, content, hash })
    }
    yield* queries.append(links)
  })

  const walked = Effect.fnUntraced(function* (noted: Noted | undefined) {
    const head = yield* queries.head
    let reached: Chain.Head = { n: 0, hash: Chain.origin }
    const result = (broken: Chain.Broken | undefined): Checked => ({
      good: broken === undefined ? reached.n : broken.n - 1,
      hash: Chain.hex(reached.hash),
      broken
    })
    for (;;) {
      const links = yield* queries.following(reached.n)
      if (links.length === 0) break
      for (const link of links) {
        const next = Chain.walk(reached, [link])
        if (Chain.isBroken(next)) return result(next)
        reached = next
        if (noted?.n === reached.n && noted.hash !== Chain.hex(reached.hash)) {
          return result({ n: noted.n, what: "has another hash than was noted" })
        }
      }
    }
    const short = noted !== undefined && noted.n > reached.n
    return result(short ? { n: reached.n + 1, what: "is missing, and everything after it" } : Chain.ends(reached, head))
  })

  return {
    /** Appends what was done, in the transaction of the caller, or alone. */
    record: (acts: ReadonlyArray<Act>, by: By): Effect.Effect<void, AuditError> =>
      acts.length === 0 ? Effect.void : Effect.mapError(queries.together(append(acts, by)), failed),
    /** Newest first. */
    list: (options: {
      readonly limit: number
      readonly before?: number | undefined
      readonly words?: string | undefined
    }) =>
      Effect.mapError(queries.newest(options.before, options.words, options.limit), failed).pipe(
        Effect.map((links): ReadonlyArray<Entry> => links.map(entryOf))
      ),
    /** Walks the whole trail on one snapshot. */
    check: (noted?: Noted): Effect.Effect<Checked, AuditError> =>
      Effect.mapError(queries.onOneSnapshot(walked(noted)), failed)
  }
})
