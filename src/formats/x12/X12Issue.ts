/**
 * Findings about an X12 file, gathered: every one is counted, the first details of each rule are kept, and positions are
 * worked out for what is kept only.
 */
import { type Declared, declared, infoOf, type RuleId } from "./X12Rules.ts"
import type { Position } from "./X12Tokens.ts"

/** One thing wrong with a file; its message is filled in. */
export interface Issue {
  readonly rule: RuleId
  /** `N902`, `W14`, `GE02`, or `N/A`. */
  readonly element: string
  readonly path: string | undefined
  readonly line: number | undefined
  readonly column: number | undefined
  readonly value: string | undefined
  readonly message: string
}

/** Where an issue stands. */
export interface Where {
  readonly element?: string | undefined
  readonly path?: string | undefined
  readonly value?: string | undefined
  readonly position?: (() => Position) | undefined
}

/** Longest quote of a partner's text; the engine's reports show no more. */
const quoteLength = 500

const quote = (text: string): string =>
  text.length > quoteLength ? `${text.slice(0, quoteLength).toWellFormed()}…` : text

/** Counts every issue, keeps the first details a rule. Positions are worked out for what is kept only. */
export class Issues {
  readonly list: Array<Issue> = []
  readonly #totals = new Map<RuleId, number>()
  readonly #detail: number

  constructor(detail: number) {
    this.#detail = detail
  }

  add(rule: RuleId, filled: Readonly<Record<string, string | number>> = {}, where: Where = {}): void {
    const count = (this.#totals.get(rule) ?? 0) + 1
    this.#totals.set(rule, count)
    if (count > this.#detail) return
    const fill = (text: string) =>
      text.replace(/\[(\w+)\]/gu, (whole, name: string) => quote(`${filled[name] ?? whole}`))
    const position = where.position?.()
    const info: Declared = declared[rule]
    this.list.push({
      rule,
      element: where.element ?? fill(info.element ?? "N/A"),
      path: where.path,
      line: position?.line,
      column: position?.column,
      value: where.value === undefined ? undefined : quote(where.value),
      message: fill(info.text)
    })
  }

  get totals(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#totals)
  }

  get failed(): boolean {
    return this.list.some(({ rule }) => infoOf(rule).severity === "error")
  }
}
