/**
 * XML documents in and out. Mappings are written with `Xml.layout` and its builders (import the module as a namespace:
 * `import * as Xml from ".../formats/Xml.ts"`); the service `Xml.Xml` reads, locates and annotates documents in worker
 * threads, so that a large or hostile file stalls nobody.
 *
 * A bad document is a result with issues, never a failure. `XmlError` is trouble of ours: a worker that died, a time
 * limit, an unusable schema, a value that XML cannot carry.
 */
import { availableParallelism } from "node:os"
import { Context, Duration, Effect, Layer } from "effect"
import type { Annotated, Note } from "./Listing.ts"
import { assemble } from "./xml/XmlCells.ts"
import type { XmlError } from "./xml/XmlError.ts"
import type { Issue, RuleId } from "./xml/XmlIssue.ts"
import type { Result, Task } from "./xml/XmlJob.ts"
import type { AnyLayout, Fields, Layout, ReadFields } from "./xml/XmlLayout.ts"
import type { Position } from "./xml/XmlLocate.ts"
import { make, type PoolStats } from "./xml/XmlPool.ts"
import { type Sniffed, sniff } from "./xml/XmlSniff.ts"

export type { Annotated, Note } from "./Listing.ts"
export { removeAnnotations } from "./xml/XmlAnnotate.ts"
export { XmlError, type XmlErrorReason } from "./xml/XmlError.ts"
export { type Issue, type RuleId, type XmlRule, xmlRules } from "./xml/XmlIssue.ts"
export {
  type AnyLayout,
  type AttributeName,
  attributePath,
  type FieldName,
  type Fields,
  group,
  type Layout,
  type ListValue,
  layout,
  list,
  path,
  present,
  type Read,
  type ReadFields,
  rootPath,
  rows,
  type TextValue,
  text,
  type Write,
  type WriteFields
} from "./xml/XmlLayout.ts"
export type { Position } from "./xml/XmlLocate.ts"
export { type Header, type Sniffed, sniff } from "./xml/XmlSniff.ts"
export { write } from "./xml/XmlWrite.ts"

/** What became of a document: its value where it is well-formed and of this layout, and everything wrong with it. */
export interface Reading<A> {
  readonly document: A | undefined
  /** Capped details, in document order within a rule, each with line and column where it has a place. */
  readonly issues: ReadonlyArray<Issue>
  /** Exact counts by rule; a rule that found nothing is absent. */
  readonly totals: Readonly<Partial<Record<RuleId, number>>>
  readonly encoding: string
  /** Size of the document. */
  readonly bytes: number
}

/** Of the pool and its workers, for tests and metrics. `heapBytes` is the WASM heap of each live worker. */
export type Stats = PoolStats

export interface Options {
  /** Worker threads; default 2, or 1 on a machine with one core. They start when first needed. */
  readonly workers?: number
  /** For one document, waiting for a free worker not counted; default 60 seconds. */
  readonly timeLimit?: Duration.Input
  /** Largest document in bytes; default 64 MB. */
  readonly maxBytes?: number
  /** Deepest nesting; default 200. libxml2 itself stops at 256. */
  readonly maxDepth?: number
  /** Longest attribute in bytes of UTF-8; default 65,536. */
  readonly maxAttribute?: number
  /** Longest text of one text field; default 1,000,000. */
  readonly maxText?: number
  /** Details kept a rule; default 1,000. */
  readonly detail?: number
  /** A worker whose WASM heap has grown past this is replaced after its document; default 128 MB. */
  readonly recycleHeapBytes?: number
}

const megabyte = 1024 * 1024

export class Xml extends Context.Service<
  Xml,
  {
    /** First look, on the calling thread; cheap and bounded. */
    readonly sniff: (bytes: Uint8Array) => Sniffed
    /** Parses, validates against the XSD (when given) and reads the layout's fields. */
    readonly read: <F extends Fields>(
      bytes: Uint8Array,
      layout: Layout<F>,
      schemaPath: string | undefined
    ) => Effect.Effect<Reading<ReadFields<F>>, XmlError>
    /** Where canonical paths stand in the original bytes; unknown ones are absent from the answer. */
    readonly locate: (
      bytes: Uint8Array,
      layout: AnyLayout,
      paths: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlyMap<string, Position>, XmlError>
    /** The document with a comment before each offending element. `layout` resolves the prefixes of the paths. */
    readonly annotate: (
      bytes: Uint8Array,
      layout: AnyLayout | undefined,
      notes: ReadonlyArray<Note>
    ) => Effect.Effect<Annotated, XmlError>
    readonly stats: Effect.Effect<Stats>
  }
>()("throughline/formats/Xml") {
  static readonly layer = (options: Options = {}): Layer.Layer<Xml> =>
    Layer.effect(
      Xml,
      Effect.gen(function* () {
        const pool = yield* make({
          workers: options.workers ?? Math.min(2, availableParallelism()),
          timeLimitMillis: Duration.toMillis(options.timeLimit ?? "60 seconds"),
          recycleHeapBytes: options.recycleHeapBytes ?? 128 * megabyte,
          limits: {
            maxBytes: options.maxBytes ?? 64 * megabyte,
            maxDepth: options.maxDepth ?? 200,
            maxAttribute: options.maxAttribute ?? 65_536,
            maxText: options.maxText ?? 1_000_000,
            detail: options.detail ?? 1000
          }
        })

        const run = <K extends Result["kind"]>(kind: K, task: Task, layout: AnyLayout | undefined) =>
          pool.run(task, layout?.plan).pipe(
            Effect.filterOrElse(
              (result): result is Extract<Result, { readonly kind: K }> => result.kind === kind,
              (result) => Effect.die(new Error(`the worker answered ${result.kind}`))
            )
          )

        return {
          sniff,
          read: (bytes, layout, schemaPath) =>
            run("read", { kind: "read", bytes, schemaPath }, layout).pipe(
              Effect.map(({ reading: { cells, ...rest } }) => ({
                ...rest,
                document: cells === undefined ? undefined : assemble(layout.fields, layout.plan, cells),
                bytes: bytes.length
              }))
            ),
          locate: (bytes, layout, paths) =>
            run("locate", { kind: "locate", bytes, paths }, layout).pipe(Effect.map(({ positions }) => positions)),
          annotate: (bytes, layout, notes) =>
            run("annotate", { kind: "annotate", bytes, notes }, layout).pipe(Effect.map(({ annotated }) => annotated)),
          stats: pool.stats
        }
      })
    )
}
