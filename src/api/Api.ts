/**
 * The HTTP API as one value: server, typed client (`HttpApiClient.make(Api)`) and the OpenAPI document
 * (docs/generated/openapi.json, `GET /openapi.json`) come from it. Companies send documents, see what became of them, and
 * fetch what is for them; each sees only what is its own.
 *
 * Who asks is an API key (`Authorization: Bearer tl_...`) or a client certificate that the configuration gives to a
 * company. Everything that goes wrong is a problem of RFC 9457.
 */
import { Context, Schema } from "effect"
import {
  HttpApi,
  HttpApiEndpoint,
  HttpApiGroup,
  HttpApiMiddleware,
  HttpApiSchema,
  HttpApiSecurity,
  OpenApi
} from "effect/http-api"
import { version } from "../engine/Version.ts"
import { Forbidden, KeyReused, NotFound, TooLarge, Unauthorized, Unavailable } from "./Problems.ts"

/** What a key may be used for: to send documents, to see what became of them, to fetch and acknowledge answers. */
export const scopes = ["send", "read", "fetch"] as const
export const Scope = Schema.Literals(scopes)
export type Scope = typeof Scope.Type

/** Who asks. */
export class Caller extends Context.Service<
  Caller,
  {
    readonly company: string
    readonly scopes: ReadonlyArray<Scope>
    /** For the log: `key 7h2k...` or `certificate 9f86...`. */
    readonly by: string
  }
>()("throughline/api/Caller") {}

export class Authenticated extends HttpApiMiddleware.Service<Authenticated, { provides: Caller }>()(
  "throughline/api/Authenticated",
  { security: { key: HttpApiSecurity.bearer }, error: [Unauthorized, Unavailable] }
) {}

const Moment = Schema.String.annotate({ format: "date-time", description: "ISO 8601, UTC" })
const Id = Schema.Int.check(Schema.isGreaterThan(0))
const IdInPath = Schema.FiniteFromString.check(Schema.isInt(), Schema.isGreaterThan(0))
const optional = Schema.optionalKey

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
    Schema.String.annotate({ description: "Of a document we send: queued, retrying, delivered, delivery_failed" })
  ),
  reason: optional(Schema.String),
  mapVersion: optional(Schema.String),
  sender: optional(Schema.String),
  receiver: optional(Schema.String),
  controlNumber: optional(Schema.String),
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

const Bytes = Schema.Uint8Array.pipe(HttpApiSchema.asUint8Array({ contentType: "application/octet-stream" }))

const about = (summary: string, description: string) => OpenApi.annotations({ summary, description })

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
          Schema.FiniteFromString.check(Schema.isBetween({ minimum: 0, maximum: longestWait })).annotate({
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
        "The body is the document, byte for byte, whatever its content type. 202 says that it is committed to the journal; with `wait`, 200 says what became of it when it ended in time. With an `Idempotency-Key` the request may be repeated: the same document under the same key is taken once."
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

export class Outbox extends HttpApiGroup.make("outbox")
  .add(
    HttpApiEndpoint.get("list", "/v1/outbox", {
      query: {
        type: optional(Schema.String),
        after: optional(Schema.FiniteFromString.check(Schema.isInt())),
        limit: optional(Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 1000 })))
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

export class Api extends HttpApi.make("throughline")
  .add(Messages)
  .add(Outbox)
  .middleware(HttpApiMiddleware.ProblemDetails)
  .annotateMerge(
    OpenApi.annotations({
      title: "Throughline",
      version,
      description: "Send documents, see what became of them, and fetch what is for you."
    })
  ) {}

/** The OpenAPI 3.1 document, indented for people. */
export const openApi = (): string => `${JSON.stringify(OpenApi.fromApi(Api), null, 2)}\n`
