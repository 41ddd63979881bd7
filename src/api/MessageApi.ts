/**
 * The group `messages` of the API: documents that companies send, and what became of them. Declarations only;
 * MessageHandlers.ts answers.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { Authenticated } from "./Caller.ts"
import { about, Bytes, Id, IdInPath, Moment, numeric, optional } from "./Fields.ts"
import { Forbidden, KeyReused, NotFound, TooLarge, Unavailable } from "./Problems.ts"

export const longestWait = 60

/** A document that was taken: it is in the journal and will be processed. */
export class Accepted extends Schema.Class<Accepted>("Accepted")({
  id: Id,
  /** True when the idempotency key had brought this very document before. */
  again: Schema.Boolean
}) {}

export class Answer extends Schema.Class<Answer>("Answer")({
  id: Id,
  type: Schema.String,
  fileName: Schema.String,
  delivery: optional(Schema.String)
}) {}

/** Where a message stands. */
export class Message extends Schema.Class<Message>("Message")({
  id: Id,
  direction: Schema.Literals(["in", "out"]),
  type: Schema.String,
  fileName: Schema.String,
  size: Schema.Int,
  receivedAt: Moment,
  status: Schema.String.annotate({
    description:
      "received, processing, waiting, processed, map_in_failed (the document is wrong), processing_failed (wrong against stored data, or our fault), map_out_failed"
  }),
  delivery: optional(
    Schema.String.annotate({
      description: "Of a document we send: queued, retrying, delivered, delivery_failed, rerouted"
    })
  ),
  reason: optional(Schema.String),
  mapVersion: optional(Schema.String),
  sender: optional(Schema.String),
  receiver: optional(Schema.String),
  controlNumber: optional(Schema.String),
  correlationId: optional(Schema.String.annotate({ description: "As RabbitMQ's correlation-id of the message said" })),
  duplicateOf: optional(Id),
  replyTo: optional(Id),
  waitUntil: optional(Moment),
  finishedAt: optional(Moment),
  answers: Schema.Array(Answer)
}) {}

export class ReportLine extends Schema.Class<ReportLine>("ReportLine")({
  class: Schema.Literals([1, 2, 3]),
  rule: Schema.String,
  element: Schema.String,
  path: optional(Schema.String),
  line: optional(Schema.Int),
  column: optional(Schema.Int),
  value: optional(Schema.String),
  message: Schema.String
}) {}

/** What was found in a message when it was last processed. */
export class Report extends Schema.Class<Report>("Report")({
  message: Id,
  run: Id,
  at: Moment,
  outcome: Schema.String,
  reason: optional(Schema.String),
  errors: Schema.Array(ReportLine),
  warnings: Schema.Array(ReportLine),
  totals: Schema.Record(Schema.String, Schema.Int).annotate({
    description: "Exact counts by rule, also of what is not listed"
  })
}) {}

export class Messages extends HttpApiGroup.make("messages")
  .add(
    HttpApiEndpoint.post("send", "/v1/messages/:type", {
      params: {
        type: Schema.String.check(
          Schema.isPattern(/^[A-Z0-9_]{1,64}$/u, { message: "must be a message type such as SNX_TRANSFER" })
        )
      },
      query: {
        wait: optional(
          numeric(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: longestWait })), {
            description: `Seconds to wait for the outcome, at most ${longestWait}`
          })
        ),
        fileName: optional(
          Schema.String.check(Schema.isBetweenLength(1, 255)).annotate({ description: "Your name for the document" })
        )
      },
      headers: {
        "idempotency-key": optional(
          Schema.String.check(
            Schema.isPattern(/^[\x21-\x7e]{1,255}$/u, { message: "must be 1 to 255 printable ASCII characters" })
          )
        )
      },
      payload: Bytes,
      success: [Accepted.pipe(HttpApiSchema.status(202)), Message],
      error: [Forbidden, TooLarge, KeyReused, Unavailable]
    }).annotateMerge(
      about(
        "Send a document",
        "The body is the document, byte for byte, whatever its content type. 202 says that it is committed to the journal; with `wait`, 200 says what became of it when it ended in time. With an `Idempotency-Key` the request may be repeated: the same document under the same key is taken once. Of a document over the size limit the beginning is journaled and reported on like any other; the answer is 413 with the `id` of its message."
      )
    ),
    HttpApiEndpoint.get("get", "/v1/messages/:id", {
      params: { id: IdInPath },
      success: Message,
      error: [Forbidden, NotFound, Unavailable]
    }).annotateMerge(about("Where a message stands", "A document you sent, or one that is for you.")),
    HttpApiEndpoint.get("report", "/v1/messages/:id/report", {
      params: { id: IdInPath },
      success: Report,
      error: [Forbidden, NotFound, Unavailable]
    }).annotateMerge(
      about("What was found in a message", "404 also while it was not processed yet; see its status for that.")
    )
  )
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ description: "Documents you send, and what became of them" })) {}
