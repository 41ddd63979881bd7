/**
 * Collects violations of one run: all of them are counted, the first `detail` of each rule are kept. Use it wherever
 * violations are gathered, so that a file with 100,000 bad serials costs a counter and not 100,000 objects.
 * It never fails; a report made from it says when details were left out.
 */
import type { RuleInfo, Violation } from "./Rule.ts"

/** Details kept a rule: enough to mend a file by, small enough for a report that opens in an editor. */
export const defaultDetail = 1000

/** Everything found in a run, errors apart from warnings; totals by rule id are exact. */
export interface Findings {
  readonly errors: ReadonlyArray<Violation>
  readonly warnings: ReadonlyArray<Violation>
  readonly totals: Readonly<Record<string, number>>
}

export const none: Findings = { errors: [], warnings: [], totals: {} }

/** A counter to be filled from several sources, read once at the end. */
export class Collector {
  readonly #kept = new Map<string, Array<Violation>>()
  readonly #totals = new Map<string, number>()
  readonly #detail: number

  constructor(detail: number = defaultDetail) {
    this.#detail = detail
  }

  /** Takes violations one at a time; the iterable may be long. */
  addAll(violations: Iterable<Violation>): void {
    for (const violation of violations) this.add(violation)
  }

  add(violation: Violation): void {
    const id = violation.rule.id
    this.#totals.set(id, (this.#totals.get(id) ?? 0) + 1)
    const kept = this.#kept.get(id)
    if (kept === undefined) this.#kept.set(id, [violation])
    else if (kept.length < this.#detail) kept.push(violation)
  }

  /** Adds to a total what a source counted but did not describe. */
  count(rule: RuleInfo, more: number): void {
    if (more > 0) this.#totals.set(rule.id, (this.#totals.get(rule.id) ?? 0) + more)
  }

  get findings(): Findings {
    const all = [...this.#kept.values()].flat()
    return {
      errors: all.filter((violation) => violation.rule.severity === "error"),
      warnings: all.filter((violation) => violation.rule.severity === "warning"),
      totals: Object.fromEntries(this.#totals)
    }
  }
}

/** Findings of a list that is known to be short. */
export const of = (violations: Iterable<Violation>): Findings => {
  const collector = new Collector()
  collector.addAll(violations)
  return collector.findings
}

/** Both, with totals added up. */
export const merge = (left: Findings, right: Findings): Findings => {
  const totals: Record<string, number> = { ...left.totals }
  for (const [id, count] of Object.entries(right.totals)) totals[id] = (totals[id] ?? 0) + count
  return { errors: [...left.errors, ...right.errors], warnings: [...left.warnings, ...right.warnings], totals }
}
