/**
 * The group `history` of the API: reports over the verification history, as the four documented calls: submit, poll,
 * query, download. Declarations only; HistoryHandlers.ts answers.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { reportFilters } from "../verification/HistoryModel.ts"
import { isoOf } from "../verification/HistoryReports.ts"
import { Authenticated } from "./Caller.ts"
import * as Envelope from "./Envelope.ts"
import { about, Moment, optional } from "./Fields.ts"
import { Forbidden, Invalid, NotFound, Unavailable } from "./Problems.ts"
import { WellFormedBody } from "./WellFormed.ts"

const Day = Schema.String.check(
  Schema.makeFilter((text) => isoOf(text) !== undefined || "must be a date as DD-MM-YYYY")
).annotate({ description: "DD-MM-YYYY, UTC" })

/** `pie--submit-verification-history-request--v1` and its answer. */
export const Submit = Envelope.message("pie--submit-verification-history-request--v1", {
  startDateRange: Day,
  endDateRange: Day.annotate({ description: "A span of more than seven days is cut to its first seven" }),
  verificationStatus: optional(Schema.Literals(reportFilters))
})
export const Submitted = Envelope.message("pie--submit-verification-history-request-response--v1", {
  requestId: Schema.String
})

/** Where a report stands. */
export class HistoryRequest extends Schema.Class<HistoryRequest>("HistoryRequest")({
  requestId: Schema.String,
  status: Schema.Literals(["submitted", "done", "failed"]),
  requester: Schema.String,
  startDateRange: Schema.String,
  endDateRange: Schema.String,
  verificationStatus: Schema.Literals(reportFilters),
  submittedAt: Moment,
  finishedAt: optional(Moment),
  rows: optional(Schema.Int),
  fileId: optional(Schema.String.annotate({ description: "To download it with" })),
  detail: optional(Schema.String)
}) {}

const Csv = Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/csv" }))
const IdText = Schema.String.check(Schema.isMaxLength(100))

export class History extends HttpApiGroup.make("history")
  .add(
    HttpApiEndpoint.post("submit", "/v1/verification-history-requests", {
      payload: Submit,
      success: Submitted,
      error: [Invalid, Forbidden, Unavailable]
    }).annotateMerge(
      about(
        "Ask for a report",
        "Over at most seven days within the last twelve years. The message `pie--submit-verification-history-request--v1` in its envelope."
      )
    ),
    HttpApiEndpoint.get("query", "/v1/verification-history-requests", {
      success: Schema.Array(HistoryRequest),
      error: [Forbidden, Unavailable]
    }).annotateMerge(about("Reports you asked for", "Newest first, at most 100.")),
    HttpApiEndpoint.get("poll", "/v1/verification-history-requests/:requestId", {
      params: { requestId: IdText },
      success: HistoryRequest,
      error: [Forbidden, NotFound, Unavailable]
    }).annotateMerge(about("Where a report stands", "With a `fileId` once it can be downloaded.")),
    HttpApiEndpoint.get("download", "/v1/verification-history-files/:fileId", {
      params: { fileId: IdText },
      success: Csv,
      error: [Forbidden, NotFound, Unavailable]
    }).annotateMerge(about("Download a report", "CSV, one verification a line."))
  )
  .middleware(WellFormedBody)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ description: "Reports over what was verified" })) {}
