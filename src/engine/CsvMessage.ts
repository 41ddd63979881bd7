/**
 * CSV as a format of pipelines: `accepts` reads rows of a layout into a canonical value, `format` looks at bytes that no
 * pipeline has claimed yet. The envelope stands in three columns, the same in every row: `Sender`, `Receiver` and
 * `Control Number`. A partner's own column names are a profile, found by the envelope of the first row.
 *
 * A bad file comes back as class 1 findings with line and column; what finds the profile may fail.
 */
import { Effect } from "effect"
import * as Csv from "../formats/Csv.ts"
import { listing } from "../formats/Listing.ts"
import * as Findings from "./Findings.ts"
import { byId, findingsOf } from "./Issues.ts"
import { Limits } from "./Limits.ts"
import type { Accepts, Envelope, Recognized } from "./Pipeline.ts"
import * as Rule from "./Rule.ts"

const rules = byId(Csv.csvRules)
const root = "csv"

/** The columns of the envelope. */
export const envelopeColumns = {
  sender: { names: ["Sender"], required: "cell" },
  receiver: { names: ["Receiver"], required: "cell" },
  controlNumber: { names: ["Control Number"], required: "cell" }
} as const

type EnvelopeColumns = typeof envelopeColumns

export const mixed = Rule.define({
  id: "csv/mixed-envelope",
  class: 1,
  element: "[column]",
  text: "The row says [found] under [column], the first row [first]; a file has one envelope.",
  source: "Throughline",
  situation: "Rows of several senders, receivers or control numbers in one file.",
  example: { test: "test/engine/CsvMessage.test.ts" }
})

/** How a partner writes its files. */
export interface Dialect {
  /** Its names of columns, by our fields. */
  readonly columns?: Readonly<Record<string, string>> | undefined
  readonly delimiter?: string | undefined
}

/** Files with names of the sender's own. */
export interface Profile<P, E, R> {
  /** The dialect of whoever the first row says has sent it. */
  readonly dialect: (envelope: { readonly [K in keyof Envelope]: string | undefined }) => Effect.Effect<Dialect, E, R>
  /** A canonical value whose places are told by the file's own names. */
  readonly placed: <C extends P>(canonical: C, original: (path: string) => string) => C
}

/** A path under our names as the file has it. */
const original =
  (columns: Csv.Columns, own: NonNullable<Dialect["columns"]>) =>
  (path: string): string => {
    const [, row, column] = /^\/row\[(\d+)\]\/(.+)$/su.exec(path) ?? []
    const field = Object.entries(columns).find(([, { names: ours }]) => ours[0] === column)?.[0]
    const name = field === undefined ? undefined : own[field]
    return row === undefined || name === undefined ? path : Csv.path(Number(row), name)
  }

const names = { sender: "Sender", receiver: "Receiver", controlNumber: "Control Number" } as const
const keys = ["sender", "receiver", "controlNumber"] as const

const sniffed = (bytes: Uint8Array): { readonly [K in keyof Envelope]: string | undefined } => {
  const found = Csv.sniff(bytes, Object.values(names))
  return {
    sender: found[names.sender],
    receiver: found[names.receiver],
    controlNumber: found[names.controlNumber]
  }
}

function* otherEnvelopes(rows: ReadonlyArray<Csv.RowOf<Csv.Columns>>): Generator<Rule.Violation> {
  const [first] = rows
  for (const { row, cells } of rows) {
    for (const key of keys) {
      const found = cells[key]
      const expected = first?.cells[key]
      if (found === undefined || expected === undefined || found === expected) continue
      const column = names[key]
      yield mixed.raise({ column, found, first: expected }, { path: Csv.path(row, column), value: found })
    }
  }
}

/** Accepts files of `layout` as messages of `type`. `file` is the module that declares the layout. */
export const accepts = <
  const L extends Csv.Columns,
  C extends { readonly header: Envelope },
  E = never,
  R = never
>(options: {
  readonly type: string
  readonly file: string
  /** Its fields may not be called `sender`, `receiver` or `controlNumber`: those are the envelope's. */
  readonly layout: Csv.Layout<L>
  readonly canonical: (rows: ReadonlyArray<Csv.RowOf<L & EnvelopeColumns>>, envelope: Envelope) => C
  readonly profile?: Profile<NoInfer<C>, E, R>
}): Accepts<C, E, R> => {
  const layout = Csv.layout<L & EnvelopeColumns>(options.layout.mapVersion, {
    ...options.layout.columns,
    ...envelopeColumns
  })
  return {
    type: options.type,
    format: "csv",
    map: layout.mapVersion,
    schema: options.file,
    roots: [root],
    places: {
      sender: Csv.path(1, names.sender),
      receiver: Csv.path(1, names.receiver),
      controlNumber: Csv.path(1, names.controlNumber)
    },
    rules: [...Csv.csvRules, mixed],
    read: Effect.fnUntraced(function* (bytes) {
      const { maxBytes } = yield* Limits
      const { profile } = options
      const { columns, delimiter }: Dialect = profile === undefined ? {} : yield* profile.dialect(sniffed(bytes))
      const { rows, issues, totals } = Csv.read(bytes, layout, { maxBytes, delimiter, profile: columns })
      const read = findingsOf(rules, issues, totals)
      if (rows === undefined) return { canonical: undefined, findings: read }
      const findings = Findings.merge(read, Findings.of(otherEnvelopes(rows)))
      const { sender, receiver, controlNumber } = rows[0]?.cells ?? {}
      if (sender === undefined || receiver === undefined || controlNumber === undefined) {
        return { canonical: undefined, findings }
      }
      const canonical = options.canonical(rows, { sender, receiver, controlNumber })
      if (profile === undefined || columns === undefined) return { canonical, findings }
      return { canonical: profile.placed(canonical, original(layout.columns, columns)), findings }
    }),
    locate: (bytes, paths) => Effect.sync(() => Csv.locate(bytes, paths)),
    annotate: (_, notes) => Effect.sync(() => listing(notes))
  }
}

/** CSV before its message type is known. */
export const format: Recognized = {
  name: "csv",
  rules: Csv.csvRules,
  claims: Csv.claims,
  sniff: (bytes) => Effect.sync(() => ({ root, envelope: sniffed(bytes) })),
  inspect: (bytes) =>
    Effect.sync(() => {
      const { issues, totals } = Csv.outline(bytes)
      return findingsOf(rules, issues, totals)
    }),
  annotate: (_, notes) => Effect.sync(() => listing(notes))
}
