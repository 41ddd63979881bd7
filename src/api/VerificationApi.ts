/**
 * The group `verifications` of the API: is this pack what it says, what was asked before, and a producer's look at its
 * own answers. Declarations only; VerificationHandlers.ts answers.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { reportFilters } from "../verification/HistoryModel.ts"
import { additionalInfos, failureReasons } from "../verification/Verification.ts"
import { Authenticated } from "./Caller.ts"
import * as Envelope from "./Envelope.ts"
import { about, Limit, Moment, optional, text } from "./Fields.ts"
import { Forbidden, Invalid, NotFound, TooSlow, Unavailable } from "./Problems.ts"
import { WellFormedBody } from "./WellFormed.ts"

const Text = text(500)

/** A pack, by its scanned code or by the four parts of it. */
export class VerificationRequest extends Schema.Class<VerificationRequest>("VerificationRequest")({
  code: optional(
    Schema.String.check(Schema.isMaxLength(500)).annotate({
      description:
        "What a scanner reads: (01)(21)(10)(17) in any order, with FNC1, in parentheses, with a symbology identifier in front, or a GS1 Digital Link. Or give the four parts."
    })
  ),
  gtin: optional(Text),
  serial: optional(Text),
  lot: optional(Text),
  expiry: optional(Text.annotate({ description: "YYMMDD; the day may be 00" })),
  context: optional(Text.annotate({ description: "Why you ask; `dscsaSaleableReturn` unless given" })),
  market: optional(
    Text.annotate({
      description:
        "Target market, where you know it: a country of ISO 3166-1. The producer's master data goes before it, where it is here"
    })
  ),
  inPossession: optional(Schema.Boolean.annotate({ description: "Whether you have the pack in hand" })),
  requesterGln: optional(Text.annotate({ description: "A GLN of your company; its own unless given" })),
  corrUuid: optional(Text),
  email: optional(Text),
  telephone: optional(Text)
}) {}

const StatusCode = Schema.Literals(["PIE_SUCCESS", "PV_SUBMISSION_FAILURE", "PIE_FAILURE", "SEM_NO_COMPLIANCE_IMPACT"])

/** What came of it. */
export class VerificationAnswer extends Schema.Class<VerificationAnswer>("VerificationAnswer")({
  outcome: Schema.Literals(["verified", "not_verified", "not_asked", "no_impact"]),
  status: StatusCode.annotate({ description: "The same in the words of Set Event" }),
  headline: Schema.String.annotate({ description: "For people" }),
  detail: Schema.String.annotate({ description: "For people" }),
  gtin: Schema.String,
  serial: Schema.String,
  lot: Schema.String,
  expiry: Schema.String,
  failureReason: optional(Schema.Literals(failureReasons)),
  additionalInfo: optional(Schema.Literals(additionalInfos)),
  responderGln: optional(Schema.String),
  inNetwork: optional(Schema.Boolean.annotate({ description: "Whether it was answered from numbers that are here" })),
  provider: optional(Schema.String),
  notAskedBecause: optional(Schema.String),
  markets: optional(Schema.Array(Schema.String)),
  at: Moment,
  corrUuid: Schema.String,
  id: optional(Schema.String.annotate({ description: "Of the history" }))
}) {}

/** A verification of the past. */
export class VerificationRecord extends Schema.Class<VerificationRecord>("VerificationRecord")({
  id: Schema.String,
  at: Moment,
  outcome: Schema.Literals(["valid", "invalid", "not_asked", "no_impact"]),
  gtin: Schema.String,
  serial: Schema.String,
  lot: Schema.String,
  expiry: Schema.String,
  context: Schema.String,
  inNetwork: Schema.Boolean,
  inPossession: optional(Schema.Boolean),
  requesterGln: Schema.String,
  requester: optional(Schema.String),
  askedBy: optional(Schema.String),
  email: optional(Schema.String.annotate({ description: "Contact that the requester gave" })),
  telephone: optional(Schema.String),
  producer: optional(Schema.String),
  provider: optional(Schema.String),
  responderGln: optional(Schema.String),
  scenario: optional(
    Schema.String.annotate({
      description: "What decided, or why nobody was asked; of an answer only the producer of the pack is told"
    })
  ),
  failureReason: optional(Schema.String),
  additionalInfo: optional(Schema.String),
  corrUuid: Schema.String,
  latencyMicros: Schema.Int
}) {}

const Product = Schema.Struct({
  packagingCode: Schema.String,
  packagingCodeType: Schema.Literal("GTIN-14"),
  serialNumber: Schema.String,
  lotNumber: Schema.String,
  expiry: Schema.String.annotate({ description: "YYMMDD" })
})

/** `pie--producer-verify--v1` and its answer. */
export const ProducerVerify = Envelope.message("pie--producer-verify--v1", {
  product: Product,
  context: Schema.String,
  ctrlPossessAtt: Schema.Boolean
})
export const ProducerVerified = Envelope.message("pie--producer-verify-response--v1", {
  product: Product,
  verified: Schema.Boolean,
  status: StatusCode,
  verificationFailureReason: optional(Schema.String),
  additionalInfo: optional(Schema.String),
  responderGLN: optional(Schema.String),
  message: Schema.String.annotate({ description: "For people" }),
  verificationTimestamp: Moment,
  corrUUID: Schema.String
})

export class Verifications extends HttpApiGroup.make("verifications")
  .add(
    HttpApiEndpoint.post("verify", "/v1/verifications", {
      payload: VerificationRequest,
      success: VerificationAnswer,
      error: [Invalid, Forbidden, NotFound, TooSlow, Unavailable]
    }).annotateMerge(
      about(
        "Verify a pack",
        "Answered from the numbers that are here, or by the provider that answers for the product. A code that lacks one of its four parts is refused with which."
      )
    ),
    HttpApiEndpoint.get("list", "/v1/verifications", {
      query: {
        from: optional(Moment),
        to: optional(Moment),
        show: optional(Schema.Literals(reportFilters)),
        before: optional(Schema.String.check(Schema.isPattern(/^\d{1,18}$/u, { message: "must be an id" }))),
        limit: optional(Limit)
      },
      success: Schema.Array(VerificationRecord),
      error: [Invalid, Forbidden, Unavailable]
    }).annotateMerge(
      about(
        "What was verified",
        "Newest first, 100 unless `limit` says otherwise; `before` an id for the next page. Producers see what was asked about their products and what they asked, others what they asked."
      )
    ),
    HttpApiEndpoint.post("verifyOwn", "/v1/producer-verifications", {
      payload: ProducerVerify,
      success: ProducerVerified,
      error: [Invalid, Forbidden, NotFound, TooSlow, Unavailable]
    }).annotateMerge(
      about(
        "Verify a pack of your own",
        "Producers see what others would be told. The message `pie--producer-verify--v1` in its envelope; the answer repeats `cid`."
      )
    )
  )
  .middleware(WellFormedBody)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ description: "Is this pack what it says it is" })) {}
