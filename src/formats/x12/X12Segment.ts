/**
 * Segments of X12 as values: named elements in order, and the standard's relational conditions in its own notation
 * (`R0203`: one of elements 2 and 3 is required). `segment` names the elements a mapping reads or writes, `passing`
 * declares one that is only checked on its way. Nothing here looks at a document.
 */
import { an, composite, dt, type Element, must, n, r, tm } from "./X12Element.ts"

export type Elements = Readonly<Record<string, Element>>

/** P paired, R one is required, E only one, C the first requires the others, L the first requires one of the others. */
export interface Condition {
  readonly kind: "P" | "R" | "E" | "C" | "L"
  /** Element positions from 1. */
  readonly at: ReadonlyArray<number>
}

export interface Segment<E extends Elements = Elements> {
  readonly id: string
  readonly elements: E
  /** The same in order, as the parser needs them. */
  readonly ordered: ReadonlyArray<readonly [name: string, element: Element]>
  readonly conditions: ReadonlyArray<Condition>
}

/** As read: `at` is its place in the set, ST being 1; what is missing is `""` where mandatory, else undefined. */
export type ReadSegment<E extends Elements> = { readonly at: number } & {
  readonly [K in keyof E]: E[K]["required"] extends true ? string : string | undefined
}

type RequiredKeys<E extends Elements> = { [K in keyof E]: E[K]["required"] extends true ? K : never }[keyof E]

/** As written: `at` is ignored, what is undefined or `""` stays empty. */
export type WriteSegment<E extends Elements> = { readonly at?: number } & {
  readonly [K in RequiredKeys<E>]: string
} & { readonly [K in Exclude<keyof E, RequiredKeys<E>>]?: string | undefined }

const kinds: Readonly<Record<string, Condition["kind"]>> = { P: "P", R: "R", E: "E", C: "C", L: "L" }

const condition = (text: string): Condition => {
  const kind = kinds[text.charAt(0)]
  const at = (text.slice(1).match(/\d{2}/gu) ?? []).map(Number)
  if (kind === undefined || at.length < 2) throw new Error(`X12 grammar: "${text}" is no condition`)
  return { kind, at }
}

/** Declares a segment; the order of the names is the order of the elements. */
export const segment = <const E extends Elements>(
  id: string,
  elements: E,
  conditions: ReadonlyArray<string> = []
): Segment<E> => ({ id, elements, ordered: Object.entries(elements), conditions: conditions.map(condition) })

const types: Readonly<Record<string, typeof an>> = { A: an, N: n, R: r, D: dt, T: tm, C: composite }

/**
 * A segment that no mapping of ours reads: elements as a line of `A2-3 !R10 D8`, type, length, `!` where mandatory. Its
 * elements are named by their position: `e01`.
 */
export const passing = (id: string, spec: string, conditions: ReadonlyArray<string> = []): Segment =>
  segment(
    id,
    Object.fromEntries(
      spec.split(" ").map((word, index) => {
        const match = /^(!?)([ANRDTC])(?:(\d+)-)?(\d+)?$/u.exec(word)
        const build = types[match?.[2] ?? ""]
        if (match === null || build === undefined) throw new Error(`X12 grammar: "${word}" of ${id} is no element`)
        const max = Number(match[4] ?? 0)
        const built = build(0, Number(match[3] ?? (match[2] === "D" ? max : 1)), max)
        return [`e${`${index + 1}`.padStart(2, "0")}`, match[1] === "!" ? must(built) : built]
      })
    ),
    conditions
  )

/** True when the condition holds for the elements that are there. */
export const holds = ({ kind, at }: Condition, present: (position: number) => boolean): boolean => {
  const [first = 0, ...others] = at
  switch (kind) {
    case "P":
      return at.every(present) || !at.some(present)
    case "R":
      return at.some(present)
    case "E":
      return at.filter(present).length <= 1
    case "C":
      return !present(first) || others.every(present)
    case "L":
      return !present(first) || others.some(present)
  }
}
