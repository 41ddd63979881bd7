/**
 * A rule is one named check: an id, a class, the element it speaks of, its exact text, where that text is documented,
 * and an example that breaks it. Rules are values; a pipeline lists those it can raise, and `throughline rules`, the
 * error reports and docs/generated/rules all come from that list.
 *
 * Class 1 rules carry a `check` over the canonical value and run together. Class 2 rules are raised by the stage that
 * reads stored data. A raised rule is a `Violation`; nothing here fails or touches the outside.
 */

/** 1 = the file itself is wrong; 2 = right file, wrong against stored data; 3 = our fault. */
export type RuleClass = 1 | 2 | 3

/** The names between brackets in a documented text: `"... [pool ID]."` gives `"pool ID"`. */
export type Placeholders<Text extends string> = Text extends `${string}[${infer Name}]${infer Rest}`
  ? Name | Placeholders<Rest>
  : never

type Filled<Text extends string> = string extends Text
  ? Readonly<Record<string, string>>
  : { readonly [Name in Placeholders<Text>]: string }

/** Where an example that breaks the rule stands. */
export type Example =
  /** A case folder, e.g. `snx-transfer/choice-both`. */
  | { readonly case: string }
  /** Not reachable through a file: a test raises it from a canonical value; `why` says what comes before it. */
  | { readonly canonical: string; readonly why: string }
  /** A test, because no file of a sensible size breaks it. */
  | { readonly test: string }

/** What every rule says of itself, without its check. */
export interface RuleInfo {
  /** `<room>/<name>`, stable for ever: reports and tests refer to it. */
  readonly id: string
  readonly class: RuleClass
  /** A warning never fails a message. */
  readonly severity: "error" | "warning"
  /** As the documents print it: `choice%1`, `PackagingItemCode|@type`. */
  readonly element: string
  /** Exact documented text; placeholders between brackets. */
  readonly text: string
  /** The public document and table the text is from, or "Throughline" for a rule of ours. */
  readonly source: string
  /** The situation that raises it, in one sentence. */
  readonly situation: string
  /** True when the documented text describes a race with an upstream message: the message may wait. */
  readonly mayWait: boolean
  readonly example: Example
}

/** A raised rule: what a report line is made from. Path is canonical (the map's prefixes, list items indexed). */
export interface Violation {
  readonly rule: RuleInfo
  readonly text: string
  readonly path?: string | undefined
  readonly value?: string | undefined
  readonly line?: number | undefined
  readonly column?: number | undefined
}

/** Where a violation stands and what was found there. */
export interface Place {
  readonly path?: string | undefined
  readonly value?: string | undefined
  readonly line?: number | undefined
  readonly column?: number | undefined
}

/** A rule that can be raised with its placeholders filled; a missing placeholder does not compile. */
export interface Rule<Text extends string = string> extends RuleInfo {
  readonly text: Text
  readonly raise: [Placeholders<Text>] extends [never]
    ? (place?: Place) => Violation
    : (filled: Filled<Text>, place?: Place) => Violation
}

/** A class 1 rule: raised by its own look at the canonical value, before any stored data is read. */
export interface Check<in C> {
  readonly rule: RuleInfo
  /** Lazily, so that a list with 100,000 bad items is counted without being kept. */
  readonly check: (canonical: C) => Iterable<Violation>
}

type Declared<Text extends string> = Omit<RuleInfo, "severity" | "mayWait" | "text"> & {
  readonly text: Text
  readonly severity?: RuleInfo["severity"]
  readonly mayWait?: boolean
}

const placeholder = /\[([^\]]*)\]/gu

/** Characters kept of what a partner wrote; a report with 1,000 lines a rule has to stay one that opens in an editor. */
const excerptLength = 500

/** The beginning of a text of unknown length, for reports. */
export const excerpt = (text: string): string =>
  text.length > excerptLength ? `${text.slice(0, excerptLength).toWellFormed()}…` : text

const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(placeholder, (whole, name: string) => excerpt(values[name] ?? whole))

/** Declares a rule. Severity is error and it may not wait unless said otherwise. */
export const define = <const Text extends string>(declared: Declared<Text>): Rule<Text> => {
  const info: RuleInfo & { readonly text: Text } = { severity: "error", mayWait: false, ...declared }
  const hasPlaceholders = new RegExp(placeholder.source, "u").test(info.text)
  const raise = (...args: ReadonlyArray<unknown>): Violation => {
    const [values, place] = hasPlaceholders ? args : [{}, args[0]]
    return {
      rule: info,
      text: fill(info.text, isRecord(values) ? values : {}),
      ...(isPlace(place) ? shortened(place) : {})
    }
  }
  return { ...info, raise }
}

const isRecord = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === "object" && value !== null
const shortened = (place: Place): Place =>
  place.value === undefined || place.value.length <= excerptLength ? place : { ...place, value: excerpt(place.value) }
const isPlace = (value: unknown): value is Place => typeof value === "object" && value !== null

/** Gives a rule its look at the canonical value. */
export const check = <C>(rule: RuleInfo, look: (canonical: C) => Iterable<Violation>): Check<C> => ({
  rule,
  check: look
})
