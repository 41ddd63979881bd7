/**
 * The group `outbox` of the API: documents that companies fetch. Declarations only; OutboxHandlers.ts answers.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { Authenticated } from "./Caller.ts"
import { about, Bytes, Id, IdInPath, Limit, Moment, numeric, optional } from "./Fields.ts"
import { Forbidden, NotFound, Unavailable } from "./Problems.ts"

/** A document that waits to be fetched. */
export class OutboxItem extends Schema.Class<OutboxItem>("OutboxItem")({
  id: Id,
  type: Schema.String,
  fileName: Schema.String,
  size: Schema.Int,
  sha256: Schema.String,
  controlNumber: optional(Schema.String),
  replyTo: optional(Id),
  at: Moment
}) {}

export class Outbox extends HttpApiGroup.make("outbox")
  .add(
    HttpApiEndpoint.get("list", "/v1/outbox", {
      query: {
        type: optional(Schema.String),
        after: optional(numeric(Schema.Int, { description: "An id: only what came after it" })),
        limit: optional(Limit)
      },
      success: Schema.Array(OutboxItem),
      error: [Forbidden, Unavailable]
    }).annotateMerge(
      about(
        "What waits to be fetched",
        "Oldest first, 100 unless `limit` says otherwise; `after` an id for the next page."
      )
    ),
    HttpApiEndpoint.get("fetch", "/v1/outbox/:id", {
      params: { id: IdInPath },
      success: Bytes,
      error: [Forbidden, NotFound, Unavailable]
    }).annotateMerge(
      about(
        "Fetch a document",
        "Its exact bytes, with its file name in `Content-Disposition`. It stays until acknowledged."
      )
    ),
    HttpApiEndpoint.delete("acknowledge", "/v1/outbox/:id", {
      params: { id: IdInPath },
      success: HttpApiSchema.NoContent,
      error: [Forbidden, NotFound, Unavailable]
    }).annotateMerge(about("Acknowledge a document", "You have it; it is listed no more. May be repeated."))
  )
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ description: "Documents for you, where they are not posted to your server" })) {}
