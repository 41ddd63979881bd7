/**
 * Answers the group `rules` of the API. Rules are configuration: a change counts from the next look-up on and stands in
 * the audit trail, by the key that made it and with the reason given.
 */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { RuleDesk, type RuleDeskError } from "../products/RuleDesk.ts"
import * as RuleEdit from "../products/RuleEdit.ts"
import { ResponseDesk, type ResponseDeskError } from "../verification/ResponseDesk.ts"
import { Api } from "./Api.ts"
import { allowed } from "./Authentication.ts"
import { Forbidden, Invalid, NotFound, Unavailable } from "./Problems.ts"
import * as RequestFaults from "./RequestFaults.ts"
import { DataRules } from "./RuleApi.ts"
import * as Wire from "./Wire.ts"

/** The problem of a change that was refused, with every refusal at its place. */
const refusedRules = ({ reason, detail }: RuleDeskError) => {
  if (reason._tag === "Refused") {
    const errors = reason.refusals.map((refusal) => RequestFaults.inBody(RuleEdit.placeOf(refusal), refusal.message))
    return new Invalid({ detail, errors })
  }
  if (reason._tag === "NotAProducer") return new Forbidden({ detail })
  return reason._tag === "Unavailable" ? new Unavailable({ detail }) : new NotFound({ detail })
}

const refusedAnswers = ({ reason, detail }: ResponseDeskError) => {
  if (reason._tag === "NotAProducer") return new Forbidden({ detail })
  if (reason._tag === "Refused") return new Invalid({ detail, errors: [RequestFaults.inBody("", detail)] })
  return reason._tag === "NotFound" ? new NotFound({ detail }) : new Unavailable({ detail })
}

/** Who may change rules, and how the audit trail names them. */
const manager = (why: string | undefined) =>
  Effect.map(allowed("manage"), ({ company, by }) => ({ company, by: { actor: `${company}, ${by}`, why } }))

export const layer = HttpApiBuilder.group(
  Api,
  "rules",
  Effect.fn(function* (handlers) {
    const rules = yield* RuleDesk
    const responses = yield* ResponseDesk
    const decode = Wire.as(DataRules)

    const remove = (table: "masterData" | "verification", market: string, why: string | undefined) =>
      Effect.flatMap(manager(why), ({ company, by }) =>
        Effect.mapError(rules.remove(company, table, market, by), refusedRules)
      )

    return handlers.handleAll({
      query: () =>
        Effect.gen(function* () {
          const { company } = yield* allowed("read")
          return yield* decode(yield* Effect.mapError(rules.query(company), refusedRules))
        }),
      setVerification: ({ payload: { records, why } }) =>
        Effect.flatMap(manager(why), ({ company, by }) =>
          Effect.mapError(rules.setVerification(company, records, by), refusedRules)
        ),
      setMasterData: ({ payload: { records, why } }) =>
        Effect.flatMap(manager(why), ({ company, by }) =>
          Effect.mapError(rules.setMasterData(company, records, by), refusedRules)
        ),
      removeVerification: ({ params, query }) => remove("verification", params.market, query.why),
      removeMasterData: ({ params, query }) => remove("masterData", params.market, query.why),
      answers: () =>
        Effect.flatMap(allowed("read"), ({ company }) => Effect.mapError(responses.query(company), refusedAnswers)),
      setAnswers: ({ payload: { customVerificationRule, why } }) =>
        Effect.flatMap(manager(why), ({ company, by }) =>
          Effect.mapError(responses.set(company, customVerificationRule, by), refusedAnswers)
        ),
      blocked: () =>
        Effect.flatMap(allowed("read"), ({ company }) => Effect.mapError(responses.blocked(company), refusedAnswers)),
      block: ({ params: { gln }, payload: { reason, why } }) =>
        Effect.flatMap(manager(why ?? reason), ({ company, by }) =>
          Effect.mapError(responses.block(company, gln, reason, by), refusedAnswers)
        ),
      unblock: ({ params: { gln }, query: { why } }) =>
        Effect.flatMap(manager(why), ({ company, by }) =>
          Effect.mapError(responses.unblock(company, gln, by), refusedAnswers)
        )
    })
  })
)
