/**
 * JSON as a format of pipelines: `accepts` reads documents of an Effect Schema into a canonical value, `sends` writes
 * them, `format` looks at bytes that no pipeline has claimed yet. The envelope is the document's own `header`; a partner's
 * own names for other fields are a profile, found by it.
 *
 * A bad document comes back as class 1 findings with JSONPath, line and column; what finds the profile may fail.
 */
import { Effect, type Schema } from "effect"
import * as Json from "../formats/Json.ts"
import { listing } from "../formats/Listing.ts"
import { byId, findingsOf } from "./Issues.ts"
import { Limits } from "./Limits.ts"
import type { Accepts, Envelope, Recognized, Sends } from "./Pipeline.ts"
import type { Check } from "./Rule.ts"

const rules = byId(Json.jsonRules)
const root = "json"

type Sniffed = { readonly [K in keyof Envelope]: string | undefined }

const sniffed = (bytes: Uint8Array): Sniffed => {
  const { sender, receiver, controlNumber } = Json.sniff(bytes, ["sender", "receiver", "controlNumber"])
  return { sender, receiver, controlNumber }
}

/** Documents with names of the sender's own. */
export interface Profile<P, E, R> {
  /** The names of whoever the envelope says has sent it. */
  readonly names: (envelope: Sniffed) => Effect.Effect<Json.Names | undefined, E, R>
  /** A canonical value whose places are told by the document's own names. */
  readonly placed: <C extends P>(canonical: C, original: (path: string) => string) => C
}

/** Accepts documents of `schema` as messages of `type`. `file` is the module that declares the schema. */
export const accepts = <
  S extends Schema.ConstraintDecoder<unknown>,
  C extends { readonly header: Envelope },
  E = never,
  R = never
>(options: {
  readonly type: string
  readonly map: string
  readonly file: string
  readonly schema: S
  readonly canonical: (document: S["Type"]) => C
  readonly profile?: Profile<NoInfer<C>, E, R>
}): Accepts<C, E, R> => ({
  type: options.type,
  format: "json",
  map: options.map,
  schema: options.file,
  roots: [root],
  places: { sender: "$.header.sender", receiver: "$.header.receiver", controlNumber: "$.header.controlNumber" },
  rules: Json.jsonRules,
  read: Effect.fnUntraced(function* (bytes) {
    const { maxBytes } = yield* Limits
    const { profile } = options
    const names = profile === undefined ? undefined : yield* profile.names(sniffed(bytes))
    const { document, issues } = Json.read(bytes, options.schema, { maxBytes, names })
    const findings = findingsOf(rules, issues)
    if (document === undefined) return { canonical: undefined, findings }
    const canonical = options.canonical(document)
    if (profile === undefined || names === undefined) return { canonical, findings }
    return { canonical: profile.placed(canonical, (path) => Json.original(path, names)), findings }
  }),
  locate: (bytes, paths) => Effect.sync(() => Json.locate(bytes, paths)),
  annotate: (_, notes) => Effect.sync(() => listing(notes))
})

/** Sends values as JSON documents; `file` is the module that declares their shape. */
export const sends = <V>(options: {
  readonly type: string
  readonly map: string
  readonly file: string
  readonly document: (value: V) => unknown
  readonly check?: ReadonlyArray<Check<V>>
}): Sends<V> => ({
  type: options.type,
  map: options.map,
  schema: options.file,
  check: options.check ?? [],
  extension: "json",
  write: (value) => Effect.sync(() => new TextEncoder().encode(Json.write(options.document(value))))
})

/** JSON before its message type is known. */
export const format: Recognized = {
  name: "json",
  rules: Json.jsonRules,
  claims: Json.claims,
  sniff: (bytes) => Effect.sync(() => ({ root, envelope: sniffed(bytes) })),
  inspect: (bytes) =>
    Effect.sync(() => {
      const { issues } = Json.outline(bytes)
      return findingsOf(rules, issues)
    }),
  annotate: (_, notes) => Effect.sync(() => listing(notes))
}
