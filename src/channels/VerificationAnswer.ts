/**
 * What another verification provider answered, judged: a 200 must be an answer to just this question, everything else says
 * why there is none. Words that differ from the guideline's by case are taken; a reason that nobody knows is left out,
 * because the no it goes with is still a no. Pure.
 */
import { Result, Schema } from "effect"
import { type ProviderAnswer, ProviderError } from "../verification/Providers.ts"
import { additionalInfos, failureReasons, type Verdict } from "../verification/Verification.ts"

const Answer = Schema.Struct({
  verificationTimestamp: Schema.String,
  responderGLN: Schema.String.check(Schema.isPattern(/^\d{13}$/u, { message: "must be a GLN of 13 digits" })),
  data: Schema.Struct({
    verified: Schema.Boolean,
    verificationFailureReason: Schema.optionalKey(Schema.NullOr(Schema.String)),
    additionalInfo: Schema.optionalKey(Schema.NullOr(Schema.String))
  }),
  corrUUID: Schema.String
})
const decode = Schema.decodeUnknownResult(Schema.fromJsonString(Answer), { errors: "all" })

export type ReasonTag = ProviderError["reason"]["_tag"]

/** What may pass by itself is tried again. */
const passing: ReadonlySet<ReasonTag> = new Set(["ProviderDown", "ProviderTimeout"])

export const providerError = (provider: string, tag: ReasonTag, detail: string): ProviderError =>
  new ProviderError({
    reason: {
      _tag: tag,
      isRetryable: passing.has(tag),
      whoActs: tag === "GtinUnknown" || passing.has(tag) ? "nobody" : "operator"
    },
    provider,
    detail
  })

const known = <A extends string>(words: ReadonlyArray<A>, said: string | null | undefined): A | undefined =>
  words.find((word) => word.toLowerCase() === said?.toLowerCase())

const verdictOf = ({ data }: typeof Answer.Type): Verdict => {
  const additionalInfo = known(additionalInfos, data.additionalInfo)
  const failureReason = known(failureReasons, data.verificationFailureReason)
  return data.verified ? { verified: true, additionalInfo } : { verified: false, failureReason, additionalInfo }
}

const byStatus: Readonly<Record<number, ReasonTag>> = {
  400: "ProviderRefused",
  401: "ProviderRefused",
  403: "ProviderRefused",
  404: "GtinUnknown",
  408: "ProviderTimeout",
  429: "ProviderDown",
  500: "ProviderDown",
  502: "ProviderDown",
  503: "ProviderDown",
  504: "ProviderTimeout"
}

/** The answer in a response. */
export const read = (
  provider: string,
  response: { readonly status: number; readonly body: string },
  corrUuid: string
): Result.Result<ProviderAnswer, ProviderError> => {
  const { status, body } = response
  const wrong = (detail: string) => Result.fail(providerError(provider, "InvalidAnswer", detail))
  if (status !== 200) {
    const tag = byStatus[status] ?? "InvalidAnswer"
    return Result.fail(providerError(provider, tag, `${provider} answered ${status}.`))
  }
  const decoded = decode(body)
  if (Result.isFailure(decoded)) return wrong(`${provider} answered what is no answer: ${decoded.failure.message}`)
  const answer = decoded.success
  if (answer.corrUUID !== corrUuid) return wrong(`${provider} answered another question (corrUUID).`)
  if (Number.isNaN(Date.parse(answer.verificationTimestamp))) {
    return wrong(`${provider} answered with a verificationTimestamp that is no time.`)
  }
  return Result.succeed({
    verdict: verdictOf(answer),
    responderGln: answer.responderGLN,
    at: answer.verificationTimestamp
  })
}
