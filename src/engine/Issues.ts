/**
 * Turns what a format found wrong with a document into findings of the engine: the format's rules are data of the same
 * shape, its issues name them.
 */
import type * as Findings from "./Findings.ts"
import { excerpt, type RuleInfo, type Violation } from "./Rule.ts"

/** What formats say of one thing that is wrong. */
export interface Issue {
  readonly rule: string
  readonly element: string
  readonly path: string | undefined
  readonly line: number | undefined
  readonly column: number | undefined
  readonly value: string | undefined
  readonly message: string
}

/** Findings of a format's issues, by its rules; `totals` counts also what is not listed. */
export const findingsOf = (
  rules: ReadonlyMap<string, RuleInfo>,
  issues: ReadonlyArray<Issue>,
  totals?: Readonly<Record<string, number>>
): Findings.Findings => {
  const all = issues.flatMap(({ rule: id, element, path, line, column, value, message }): ReadonlyArray<Violation> => {
    const rule = rules.get(id)
    if (rule === undefined) return []
    return [{ rule: { ...rule, element: excerpt(element) }, text: excerpt(message), path, line, column, value }]
  })
  const counted: Record<string, number> = {}
  for (const { rule } of all) counted[rule.id] = (counted[rule.id] ?? 0) + 1
  return {
    errors: all.filter(({ rule }) => rule.severity === "error"),
    warnings: all.filter(({ rule }) => rule.severity === "warning"),
    totals: totals ?? counted
  }
}

/** A format's rules by their ids. */
export const byId = (rules: ReadonlyArray<RuleInfo>): ReadonlyMap<string, RuleInfo> =>
  new Map(rules.map((rule) => [rule.id, rule]))
