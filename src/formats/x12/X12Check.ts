/**
 * Looks at the elements of one segment: too many, missing, length, characters, codes, dates, times, relational
 * conditions. Says everything that is wrong with it, as issues; for the writer, as a list.
 */
import { type Element, type ElementFault, faultOf, maxIn } from "./X12Element.ts"
import * as Path from "./X12Path.ts"
import type { RuleId } from "./X12Rules.ts"
import { type Condition, holds, type Segment } from "./X12Segment.ts"

/** One thing wrong with an element. `position` counts from 1. */
export interface Fault {
  readonly rule: RuleId
  readonly position: number
  readonly value: string | undefined
  readonly filled: Readonly<Record<string, string | number>>
}

/** Characters that mean something to the reader of the file. */
export interface Separators {
  readonly component: string
  readonly repetition: string | undefined
}

const ruleOf: Readonly<Record<ElementFault, RuleId>> = {
  short: "x12/element-short",
  long: "x12/element-long",
  character: "x12/element-character",
  code: "x12/element-code",
  date: "x12/element-date",
  time: "x12/element-time"
}

const reasons: Readonly<Record<Exclude<Condition["kind"], "E">, string>> = {
  P: "all stand there or none",
  R: "one has to stand there",
  C: "the first requires the others",
  L: "the first requires one of the others"
}

const faultIn = (of: Element, value: string, version: string, separators: Separators): ElementFault | undefined => {
  const { component, repetition } = separators
  const cut = of.type !== "C" && value.includes(component)
  const repeated = repetition !== undefined && value.includes(repetition)
  return cut || repeated ? "character" : faultOf(of, value, version)
}

/** The element that a condition misses, for the 997: the first one that is not there. */
const missed = ({ at }: Condition, present: (position: number) => boolean): number =>
  at.find((position) => !present(position)) ?? at[0] ?? 1

function* conditionFaults(segment: Segment, present: (position: number) => boolean): Generator<Fault> {
  for (const condition of segment.conditions) {
    if (holds(condition, present)) continue
    const elements = condition.at.map((position) => Path.element(segment.id, position)).join(", ")
    if (condition.kind === "E") {
      const position = condition.at.filter(present)[1] ?? 1
      const filled = { elements, segment: segment.id, element: Path.element(segment.id, position) }
      yield { rule: "x12/element-exclusion", position, value: undefined, filled }
    } else {
      const position = missed(condition, present)
      const filled = {
        elements,
        segment: segment.id,
        reason: reasons[condition.kind],
        element: Path.element(segment.id, position)
      }
      yield { rule: "x12/element-condition", position, value: undefined, filled }
    }
  }
}

/** Everything wrong with the elements of a segment. */
export function* faultsOf(
  segment: Segment,
  elements: ReadonlyArray<string>,
  version: string,
  separators: Separators
): Generator<Fault> {
  const { id, ordered } = segment
  if (elements.length > ordered.length) {
    const position = ordered.length + 1
    const filled = { segment: id, actual: elements.length, max: ordered.length, element: Path.element(id, position) }
    yield { rule: "x12/element-many", position, value: elements[ordered.length], filled }
  }
  for (const [index, [, of]] of ordered.entries()) {
    const position = index + 1
    const value = elements[index] ?? ""
    if (value === "") {
      if (of.required) {
        const filled = { element: Path.element(id, position) }
        yield { rule: "x12/element-missing", position, value: undefined, filled }
      }
      continue
    }
    const fault = faultIn(of, value, version, separators)
    if (fault === undefined) continue
    const filled = {
      element: Path.element(id, position),
      min: of.min,
      max: maxIn(of, version),
      version: version.slice(0, 6),
      value
    }
    yield { rule: ruleOf[fault], position, value, filled }
  }
  if (segment.conditions.length > 0) {
    yield* conditionFaults(segment, (position) => (elements[position - 1] ?? "") !== "")
  }
}
