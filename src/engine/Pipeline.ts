/**
 * What a pipeline is: the declared way of one message type, from bytes to effects and answers. A file in `pipelines/`
 * is one `Pipeline.define({...})`; a stage that does not fit the one before it does not compile. The engine runs it
 * (Flow.ts) without knowing what it is about.
 *
 * `accepts` reads bytes into the canonical value, `check` finds class 1 errors in it, `apply` runs inside the commit
 * transaction, finds class 2 errors and makes the effects, `reply` writes what goes out. A stage promises: bad input is
 * a value (violations), never an exception; what it throws all the same becomes class 3 and the message is kept.
 */
import type { Duration } from "effect"
import { Effect } from "effect"
import * as Findings from "./Findings.ts"
import type { Check, RuleInfo, Violation } from "./Rule.ts"

/** What identifies a document, as it states itself. */
export interface Envelope {
  readonly sender: string
  readonly receiver: string
  readonly controlNumber: string
}

/** A place in a document: 1-based line and column, byte offset. */
export interface Position {
  readonly line: number
  readonly column: number
  readonly offset: number
}

/** First look at bytes of unknown quality: what they claim to be. Cheap and bounded. */
export interface Sniffed {
  /** Root element as `{namespace}local`, or what the format has in its place: `X12/944`, `json`, `csv`. */
  readonly root: string | undefined
  readonly envelope: { readonly [K in keyof Envelope]: string | undefined }
}

/** A remark for the annotated copy of a document. */
export interface Note {
  readonly path?: string | undefined
  readonly line?: number | undefined
  readonly column?: number | undefined
  readonly text: string
}

/** What the engine needs of a format before it knows the pipeline. Built by `XmlMessage.format` and its like. */
export interface Format<out E = never, out R = never> {
  readonly name: string
  readonly rules: ReadonlyArray<RuleInfo>
  readonly sniff: (bytes: Uint8Array) => Effect.Effect<Sniffed, E, R>
  /** Everything the format itself has to say about bytes that no pipeline reads. */
  readonly inspect: (bytes: Uint8Array) => Effect.Effect<Findings.Findings, E, R>
  readonly annotate: (bytes: Uint8Array, notes: ReadonlyArray<Note>) => Effect.Effect<Annotated, E, R>
}

/** A format that knows its own documents by how they begin; cheap. */
export interface Recognized<out E = never, out R = never> extends Format<E, R> {
  readonly claims: (bytes: Uint8Array) => boolean
}

/** What a format makes of bytes: the canonical value where it could be built, and what was wrong. */
export interface Reading<C> {
  readonly canonical: C | undefined
  readonly findings: Findings.Findings
}

/** The sender's own document with each error noted in it, or a plain listing where that cannot be. */
export interface Annotated {
  readonly bytes: Uint8Array
  readonly kind: "document" | "listing"
}

/** One way in: a message type in one map version. Built by a format (`XmlMessage.accepts`). */
export interface Accepts<out C, out E = never, out R = never> {
  readonly type: string
  readonly format: string
  readonly map: string
  /** The file that declares the structure: an XSD, or the module of a grammar. Its digest goes into every run. */
  readonly schema: string
  readonly roots: ReadonlyArray<string>
  /** Where the document states its envelope, as canonical paths; for what the engine finds wrong with it. */
  readonly places: { readonly [K in keyof Envelope]?: string | undefined }
  /** Rules of the format itself: not well-formed, schema, size. */
  readonly rules: ReadonlyArray<RuleInfo>
  readonly read: (bytes: Uint8Array) => Effect.Effect<Reading<C>, E, R>
  readonly locate: (
    bytes: Uint8Array,
    paths: ReadonlyArray<string>
  ) => Effect.Effect<ReadonlyMap<string, Position>, E, R>
  readonly annotate: (bytes: Uint8Array, notes: ReadonlyArray<Note>) => Effect.Effect<Annotated, E, R>
}

/** One way out: a value of the domain as a document of one map version. Built by a format (`XmlMessage.sends`). */
export interface Sends<in V, out E = never, out R = never> {
  readonly type: string
  readonly map: string
  readonly schema: string
  /** Map-out rules: they keep a document of ours that a partner could not read from leaving. */
  readonly check: ReadonlyArray<Check<V>>
  readonly extension: string
  readonly write: (value: V) => Effect.Effect<Uint8Array, E, R>
}

/** What a message answers with when its answers are of several kinds: one `Sends` a tag. Built by `replies`. */
export interface Replies<in V, out E = never, out R = never> {
  readonly kinds: ReadonlyArray<Sent>
  readonly rules: ReadonlyArray<RuleInfo>
  readonly write: (answer: Answer<V>) => Effect.Effect<Output, E, R>
}

/** A way out as it is listed: what it sends, by which map and schema. */
export interface Sent {
  readonly type: string
  readonly map: string
  readonly schema: string
}

/** A document whose class 1 is decided, for the acknowledgment its format prescribes. */
export interface Told<C> {
  readonly bytes: Uint8Array
  readonly canonical: C | undefined
  /** Class 1 findings; with an error among them the document was not accepted. */
  readonly findings: Findings.Findings
  readonly context: RunContext
  /** Answers so far: acknowledgments take their control numbers from here on. */
  readonly firstIndex: number
}

/**
 * Acknowledgments that are due whether the document was accepted or not (X12 997). They are sent once, when the message
 * ends, and read no stored data: what fails in them is left out and logged. Built by `acknowledges`.
 */
export interface Acknowledgment<in C, out E = never, out R = never> {
  readonly kinds: ReadonlyArray<Sent>
  readonly rules: ReadonlyArray<RuleInfo>
  readonly write: (told: Told<C>) => Effect.Effect<ReadonlyArray<Output>, E, R>
}

/** What a stage may know of the run it is in. Time comes from here and from nowhere else. */
export interface RunContext {
  readonly messageId: number
  readonly runId: number
  readonly type: string
  readonly fileName: string
  /** The run's "now". */
  readonly clock: Date
  /** The company the channel authenticated. */
  readonly company: string
  /** What an operator gave by hand, e.g. `{ transferTo: "GLN:8779891024769" }`. */
  readonly given: Readonly<Record<string, string>>
  /** Control number for an output: the clock's digits and the message id, so that a run repeated gives the same. */
  readonly controlNumber: (outputIndex: number) => string
}

/** One answer to be written and delivered to a company. */
export interface Answer<out V> {
  readonly to: string
  readonly controlNumber: string
  readonly value: V
}

/** What apply did. */
export interface Applied<out V> {
  readonly answers: ReadonlyArray<Answer<V>>
  readonly warnings: ReadonlyArray<Violation>
  /** What this message changed, in the words waiting messages wait for: `document:…`, `serial:…`. */
  readonly touched: ReadonlyArray<string>
}

/**
 * Class 2: the stored data says no. When every error in it may wait, the message waits for `waitFor`; a `park` makes
 * it wait for a person instead, with the violations that come due when nobody acted in time.
 */
export interface Refused {
  readonly _tag: "Refused"
  readonly violations: Iterable<Violation>
  readonly waitFor: ReadonlyArray<string>
  readonly park?: { readonly reason: string; readonly until: Duration.Duration } | undefined
}

/** Ends apply with class 2 violations. */
export const refuse = (
  violations: Iterable<Violation>,
  options: { readonly waitFor?: ReadonlyArray<string>; readonly park?: Refused["park"] } = {}
): Refused => ({ _tag: "Refused", violations, waitFor: options.waitFor ?? [], park: options.park })

/** How long a message may wait for what it depends on, and how often it is tried. */
export interface Patience {
  readonly every: Duration.Duration
  readonly until: Duration.Duration
}

/** A pipeline over canonical `C` that answers with `V`. */
export interface Definition<C extends { readonly header: Envelope }, V, E, R> {
  readonly name: string
  /** One sentence for people. */
  readonly summary: string
  readonly accepts: Accepts<C, E, R>
  readonly check: ReadonlyArray<Check<C>>
  /** Class 2 rules that apply can raise, for the documentation and the tests. */
  readonly raises: ReadonlyArray<RuleInfo>
  readonly apply: (canonical: C, context: RunContext) => Effect.Effect<Applied<V>, Refused | E, R>
  readonly reply: Sends<V, E, R> | Replies<V, E, R> | undefined
  readonly acknowledge?: Acknowledgment<C, E, R> | undefined
  readonly patience: Patience
}

/** A pipeline whose types are closed over: what the engine keeps in its registry. */
export interface Pipeline<out E = unknown, out R = never> {
  readonly name: string
  readonly summary: string
  readonly type: string
  readonly format: string
  readonly map: string
  readonly schema: string
  /** Accepted roots as `{namespace}local`. */
  readonly roots: ReadonlyArray<string>
  readonly places: Accepts<unknown>["places"]
  readonly rules: ReadonlyArray<RuleInfo>
  /** Everything it may send, acknowledgments included. */
  readonly sends: ReadonlyArray<Sent>
  readonly patience: Patience
  /** Class 1, outside any transaction. */
  readonly prepare: (bytes: Uint8Array) => Effect.Effect<Prepared<E, R>, E, R>
  readonly locate: Accepts<unknown, E, R>["locate"]
  readonly annotate: Accepts<unknown, E, R>["annotate"]
}

/** A document that passed or failed class 1, ready to be committed. */
export interface Prepared<out E, out R> {
  readonly envelope: Envelope | undefined
  readonly findings: Findings.Findings
  /** Class 2 and effects; undefined where class 1 found errors. */
  readonly apply: ((context: RunContext) => Effect.Effect<AppliedBytes, Refused | E, R>) | undefined
  /** What its format has to be told in any case; undefined where it has no such custom. */
  readonly acknowledge?:
    | ((context: RunContext, firstIndex: number) => Effect.Effect<ReadonlyArray<Output>, E, R>)
    | undefined
}

/** Answers written to bytes, each with its map-out findings. */
export interface AppliedBytes {
  readonly outputs: ReadonlyArray<Output>
  readonly warnings: ReadonlyArray<Violation>
  readonly touched: ReadonlyArray<string>
}

/** One outbound document. */
export interface Output {
  readonly type: string
  readonly map: string
  readonly to: string
  readonly controlNumber: string
  readonly fileName: string
  readonly bytes: Uint8Array
  /** Map-out errors: with any, the message ends as map_out_failed and nothing leaves. */
  readonly findings: Findings.Findings
}

const checkAll = <C>(checks: ReadonlyArray<Check<C>>, value: C): Findings.Findings => {
  const collector = new Findings.Collector()
  for (const { check } of checks) collector.addAll(check(value))
  return collector.findings
}

const sent = ({ type, map, schema }: Sent): Sent => ({ type, map, schema })

/** A document on its way out, with its kind closed over. */
export interface Departure<out E, out R> {
  readonly kind: Sent
  readonly extension: string
  readonly findings: Findings.Findings
  readonly bytes: Effect.Effect<Uint8Array, E, R>
}

/** This value leaves by that way. Nothing is written before the map-out rules have passed it. */
export const departs = <V, E, R>(sends: Sends<V, E, R>, value: V): Departure<E, R> => {
  const findings = checkAll(sends.check, value)
  return {
    kind: sent(sends),
    extension: sends.extension,
    findings,
    bytes: findings.errors.length > 0 ? Effect.succeed(new Uint8Array()) : Effect.suspend(() => sends.write(value))
  }
}

const outputOf = <E, R>(
  { to, controlNumber }: Pick<Answer<unknown>, "to" | "controlNumber">,
  { kind, extension, findings, bytes }: Departure<E, R>
): Effect.Effect<Output, E, R> =>
  Effect.map(bytes, (written) => ({
    type: kind.type,
    map: kind.map,
    to,
    controlNumber,
    fileName: `${kind.type}_${controlNumber}.${extension}`,
    bytes: written,
    findings
  }))

/** Answers of several kinds: `by` says which way each leaves (`departs`), `all` lists the ways for people. */
export const replies = <V, E, R>(options: {
  readonly all: ReadonlyArray<Sends<never, E, R>>
  readonly by: (value: V) => Departure<E, R>
}): Replies<V, E, R> => ({
  kinds: options.all.map(sent),
  rules: options.all.flatMap(({ check }) => check.map(({ rule }) => rule)),
  write: (answer) => outputOf(answer, options.by(answer.value))
})

/** Acknowledgments of one kind, made from what class 1 decided. */
export const acknowledges = <C, A, E, R>(
  sends: Sends<A, E, R>,
  of: (told: Told<C>) => Effect.Effect<ReadonlyArray<Answer<A>>, E, R>
): Acknowledgment<C, E, R> => ({
  kinds: [sent(sends)],
  rules: sends.check.map(({ rule }) => rule),
  write: (told) =>
    Effect.flatMap(of(told), (answers) =>
      Effect.forEach(answers, (answer) => outputOf(answer, departs(sends, answer.value)))
    )
})

const repliesOf = <V, E, R>(reply: Sends<V, E, R> | Replies<V, E, R> | undefined): Replies<V, E, R> | undefined => {
  if (reply === undefined || "kinds" in reply) return reply
  return replies({ all: [reply], by: (value: V) => departs(reply, value) })
}

/** Declares a pipeline. The stages fit or it does not compile. */
export const define = <C extends { readonly header: Envelope }, V, E, R>(
  definition: Definition<C, V, E, R>
): Pipeline<E, R> => {
  const { accepts, acknowledge } = definition
  const reply = repliesOf(definition.reply)

  const apply = (canonical: C) =>
    Effect.fnUntraced(function* (context: RunContext) {
      const applied = yield* definition.apply(canonical, context)
      const outputs = reply === undefined ? [] : yield* Effect.forEach(applied.answers, (answer) => reply.write(answer))
      return { outputs, warnings: applied.warnings, touched: applied.touched }
    })

  return {
    name: definition.name,
    summary: definition.summary,
    type: accepts.type,
    format: accepts.format,
    map: accepts.map,
    schema: accepts.schema,
    roots: accepts.roots,
    places: accepts.places,
    rules: [
      ...accepts.rules,
      ...definition.check.map(({ rule }) => rule),
      ...definition.raises,
      ...(reply?.rules ?? []),
      ...(acknowledge?.rules ?? [])
    ],
    sends: [...(reply?.kinds ?? []), ...(acknowledge?.kinds ?? [])],
    patience: definition.patience,
    locate: accepts.locate,
    annotate: accepts.annotate,
    prepare: Effect.fnUntraced(function* (bytes) {
      const { canonical, findings: read } = yield* accepts.read(bytes)
      const findings = canonical === undefined ? read : Findings.merge(read, checkAll(definition.check, canonical))
      return {
        envelope: canonical?.header,
        findings,
        apply: canonical === undefined || findings.errors.length > 0 ? undefined : apply(canonical),
        acknowledge:
          acknowledge === undefined
            ? undefined
            : (context, firstIndex) => acknowledge.write({ bytes, canonical, findings, context, firstIndex })
      }
    })
  }
}
