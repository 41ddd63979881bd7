/**
 * XML as a format of pipelines: `accepts` reads documents of a layout into a canonical value, `sends` writes them,
 * `format` looks at bytes that no pipeline has claimed yet. The schema of a map version is `xsd/<map version>.xsd`.
 *
 * A bad document comes back as class 1 findings; only trouble of ours (a dead worker, a time limit) fails.
 */
import { fileURLToPath } from "node:url"
import { Effect } from "effect"
import * as Xml from "../formats/Xml.ts"
import type * as Findings from "./Findings.ts"
import type { Accepts, Envelope, Format, Sends } from "./Pipeline.ts"
import { type Check, excerpt, type RuleInfo, type Violation } from "./Rule.ts"

const schemaFile = (mapVersion: string): string =>
  fileURLToPath(new URL(`../../xsd/${mapVersion}.xsd`, import.meta.url))

const rules = new Map<string, RuleInfo>(Xml.xmlRules.map((rule) => [rule.id, rule]))

const violation = (issue: Xml.Issue): Violation | undefined => {
  const rule = rules.get(issue.rule)
  if (rule === undefined) return undefined
  const { path, line, column, value, message } = issue
  return { rule: { ...rule, element: excerpt(issue.element) }, text: excerpt(message), path, line, column, value }
}

const findings = (
  issues: ReadonlyArray<Xml.Issue>,
  totals: Readonly<Record<string, number | undefined>>
): Findings.Findings => {
  const errors = issues.flatMap((issue) => violation(issue) ?? [])
  const counted = Object.entries(totals).flatMap(([id, count]) => (count === undefined ? [] : [[id, count] as const]))
  return { errors, warnings: [], totals: Object.fromEntries(counted) }
}

const rootNames = (layout: Xml.AnyLayout): ReadonlyArray<string> =>
  layout.plan.roots.map(({ uri, local }) => `{${uri}}${local}`)

/** Canonical path of the header field of that name, where the layout has one. */
const headerPath = (layout: Xml.AnyLayout, name: string): string | undefined => {
  const slot = layout.plan.slots.find(({ field }) => field === `header.${name}`)
  return slot === undefined ? undefined : [Xml.rootPath(layout), ...slot.steps].join("/")
}

/** Accepts documents of `layout` as messages of `type`; `canonical` turns what was read into the domain's value. */
export const accepts = <F extends Xml.Fields, C extends { readonly header: Envelope }>(options: {
  readonly type: string
  readonly layout: Xml.Layout<F>
  readonly canonical: (document: Xml.ReadFields<F>) => C
}): Accepts<C, Xml.XmlError, Xml.Xml> => {
  const { layout } = options
  const schema = schemaFile(layout.mapVersion)
  return {
    type: options.type,
    format: "xml",
    map: layout.mapVersion,
    schema,
    roots: rootNames(layout),
    places: {
      sender: headerPath(layout, "fileSenderNumber"),
      receiver: headerPath(layout, "fileReceiverNumber"),
      controlNumber: headerPath(layout, "fileControlNumber")
    },
    rules: Xml.xmlRules,
    read: Effect.fn("xml.read")(function* (bytes) {
      const xml = yield* Xml.Xml
      const { document, issues, totals } = yield* xml.read(bytes, layout, schema)
      return {
        canonical: document === undefined ? undefined : options.canonical(document),
        findings: findings(issues, totals)
      }
    }),
    locate: (bytes, paths) => Xml.Xml.use((xml) => xml.locate(bytes, layout, paths)),
    annotate: (bytes, notes) => Xml.Xml.use((xml) => xml.annotate(bytes, layout, notes))
  }
}

/** Sends values as documents of `layout`; `document` turns the domain's value into what is written. */
export const sends = <F extends Xml.Fields, V>(options: {
  readonly type: string
  readonly layout: Xml.Layout<F>
  readonly document: (value: V) => Xml.WriteFields<F>
  readonly check?: ReadonlyArray<Check<V>>
}): Sends<V, Xml.XmlError> => ({
  type: options.type,
  map: options.layout.mapVersion,
  schema: schemaFile(options.layout.mapVersion),
  check: options.check ?? [],
  extension: "xml",
  write: (value) =>
    Effect.map(Xml.write(options.layout, options.document(value)), (text) => new TextEncoder().encode(text))
})

/** XML before its message type is known; it also says of anything else why it is none. */
export const format: Format<Xml.XmlError, Xml.Xml> = {
  name: "xml",
  rules: Xml.xmlRules,
  sniff: (bytes) =>
    Xml.Xml.useSync((xml) => {
      const { root, header } = xml.sniff(bytes)
      return {
        root: root === undefined ? undefined : `{${root.namespace}}${root.local}`,
        envelope: {
          sender: header.fileSenderNumber,
          receiver: header.fileReceiverNumber,
          controlNumber: header.fileControlNumber
        }
      }
    }),
  inspect: Effect.fnUntraced(function* (bytes) {
    const xml = yield* Xml.Xml
    const { issues, totals } = yield* xml.read(bytes, anything, undefined)
    const known = issues.filter((issue) => issue.rule !== "xml/unknown-root")
    const { "xml/unknown-root": _, ...rest } = totals
    return findings(known, rest)
  }),
  annotate: (bytes, notes) => Xml.Xml.use((xml) => xml.annotate(bytes, undefined, notes))
}

/** A layout that reads nothing: for looking at documents of no known type. */
const anything = Xml.layout({
  mapVersion: "any",
  namespaces: { any: "urn:throughline:any" },
  roots: ["any:any"],
  fields: {}
})
