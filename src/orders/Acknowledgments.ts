/**
 * Acknowledgments of what we sent (X12 997): each is matched to the interchange it speaks of, a rejection is told and
 * kept, and what was delivered without any answer is listed as overdue.
 *
 * `apply` runs inside the commit transaction. A 997 about something that was never sent to its sender is refused.
 */
import { Context, Effect, Layer } from "effect"
import { type Applied, type Envelope, type RunContext, refuse } from "../engine/Pipeline.ts"
import * as Rule from "../engine/Rule.ts"
import { interchangeNumber } from "../formats/X12.ts"
import { Partners } from "../partners/Partners.ts"
import type { PartnersError } from "../partners/PartnersError.ts"
import * as AcknowledgmentPatience from "./AcknowledgmentPatience.ts"
import * as Queries from "./AcknowledgmentQueries.ts"

/** What a partner says of a group we sent. */
export interface GroupAcknowledgment {
  readonly path: string
  /** GS01 and GS06 of the group it is about. */
  readonly functional: string
  readonly controlNumber: string
  readonly status: "accepted" | "errors" | "partly" | "rejected"
  /** What was wrong, in the partner's codes: `set 0001: N9 at 5, element 2: 5`. */
  readonly detail: string | undefined
}

export interface Acknowledged {
  readonly header: Envelope
  readonly groups: ReadonlyArray<GroupAcknowledgment>
}

/** Maps whose interchanges are acknowledged, by the functional identifier of their groups. */
export const expected: Readonly<Record<string, string>> = {
  AR: "X12_004010_943",
  OW: "X12_004010_940",
  SH: "X12_004010_856"
}

export const nothingSent = Rule.define({
  id: "x12/nothing-sent",
  class: 2,
  element: "AK102",
  text: "No functional group [functional] with control number [number] was sent to [company].",
  source: "ASC X12 004010, Functional Acknowledgment (997)",
  situation: "An acknowledgment of something that was never sent, or sent to somebody else.",
  example: { case: "x12-acknowledgment/nothing-sent" }
})

export const rejected = Rule.define({
  id: "x12/rejected",
  class: 2,
  severity: "warning",
  element: "AK901",
  text: "[company] has [verdict] functional group [functional] [number], sent as message [message]: [detail].",
  source: "ASC X12 004010, Functional Acknowledgment (997)",
  situation: "The partner could not read what we sent, or only part of it.",
  example: { case: "x12-acknowledgment/rejected" }
})

const verdicts = {
  accepted: "accepted",
  errors: "noted errors in",
  partly: "rejected part of",
  rejected: "rejected"
} as const

/** Interchange numbers begin again after so many messages. */
const cycle = 10_000_000

/** Messages whose answers may bear an interchange number, the newest first. */
export const candidates = (controlNumber: string, newest: number): ReadonlyArray<number> => {
  const base = Math.floor(Number(controlNumber) / 100)
  if (!Number.isSafeInteger(base)) return []
  return Array.from({ length: Math.max(0, Math.floor((newest - base) / cycle) + 1) }, (_, n) => base + n * cycle)
}

/** Keeps what a partner said. */
export const apply = Effect.fn("Acknowledgments.apply")(function* ({ groups }: Acknowledged, context: RunContext) {
  const queries = yield* Queries.make
  const { company, messageId } = context
  const unknown: Array<Rule.Violation> = []
  const warnings: Array<Rule.Violation> = []
  const said: Array<Queries.Said> = []
  const asked = groups.flatMap(({ controlNumber }) => candidates(controlNumber, messageId))
  const sent = asked.length === 0 ? [] : yield* queries.sent(company, [...new Set(asked)])
  for (const { path, functional, controlNumber, status, detail } of groups) {
    const about = sent.find(
      (each) =>
        each.map === expected[functional] && Number(interchangeNumber(each.controlNumber)) === Number(controlNumber)
    )
    const place = { path, value: controlNumber }
    if (about === undefined) {
      unknown.push(nothingSent.raise({ functional, number: controlNumber, company }, place))
      continue
    }
    said.push({ messageId: about.id, status, detail })
    if (status === "accepted") continue
    const filled = {
      company,
      verdict: verdicts[status],
      functional,
      number: controlNumber,
      message: `${about.id}`,
      detail: detail ?? "no reason was given"
    }
    warnings.push(rejected.raise(filled, place))
  }
  if (unknown.length > 0) return yield* Effect.fail(refuse([...unknown, ...warnings]))
  if (said.length > 0) yield* queries.record(said, messageId, context.clock)
  const applied: Applied<never> = { answers: [], warnings, touched: [] }
  return applied
})

/** What is known of acknowledgments, for people. */
export class Acknowledgments extends Context.Service<
  Acknowledgments,
  {
    /** Sent interchanges with what was said of them, newest first; `overdue` only those their partner left unanswered. */
    readonly list: (options: {
      readonly overdue: boolean
      readonly now: Date
      readonly limit: number
    }) => Effect.Effect<ReadonlyArray<Queries.Standing>, Queries.SqlError | PartnersError>
  }
>()("throughline/orders/Acknowledgments") {
  static readonly layer: Layer.Layer<Acknowledgments, never, Queries.SqlClient | Partners> = Layer.effect(
    this,
    Effect.gen(function* () {
      const { standing } = yield* Queries.make
      const partners = yield* Partners
      return {
        list: Effect.fn("Acknowledgments.list")(function* ({ overdue, now, limit }) {
          const patience = AcknowledgmentPatience.of(yield* partners.current)
          return yield* standing({
            overdueAt: overdue ? now : undefined,
            patience,
            maps: Object.values(expected),
            limit
          })
        })
      }
    })
  )
}
