/**
 * `NumberEncoding` and `ObjectIdentifier`: which key names what the numbers are of, and the checks that go with it.
 * Requests for numbers, their responses and transfer responses use the same pair of elements.
 *
 * Source: TraceLink SNX Serial Number Transfer (2024.4), Response: the table and the Class 1 texts, which name the
 * radio tag encodings beside the three of the lists. Pure.
 */
import * as Rule from "../engine/Rule.ts"
import type { Settings } from "../partners/Settings.ts"
import { filled, type ObjectIdentifier } from "./SnxMessage.ts"
import type { Places } from "./SnxPlaces.ts"

/** Which key an encoding asks for. */
export type Kind = "trade item" | "company prefix" | "China subtype"

const kinds: Readonly<Record<string, Kind>> = {
  "AI(01)+AI(21)": "trade item",
  "SGTIN-96": "trade item",
  "SGTIN-198": "trade item",
  "AI(00)": "company prefix",
  "SSCC-96": "company prefix",
  "CN-EDMC": "China subtype"
}

/** The key an encoding asks for; undefined without an encoding, and for one that is not known. */
export const kindOf = (numberEncoding: string | undefined): Kind | undefined =>
  kinds[(numberEncoding ?? "").toUpperCase()]

/** A key with a value, as the packaging code it names. China subtypes are named by product master data, not by a code. */
export interface Key {
  readonly element: string
  readonly codeType: string | undefined
  readonly value: string
}

/** The keys that have a value, in the order of the document's table. */
export const keysOf = (identifier: ObjectIdentifier, settings?: Settings): ReadonlyArray<Key> =>
  [
    { element: "cmn:CompanyPrefixObjectKey", codeType: settings?.companyPrefixType, value: identifier.companyPrefix },
    { element: "cmn:GTIN14ObjectKey", codeType: "GTIN-14", value: identifier.gtin14 },
    { element: "cmn:CNSubtypeObjectKey", codeType: undefined, value: identifier.cnSubtype },
    { element: "cmn:NTINObjectKey", codeType: "NTIN", value: identifier.ntin }
  ].flatMap(({ value, ...key }) => (filled(value) ? [{ ...key, value }] : []))

/** No key at all; add the one there is. */
export const noKeys: ObjectIdentifier = {
  companyPrefix: undefined,
  gtin14: undefined,
  cnSubtype: undefined,
  codeLevel: undefined,
  packageRatio: undefined,
  ntin: undefined,
  keys: 0
}

/** A key of fixed length that has another one. */
export const keyLength = (room: string) =>
  Rule.define({
    id: `${room}/key-length`,
    class: 1,
    element: "cmn:ObjectIdentifier",
    text: "[key] [value] does not have [length] digits.",
    source: "Throughline",
    situation: "GTIN14ObjectKey is printed with length 14/14, CNSubtypeObjectKey with 10/10.",
    example: { case: `${room}/key-length` }
  })

interface Identified {
  readonly numberEncoding: string | undefined
  readonly objectIdentifier: ObjectIdentifier | undefined
}

/**
 * The key that the encoding asks for has to be there. Silent where there are several keys, and with `"one key"` where
 * there is none, because another rule says so.
 */
export const requiredChecks = <C extends Identified>(
  rules: {
    readonly gtinRequired: Rule.Rule
    readonly companyPrefixRequired: Rule.Rule
    readonly cnSubtypeRequired: Rule.Rule
  },
  at: Places,
  when: "always" | "one key" = "always"
): ReadonlyArray<Rule.Check<C>> => {
  const required = (rule: Rule.Rule, kind: Kind, has: (identifier: ObjectIdentifier) => boolean) =>
    Rule.check<C>(rule, function* ({ numberEncoding, objectIdentifier = noKeys }) {
      if (kindOf(numberEncoding) !== kind || has(objectIdentifier) || objectIdentifier.keys > 1) return
      if (when === "one key" && keysOf(objectIdentifier).length === 0) return
      const element = objectIdentifier === noKeys ? "cmn:NumberEncoding" : "cmn:ObjectIdentifier"
      yield { rule, text: rule.text, path: at.body(element) }
    })
  return [
    required(rules.gtinRequired, "trade item", ({ gtin14, ntin }) => filled(gtin14) || filled(ntin)),
    required(rules.companyPrefixRequired, "company prefix", ({ companyPrefix }) => filled(companyPrefix)),
    required(rules.cnSubtypeRequired, "China subtype", ({ cnSubtype }) => filled(cnSubtype))
  ]
}

const lengths: Readonly<Record<string, number>> = { "cmn:GTIN14ObjectKey": 14, "cmn:CNSubtypeObjectKey": 10 }

/** Keys of fixed length. */
export const lengthChecks = <C extends Identified>(
  rule: ReturnType<typeof keyLength>,
  at: Places
): ReadonlyArray<Rule.Check<C>> => [
  Rule.check<C>(rule, function* ({ objectIdentifier }) {
    for (const { element, value } of objectIdentifier === undefined ? [] : keysOf(objectIdentifier)) {
      const length = lengths[element]
      if (length === undefined || new RegExp(`^\\d{${length}}$`, "u").test(value)) continue
      const place = { path: at.body(`cmn:ObjectIdentifier/${element}`), value }
      yield rule.raise({ key: element.slice("cmn:".length), value, length: `${length}` }, place)
    }
  })
]
