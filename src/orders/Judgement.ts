/**
 * What was found about a document so far: errors, warnings, and errors of the serial desk that somebody may let pass.
 * Stages fill it and ask it once, at the end, whether the document is refused. Filled in memory; nothing here fails.
 */
import type { RuleInfo, Violation } from "../engine/Rule.ts"
import type { DeskSetting, Tool } from "../partners/WorldOrders.ts"
import * as DeskRules from "./DeskRules.ts"
import type { OverrideRecord } from "./OrdersModel.ts"
import type { Override } from "./TradeDocument.ts"

/** The same finding with another weight. */
const weighed = (violation: Violation, severity: RuleInfo["severity"]): Violation =>
  violation.rule.severity === severity ? violation : { ...violation, rule: { ...violation.rule, severity } }

/** The end of it: errors refuse the document; overrides are written down. */
export interface Judged {
  readonly errors: ReadonlyArray<Violation>
  readonly warnings: ReadonlyArray<Violation>
  readonly overrides: ReadonlyArray<OverrideRecord>
}

export class Judgement {
  readonly #firm: Array<Violation> = []
  readonly #overridable: Array<Violation> = []

  /** Takes a finding as its rule weighs it. */
  add(violation: Violation): void {
    this.#firm.push(violation)
  }

  /** Takes any number of findings. */
  addAll(violations: Iterable<Violation>): void {
    for (const violation of violations) this.#firm.push(violation)
  }

  /** Takes a finding of the desk as the setting weighs it; without one, as an error that may be overridden. */
  desk(violation: Violation, setting?: DeskSetting | undefined): void {
    const finding = setting === undefined ? violation : weighed(violation, setting.severity)
    const isError = finding.rule.severity === "error"
    if (isError && setting?.overridable !== false) this.#overridable.push(finding)
    else this.#firm.push(finding)
  }

  /** Judges. With an override that is allowed, what may be overridden becomes a warning; `place` is where it stands. */
  judge(override: Override | undefined, tool: Tool, allowed: boolean, place: string): Judged {
    const passes = override !== undefined && allowed
    const all = this.#firm.concat(
      passes ? this.#overridable.map((finding) => weighed(finding, "warning")) : this.#overridable
    )
    const overrides: Array<OverrideRecord> = []
    if (passes) {
      const counts = Map.groupBy(this.#overridable, ({ rule }) => rule.id)
      for (const [rule, { length }] of counts)
        overrides.push({ rule, findings: length, actor: override.by, reason: override.reason })
    }
    if (override !== undefined && !allowed)
      all.push(DeskRules.overrideNotAllowed.raise({ tool }, { path: place, value: override.by }))
    const of = (severity: RuleInfo["severity"]) => all.filter(({ rule }) => rule.severity === severity)
    return { errors: of("error"), warnings: of("warning"), overrides }
  }
}
