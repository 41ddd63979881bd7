/** Answers the group `history` of the API. A report is made in the background, and holds what its company may see. */
import { Effect, Stream } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { HistoryReports, type HistoryReportsError, type Report } from "../verification/HistoryReports.ts"
import { Api } from "./Api.ts"
import { allowed } from "./Authentication.ts"
import * as Envelope from "./Envelope.ts"
import { HistoryRequest, type Submitted } from "./HistoryApi.ts"
import { Invalid, NotFound, Unavailable } from "./Problems.ts"
import * as RequestFaults from "./RequestFaults.ts"
import * as Wire from "./Wire.ts"

const unavailable = ({ detail }: HistoryReportsError) => new Unavailable({ detail })

const problemOf = (error: HistoryReportsError) =>
  error.reason._tag === "NotFound" ? new NotFound({ detail: error.detail }) : unavailable(error)

/** Every fault begins with the field it is about. */
const faultsOf = (detail: string) =>
  detail.split("; ").map((message) => RequestFaults.inBody(message.split(" ")[0] ?? "", message, "p."))

const refusal = (error: HistoryReportsError) =>
  error.reason._tag === "Invalid"
    ? new Invalid({ detail: error.detail, errors: faultsOf(error.detail) })
    : unavailable(error)

const decode = Wire.as(HistoryRequest)

const requestOf = ({ id, requestedBy, first, last, filter, ...report }: Report) =>
  decode({
    ...report,
    requestId: id,
    requester: requestedBy,
    startDateRange: first,
    endDateRange: last,
    verificationStatus: filter
  })

export const layer = HttpApiBuilder.group(
  Api,
  "history",
  Effect.fn(function* (handlers) {
    const reports = yield* HistoryReports
    return handlers.handleAll({
      submit: ({ payload: { t, p } }) =>
        Effect.gen(function* () {
          const { company, by } = yield* allowed("verify")
          const { startDateRange: first, endDateRange: last, verificationStatus: filter } = p
          const { id } = yield* Effect.mapError(
            reports.submit({ company, requestedBy: by, first, last, filter }),
            refusal
          )
          const answer: typeof Submitted.Type = {
            t: Envelope.reply("pie--submit-verification-history-request-response--v1", t),
            p: { requestId: id }
          }
          return answer
        }),
      query: () =>
        Effect.gen(function* () {
          const { company } = yield* allowed("verify")
          return yield* Effect.forEach(yield* Effect.mapError(reports.list(company), unavailable), requestOf)
        }),
      poll: ({ params: { requestId } }) =>
        Effect.gen(function* () {
          const { company } = yield* allowed("verify")
          return yield* requestOf(yield* Effect.mapError(reports.poll(company, requestId), problemOf))
        }),
      download: ({ params: { fileId } }) =>
        Effect.gen(function* () {
          const { company } = yield* allowed("verify")
          const bytes = reports.file(company, fileId)
          // Nothing can be said once an answer has begun: whether there is such a file is found out first.
          yield* Effect.mapError(Stream.runHead(bytes), problemOf)
          return HttpServerResponse.stream(bytes, {
            contentType: "text/csv; charset=utf-8",
            headers: { "content-disposition": `attachment; filename="verification-history.csv"` }
          })
        })
    })
  })
)
