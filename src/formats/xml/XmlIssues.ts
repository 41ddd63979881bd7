/**
 * Counts what is wrong with a document: totals are exact, details are kept up to a limit a rule, so that a file with
 * 100,000 errors costs counters. Also makes the single issues that end a reading early.
 */
import { type Issue, type RuleId, xmlRules } from "./XmlIssue.ts"

export type Totals = Partial<Record<RuleId, number>>

export class Issues {
  readonly #detail: number
  readonly #kept: Array<Issue> = []
  readonly #totals: Totals = {}

  constructor(detail: number) {
    this.#detail = detail
  }

  /** Counts one more, and says whether its details are wanted. */
  count(rule: RuleId): boolean {
    const total = (this.#totals[rule] ?? 0) + 1
    this.#totals[rule] = total
    return total <= this.#detail
  }

  /** Keeps the details of what was counted. */
  keep(issue: Issue): void {
    this.#kept.push(issue)
  }

  get list(): ReadonlyArray<Issue> {
    return this.#kept
  }

  get totals(): Totals {
    return this.#totals
  }
}

/** The text of a rule with its placeholders filled. */
export const fill = (rule: RuleId, values: Readonly<Record<string, string | number>>): string => {
  const text = xmlRules.find(({ id }) => id === rule)?.text ?? "[reason]"
  return text.replace(/\[(\w+)\]/gu, (whole, name: string) => String(values[name] ?? whole))
}

/** Where an issue stands, as far as it is known. */
export interface Whereabouts {
  readonly element?: string | undefined
  readonly path?: string | undefined
  readonly line?: number | undefined
  readonly column?: number | undefined
  readonly value?: string | undefined
}

export const issue = (
  rule: RuleId,
  values: Readonly<Record<string, string | number>> = {},
  where: Whereabouts = {}
): Issue => ({
  rule,
  element: where.element ?? "N/A",
  path: where.path,
  line: where.line,
  column: where.column,
  value: where.value,
  message: fill(rule, values)
})
