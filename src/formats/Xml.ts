/**
 * XML documents in and out. Mappings are written with `Xml.layout` and its builders (import the module as a namespace:
 * `import * as Xml from ".../formats/Xml.ts"`); the service `Xml.Xml` reads, locates and annotates documents in worker
 * threads, so that a large or hostile file stalls nobody.
 *
 * A bad document is a result with issues, never a failure. `XmlError` is trouble of ours: a worker that died, a time
 * limit, an unusable schema, a value that XML cannot carry.
 */
import { Context, type Duration, type Effect } from "effect"
import type { XmlError } from "./xml/XmlError.ts"
import type { Issue, RuleId } from "./xml/XmlIssue.ts"
import type { AnyLayout, Fields, Layout, ReadFields } from "./xml/XmlLayout.ts"

export { SchemaUnusable, TimeLimit, Unwritable, WorkerStopped, XmlError, type XmlErrorReason } from "./xml/XmlError.ts"
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

export { write } from "./xml/XmlWrite.ts"

/** What bytes claim to be, from their first 64 KB. */
export interface Sniffed {
  readonly kind: "xml" | "empty" | "zip" | "html" | "json" | "pdf" | "binary" | "text"
  /** Name of the encoding as it will be read, e.g. `UTF-8`, `UTF-16LE`. */
  readonly encoding: string
  readonly root: { readonly namespace: string; readonly local: string } | undefined
  readonly doctype: boolean
  /** Best effort, even where the rest of the file is broken; undefined where not found. */
  readonly header: Header
}

export interface Header {
  readonly fileSenderNumber: string | undefined
  readonly fileReceiverNumber: string | undefined
  readonly fileControlNumber: string | undefined
  readonly fileDate: string | undefined
  readonly fileTime: string | undefined
}

/** What became of a document: its value where it is well-formed and of this layout, and everything wrong with it. */
export interface Reading<A> {
  readonly document: A | undefined
  /** Capped details, in document order within a rule. */
  readonly issues: ReadonlyArray<Issue>
  /** Exact counts by rule; a rule that found nothing is absent. */
  readonly totals: Readonly<Partial<Record<RuleId, number>>>
  readonly encoding: string
  /** Size of the document. */
  readonly bytes: number
}

/** A place in the original bytes: 1-based line and column (in characters), and the byte offset of the element's `<`. */
export interface Position {
  readonly line: number
  readonly column: number
  readonly offset: number
}

/** A remark to be put into a copy of the document: before the element at `path`, or else near `line`, or at the root. */
export interface Note {
  readonly path?: string | undefined
  readonly line?: number | undefined
  readonly column?: number | undefined
  readonly text: string
}

/** The sender's document with comments, or a plain text listing (UTF-8) where comments cannot be put in. */
export interface Annotated {
  readonly kind: "document" | "listing"
  readonly bytes: Uint8Array
}

/** Of the pool and its workers, for tests and metrics. */
export interface Stats {
  readonly workers: number
  readonly busy: number
  readonly waiting: number
  /** WASM heap of each live worker in bytes; it never shrinks while the worker lives. */
  readonly heapBytes: ReadonlyArray<number>
  /** Workers replaced after a big file. */
  readonly recycled: number
  /** Workers replaced because they died or ran over the time limit. */
  readonly replaced: number
}

export interface Options {
  /** Worker threads; default 2, or 1 on a machine with one core. */
  readonly workers?: number
  /** For one document, waiting for a free worker not counted; default 60 seconds. */
  readonly timeLimit?: Duration.Input
  /** Largest document in bytes; default 64 MB. */
  readonly maxBytes?: number
  /** Deepest nesting; default 200. libxml2 itself stops at 256. */
  readonly maxDepth?: number
  /** Longest attribute in characters; default 65,536. */
  readonly maxAttribute?: number
  /** Longest text of one element that a layout reads; default 1,000,000. */
  readonly maxText?: number
  /** Details kept a rule; default 1,000. */
  readonly detail?: number
  /** A worker whose WASM heap has grown past this is replaced after its document; default 128 MB. */
  readonly recycleHeapBytes?: number
}

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
>()("throughline/formats/Xml") {}
