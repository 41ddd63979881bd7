/**
 * The group `events` of the API: Smart Event Manager's Set Event, by which consumers verify, and Get Result. Declarations
 * only; EventHandlers.ts answers, and SetEvent.ts judges requests with the documented texts.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Authenticated } from "./Caller.ts"
import { about, optional } from "./Fields.ts"
import { Forbidden, Invalid, NotFound, TooLarge, Unavailable, UnsupportedMediaType } from "./Problems.ts"
import * as Rules from "./SetEventRules.ts"

const itemFields = {
  packagingCode: Schema.String,
  packagingCodeType: optional(
    Schema.Literals(Rules.packagingCodeTypes).annotate({ description: "GTIN-14 unless given" })
  ),
  serialNumber: Schema.String.annotate({ description: "Bare, or `01` GTIN `21` serial" }),
  lotNumber: Schema.String,
  expirationDate: Schema.String.annotate({ description: "YYMMDD; the day may be 00" }),
  productionDate: optional(Schema.String.annotate({ description: "YYMMDD" })),
  variant: optional(Schema.String)
}

const eventFields = {
  eventTime: Schema.String.annotate({ format: "date-time" }),
  eventType: Schema.Literals(Rules.eventTypes),
  locationType: Schema.Literals(Rules.locationTypes),
  locationValue: Schema.String,
  extensionData: optional(
    Schema.Record(Schema.String, Schema.Unknown).annotate({
      description: `May have ${Rules.extensionFields.join(", ")}`
    })
  ),
  customData: optional(Schema.Unknown)
}

/** A Set Event request; the envelope `{"t": {...}, "p": {...}}` may be around it. */
export class SetEventRequest extends Schema.Class<SetEventRequest>("SetEventRequest")({
  ...eventFields,
  serialNumberList: Schema.Array(Schema.Struct(itemFields))
}) {}

/** What came of one serial number. */
export const ItemOutcome = Schema.Struct({
  status: Schema.Literals(["PIE_SUCCESS", "PV_SUBMISSION_FAILURE", "PIE_FAILURE", "SEM_NO_COMPLIANCE_IMPACT"]),
  message: Schema.String,
  verificationFailureReason: optional(Schema.String),
  additionalInfo: optional(Schema.String),
  eventId: optional(Schema.String)
})
export type ItemOutcome = typeof ItemOutcome.Type

/** The request, with what came of it. */
export class SetEventResponse extends Schema.Class<SetEventResponse>("SetEventResponse")({
  companyID: Schema.String,
  userId: Schema.String,
  eventId: optional(Schema.String),
  eventQueryResponseId: optional(Schema.String.annotate({ description: "Of several serial numbers: ask with it" })),
  state: Schema.Literals(["PROCESSING", "COMPLETED"]),
  status: optional(ItemOutcome.fields.status),
  message: Schema.String,
  ...eventFields,
  serialNumberList: Schema.Array(Schema.Struct({ ...itemFields, outcome: optional(ItemOutcome) }))
}) {}

export class Events extends HttpApiGroup.make("events")
  .add(
    HttpApiEndpoint.post("set", "/v1/events", {
      payload: SetEventRequest,
      success: Schema.Union([
        SetEventResponse,
        Schema.Struct({ t: Schema.Record(Schema.String, Schema.Unknown), p: SetEventResponse })
      ]),
      error: [Invalid, Forbidden, TooLarge, UnsupportedMediaType, Unavailable]
    }).annotateMerge(
      about(
        "Set Event (verify products)",
        "With one serial number the answer says what came of it; with several it says under which `eventQueryResponseId` to ask. `VERIFYING` verifies; other event types have no workflow here and no compliance impact."
      )
    ),
    HttpApiEndpoint.get("result", "/v1/events/:eventQueryResponseId", {
      params: { eventQueryResponseId: Schema.String.check(Schema.isMaxLength(64)) },
      success: SetEventResponse,
      error: [Forbidden, NotFound, Unavailable]
    }).annotateMerge(about("Get Result", "What came of several serial numbers; `state` says whether all are done."))
  )
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ description: "Verification as Smart Event Manager documents it" })) {}
