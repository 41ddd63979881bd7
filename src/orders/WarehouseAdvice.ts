/**
 * What warehouses send about receipts and shipments: several documents in one message, each taken like one of its own
 * format, and what only such messages can get wrong (two lots in one loop, a range of serials that is none). A message is
 * taken as a whole: with one document refused none counts, and the reasons of all are told.
 */
import { Effect, Result } from "effect"
import type { Answer, Applied, Envelope, Refused, RunContext } from "../engine/Pipeline.ts"
import { refuse } from "../engine/Pipeline.ts"
import * as Rule from "../engine/Rule.ts"
import { Partners } from "../partners/Partners.ts"
import type { X12Profile } from "../partners/WorldOrders.ts"
import * as LineChecks from "./LineChecks.ts"
import type { TradeDocument } from "./TradeDocument.ts"
import * as TradeIndex from "./TradeIndex.ts"

/** Something a mapping could not make one thing of. */
export interface Conflict {
  readonly kind: "two-lots" | "serial-range" | "expiry"
  readonly path: string
  readonly value: string
  /** Number of the line, for people. */
  readonly line: string
  /** What it clashes with, or what is wrong with it. */
  readonly other: string
}

export interface WarehouseAdvice<D extends TradeDocument> {
  readonly header: Envelope
  readonly documents: ReadonlyArray<D>
  readonly conflicts: ReadonlyArray<Conflict>
}

const source = "Throughline; ASC X12 004010 gives a line loop one quantity"

export const twoLots = Rule.define({
  id: "wms/two-lots",
  class: 1,
  element: "lot",
  text: "Line [line] names lot [lot] and lot [other]; several lots of a product are several lines, each with its quantity.",
  source,
  situation: "Two different lots in one loop: nobody can tell how many units are of which.",
  example: { case: "wms-receipt-advice/two-lots" }
})

export const badRange = Rule.define({
  id: "wms/serial-range",
  class: 1,
  element: "serial number",
  text: "The serial range from [first] to [last] of line [line] cannot be counted out.",
  source: "EIDX, Product identification serial numbers",
  situation:
    "The partner's profile says that serials come as ends of ranges, and a pair has no common beginning, counts down, has more than 100,000 numbers, or lacks its end.",
  example: { case: "wms-receipt-advice/serial-range-backwards" }
})

export const badExpiry = Rule.define({
  id: "wms/expiry",
  class: 1,
  element: "expiration date",
  text: "[value] of line [line] is no expiration date in the form CCYYMMDD.",
  source: "Throughline",
  situation: "The partner's own reference code for expiry holds something else than a date.",
  example: { case: "wms-receipt-advice/expiry-code-no-date" }
})

function* raised(kind: Conflict["kind"], { conflicts }: WarehouseAdvice<TradeDocument>): Generator<Rule.Violation> {
  for (const { path, value, line, other, kind: found } of conflicts) {
    if (found !== kind) continue
    const place = { path, value }
    if (kind === "two-lots") yield twoLots.raise({ line, lot: value, other }, place)
    else if (kind === "serial-range") yield badRange.raise({ line, first: value, last: other }, place)
    else yield badExpiry.raise({ line, value }, place)
  }
}

/** The checks of every order document over all documents of a message, and those of its own. */
export const checks: ReadonlyArray<Rule.Check<WarehouseAdvice<TradeDocument>>> = [
  Rule.check(twoLots, (advice) => raised("two-lots", advice)),
  Rule.check(badRange, (advice) => raised("serial-range", advice)),
  Rule.check(badExpiry, (advice) => raised("expiry", advice)),
  ...LineChecks.checks.map(({ rule, check }) =>
    Rule.check<WarehouseAdvice<TradeDocument>>(rule, function* ({ documents }) {
      for (const document of documents) yield* check(document)
    })
  )
]

const isRefused = (error: unknown): error is Refused =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "Refused"

/** Carries out every document of a message in order; control numbers of answers go on from one to the next. */
export const applyAll =
  <D extends TradeDocument, V, E, R>(
    apply: (document: D, context: RunContext) => Effect.Effect<Applied<V>, Refused | E, R>
  ) =>
  (advice: WarehouseAdvice<D>, context: RunContext): Effect.Effect<Applied<V>, Refused | E, R> =>
    Effect.gen(function* () {
      const answers: Array<Answer<V>> = []
      const warnings: Array<Rule.Violation> = []
      const touched: Array<string> = []
      const refusals: Array<Refused> = []
      for (const document of advice.documents) {
        const from = answers.length
        const numbered = { ...context, controlNumber: (index: number) => context.controlNumber(from + index) }
        const result = yield* Effect.result(apply(document, numbered))
        if (Result.isSuccess(result)) {
          for (const answer of result.success.answers) answers.push(answer)
          for (const warning of result.success.warnings) warnings.push(warning)
          for (const word of result.success.touched) touched.push(word)
        } else if (isRefused(result.failure)) refusals.push(result.failure)
        else return yield* Effect.fail(result.failure)
      }
      if (refusals.length === 0) return { answers, warnings, touched }
      const violations = [...refusals.flatMap((each) => [...each.violations]), ...warnings]
      return yield* Effect.fail(refuse(violations, { waitFor: refusals.flatMap(({ waitFor }) => waitFor) }))
    })

/** How a warehouse writes to the company it keeps goods for. */
export interface Dialect extends X12Profile {
  readonly unknownSegments: "error" | "ignore"
}

/** The dialect between the two sides of a message; the public one where no channel says otherwise. */
export const dialect = Effect.fnUntraced(function* ({
  sender,
  receiver
}: {
  readonly sender: string
  readonly receiver: string
}) {
  const directory = yield* Partners.use(({ current }) => current)
  const parties = directory.parties(sender, receiver)
  const channels =
    parties.sender === undefined || parties.receiver === undefined
      ? []
      : TradeIndex.of(directory).channelsBetween(parties.receiver.id, parties.sender.id)
  const profile = channels.find(({ x12 }) => x12 !== undefined)?.x12
  const found: Dialect = { ...profile, unknownSegments: profile?.unknownSegments ?? "error" }
  return found
})
