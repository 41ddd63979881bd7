/**
 * X12 as a format of pipelines: `accepts` reads interchanges of one transaction set into a canonical value, `sends`
 * writes them, `format` looks at bytes that no pipeline has claimed yet. Every X12 message has the type `X12`; the set
 * of its first ST, `X12/944`, picks the pipeline.
 *
 * A bad interchange comes back as class 1 findings with segment and element position; what cannot be written is a map-out
 * finding. Only what finds the partner's dialect may fail.
 */
import { Effect } from "effect"
import { listing } from "../formats/Listing.ts"
import * as X12 from "../formats/X12.ts"
import { byId, findingsOf } from "./Issues.ts"
import { Limits } from "./Limits.ts"
import type { Accepts, Envelope, Recognized, Sends } from "./Pipeline.ts"
import * as Rule from "./Rule.ts"

/** Message type of all interchanges, and the folder they come and go by. */
export const type = "X12"

const rules = byId(X12.x12Rules)

export const rootOf = (set: string): string => `${type}/${set}`

/** A map-out finding: the value does not fit the version it would be written in. Nothing is ever cut off. */
export const unwritable = Rule.define({
  id: "x12/unwritable",
  class: 1,
  element: "[element]",
  text: "[place] cannot be sent: [detail].",
  source: "Throughline",
  situation:
    "A value of an answer that is too long for the version, holds a delimiter, or breaks the grammar, found before anything leaves.",
  example: { case: "x12-943/lot-too-long" }
})

/** The two sides of an interchange, for finding the dialect between them. */
export interface Sides {
  readonly sender: string
  readonly receiver: string
}

/** Accepts interchanges of `set`. `file` is the module of the mapping; `dialect` says how the sender writes. */
export const accepts = <
  F extends X12.Fields,
  C extends { readonly header: Envelope },
  D extends X12.Tolerance,
  E = never,
  R = never
>(options: {
  readonly set: X12.TransactionSet<F>
  readonly map: string
  readonly file: string
  readonly dialect: (sides: Sides) => Effect.Effect<D, E, R>
  readonly canonical: (interchange: X12.Interchange<F>, dialect: D) => C
}): Accepts<C, E, R> => ({
  type,
  format: "x12",
  map: options.map,
  schema: options.file,
  roots: [rootOf(options.set.id)],
  places: { sender: "/ISA/ISA06", receiver: "/ISA/ISA08", controlNumber: "/ISA/ISA13" },
  rules: X12.x12Rules,
  read: Effect.fn("x12.read")(function* (bytes) {
    const { maxBytes } = yield* Limits
    const { sender, receiver } = X12.sniff(bytes)
    const dialect = yield* options.dialect({ sender: sender?.id ?? "", receiver: receiver?.id ?? "" })
    const { interchange, issues, totals } = X12.read(bytes, options.set, { tolerance: dialect, limits: { maxBytes } })
    return {
      canonical: interchange === undefined ? undefined : options.canonical(interchange, dialect),
      findings: findingsOf(rules, issues, totals)
    }
  }),
  locate: (bytes, paths) => Effect.sync(() => X12.locate(bytes, paths)),
  annotate: (_, notes) => Effect.sync(() => listing(notes))
})

/** An interchange to be written, and how. */
export interface Written<F extends X12.Fields> {
  readonly interchange: X12.Outgoing<F>
  readonly options: X12.WriteOptions
}

/** Sends values as interchanges of `set`. What cannot be written is found before anything leaves. */
export const sends = <F extends X12.Fields, V extends object>(options: {
  readonly set: X12.TransactionSet<F>
  readonly map: string
  readonly file: string
  readonly written: (value: V) => Written<F>
  readonly check?: ReadonlyArray<Rule.Check<V>>
}): Sends<V, X12.X12Error> => {
  // The check has to put the interchange together to say that it can be; writing it is then no work.
  const composed = new WeakMap<V, X12.Composed>()
  const compose = (value: V): X12.Composed => {
    const known = composed.get(value)
    if (known !== undefined) return known
    const { interchange, options: how } = options.written(value)
    const made = X12.compose(options.set, interchange, how)
    composed.set(value, made)
    return made
  }
  const check = Rule.check<V>(unwritable, function* (value) {
    for (const { element, detail, path, value: found } of compose(value).problems) {
      // The path is one of the answer: it would lead astray in the document that was received.
      const violation = unwritable.raise({ place: path, detail }, { value: found })
      yield { ...violation, rule: { ...violation.rule, element } }
    }
  })
  return {
    type,
    map: options.map,
    schema: options.file,
    check: [...(options.check ?? []), check],
    extension: "edi",
    write: (value) =>
      Effect.map(
        Effect.suspend(() => X12.textOf(compose(value))),
        (text) => new TextEncoder().encode(text)
      )
  }
}

/** X12 before its set is known. */
export const format: Recognized = {
  name: "x12",
  rules: X12.x12Rules,
  claims: X12.claims,
  sniff: (bytes) =>
    Effect.sync(() => {
      const { set, sender, receiver, controlNumber: number } = X12.sniff(bytes)
      return {
        root: set === undefined ? undefined : rootOf(set),
        envelope: { sender: sender?.id, receiver: receiver?.id, controlNumber: number }
      }
    }),
  inspect: (bytes) =>
    Effect.sync(() => {
      const { issues, totals } = X12.outline(bytes)
      return findingsOf(rules, issues, totals)
    }),
  annotate: (_, notes) => Effect.sync(() => listing(notes))
}
