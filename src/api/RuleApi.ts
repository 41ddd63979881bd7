/**
 * The group `rules` of the API: data rules by which producers share products and numbers, and how they have requests
 * answered. Declarations only; RuleHandlers.ts answers. Every change is in the audit trail with the reason given.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import * as Gs1 from "../formats/Gs1.ts"
import { RuleItemStatus, RuleMarket } from "../partners/WorldProducts.ts"
import { BlockedRequester, CustomVerificationRule } from "../partners/WorldVerification.ts"
import { Authenticated } from "./Caller.ts"
import { about, optional, text, Why } from "./Fields.ts"
import { Forbidden, Invalid, NotFound, Unavailable } from "./Problems.ts"
import { WellFormedBody } from "./WellFormed.ts"

const Market = text(100).annotate({
  description: "One of the seven markets in scope, by code or name, or ALL"
})
const most = Schema.isMaxLength(100)

export class VerificationRules extends Schema.Class<VerificationRules>("VerificationRules")({
  records: Schema.Array(
    Schema.Struct({
      targetMarketCountryCode: Market,
      itemStatuses: Schema.Array(Schema.String).check(most).annotate({ description: "`All`, or one or more of them" })
    })
  ).check(most),
  why: optional(Why)
}) {}

export class MasterDataRules extends Schema.Class<MasterDataRules>("MasterDataRules")({
  records: Schema.Array(
    Schema.Struct({
      targetMarketCountryCode: Market,
      verification: optional(Schema.Boolean.annotate({ description: "Products can be verified; true unless given" })),
      download: optional(Schema.Boolean.annotate({ description: "Master data can be downloaded; true unless given" }))
    })
  ).check(most),
  why: optional(Why)
}) {}

/** What became of each record. */
export const Taken = Schema.Array(
  Schema.Struct({
    market: RuleMarket,
    did: Schema.Literals(["created", "updated", "unchanged"]),
    withoutRecord: optional(
      Schema.Array(Schema.Struct({ gtin: Schema.String, message: Schema.String })).annotate({
        description: "Products of the market that get no directory record by the rule, and why"
      })
    )
  })
)

/** A producer's data rules. */
export class DataRules extends Schema.Class<DataRules>("DataRules")({
  masterData: Schema.Array(
    Schema.Struct({ market: RuleMarket, verification: Schema.Boolean, download: Schema.Boolean })
  ),
  verification: Schema.Array(Schema.Struct({ market: RuleMarket, itemStatuses: Schema.Array(RuleItemStatus) }))
}) {}

/** How requests about all products of a company are answered. */
export class AnswerRules extends Schema.Class<AnswerRules>("AnswerRules")({
  customVerificationRule: CustomVerificationRule,
  why: optional(Why)
}) {}

export class Block extends Schema.Class<Block>("Block")({
  reason: text(200, 1),
  why: optional(Why)
}) {}

const Gln = Schema.String.check(
  Schema.makeFilter((text) => Gs1.isKey("GLN", text) || "must be a GLN of 13 digits with a right check digit")
).annotate({ description: "GLN of 13 digits" })

const errors = [Invalid, Forbidden, NotFound, Unavailable] as const

const removal = {
  params: { market: Market },
  query: { why: optional(Why) },
  success: HttpApiSchema.NoContent,
  error: errors
}

export class Rules extends HttpApiGroup.make("rules")
  .add(
    HttpApiEndpoint.get("query", "/v1/rules", { success: DataRules, error: errors }).annotateMerge(
      about("Data rules", "Master data rules and product verification rules of your company.")
    ),
    HttpApiEndpoint.post("setVerification", "/v1/rules/verification", {
      payload: VerificationRules,
      success: Taken,
      error: errors
    }).annotateMerge(
      about(
        "Set product verification rules",
        "Set Serialized Operations Manager Sync Rules: which numbers of a market can be verified. A rule for ALL and one for a market contradict each other and are refused with 400; a market that has a rule gets the new item statuses. All records or none."
      )
    ),
    HttpApiEndpoint.delete("removeVerification", "/v1/rules/verification/:market", removal).annotateMerge(
      about("Remove a product verification rule", "Its numbers cannot be verified any more.")
    ),
    HttpApiEndpoint.post("setMasterData", "/v1/rules/master-data", {
      payload: MasterDataRules,
      success: Taken,
      error: errors
    }).annotateMerge(
      about(
        "Set master data rules",
        "Set Master Data Exchange Sync Rules: which products of a market are shared, and what for."
      )
    ),
    HttpApiEndpoint.delete("removeMasterData", "/v1/rules/master-data/:market", removal).annotateMerge(
      about("Remove a master data rule", "Its products are shared no more.")
    ),
    HttpApiEndpoint.get("answers", "/v1/rules/answers", {
      success: CustomVerificationRule,
      error: errors
    }).annotateMerge(
      about("How requests are answered", "Query Custom Product Verification Rules; the defaults where you set none.")
    ),
    HttpApiEndpoint.post("setAnswers", "/v1/rules/answers", {
      payload: AnswerRules,
      success: CustomVerificationRule,
      error: errors
    }).annotateMerge(
      about("Set how requests are answered", "Set Custom Product Verification Rules, for all products of your company.")
    ),
    HttpApiEndpoint.get("blocked", "/v1/rules/blocked-requesters", {
      success: Schema.Array(BlockedRequester),
      error: errors
    }).annotateMerge(about("Whom you do not answer", "Requesters by their GLN, with the reason.")),
    HttpApiEndpoint.put("block", "/v1/rules/blocked-requesters/:gln", {
      params: { gln: Gln },
      payload: Block,
      success: BlockedRequester,
      error: errors
    }).annotateMerge(about("Block a requester", "Its requests about your products are refused with 403 from now on.")),
    HttpApiEndpoint.delete("unblock", "/v1/rules/blocked-requesters/:gln", {
      params: { gln: Gln },
      query: { why: optional(Why) },
      success: HttpApiSchema.NoContent,
      error: errors
    }).annotateMerge(about("Answer a requester again", "Takes it from the list."))
  )
  .middleware(WellFormedBody)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ description: "What producers share, and how they answer" })) {}
