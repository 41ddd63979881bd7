/**
 * How many numbers can be verified, by product and rule: what a producer looks at after setting rules. Rules are asked at
 * look-up time, so nothing has to be copied and this changes nothing; it may be stopped and begun again at any place.
 *
 * Dates are left out: a number counts when the directory has a record of its GTIN for any expiration date. So is history:
 * a number that somebody else's message moved to a code of theirs counts as theirs. Fails with `CoverageError` when the
 * database does not answer.
 */
import { Context, Data, Effect, Layer, Stream } from "effect"
import { isRetryable } from "../engine/Failure.ts"
import { Partners } from "../partners/Partners.ts"
import type { RuleMarket } from "../partners/WorldProducts.ts"
import * as Queries from "./CoverageQueries.ts"
import { isTold, takes, verificationRulesFor } from "./DataRules.ts"
import * as ProductIndex from "./ProductIndex.ts"

export class CoverageError extends Data.TaggedError("CoverageError")<{
  readonly reason: { readonly _tag: "Unavailable"; readonly isRetryable: boolean; readonly whoActs: "operator" }
  readonly cause: unknown
}> {
  get isRetryable(): boolean {
    return this.reason.isRetryable
  }
  override get message(): string {
    return "The numbers could not be counted"
  }
}

const unavailable = (cause: unknown): CoverageError =>
  new CoverageError({ reason: { _tag: "Unavailable", isRetryable: isRetryable(cause), whoActs: "operator" }, cause })

/** Numbers of one GTIN: all of them, those that can be verified, and the others by what keeps them from it. */
export interface Covered {
  readonly gtin: string
  readonly owner: string
  readonly product: string
  readonly numbers: number
  readonly verifiable: number
  /** By each rule that the product meets. */
  readonly rules: ReadonlyArray<{ readonly market: RuleMarket; readonly verifiable: number }>
  readonly others: Readonly<Record<string, number>>
}

/** How far the count is: up to the number with this id, of all. */
export interface Progress {
  readonly upTo: number
  readonly of: number
  /** Of everything counted so far, by GTIN. */
  readonly covered: ReadonlyArray<Covered>
}

/** Numbers counted in one statement: some 200 ms, so that progress moves and a stop is quick. */
const stretch = 500_000

const gtinOf = (prefix: string): string | undefined => /^01(\d{14})21$/u.exec(prefix)?.[1]

/** Counts of numbers that stand alike, as what they mean. */
export const summarize = (
  index: ProductIndex.ProductIndex,
  counted: ReadonlyArray<Queries.Counted>
): ReadonlyArray<Covered> => {
  const byGtin = new Map<string, Array<Queries.Counted>>()
  for (const one of counted) {
    const gtin = gtinOf(one.prefix)
    if (gtin === undefined || (index.products(gtin).length === 0 && index.records(gtin).length === 0)) continue
    byGtin.set(gtin, [...(byGtin.get(gtin) ?? []), one])
  }
  return [...byGtin]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([gtin, some]): ReadonlyArray<Covered> => {
      const standing = index.standing(gtin, undefined)
      const shared = standing?.shared ?? index.products(gtin)[0]
      if (shared === undefined) return []
      const others: Record<string, number> = {}
      const sum = { numbers: 0, verifiable: 0 }
      for (const { state, itemStatus, owner, count } of some) {
        sum.numbers += count
        const said = index.verifiable(gtin, undefined, { state, itemStatus: itemStatus ?? undefined, owner })
        if (said._tag === "Verifiable") sum.verifiable += count
        else others[said.because] = (others[said.because] ?? 0) + count
      }
      const rules = verificationRulesFor(shared.rules, shared.product).map((rule) => ({
        market: rule.market,
        verifiable: some
          .filter(({ owner }) => standing === undefined || standing.holders.includes(owner))
          .filter(({ state, itemStatus }) => isTold(state) && takes(rule, itemStatus ?? undefined))
          .reduce((total, { count }) => total + count, 0)
      }))
      return [{ gtin, owner: shared.owner.id, product: shared.product.name, ...sum, rules, others }]
    })
}

/** Adds counts of a stretch to those before. */
const add = (totals: Map<string, Queries.Counted>, more: ReadonlyArray<Queries.Counted>): void => {
  for (const one of more) {
    const key = `${one.prefix} ${one.owner} ${one.state} ${one.itemStatus ?? ""}`
    totals.set(key, { ...one, count: one.count + (totals.get(key)?.count ?? 0) })
  }
}

const make = Effect.gen(function* () {
  const queries = yield* Queries.make
  const partners = yield* Partners

  const count = (after: number): Stream.Stream<Progress, CoverageError> =>
    Stream.unwrap(
      Effect.mapError(
        Effect.gen(function* () {
          const index = ProductIndex.of(yield* partners.current)
          const of = yield* queries.newest
          const totals = new Map<string, Queries.Counted>()
          const ends = Array.from({ length: Math.max(1, Math.ceil((of - after) / stretch)) }, (_, at) =>
            Math.min(of, after + (at + 1) * stretch)
          )
          return Stream.fromIterable(ends).pipe(
            Stream.mapEffect((upTo) =>
              Effect.map(queries.between(Math.max(after, upTo - stretch), upTo), (more): Progress => {
                add(totals, more)
                return { upTo, of, covered: summarize(index, [...totals.values()]) }
              })
            ),
            Stream.mapError(unavailable)
          )
        }),
        unavailable
      )
    )
  return { count }
})

export class Coverage extends Context.Service<
  Coverage,
  {
    /** Counts all numbers behind an id (0 for all), telling how far it is after each stretch; the last tells everything. */
    readonly count: (after: number) => Stream.Stream<Progress, CoverageError>
  }
>()("throughline/products/Coverage") {
  static readonly layer = Layer.effect(this, make)
}
