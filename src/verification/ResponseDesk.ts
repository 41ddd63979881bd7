/**
 * Where producers say how requests about their products are answered (custom verification rules, one object a company),
 * and whom they do not answer. Both are configuration: a change counts from the next request on, and stands in the audit
 * trail.
 *
 * Only producers can do so; anybody else is refused and told why. Fails with `ResponseDeskError`; then nothing was changed.
 */
import { Context, Data, Effect, Layer, Result, Schema } from "effect"
import { Configuration } from "../partners/Configuration.ts"
import type { PartnersError } from "../partners/PartnersError.ts"
import type * as World from "../partners/World.ts"
import { notAProducer } from "../partners/WorldProductsCheck.ts"
import { type BlockedRequester, type CustomVerificationRule, ResponseRules } from "../partners/WorldVerification.ts"

export type ResponseDeskReason =
  | { readonly _tag: "NotAProducer"; readonly isRetryable: false; readonly whoActs: "sender" }
  /** The change does not fit the rest of the configuration. */
  | { readonly _tag: "Refused"; readonly isRetryable: false; readonly whoActs: "sender" }
  | { readonly _tag: "NotFound"; readonly isRetryable: false; readonly whoActs: "sender" }
  | { readonly _tag: "Unavailable"; readonly isRetryable: boolean; readonly whoActs: "operator" }

export class ResponseDeskError extends Data.TaggedError("ResponseDeskError")<{
  readonly reason: ResponseDeskReason
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

/** Who changes it, and the reason for the audit trail. */
export interface By {
  readonly actor: string
  readonly why?: string | undefined
}

const refusal = (tag: "NotAProducer" | "Refused" | "NotFound", detail: string) =>
  new ResponseDeskError({ reason: { _tag: tag, isRetryable: false, whoActs: "sender" }, detail })

const own = (error: ResponseDeskError | World.WorldError | PartnersError): ResponseDeskError => {
  if (error._tag === "ResponseDeskError") return error
  if (error._tag === "WorldError") return refusal("Refused", error.message)
  return new ResponseDeskError({
    reason: { _tag: "Unavailable", isRetryable: error.isRetryable, whoActs: "operator" },
    detail: error.message,
    cause: error
  })
}

/** The rules of a company that set none. */
const usual = (company: string): ResponseRules =>
  Result.getOrThrow(Schema.decodeUnknownResult(ResponseRules)({ id: company }))

const rulesOf = (world: World.Configuration, company: string): ResponseRules =>
  world.responseRules.find(({ id }) => id === company) ?? usual(company)

/** The documented part of the rules. */
const documented = (rules: ResponseRules): CustomVerificationRule => ({
  sendFailureReason: rules.sendFailureReason,
  sendExpiredStatus: rules.sendExpiredStatus,
  validWhenExpired: rules.validWhenExpired,
  sendRecalledStatus: rules.sendRecalledStatus,
  validWhenRecalled: rules.validWhenRecalled,
  checkExpirationDay: rules.checkExpirationDay,
  sendSuspectStatus: rules.sendSuspectStatus
})

const producer = (world: World.Configuration, key: string): Effect.Effect<void, ResponseDeskError> => {
  const company = world.companies.find(({ id }) => id === key)
  const why = company === undefined ? `There is no company ${key}` : notAProducer(company, "productVerification")
  return why === undefined ? Effect.void : Effect.fail(refusal("NotAProducer", `${why}.`))
}

const make = Effect.gen(function* () {
  const configuration = yield* Configuration

  const change = <A>(
    company: string,
    by: By,
    edit: (world: World.Configuration) => Effect.Effect<readonly [World.Configuration, A], ResponseDeskError>
  ) => {
    const changed = (world: World.Configuration) => Effect.andThen(producer(world, company), edit(world))
    return Effect.mapError(configuration.change(changed, by), own)
  }

  const read = <A>(company: string, of: (world: World.Configuration) => A) =>
    Effect.flatMap(Effect.mapError(configuration.export, own), (world) =>
      Effect.map(producer(world, company), () => of(world))
    )

  return {
    query: (company: string) => read(company, (world) => documented(rulesOf(world, company))),
    set: (company: string, rule: CustomVerificationRule, by: By) =>
      change(company, by, (world) => {
        const rules: ResponseRules = { ...rulesOf(world, company), ...rule }
        const others = world.responseRules.filter(({ id }) => id !== company)
        return Effect.succeed([{ ...world, responseRules: [...others, rules] }, documented(rules)])
      }),
    blocked: (company: string) =>
      read(company, (world) => world.blockedRequesters.filter((one) => one.company === company)),
    block: (company: string, gln: string, reason: string, by: By) =>
      change(company, by, (world) => {
        const blocked: BlockedRequester = { id: gln, reason, company }
        // What others block is theirs, and not told.
        const others = world.blockedRequesters.filter((one) => one.id !== gln || one.company !== company)
        return Effect.succeed([{ ...world, blockedRequesters: [...others, blocked] }, blocked])
      }),
    unblock: (company: string, gln: string, by: By) =>
      change(company, by, (world) => {
        const others = world.blockedRequesters.filter((one) => one.id !== gln || one.company !== company)
        return others.length === world.blockedRequesters.length
          ? Effect.fail(refusal("NotFound", `You do not block ${gln}.`))
          : Effect.succeed([{ ...world, blockedRequesters: others }, undefined])
      })
  }
})

export class ResponseDesk extends Context.Service<
  ResponseDesk,
  {
    /** How requests are answered; the defaults where nothing was set. */
    readonly query: (company: string) => Effect.Effect<CustomVerificationRule, ResponseDeskError>
    readonly set: (
      company: string,
      rule: CustomVerificationRule,
      by: By
    ) => Effect.Effect<CustomVerificationRule, ResponseDeskError>
    /** Requesters that the company does not answer. */
    readonly blocked: (company: string) => Effect.Effect<ReadonlyArray<BlockedRequester>, ResponseDeskError>
    readonly block: (
      company: string,
      gln: string,
      reason: string,
      by: By
    ) => Effect.Effect<BlockedRequester, ResponseDeskError>
    readonly unblock: (company: string, gln: string, by: By) => Effect.Effect<void, ResponseDeskError>
  }
>()("throughline/verification/ResponseDesk") {
  static readonly layer = Layer.effect(this, make)
}
