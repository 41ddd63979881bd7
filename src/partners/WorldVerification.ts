/**
 * The part of a world that says how verification requests are answered: response rules of producers and requesters that
 * get no answer. Plain schemas; whether what they name exists is checked with the rest of the world.
 *
 * The flags are those of TraceLink's customVerificationRule, where all of the documented ones are required; in a world
 * they have defaults. The flags for illegitimate product, and `validWhenSuspect`, are ours by symmetry: the published list
 * ends with `sendSuspectStatus`.
 */
import { Effect, Schema } from "effect"
import { flag, Key, list, Text } from "./WorldFields.ts"

/** What is answered about a unit of some disposition, by the codes of the response scenarios; `A1` takes no notice. */
export const answerCodes = ["A1", "B1", "B2", "C1.1", "C1.2", "C2"] as const
export const AnswerCode = Schema.Literals(answerCodes)
export type AnswerCode = typeof AnswerCode.Type

/** An EPCIS disposition by its bare name, e.g. `recalled`. */
export const DispositionName = Schema.String.check(
  Schema.isPattern(/^[a-z0-9_]{1,100}$/u, { message: "must be 1 to 100 lower-case letters, digits and underscores" })
)

/** The documented object: all of it is required. */
export const CustomVerificationRule = Schema.Struct({
  sendFailureReason: Schema.Boolean,
  sendExpiredStatus: Schema.Boolean,
  validWhenExpired: Schema.Boolean,
  sendRecalledStatus: Schema.Boolean,
  validWhenRecalled: Schema.Boolean,
  checkExpirationDay: Schema.Boolean,
  sendSuspectStatus: Schema.Boolean
})
export type CustomVerificationRule = typeof CustomVerificationRule.Type

/** How a producer answers about all of its products. Its key is that of the company. */
export const ResponseRules = Schema.Struct({
  id: Key,
  /** Say why an answer is no; otherwise `No_reason_provided`. */
  sendFailureReason: flag(true),
  /** Say that a unit is expired, or that its expiry was extended. */
  sendExpiredStatus: flag(true),
  validWhenExpired: flag(false),
  sendRecalledStatus: flag(true),
  validWhenRecalled: flag(false),
  /** Compare the day of expiry too, not only year and month. */
  checkExpirationDay: flag(true),
  sendSuspectStatus: flag(true),
  validWhenSuspect: flag(false),
  sendIllegitimateStatus: flag(true),
  validWhenIllegitimate: flag(false),
  /** A day 00 means the last of its month (GS1 General Specifications), or only another 00. */
  dayZero: Schema.Literals(["lastDay", "asWritten"]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("lastDay"))),
  /** Answers by disposition, over what the flags say. */
  dispositions: list(Schema.Struct({ disposition: DispositionName, answer: AnswerCode })),
  /** Item statuses that count as a disposition, over the defaults. */
  itemStatuses: list(Schema.Struct({ itemStatus: Text, disposition: DispositionName }))
})
export type ResponseRules = typeof ResponseRules.Type

/** A requester that gets no answer, and why. `id` is its GLN; each company has its own list, so several may block it. */
export const BlockedRequester = Schema.Struct({
  id: Schema.String.check(Schema.isPattern(/^\d{13}$/u, { message: "must be a GLN of 13 digits" })),
  reason: Text,
  /** The producer that blocks it: about its products only. A world file may leave it out, for all producers. */
  company: Schema.optionalKey(Key)
})
export type BlockedRequester = typeof BlockedRequester.Type

/** The key of an entry, `alder-pharma/0377777000008`; only the GLN where the whole installation blocks it. */
export const blockKey = ({ id, company }: Pick<BlockedRequester, "id" | "company">): string =>
  company === undefined ? id : `${company}/${id}`
