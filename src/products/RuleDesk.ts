/**
 * Where producers set and ask their data rules. Rules are configuration: a change is one version in its journal, with who
 * and why in the audit trail, and counts from the next look-up on. Directory records follow in the same transaction.
 *
 * Only producers can set rules; anybody else is refused and told why. `RuleDeskError` says what was wrong, with the HTTP
 * status it is answered with; then nothing was changed.
 */
import { Context, Data, Effect, Layer, Result } from "effect"
import { Configuration } from "../partners/Configuration.ts"
import type { PartnersError } from "../partners/PartnersError.ts"
import type * as World from "../partners/World.ts"
import * as WorldDirectory from "../partners/WorldDirectory.ts"
import type { DataRules, MasterDataRule, Module, VerificationRule } from "../partners/WorldProducts.ts"
import { notAProducer } from "../partners/WorldProductsCheck.ts"
import * as RuleEdit from "./RuleEdit.ts"

export type RuleDeskReason =
  | { readonly _tag: "NoCompany"; readonly status: 404; readonly isRetryable: false; readonly whoActs: "sender" }
  | { readonly _tag: "NotAProducer"; readonly status: 403; readonly isRetryable: false; readonly whoActs: "sender" }
  /** A record that is not of the right form, or contradicts another rule; all of them. */
  | {
      readonly _tag: "Refused"
      readonly status: 400
      readonly isRetryable: false
      readonly whoActs: "sender"
      readonly refusals: ReadonlyArray<RuleEdit.Refusal>
    }
  | { readonly _tag: "NoRule"; readonly status: 404; readonly isRetryable: false; readonly whoActs: "sender" }
  | { readonly _tag: "Unavailable"; readonly status: 503; readonly isRetryable: boolean; readonly whoActs: "operator" }

export class RuleDeskError extends Data.TaggedError("RuleDeskError")<{
  readonly reason: RuleDeskReason
  readonly detail: string
  readonly cause?: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return this.detail
  }
}

/** Who changes rules, and the reason for the audit trail. */
export interface By {
  readonly actor: string
  readonly why?: string | undefined
}

/** Which of the two tables. */
export type Table = "masterData" | "verification"

const modules: Readonly<Record<Table, Module>> = { masterData: "masterDataShare", verification: "productVerification" }

const noCompany = (company: string): RuleDeskError =>
  new RuleDeskError({
    reason: { _tag: "NoCompany", status: 404, isRetryable: false, whoActs: "sender" },
    detail: `There is no company ${company}.`
  })

const refused = (refusals: ReadonlyArray<RuleEdit.Refusal>): RuleDeskError =>
  new RuleDeskError({
    reason: { _tag: "Refused", status: 400, isRetryable: false, whoActs: "sender", refusals },
    detail: refusals.map((refusal) => `${RuleEdit.placeOf(refusal)}: ${refusal.message}`).join("\n")
  })

const unavailable = (cause: PartnersError | World.WorldError): RuleDeskError =>
  new RuleDeskError({
    reason: {
      _tag: "Unavailable",
      status: 503,
      isRetryable: cause._tag === "PartnersError" && cause.isRetryable,
      whoActs: "operator"
    },
    detail: `The rules could not be read or changed: ${cause.message}`,
    cause
  })

const none = (company: string): DataRules => ({ id: company, company, masterData: [], verification: [] })

const rulesOf = (world: World.Configuration, company: string): DataRules =>
  world.dataRules.find((rules) => rules.company === company) ?? none(company)

/** The company, when it may set rules of the table. */
const producer = Effect.fnUntraced(function* (world: World.Configuration, key: string, table: Table) {
  const company = world.companies.find(({ id }) => id === key)
  if (company === undefined) return yield* noCompany(key)
  const why = notAProducer(company, modules[table])
  if (why === undefined) return company
  return yield* new RuleDeskError({
    reason: { _tag: "NotAProducer", status: 403, isRetryable: false, whoActs: "sender" },
    detail: `${why}.`
  })
})

const withRules = (world: World.Configuration, rules: DataRules): World.Configuration => ({
  ...world,
  dataRules: [...world.dataRules.filter(({ company }) => company !== rules.company), rules]
})

/** With the GTINs of each market that somebody else's record stands in the way of. */
const withPassedOver = (
  taken: ReadonlyArray<RuleEdit.Taken>,
  passedOver: ReadonlyArray<WorldDirectory.PassedOver>
): ReadonlyArray<RuleEdit.Taken> =>
  taken.map((one) => {
    const withoutRecord = passedOver
      .filter(
        ({ product: { markets } }) => one.market === "ALL" || markets.some(({ country }) => country === one.market)
      )
      .map(({ gtin, message }) => ({ gtin, message }))
    return withoutRecord.length === 0 ? one : { ...one, withoutRecord }
  })

const make = Effect.gen(function* () {
  const configuration = yield* Configuration

  const own = (error: RuleDeskError | World.WorldError | PartnersError): RuleDeskError =>
    error._tag === "RuleDeskError" ? error : unavailable(error)

  const change = <A>(
    company: string,
    table: Table,
    by: By,
    edit: (rules: DataRules) => Effect.Effect<readonly [DataRules, A], RuleDeskError>,
    tell: (answer: A, after: World.Configuration) => A = (answer) => answer
  ): Effect.Effect<A, RuleDeskError> => {
    const changed = Effect.fnUntraced(function* (world: World.Configuration) {
      yield* producer(world, company, table)
      const [rules, answer] = yield* edit(rulesOf(world, company))
      const after = withRules(world, rules)
      return [after, tell(answer, after)] as const
    })
    return Effect.mapError(configuration.change(changed, by), own)
  }

  const set = <R>(
    edited: RuleEdit.Edited<R>,
    lay: (rules: ReadonlyArray<R>) => DataRules
  ): Effect.Effect<readonly [DataRules, ReadonlyArray<RuleEdit.Taken>], RuleDeskError> =>
    Effect.fromResult(
      Result.mapBoth(edited, {
        onSuccess: ({ rules, taken }) => [lay(rules), taken] as const,
        onFailure: refused
      })
    )

  return {
    query: (company: string) =>
      Effect.flatMap(Effect.mapError(configuration.export, unavailable), (world) =>
        producer(world, company, "verification").pipe(
          Effect.catch(() => producer(world, company, "masterData")),
          Effect.as(rulesOf(world, company))
        )
      ),
    setVerification: (company: string, records: ReadonlyArray<RuleEdit.VerificationRecord>, by: By) =>
      change(company, "verification", by, (rules) =>
        set<VerificationRule>(RuleEdit.verification(rules.verification, records), (verification) => ({
          ...rules,
          verification
        }))
      ),
    setMasterData: (company: string, records: ReadonlyArray<RuleEdit.MasterDataRecord>, by: By) =>
      change(
        company,
        "masterData",
        by,
        (rules) =>
          set<MasterDataRule>(RuleEdit.masterData(rules.masterData, records), (masterData) => ({
            ...rules,
            masterData
          })),
        (taken, after) => withPassedOver(taken, WorldDirectory.passedOver(after, company))
      ),
    remove: (company: string, table: Table, market: string, by: By) =>
      change(company, table, by, (rules) => {
        const wanted = RuleEdit.marketOf(market)
        if (!rules[table].some((rule) => rule.market === wanted)) {
          return Effect.fail(
            new RuleDeskError({
              reason: { _tag: "NoRule", status: 404, isRetryable: false, whoActs: "sender" },
              detail: `${company} has no such rule for ${market}.`
            })
          )
        }
        const [masterData, verification] = [
          table === "masterData" ? rules.masterData.filter((rule) => rule.market !== wanted) : rules.masterData,
          table === "verification" ? rules.verification.filter((rule) => rule.market !== wanted) : rules.verification
        ]
        return Effect.succeed([{ ...rules, masterData, verification }, undefined] as const)
      })
  }
})

export class RuleDesk extends Context.Service<
  RuleDesk,
  {
    /** The rules of a producer, in either module; empty tables when it has none. */
    readonly query: (company: string) => Effect.Effect<DataRules, RuleDeskError>
    /** Set Serialized Operations Manager Sync Rules: Product Verification Rules, one a market. All of them or none. */
    readonly setVerification: (
      company: string,
      records: ReadonlyArray<RuleEdit.VerificationRecord>,
      by: By
    ) => Effect.Effect<ReadonlyArray<RuleEdit.Taken>, RuleDeskError>
    /** Set Master Data Exchange Sync Rules: Master Data Rules, one a market. All of them or none. */
    readonly setMasterData: (
      company: string,
      records: ReadonlyArray<RuleEdit.MasterDataRecord>,
      by: By
    ) => Effect.Effect<ReadonlyArray<RuleEdit.Taken>, RuleDeskError>
    /** Takes the rule of a market away; what it shared is shared no more. */
    readonly remove: (company: string, table: Table, market: string, by: By) => Effect.Effect<void, RuleDeskError>
  }
>()("throughline/products/RuleDesk") {
  static readonly layer = Layer.effect(this, make)
}
